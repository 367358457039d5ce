#include "timeline/track_timing.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "media/slot.h"
#include "timeline/rate.h"

namespace timeline {
namespace {

// Frames that have to come before the rate is decided: enough to tell a rate that was claimed from one twice as high,
// and to find one that was not claimed.
constexpr std::size_t kFramesToCheck = 3;
constexpr std::size_t kFramesToMeasure = 9;
// To see that the rate found is not that of the frames: two seconds at 25 frames a second.
constexpr std::size_t kFramesToWatch = 48;
// H.264 and HEVC reorder by 16 pictures at most: leading pictures that have not ended by then are none.
constexpr std::size_t kMostLeading = 17;
// What comes so much sooner than the first frame did is a burst; it is over when nothing came sooner still for a while,
// for TCP brings it with pauses of a round trip. It is waited for no longer than this, nor beyond so much media or so
// many frames.
constexpr base::Micros kBurst = 100 * base::kMillisecond;
constexpr base::Micros kCalm = 200 * base::kMillisecond;
constexpr base::Micros kLongestBurst = 2 * base::kSecond;
constexpr base::Micros kMostOfBurst = 20 * base::kSecond;
constexpr std::size_t kMostFramesOfBurst = 2000;
// Where the rate varies key frames may be a frame off, and no source that matters is slower than this.
constexpr std::int64_t kSlowestRate = 20;

base::Micros micros_up(std::int64_t ticks, std::int64_t timescale) {
  return media::rescale(ticks, timescale, base::kSecond, media::Round::kUp);
}

std::int64_t ticks_up(base::Micros utc, std::int64_t timescale) {
  return media::rescale(utc, base::kSecond, timescale, media::Round::kUp);
}

std::vector<std::int64_t> decode_times(const std::deque<media::Packet>& packets) {
  std::vector<std::int64_t> times;
  times.reserve(packets.size());
  for (const media::Packet& packet : packets) times.push_back(packet.dts);
  return times;
}

}  // namespace

VideoTiming::VideoTiming(const media::Track& track, media::Rational rate_hint, std::optional<Known> known)
    : in_(track), out_(track), hint_(rate_hint), known_(std::move(known)) {}

media::Rational VideoTiming::claimed_rate() const {
  if (known_) return known_->rate;
  return standard_rate(in_.video.frame_rate.known() ? in_.video.frame_rate : hint_);
}

/// How many leading pictures the first key frame has: shown before it, decoded after it, not decodable without what
/// came before it. Timeline drops them.
std::int64_t VideoTiming::leading() const {
  const std::int64_t key_pts = probe_.front().pts;
  const auto end = std::find_if(probe_.begin() + 1, probe_.end(),
                                [key_pts](const media::Packet& packet) { return packet.pts > key_pts || packet.key; });
  return end - probe_.begin() - 1;
}

bool VideoTiming::ready() const {
  if (probe_.empty()) return false;
  // Nothing after an IDR is shown before it; otherwise a packet that is not leading has to have come.
  const bool leading_known =
      probe_.front().idr || leading() + 1 < static_cast<std::int64_t>(probe_.size()) || probe_.size() > kMostLeading;
  const media::Rational claimed = claimed_rate();
  const std::int64_t span = probe_.back().dts - probe_.front().dts;
  const bool enough_to_check = claimed.known() && probe_.size() >= kFramesToCheck &&
                               plausible_rate(claimed, decode_times(probe_), in_.timescale);
  // A slow source, such as slides, sends few frames: three of them over a second or two over two seconds are enough.
  const bool enough_to_measure = probe_.size() >= kFramesToMeasure ||
                                 (probe_.size() >= kFramesToCheck && span >= in_.timescale) ||
                                 (probe_.size() > 1 && span >= 2 * in_.timescale);
  return leading_known && (enough_to_check || enough_to_measure);
}

/// The packet that came soonest against its stamp.
const media::Packet& VideoTiming::soonest() const {
  const auto delay = [](const media::Packet& packet, std::int64_t timescale) {
    return packet.arrived - media::rescale(packet.dts, timescale, base::kSecond);
  };
  return *std::min_element(probe_.begin(), probe_.end(), [&](const media::Packet& one, const media::Packet& other) {
    return delay(one, in_.timescale) < delay(other, in_.timescale);
  });
}

bool VideoTiming::catching_up() const {
  if (probe_.size() < 2 || probe_.size() >= kMostFramesOfBurst) return false;
  const media::Packet& first = probe_.front();
  const media::Packet& before = probe_[probe_.size() - 2];
  const media::Packet& last = probe_.back();
  if (last.arrived - first.arrived >= kLongestBurst) return false;
  if (feed_time(last.dts - first.dts).micros() >= kMostOfBurst) return false;
  if (first.arrived - due() >= kBurst) return last.arrived - soonest().arrived < kCalm;
  return 2 * (last.arrived - before.arrived) < feed_time(last.dts - before.dts).micros();
}

std::size_t VideoTiming::skip_to_newest_key() {
  const auto newest =
      std::find_if(probe_.rbegin(), probe_.rend(), [](const media::Packet& packet) { return packet.key; });
  const auto first = newest.base() - 1;
  const auto left_out = static_cast<std::size_t>(first - probe_.begin());
  probe_.erase(probe_.begin(), first);
  return left_out;
}

base::Micros VideoTiming::due() const {
  const media::Packet& packet = soonest();
  return packet.arrived - feed_time(packet.dts - probe_.front().dts).micros();
}

/// The rate that was claimed, if the frames bear it out, else the one measured; unknown where it varies. A known rate
/// makes a frame grid.
void VideoTiming::decide_rate() {
  const std::vector<std::int64_t> times = decode_times(probe_);
  media::Rational rate = claimed_rate();
  if (times.size() > 1 && !plausible_rate(rate, times, in_.timescale)) rate = measured_rate(times, in_.timescale);
  out_ = in_;
  out_.timescale = video_timescale(rate);
  out_.video.frame_rate = rate;
  grid_.reset();
  if (rate.known()) {
    grid_.emplace(rate, in_.timescale, out_.timescale);
  } else if (known_) {
    // The track stays as it was announced, but off the grid.
    out_.timescale = known_->announced.timescale;
    out_.video.frame_rate = known_->announced.video.frame_rate;
  }
}

Anchor VideoTiming::make_anchor(base::Micros shown, base::Micros floor, base::Micros clear_slots) const {
  const media::Packet& key = probe_.front();
  // From here on in frames; without a grid a frame is one tick.
  const std::int64_t frame = frame_ticks();
  // The key frame is decoded so many frames before it is shown, and its leading pictures, though dropped, keep their
  // places between.
  const std::int64_t before = grid_ ? leading() : 0;
  const std::int64_t least =
      floor == INT64_MIN ? INT64_MIN : media::rescale(ticks_up(floor, out_.timescale), frame, 1, media::Round::kUp);
  const std::int64_t place = media::rescale(media::rescale(shown, base::kSecond, out_.timescale), frame, 1);
  const std::int64_t start = clear_of_slot_end(key, std::max(place - before, least), least, clear_slots);
  return {feed_time(key.pts), {(start + before) * frame, out_.timescale}};
}

/// Key frames come a segment apart as a rule, so that all of them lie where the first does in its slot; those of open
/// GOPs with leading pictures as much earlier as those last. Too near to a slot's end no segment could begin with them
/// (LL-19): they are moved before that, or where `least` forbids it, behind it. Units: frames.
std::int64_t VideoTiming::clear_of_slot_end(const media::Packet& key, std::int64_t start, std::int64_t least,
                                            base::Micros segment) const {
  if (segment == 0) return start;
  const std::int64_t frame = frame_ticks();
  const std::int64_t slot = media::slot_length(out_.timescale, out_.video.frame_rate, segment).ticks;
  const std::int64_t early = std::clamp<std::int64_t>(
      media::rescale(composition(key), in_.timescale, out_.timescale, media::Round::kUp), 0, slot / 4);
  const std::int64_t jitter = grid_ ? 2 * frame : out_.timescale / kSlowestRate;
  const std::int64_t late = slot - jitter - media::rescale(media::kStartMargin, base::kSecond, out_.timescale);
  const std::int64_t time = start * frame - early;
  const std::int64_t phase = time - media::floor_div(time, slot) * slot;
  if (phase <= late - early) return start;
  const std::int64_t earlier = start - media::rescale(phase - (late - early), frame, 1, media::Round::kUp);
  return earlier >= least ? earlier : start + media::rescale(slot - phase, frame, 1, media::Round::kUp);
}

std::deque<media::Packet> VideoTiming::start(const Anchor& anchor, base::Micros floor) {
  anchor_ = anchor;
  started_ = true;
  const media::Packet& key = probe_.front();
  const std::int64_t shown = anchor.map(feed_time(key.pts), out_.timescale);
  const std::int64_t least = floor == INT64_MIN ? INT64_MIN : ticks_up(floor, out_.timescale);
  if (grid_) {
    delay_ = grid_->frames_in(composition(key)) - leading();
    const std::int64_t index = media::rescale(shown, grid_->frame(), 1) - leading();
    const std::int64_t free =
        floor == INT64_MIN ? INT64_MIN : media::rescale(least, grid_->frame(), 1, media::Round::kUp);
    grid_->anchor(key.dts, index, free);
  }
  free_shift_ = media::rescale(composition(key), in_.timescale, out_.timescale);
  last_dts_ = least == INT64_MIN ? least : least - 1;
  return std::exchange(probe_, {});
}

Anchor VideoTiming::continue_at(const media::Packet& packet, base::Micros floor, base::Micros clear_slots) const {
  const std::int64_t frame = frame_ticks();
  const std::int64_t least =
      media::rescale(ticks_up(std::max(packet.arrived, floor), out_.timescale), frame, 1, media::Round::kUp);
  const std::int64_t start = packet.key ? clear_of_slot_end(packet, least, least, clear_slots) : least;
  return {feed_time(packet.dts), {start * frame, out_.timescale}};
}

void VideoTiming::change_anchor(const Anchor& anchor, const media::Packet& packet) {
  anchor_ = anchor;
  recent_.clear();
  if (!grid_) return;
  const std::int64_t shown = anchor.map(feed_time(packet.dts), out_.timescale);
  const std::int64_t index = media::rescale(shown, grid_->frame(), 1) + delay_;
  grid_->anchor(packet.dts, index, grid_->next_index());
}

/// By how much `time` lies before `floor`, if that is more than rounding.
base::Micros VideoTiming::past(std::int64_t time, base::Micros floor) const {
  if (floor == INT64_MIN) return 0;
  const base::Micros late = floor - micros_up(time, out_.timescale);
  return late > micros_up(grid_ ? grid_->frame() : out_.timescale / kSlowestRate, out_.timescale) ? late : 0;
}

base::Micros VideoTiming::overlap_at_start(const Anchor& anchor, base::Micros floor) const {
  const std::int64_t before = grid_ ? leading() * grid_->frame() : 0;
  return past(anchor.map(feed_time(probe_.front().pts), out_.timescale) - before, floor);
}

base::Micros VideoTiming::overlap(const Anchor& anchor, const media::Packet& packet) const {
  const std::int64_t shift = grid_ ? delay_ * grid_->frame() : free_shift_;
  return past(anchor.map(feed_time(packet.dts), out_.timescale) + shift, end());
}

void VideoTiming::move_anchor(const Anchor& moved, base::Micros later) {
  anchor_ = moved;
  if (grid_) grid_->shift(media::rescale(media::rescale(later, base::kSecond, out_.timescale), grid_->frame(), 1));
}

/// Looks at two seconds of frames at a time.
void VideoTiming::watch_rate(std::int64_t dts) {
  recent_.push_back(dts);
  if (recent_.size() <= kFramesToWatch) return;
  const media::Rational steady = measured_rate(recent_, in_.timescale);
  recent_ = {dts};
  if (!grid_) {
    if (!settled_.known()) settled_ = steady;
    return;
  }
  const bool elsewhere = steady.known() && !lies_on_grid(steady, out_.video.frame_rate);
  if (elsewhere) settled_ = steady;
  if (grid_->take_off_grid() * 4 > static_cast<int>(kFramesToWatch) || elsewhere) leave_grid();
}

/// The packets' own times from here on; the anchor is the grid's, so nothing shifts.
void VideoTiming::leave_grid() {
  if (!settled_.known()) settled_ = grid_->rate_in_the_long_run();
  last_dts_ = grid_->next_index() * grid_->frame() - 1;
  free_shift_ = delay_ * grid_->frame();
  grid_.reset();
  recent_.clear();
}

Verdict VideoTiming::place(media::Packet& packet) {
  watch_rate(packet.dts);
  if (grid_ && grid_->lost()) leave_grid();
  return grid_ ? place_on_grid(packet) : place_freely(packet);
}

Verdict VideoTiming::place_on_grid(media::Packet& packet) {
  const std::int64_t due = grid_->next_index();
  const std::int64_t index = grid_->place(packet.dts);
  const std::int64_t shown = index - delay_ + grid_->frames_in(composition(packet));
  packet.dts = index * grid_->frame();
  packet.pts = shown * grid_->frame();
  // Where frames are missing the source has slowed down, for all that is known: this one lasts until the next one.
  packet.duration = index > due ? 0 : grid_->frame();
  return index > due ? Verdict::kHole : Verdict::kPlaced;
}

Verdict VideoTiming::place_freely(media::Packet& packet) {
  const std::int64_t dts = anchor_.map(feed_time(packet.dts), out_.timescale) + free_shift_;
  packet.pts = anchor_.map(feed_time(packet.pts), out_.timescale);
  packet.dts = last_dts_ == INT64_MIN ? dts : std::max(dts, last_dts_ + 1);
  packet.duration = 0;
  last_dts_ = packet.dts;
  return packet.dts == dts ? Verdict::kPlaced : Verdict::kRestamped;
}

base::Micros VideoTiming::end() const {
  if (!started_) return INT64_MIN;
  if (grid_) return micros_up(grid_->next_index() * grid_->frame(), out_.timescale);
  return last_dts_ == INT64_MIN ? INT64_MIN : micros_up(last_dts_ + 1, out_.timescale);
}

void VideoTiming::change_format(const media::Track& track) {
  const media::Track before = out_;
  in_ = track;
  out_ = track;
  out_.timescale = before.timescale;
  out_.video.frame_rate = before.video.frame_rate;
}

AudioTiming::AudioTiming(const media::Track& track) : in_(track), out_(track) {
  if (out_.audio.sample_rate > 0) out_.timescale = out_.audio.sample_rate;
  usual_samples_ = track.audio.frame_samples > 0 ? track.audio.frame_samples : 1024;
}

void AudioTiming::start(const Anchor& anchor, base::Micros not_before) {
  started_ = true;
  anchor_ = anchor;
  not_before_ = not_before;
  if (not_before != INT64_MIN)
    not_before_ = media::rescale(not_before, base::kSecond, out_.timescale, media::Round::kDown);
}

std::int64_t AudioTiming::samples_of(const media::Packet& packet) {
  if (packet.duration > 0 && in_.audio.frame_samples == 0) {
    usual_samples_ = std::max<std::int64_t>(1, media::rescale(packet.duration, in_.timescale, out_.timescale));
  }
  return usual_samples_;
}

Verdict AudioTiming::place(media::Packet& packet) {
  const std::int64_t stamp = anchor_.map({packet.pts, in_.timescale}, out_.timescale);
  const std::int64_t samples = samples_of(packet);
  if (stamp < not_before_) return Verdict::kCovered;
  const auto placed = clock_.place(stamp, samples);
  if (!placed) return Verdict::kCovered;
  packet.pts = packet.dts = placed->start;
  packet.duration = placed->duration;
  return placed->hole ? Verdict::kHole : Verdict::kPlaced;
}

base::Micros AudioTiming::end() const {
  return clock_.running() ? micros_up(clock_.next(), out_.timescale) : INT64_MIN;
}

}  // namespace timeline
