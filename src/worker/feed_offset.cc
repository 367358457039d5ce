#include "worker/feed_offset.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "align/code_clock.h"
#include "base/log.h"
#include "media/time.h"

namespace worker {
namespace {

// The 33 bits of 90 kHz of a transport stream's time stamps.
constexpr base::Micros kStampPeriod = (std::int64_t{1} << 33) * 100 / 9;
// A clock that differs by less is the same: its stamps are rounded.
constexpr base::Micros kSameClock = base::kMillisecond;

/// The distance of two clocks whose stamps start again after kStampPeriod.
base::Micros distance(base::Micros from, base::Micros to) {
  const base::Micros apart = to - from;
  return apart - media::floor_div(apart + kStampPeriod / 2, kStampPeriod) * kStampPeriod;
}

}  // namespace

void FeedOffset::restart(feed::Id id) {
  sounds_[feed::index(id)].restart();
  clocks_[feed::index(id)].reset();
  codes_[feed::index(id)].reset();
  forget();
}

/// What was believed does not hold for what comes now.
void FeedOffset::forget() {
  for (FeedSound& sound : sounds_) sound.forget();
  tracker_.restart();
  settle();
}

void FeedOffset::tick(base::Micros utc, const Clocks& clocks, const Codes& codes) {
  note_clocks(clocks);
  note_codes(codes);
  // One alone tells nothing.
  const bool both = std::ranges::all_of(sounds_, [&](const FeedSound& sound) { return sound.present(utc); });
  for (FeedSound& sound : sounds_) sound.listen(both);
  const align::Envelope* primary = sounds_[0].envelope();
  const align::Envelope* backup = sounds_[1].envelope();
  if (utc < next_ || primary == nullptr || backup == nullptr) return;
  tracker_.note(correlator_.compare(*primary, *backup));
  settle();
  next_ = utc + (tracker_.offset() ? kWatch : kSearch);
}

/// A feed whose clock was anchored anew is elsewhere than before.
void FeedOffset::note_clocks(const Clocks& clocks) {
  bool jumped = false;
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    const std::optional<base::Micros> before = std::exchange(clocks_[i], clocks[i]);
    jumped = jumped || (before && clocks[i] && std::abs(distance(*before, *clocks[i])) > kSameClock);
  }
  if (jumped) forget();
}

/// Codes come and go with every feed and change by a frame; what they say is looked at when it changes.
void FeedOffset::note_codes(const Codes& codes) {
  const std::optional<base::Micros> before = by_time_code();
  codes_ = codes;
  if (by_time_code() != before) settle();
}

std::optional<base::Micros> FeedOffset::by_time_code() const {
  if (!codes_[0] || !codes_[1] || !clocks_[0] || !clocks_[1]) return std::nullopt;
  const base::Micros apart = align::day_distance(*codes_[1] - *clocks_[1], *codes_[0] - *clocks_[0]);
  const bool one_clock = std::abs(apart) <= align::LoudnessCorrelator::kMostOffset;
  return one_clock ? std::optional(apart) : std::nullopt;
}

/// Time codes of one clock, and time stamps of one, are exact; loudness tells whether they are of one.
FeedOffset::Known FeedOffset::find() const {
  const std::optional<align::OffsetTracker::Offset>& heard = tracker_.offset();
  if (const std::optional<base::Micros> apart = by_time_code()) {
    if (!heard) return {job::Alignment::kTimeCode, *apart, 1};
    if (std::abs(*apart - heard->value) <= kMostContradiction)
      return {job::Alignment::kTimeCode, *apart, heard->confidence};
  }
  if (!heard) return {};
  if (clocks_[0] && clocks_[1]) {
    const base::Micros by_stamps = distance(*clocks_[0], *clocks_[1]);
    const bool agrees = std::abs(by_stamps - heard->value) <= align::OffsetTracker::kSame;
    if (agrees) return {job::Alignment::kPts, by_stamps, heard->confidence};
  }
  return {job::Alignment::kLoudness, heard->value, heard->confidence};
}

void FeedOffset::settle() {
  const Known before = std::exchange(known_, find());
  const bool news =
      known_.method != before.method || std::abs(known_.offset - before.offset) > 2 * align::OffsetTracker::kSame;
  if (!news) return;
  if (known_.method == job::Alignment::kNone) {
    base::log_info("worker", "it is not known any more how far the feeds are apart", {{"channel", channel_}});
    return;
  }
  base::log_info("worker", "both feeds carry one programme",
                 {{"channel", channel_},
                  {"method", job::to_string(known_.method)},
                  {"backup_behind_ms", known_.offset / base::kMillisecond}});
}

}  // namespace worker
