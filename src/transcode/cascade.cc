#include "transcode/cascade.h"

#include <cstdint>
#include <utility>

namespace transcode {

Cascade::Cascade(const std::vector<Rung>& rungs, const media::Colour& source) {
  const auto pixels = [](const Rung& rung) { return std::int64_t{rung.width} * rung.height; };
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    steps_.push_back({Scaler(rungs[i].width, rungs[i].height, look_of(rungs[i], source)), kSource, nullptr});
    for (std::size_t other = 0; other < rungs.size(); ++other) {
      // What has been tone-mapped is not HDR again, and what went through HDR is not the SDR that it was.
      if (rungs[other].range != rungs[i].range) continue;
      const bool larger = pixels(rungs[other]) > pixels(rungs[i]);
      // Of two rungs of one size the second takes the first one's picture.
      const bool same_before =
          other < i && rungs[other].width == rungs[i].width && rungs[other].height == rungs[i].height;
      const std::size_t best = steps_[i].from;
      const bool nearer = best == kSource || pixels(rungs[other]) < pixels(rungs[best]);
      if ((larger || same_before) && nearer) steps_[i].from = other;
    }
  }
}

std::vector<std::size_t> Cascade::roots() const {
  std::vector<std::size_t> roots;
  for (std::size_t i = 0; i < steps_.size(); ++i) {
    if (steps_[i].from == kSource) roots.push_back(i);
  }
  return roots;
}

void Cascade::next(FramePtr picture, media::Rational aspect) {
  source_ = std::move(picture);
  aspect_ = aspect;
  again();
}

void Cascade::again() {
  for (Step& step : steps_) step.made.reset();
}

const AVFrame* Cascade::made(std::size_t rung) {
  Step& step = steps_[rung];
  if (step.made == nullptr) {
    const AVFrame* from = step.from == kSource ? source_.get() : made(step.from);
    if (from != nullptr) step.made = step.scaler.scale(*from, step.from == kSource ? aspect_ : media::Rational{1, 1});
    if (finish_ != nullptr && step.from == kSource) step.made = finish_->finish(rung, std::move(step.made));
  }
  return step.made.get();
}

FramePtr Cascade::picture(std::size_t rung) {
  const AVFrame* frame = made(rung);
  return FramePtr(frame == nullptr ? nullptr : av_frame_clone(frame));
}

}  // namespace transcode
