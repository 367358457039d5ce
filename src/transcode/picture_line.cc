#include "transcode/picture_line.h"

namespace transcode {
namespace {

/// Repeats of a source of unknown rate: parts of every usual length, 0.2 to 2 s, hold a whole number of them.
constexpr media::Rational kUnknownRate{10, 1};

}  // namespace

media::Rational shown_rate(media::Rational source_rate) {
  if (!source_rate.known()) return source_rate;
  // A frame of `times` times the rate lasts den / (num * times) seconds.
  const std::int64_t frame = media::rescale(base::kSecond, source_rate.num, source_rate.den, media::Round::kUp);
  const std::int64_t times =
      frame <= PictureLine::kLongestStill ? 1 : (frame + PictureLine::kLongestStill - 1) / PictureLine::kLongestStill;
  return media::reduce({source_rate.num * times, source_rate.den});
}

PictureLine::PictureLine(media::Rational rate, std::int64_t timescale, base::Micros max_fill)
    : rate_(rate.known() ? shown_rate(rate) : kUnknownRate),
      timescale_(timescale),
      max_fill_(media::rescale(max_fill, base::kSecond, timescale)),
      longest_still_(media::rescale(kLongestStill, base::kSecond, timescale)),
      most_repeated_(media::rescale(kMostRepeated, base::kSecond, timescale)) {}

std::int64_t PictureLine::instant(std::int64_t index) const {
  return media::rescale(index, rate_.num, rate_.den * timescale_);
}

void PictureLine::take(std::int64_t pts) {
  shown_ = pts;
  repeating_ = false;
}

bool PictureLine::hole_before(std::int64_t pts) const {
  return shown_ && pts - *shown_ > longest_still_ && pts - *shown_ <= max_fill_;
}

std::optional<std::int64_t> PictureLine::repeat(std::int64_t until) {
  if (!shown_ || until <= *shown_) return std::nullopt;
  const auto index_of = [&](std::int64_t ticks, media::Round round) {
    return media::rescale(ticks, timescale_ * rate_.den, rate_.num, round);
  };
  // A picture off the grid is not followed by a repeat at once.
  std::int64_t next = instant(index_of(*shown_ + period() / 2, media::Round::kUp));
  if (until - *shown_ > most_repeated_) next = instant(index_of(until, media::Round::kDown));
  if (next > until || next <= *shown_) return std::nullopt;
  shown_ = next;
  repeating_ = true;
  return next;
}

}  // namespace transcode
