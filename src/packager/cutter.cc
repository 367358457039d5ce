#include "packager/cutter.h"

#include <algorithm>

#include "media/slot.h"

namespace packager {
namespace {

// A segment may be 0.4 s longer than N: with the audio frame that an audio segment may end later (93 ms at most, HE-AAC
// at 22.05 kHz) it stays below the half second of LL-11 and LL-12.
constexpr std::int64_t kOverrunMillis = 400;
// Cuts that are kept for renditions behind the lead: half an hour of 2 s segments.
constexpr std::size_t kCutsKept = 1024;
// In a hole longer than this part of a second key frames may have been lost: the interval of the key frames around it
// is not the source's.
constexpr std::int64_t kHolesASecond = 3;

std::int64_t longest_segment(const Cutter::Options& options) {
  const std::int64_t seconds = media::rescale(options.slot, options.timescale, 1);
  const std::int64_t overrun = media::rescale(kOverrunMillis, 1000, options.timescale);
  const std::int64_t target = std::min(options.slot, seconds * options.timescale);
  return std::max(options.slot, target + overrun);
}

}  // namespace

Cutter::Cutter(Options options)
    : options_(options),
      longest_(longest_segment(options)),
      margin_(media::rescale(media::kStartMargin, base::kSecond, options.timescale)) {}

void Cutter::open(Cut first) {
  cuts_.push_back(first);
  frames_end_ = first.time;
}

std::optional<Cut> Cutter::cut_before(std::int64_t dts, bool key) {
  const std::int64_t hole = dts - frames_end_;
  if (hole * kHolesASecond > options_.timescale) forget_key();
  // A dropped frame moves the key frames after it: the next one does not come where it was expected.
  if (options_.frame > 0 && hole * 2 > options_.frame) regular_ = false;
  if (slot_of(dts) <= current().msn) return std::nullopt;
  if (options_.mode == Mode::kGrid) return cut_at(slot_end());
  if (dts >= latest()) return cut_at(latest());
  if (cuts_at(dts, key)) return cut_at(dts);
  return std::nullopt;
}

bool Cutter::cuts_at(std::int64_t dts, bool key) const {
  if (options_.mode == Mode::kGrid || slot_of(dts) <= current().msn || dts >= latest()) return false;
  const bool on_time = key_frames_far_apart() ? dts >= slot_end() : key;
  return on_time || dts + options_.frame > latest();
}

std::optional<Cut> Cutter::cut_after(std::int64_t dts, bool key, std::int64_t duration) {
  const std::int64_t end = dts + std::max<std::int64_t>(duration, 1);
  frames_end_ = std::max(frames_end_, end);
  if (key) {
    note_key(dts);
  } else if (last_key_ && dts >= *last_key_ + key_interval_) {
    regular_ = false;
  }
  if (duration == 0 || slot_of(end) <= current().msn) return std::nullopt;
  if (options_.mode == Mode::kGrid) return cut_at(slot_end());
  const bool on_time = key_frames_far_apart() ? end >= slot_end() : end == expected_key();
  if (on_time || end + duration > latest()) return cut_at(std::min(end, latest()));
  return std::nullopt;
}

std::optional<Cut> Cutter::cut_missing(std::int64_t until) {
  if (until <= frames_end_) return std::nullopt;
  std::int64_t time = slot_end();
  if (options_.mode == Mode::kSource) {
    forget_key();
    time = latest();
  }
  if (time > until) return std::nullopt;
  return cut_at(time);
}

void Cutter::passed(std::int64_t time) { frames_end_ = std::max(frames_end_, time); }

std::int64_t Cutter::horizon() const {
  if (!started()) return INT64_MIN;
  if (options_.mode == Mode::kGrid) return INT64_MAX;
  return std::max(frames_end_, (current().msn + 1) * options_.slot);
}

std::int64_t Cutter::expected_horizon() const {
  if (options_.mode == Mode::kGrid) return horizon();
  const std::int64_t slot_ends = (current().msn + 1) * options_.slot;
  std::int64_t expected = slot_ends;
  if (key_frames_far_apart()) {
    expected = slot_end();
  } else if (regular_ && last_key_) {  // the first one past the slot
    const std::int64_t intervals = media::floor_div(slot_ends - *last_key_ + key_interval_ - 1, key_interval_);
    expected = *last_key_ + std::max<std::int64_t>(intervals, 1) * key_interval_;
  }
  return std::max(horizon(), std::min(expected, latest()));
}

std::int64_t Cutter::latest_end() const {
  return options_.mode == Mode::kGrid ? (current().msn + 1) * options_.slot : latest();
}

std::int64_t Cutter::latest() const {
  if (options_.mode == Mode::kGrid) return INT64_MAX;
  const std::int64_t time = std::min(current().time + longest_, (current().msn + 2) * options_.slot - margin_);
  const std::int64_t frame = std::max<std::int64_t>(options_.frame, 1);
  return std::max(media::floor_div(time, frame) * frame, (current().msn + 1) * options_.slot);
}

std::optional<std::int64_t> Cutter::start_of(std::int64_t msn) const {
  if (!started()) return std::nullopt;
  if (msn > current().msn && options_.mode == Mode::kSource) return std::nullopt;
  const auto found = std::find_if(cuts_.rbegin(), cuts_.rend(), [msn](const Cut& cut) { return cut.msn == msn; });
  return found != cuts_.rend() ? found->time : msn * options_.slot;
}

void Cutter::change_lead(Options options) {
  for (Cut& cut : cuts_) cut.time = media::rescale(cut.time, options_.timescale, options.timescale, media::Round::kUp);
  const std::int64_t frames_end = media::rescale(frames_end_, options_.timescale, options.timescale);
  std::deque<Cut> cuts = std::move(cuts_);
  *this = Cutter(options);
  cuts_ = std::move(cuts);
  frames_end_ = frames_end;
}

void Cutter::go_to(Cut cut) {
  cuts_.push_back(cut);
  frames_end_ = std::max(frames_end_, cut.time);
}

Cut Cutter::cut_at(std::int64_t time) {
  cuts_.push_back({current().msn + 1, time});
  if (cuts_.size() > kCutsKept) cuts_.pop_front();
  return current();
}

std::int64_t Cutter::slot_end() const { return (current().msn + 1) * options_.slot + long_phase(); }

/// Where in their slots segments start when key frames are further apart than N: with the key frames if they come a
/// whole number of segments apart, else where the slot starts.
std::int64_t Cutter::long_phase() const {
  if (options_.mode == Mode::kGrid || !last_key_ || key_interval_ % options_.slot != 0) return 0;
  const std::int64_t phase = *last_key_ - slot_of(*last_key_) * options_.slot;
  return phase <= options_.slot - margin_ ? phase : 0;
}

/// Whether segments cannot each begin with a key frame, so that their slots cut them. An interval that fits into the
/// longest segment can: a key frame that a dropped frame moved is waited for. One long interval among short ones is an
/// exception, not the rule of the source.
bool Cutter::key_frames_far_apart() const { return std::min(key_interval_, interval_before_) > longest_; }

void Cutter::note_key(std::int64_t dts) {
  if (last_key_) {
    const std::int64_t interval = std::max<std::int64_t>(dts - *last_key_, 1);
    regular_ = interval == key_interval_;
    interval_before_ = key_interval_ > 0 ? key_interval_ : INT64_MAX;
    key_interval_ = interval;
  }
  last_key_ = dts;
}

void Cutter::forget_key() {
  last_key_.reset();
  regular_ = false;
}

std::optional<std::int64_t> Cutter::expected_key() const {
  if (!regular_ || !last_key_ || options_.slot % key_interval_ != 0) return std::nullopt;
  return *last_key_ + key_interval_;
}

}  // namespace packager
