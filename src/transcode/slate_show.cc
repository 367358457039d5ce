#include "transcode/slate_show.h"

#include <utility>

namespace transcode {
namespace {

constexpr int kWhole = 256;

/// `to` = `from` and as much of `over` as `share` of kWhole says.
template <typename Sample>
void mix_row(Sample* to, const Sample* from, const Sample* over, int width, int share) {
  for (int x = 0; x < width; ++x) {
    to[x] = static_cast<Sample>((from[x] * (kWhole - share) + over[x] * share + kWhole / 2) / kWhole);
  }
}

/// Pictures of one size and format.
template <typename Sample>
void mix_planes(AVFrame& to, const AVFrame& from, const AVFrame& over, int share) {
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    for (int y = 0; y < from.height >> shift; ++y) {
      const auto row = [&](const AVFrame& of) {
        return reinterpret_cast<Sample*>(of.data[plane] + std::ptrdiff_t{y} * of.linesize[plane]);
      };
      mix_row<Sample>(row(to), row(from), row(over), from.width >> shift, share);
    }
  }
}

bool has_something(const SlateShow::Options& options) {
  return options.slate != nullptr || (!options.text.empty() && options.font != nullptr);
}

}  // namespace

SlateShow::SlateShow(const Options& options, const std::vector<Rung>& rungs, const media::Colour& source)
    : slate_(options.slate),
      own_text_(options.text),
      cascade_(rungs, source),
      pools_(rungs.size()),
      fade_(has_something(options) ? options.after : SlateFade::kNever),
      title_(options.font, rungs.size()) {}

void SlateShow::ask(bool on, std::string text) {
  const std::lock_guard lock(mutex_);
  asked_text_ = std::move(text);
  asked_ = on;
}

void SlateShow::next(base::Micros at, SlateFade::What what, const Cascade& feed) {
  const bool before = fade_.share() > 0;
  const bool asked = asked_;
  const bool seen = fade_.next(at, what, asked) > 0;
  shown_ = seen;
  if (!seen && before) title_.release();
  if (!seen) {
    if (before) tell();
    return;
  }
  // On its way out a slate keeps the text that it had; one that an outage goes on with has its own.
  if (asked) {
    const std::lock_guard lock(mutex_);
    title_.set(asked_text_);
  } else if (!before || fade_.share() >= 1) {
    title_.set(own_text_);
  }
  if (!before) ++shows_;
  ++pictures_;
  move(at, !before, feed);
  tell();
}

void SlateShow::tell() {
  if (slate_ == nullptr) return;
  const std::lock_guard lock(mutex_);
  course_ = {fade_.wanted(), fade_.changed(), fade_.began() + slate_->turn()};
}

SlateCourse SlateShow::course() const {
  const std::lock_guard lock(mutex_);
  return course_;
}

void SlateShow::move(base::Micros at, bool begins, const Cascade& feed) {
  if (slate_ == nullptr) {
    if (!begins) return;
    cascade_.next(feed.source(), feed.aspect());
  } else if (slate_->move_to(at - fade_.began()) || !loaded_) {
    loaded_ = true;
    cascade_.next(FramePtr(av_frame_clone(&slate_->picture())), {1, 1});
  }
}

FramePtr SlateShow::slate_picture(std::size_t rung) {
  const auto under = slate_ == nullptr ? SlateTitle::Under::kDarkened : SlateTitle::Under::kAsItIs;
  return title_.over(rung, cascade_.picture(rung), under);
}

FramePtr SlateShow::picture(std::size_t rung, Cascade& feed) {
  const double share = fade_.share();
  if (share <= 0) return feed.picture(rung);
  FramePtr slate = slate_picture(rung);
  if (share >= 1 && slate != nullptr) return slate;
  FramePtr under = feed.picture(rung);
  if (slate == nullptr) return under;
  return under == nullptr ? std::move(slate) : mix(rung, *under, *slate);
}

FramePtr SlateShow::mix(std::size_t rung, const AVFrame& feed, const AVFrame& slate) {
  FramePtr mixed = pools_[rung].picture(static_cast<AVPixelFormat>(feed.format), feed.width, feed.height);
  if (mixed == nullptr) return nullptr;
  const int share = static_cast<int>(fade_.share() * kWhole);
  if (feed.format == AV_PIX_FMT_YUV420P) {
    mix_planes<std::uint8_t>(*mixed, feed, slate, share);
  } else {
    mix_planes<std::uint16_t>(*mixed, feed, slate, share);
  }
  av_frame_copy_props(mixed.get(), &feed);
  return mixed;
}

}  // namespace transcode
