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
// Of a rate that varies: what is taken for a frame where a splice is rounded to one.
constexpr std::int64_t kUsualFramesASecond = 50;

/// `slot`: of what length segments are, nominally.
std::int64_t longest_segment(const Cutter::Options& options, std::int64_t slot) {
  const std::int64_t seconds = media::rescale(slot, options.timescale, 1);
  const std::int64_t overrun = media::rescale(kOverrunMillis, 1000, options.timescale);
  const std::int64_t target = std::min(slot, seconds * options.timescale);
  return std::max(slot, target + overrun);
}

}  // namespace

Cutter::Cutter(Options options)
    : options_(options),
      longest_(longest_segment(options, options.slot)),
      longest_moved_(longest_segment(options, options.slot * 3 / 2)),
      margin_(media::rescale(media::kStartMargin, base::kSecond, options.timescale)) {}

void Cutter::open(Cut first) {
  cuts_.push_back(first);
  frames_end_ = first.time;
  phase_ = std::clamp<std::int64_t>(first.time - first.msn * options_.slot, 0, options_.slot);
}

std::optional<Cut> Cutter::cut_before(std::int64_t dts, bool key) {
  const std::int64_t hole = dts - frames_end_;
  if (hole * kHolesASecond > options_.timescale) forget_key();
  // A dropped frame moves the key frames after it: the next one does not come where it was expected.
  if (options_.frame > 0 && hole * 2 > options_.frame) regular_ = false;
  if (dts < boundary(current().msn + 1)) return std::nullopt;
  if (options_.mode == Mode::kGrid) return cut_at(slot_end());
  if (dts >= latest()) return cut_at(latest());
  if (cuts_at(dts, key)) return cut_at(dts);
  return std::nullopt;
}

bool Cutter::cuts_at(std::int64_t dts, bool key) const {
  if (options_.mode == Mode::kGrid || dts < boundary(current().msn + 1) || dts >= latest()) return false;
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
  if (duration == 0 || end < boundary(current().msn + 1)) return std::nullopt;
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
  return std::max(frames_end_, boundary(current().msn + 1));
}

std::int64_t Cutter::expected_horizon() const {
  if (options_.mode == Mode::kGrid) return horizon();
  const std::int64_t slot_ends = boundary(current().msn + 1);
  std::int64_t expected = slot_ends;
  if (moved(current().msn + 1)) {
    // A splicer has its own key frame there.
  } else if (key_frames_far_apart()) {
    expected = slot_end();
  } else if (regular_ && last_key_) {  // the first one past the slot
    const std::int64_t intervals = media::floor_div(slot_ends - *last_key_ + key_interval_ - 1, key_interval_);
    expected = *last_key_ + std::max<std::int64_t>(intervals, 1) * key_interval_;
  }
  return std::max(horizon(), std::min(expected, latest()));
}

std::int64_t Cutter::latest_end() const {
  return options_.mode == Mode::kGrid ? boundary(current().msn + 1) : latest();
}

std::int64_t Cutter::latest() const {
  if (options_.mode == Mode::kGrid) return INT64_MAX;
  const std::int64_t next = current().msn + 1;
  const bool longer = moved(next) || moved(current().msn);
  std::int64_t time = current().time + (longer ? longest_moved_ : longest_);
  time = std::min(time, moved(next) ? latest_move(next) : (next + 1) * options_.slot - margin_);
  const std::int64_t frame = std::max<std::int64_t>(options_.frame, 1);
  return std::max(media::floor_div(time, frame) * frame, boundary(next));
}

std::optional<std::int64_t> Cutter::start_of(std::int64_t msn) const {
  if (!started()) return std::nullopt;
  if (msn > current().msn && options_.mode == Mode::kSource) return std::nullopt;
  const auto found = std::find_if(cuts_.rbegin(), cuts_.rend(), [msn](const Cut& cut) { return cut.msn == msn; });
  if (found != cuts_.rend()) return found->time;
  return msn < cuts_.front().msn ? earlier(msn) : boundary(msn);
}

/// Where a segment before those that are known began, which a rendition asks that is behind the lead of a resumed log:
/// a source's key frames lie in one place of their slots.
std::int64_t Cutter::earlier(std::int64_t msn) const {
  const Cut& first = cuts_.front();
  if (options_.mode == Mode::kGrid) return boundary(msn);
  return moved(msn).value_or(first.time - (first.msn - msn) * options_.slot);
}

/// From where on segment `msn` begins.
std::int64_t Cutter::boundary(std::int64_t msn) const {
  const std::int64_t time = moved(msn).value_or(msn * options_.slot);
  const bool next = options_.mode == Mode::kSource && msn == current().msn + 1;
  if (!next || !(moved(msn) || moved(msn - 1))) return time;
  // The open segment may have begun elsewhere than was expected, and its key frame does not begin the next one, too.
  return std::clamp(time, current().time + least_moved(), current().time + longest_moved_);
}

/// What a segment beside a moved cut has at least: half of N, less a frame of rounding.
std::int64_t Cutter::least_moved() const {
  const std::int64_t frame = options_.frame > 0 ? options_.frame : options_.timescale / kUsualFramesASecond;
  return options_.slot / 2 - frame;
}

std::optional<std::int64_t> Cutter::moved(std::int64_t msn) const {
  const auto found = moved_.find(msn);
  return found != moved_.end() ? std::optional(found->second) : std::nullopt;
}

std::int64_t Cutter::expected_start(std::int64_t msn) const {
  if (msn == current().msn) return current().time;
  return moved(msn).value_or(msn * options_.slot + (options_.mode == Mode::kSource ? phase_ : 0));
}

std::int64_t Cutter::nearest(std::int64_t time) const {
  const std::int64_t phase = options_.mode == Mode::kSource ? phase_ : 0;
  return slot_of(time - phase + options_.slot / 2);
}

/// Half a segment before the next one has to begin.
std::int64_t Cutter::latest_move(std::int64_t msn) const {
  return (msn + 2) * options_.slot - margin_ - options_.slot / 2;
}

bool Cutter::can_move(std::int64_t msn, std::int64_t time) const {
  if (msn <= current().msn) return false;
  if (options_.mode == Mode::kSource && time > latest_move(msn)) return false;
  const auto fits = [&](std::int64_t length) {
    return length >= least_moved() && length <= 2 * options_.slot - least_moved();
  };
  return fits(time - expected_start(msn - 1)) && fits(expected_start(msn + 1) - time);
}

void Cutter::change_lead(Options options) {
  for (Cut& cut : cuts_) cut.time = media::rescale(cut.time, options_.timescale, options.timescale, media::Round::kUp);
  for (auto& [msn, time] : moved_) time = media::rescale(time, options_.timescale, options.timescale);
  std::map<std::int64_t, std::int64_t> moved = std::move(moved_);
  const std::int64_t frames_end = media::rescale(frames_end_, options_.timescale, options.timescale);
  std::deque<Cut> cuts = std::move(cuts_);
  *this = Cutter(options);
  cuts_ = std::move(cuts);
  moved_ = std::move(moved);
  frames_end_ = frames_end;
  phase_ =
      std::clamp<std::int64_t>(cuts_.empty() ? 0 : current().time - current().msn * options_.slot, 0, options_.slot);
}

void Cutter::go_to(Cut cut) {
  cuts_.push_back(cut);
  frames_end_ = std::max(frames_end_, cut.time);
}

Cut Cutter::cut_at(std::int64_t time) {
  const std::int64_t msn = current().msn + 1;
  cuts_.push_back({msn, time});
  if (cuts_.size() > kCutsKept) cuts_.pop_front();
  if (!moved(msn)) phase_ = std::max<std::int64_t>(time - msn * options_.slot, 0);
  moved_.erase(moved_.begin(), moved_.lower_bound(msn));
  return current();
}

std::int64_t Cutter::slot_end() const {
  return moved(current().msn + 1).value_or((current().msn + 1) * options_.slot + long_phase());
}

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
