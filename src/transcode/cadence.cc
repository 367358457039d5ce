#include "transcode/cadence.h"

#include <cstddef>

namespace transcode {

KeyClock KeyClock::grid(media::Rational segment, std::int64_t timescale) { return {segment, timescale}; }
KeyClock KeyClock::forced(std::int64_t timescale) { return {{0, 1}, timescale}; }

std::int64_t KeyClock::slot(std::int64_t pts) const {
  return media::rescale(pts, segment_.num * timescale_, segment_.den, media::Round::kDown);
}

std::int64_t KeyClock::slot_start(std::int64_t pts) const {
  if (!segment_.known()) return 0;
  return media::rescale(slot(pts), segment_.den, segment_.num * timescale_, media::Round::kUp);
}

void KeyClock::force_at(std::int64_t pts) {
  // A caller that forces keys and never feeds must not fill the memory.
  constexpr std::size_t kMost = 256;
  if (forced_.size() >= kMost) forced_.erase(forced_.begin());
  forced_.insert(pts);
}

bool KeyClock::peek(std::int64_t pts) const {
  if (!started_) return true;
  if (!forced_.empty() && *forced_.begin() <= pts) return true;
  return segment_.known() && slot(pts) != slot_;
}

bool KeyClock::take(std::int64_t pts) {
  const bool key = peek(pts);
  started_ = true;
  forced_.erase(forced_.begin(), forced_.upper_bound(pts));
  if (segment_.known()) slot_ = slot(pts);
  return key;
}

bool Thinner::keep(std::int64_t pts, std::int64_t slot_start, bool key, media::Rational source_rate,
                   std::int64_t timescale) {
  if (!rate_.known() || !source_rate.known()) return true;
  // Number of the frame in its slot, first at the source's rate, then at the rung's.
  const std::int64_t frame = media::rescale(pts - slot_start, timescale * source_rate.den, source_rate.num);
  const std::int64_t shown =
      media::rescale(frame, source_rate.num * rate_.den, rate_.num * source_rate.den, media::Round::kDown);
  const bool keep = key || slot_start != slot_start_ || shown != last_;
  if (keep) {
    slot_start_ = slot_start;
    last_ = shown;
  }
  return keep;
}

}  // namespace transcode
