#include "packager/lane.h"

#include <algorithm>
#include <utility>

namespace packager {
namespace {

// Missing audio shorter than this is covered by lengthening the frame before it; a longer hole would put the audio
// ahead of its picture. Units: frames of audio, about 20 ms each.
constexpr std::int64_t kAudioHoleFrames = 3;

base::Micros to_micros(std::int64_t ticks, std::int64_t timescale) {
  return media::rescale(ticks, timescale, base::kSecond);
}

}  // namespace

Lane::Lane(Options options, Format format, const Cutter& cutter, Segmenter::Out out, KeyWanted key_wanted,
           Counters& counters)
    : options_(options),
      cutter_(cutter),
      key_wanted_(std::move(key_wanted)),
      counters_(counters),
      segmenter_(options.rendition, format, options.missing, std::move(out), counters),
      lateness_(options.allowance, options.start_allowance),
      needs_key_(format.video()) {}

void Lane::resume(std::int64_t msn, std::int64_t segment_start, std::uint32_t next_part, std::int64_t end, bool media) {
  segmenter_.open(msn, segment_start, next_part, end, media);
  lateness_.resume();
  started_ = true;
}

void Lane::change_format(Format format, std::int64_t msn) {
  const std::uint32_t id = (next_format_ ? next_format_->id : format_id_) + 1;
  next_format_ = NextFormat{format, id, msn};
  if (!segmenter_.opened()) {
    // Only frames in the queue have the old format, and they cannot be published any more. open() sets the start.
    segmenter_.change_format(format, 0);
    format_id_ = id;
    next_format_.reset();
    queue_.clear();
  }
  want_key();
}

Frame Lane::make_frame(media::Packet&& packet) {
  const Format& format = newest_format();
  // An encoder that reorders gives dts before pts. Its segments are to start where the key frame is shown, so the
  // decode timeline is moved there. Copied video keeps its dts: the cuts are made with them.
  if (options_.encoded && format.video() && packet.key) shift_ = packet.pts - packet.dts;
  Frame frame;
  frame.start = format.video() ? packet.dts + shift_ : packet.pts;
  frame.pts = packet.pts;
  frame.duration = format.video() ? format.frame : packet.duration > 0 ? packet.duration : format.frame;
  if (format.video() && !options_.encoded && packet.duration == 0) frame.duration = 0;
  frame.key = packet.key || !format.video();
  frame.held = packet.held;
  frame.arrived = packet.held ? 0 : packet.arrived;
  frame.data = std::move(packet.data);
  frame.format = next_format_ ? next_format_->id : format_id_;
  lateness_.on_media(to_micros(frame.start + frame.duration, format.timescale));
  if (!packet.held) lag_.on_media(frame.arrived, to_micros(frame.start, format.timescale));
  return frame;
}

void Lane::move_late(Frame& frame) const {
  const bool goes_on = frame.key || !needs_key_;
  if (!started_ || !goes_on || frame.format != format_id_ || !segmenter_.format().video()) return;
  const std::int64_t published = segmenter_.published_end();
  if (published - frame.start >= segmenter_.format().part) return;
  // What is in the open part has its place before this frame, too.
  const std::int64_t taken = segmenter_.part_open() ? segmenter_.last_start() + 1 : published;
  const std::int64_t start = std::max(published, taken);
  if (start <= frame.start) return;
  frame.start = start;
  frame.pts = std::max(frame.pts, start);
}

void Lane::push(Frame&& frame) {
  const std::int64_t bound = media::rescale(options_.queue, base::kSecond, newest_format().timescale);
  if (!queue_.empty() && queue_.front().format == frame.format && frame.start - queue_.front().start > bound) {
    ++counters_.dropped_overflow;
    if (newest_format().video()) want_key();
    return;
  }
  queue_.push_back(std::move(frame));
}

void Lane::pump() {
  if (!segmenter_.opened() && cutter_.started()) open_with_lead();
  if (!segmenter_.opened()) return;
  while (step() == Step::kAgain) {
  }
}

void Lane::open_with_lead() {
  const std::int64_t start = from_lead(cutter_.current().time);
  segmenter_.open(cutter_.current().msn, start, 0, start, false);
}

Lane::Step Lane::step() {
  const std::optional<std::int64_t> cut = next_cut();
  if (cut && segmenter_.end() >= *cut) {
    end_segment(*cut);
    return Step::kAgain;
  }
  if (continues(cut)) segmenter_.close_full_part();
  if (queue_.empty()) return Step::kWait;
  Frame& frame = queue_.front();
  if (frame.format != format_id_) return wait_for_format(frame, cut);
  if (format_unseen_) begin_format(frame);
  if (too_late(frame)) {
    const bool early = !started_;
    if (segmenter_.format().video()) want_key();
    drop_front(early ? counters_.dropped_early : counters_.dropped_late);
    return Step::kAgain;
  }
  return place(frame, cut);
}

/// What was shown before has another format: the first picture of this one, which is shown in the hole before it, and
/// in its place where it is too late for that. Where less than a part of its time is published it only moves.
void Lane::begin_format(Frame& frame) {
  if (!frame.key || !segmenter_.format().video()) return;
  segmenter_.set_still({frame.data, 0});
  move_late(frame);
}

/// Puts the frame into the open segment, or ends that if the frame is beyond it.
Lane::Step Lane::place(Frame& frame, std::optional<std::int64_t> cut) {
  const Format& format = segmenter_.format();
  const bool hole = is_hole(frame.start);
  // After a small hole audio is taken to start where the hole began: it still belongs to the open segment.
  std::int64_t start = frame.start;
  if (!format.video() && !hole && !segmenter_.part_open()) start = std::min(start, segmenter_.end());
  if (!started_) start = frame.start;
  if (cut && start >= *cut) {
    reach(*cut, frame.start);
    return Step::kAgain;
  }
  if (!cut && start >= horizon()) return Step::kWait;
  // After a repeated key frame later frames must not refer to frames before it. A gap may just be a slow varying rate.
  if (format.video() && hole && (format.frame > 0 || segmenter_.holds())) want_key();
  if (needs_key_ && !frame.key) {
    drop_front(counters_.dropped_without_key);
    return Step::kAgain;
  }
  if (hole) {
    segmenter_.fill_until(frame.start);
  } else if (!started_ && !format.video() && segmenter_.segment_empty() && start > segmenter_.start()) {
    segmenter_.move_start(start);
  }
  needs_key_ = false;
  format_unseen_ = false;
  started_ = true;
  if (!format.video()) {
    // The hole before the frame is added to it, unless the segment would become too long: then the next segment gets
    // it.
    const std::int64_t before = segmenter_.part_open() ? std::max(frame.start, segmenter_.end()) : segmenter_.end();
    if (!cut || frame.start < *cut) frame.duration += frame.start - before;
    frame.start = before;
  }
  segmenter_.add(std::move(frame));
  queue_.pop_front();
  return Step::kAgain;
}

/// A frame of the next format has its place in a later segment; those that come before it are lost.
Lane::Step Lane::wait_for_format(const Frame& frame, std::optional<std::int64_t> cut) {
  if (!next_format_ || frame.format != next_format_->id) {
    drop_front(counters_.dropped_format);
    return Step::kAgain;
  }
  const std::int64_t start = media::rescale(frame.start, next_format_->format.timescale, segmenter_.format().timescale);
  if (cut && start >= *cut) {
    reach(*cut, start);
    return Step::kAgain;
  }
  if (!cut && start >= horizon()) return Step::kWait;
  if (next_format_->format.video()) {
    // The first segment of the format repeats this picture until it gets a key frame.
    if (frame.key) next_format_->format.still = {frame.data, 0};
    want_key();
  }
  drop_front(counters_.dropped_format);
  return Step::kAgain;
}

bool Lane::too_late(const Frame& frame) const {
  if (segmenter_.format().video()) return frame.start < segmenter_.published_end();
  return frame.start < segmenter_.end() - segmenter_.format().frame / 2;
}

/// Whether the missing time between the media so far and `start` is long enough to be filled by itself.
bool Lane::is_hole(std::int64_t start) const {
  const Format& format = segmenter_.format();
  const std::int64_t audio_frames = started_ ? kAudioHoleFrames : 1;
  // A frame and the hole before it fit into one part.
  const std::int64_t room = std::max<std::int64_t>(format.part_most - format.frame, 1);
  const std::int64_t least = format.video() ? format.part : std::min(audio_frames * format.frame, room);
  const std::int64_t end = format.video() ? segmenter_.likely_end() : segmenter_.end();
  return start - end >= least;
}

/// Ends the open segment at `cut`, where the next frame starts at or after it.
void Lane::reach(std::int64_t cut, std::int64_t frame_start) {
  // A segment of video without anything in it would be a gap, however short.
  const bool nothing = segmenter_.format().video() && segmenter_.segment_empty() && segmenter_.holds();
  if ((nothing || is_hole(frame_start)) && segmenter_.likely_end() < cut) {
    segmenter_.fill_past(cut);
    if (segmenter_.format().video()) want_key();
  }
  end_segment(cut);
}

void Lane::end_segment(std::int64_t cut) {
  // An audio segment ends with the frame that contains the cut, whole. A video frame is shortened to end at the cut.
  const bool video = segmenter_.format().video();
  const std::int64_t least = video ? segmenter_.published_end() : segmenter_.end();
  segmenter_.end_segment(std::max({cut, least, segmenter_.part_open() ? segmenter_.last_start() + 1 : cut}));
  if (!next_format_ || segmenter_.msn() < next_format_->msn) return;
  const std::int64_t start = media::rescale(segmenter_.start(), segmenter_.format().timescale,
                                            next_format_->format.timescale, media::Round::kUp);
  segmenter_.change_format(next_format_->format, start);
  format_id_ = next_format_->id;
  next_format_.reset();
  format_unseen_ = true;
}

void Lane::drop_front(std::uint64_t& counter) {
  ++counter;
  queue_.pop_front();
}

void Lane::want_key() {
  if (needs_key_ || !newest_format().video()) return;
  needs_key_ = true;
  if (options_.encoded) key_wanted_(options_.rendition);
}

void Lane::fill_missing(base::Micros until, std::int64_t lead_horizon) {
  pump();
  while (segmenter_.opened()) {
    const Format format = segmenter_.format();
    if (!queue_.empty() && queue_.front().format == format_id_) return;  // waits for the lead, is not missing
    const std::optional<std::int64_t> cut = next_cut();
    std::int64_t time = media::rescale(until, base::kSecond, format.timescale, media::Round::kDown);
    if (!cut && lead_horizon != INT64_MAX) time = std::min(time, from_lead(lead_horizon));
    if (!segmenter_.fill_whole_parts(time, cut.value_or(INT64_MAX))) return;
    started_ = true;
    // If the last frame was only lengthened, the next frames may refer to it, and no key frame is needed.
    if (!segmenter_.holds() || segmenter_.shows_still()) want_key();
    pump();
  }
}

void Lane::drain() {
  finishing_ = true;
  pump();
  counters_.dropped_overflow += queue_.size();
  queue_.clear();
}

void Lane::finish_lead(std::int64_t least) { segmenter_.finish(segmenter_.last_part_end(least, cutter_.latest_end())); }

void Lane::finish(std::int64_t msn, std::int64_t time) {
  if (!segmenter_.opened()) return;
  while (segmenter_.msn() < msn) {
    const std::optional<std::int64_t> cut = next_cut();
    if (!cut) break;
    if (segmenter_.likely_end() < *cut) segmenter_.fill_past(*cut);
    end_segment(*cut);
  }
  segmenter_.finish(from_lead(time));
}

/// A part is complete with its last frame where that has a duration, else with the next one: half a frame for those
/// that do not come evenly.
std::optional<base::Micros> Lane::due() const {
  const std::optional<base::Micros> lag = lag_.least();
  if (!lag || !started_ || !segmenter_.opened() || next_format_) return std::nullopt;
  const std::int64_t end = std::min(segmenter_.next_goal(), next_cut().value_or(expected_horizon()));
  const std::int64_t start = end - segmenter_.usual_frame() * 3 / 2;
  return to_micros(start, segmenter_.format().timescale) + *lag;
}

base::Micros Lane::newest() const {
  if (!segmenter_.opened()) return lateness_.newest();
  return std::max(lateness_.newest(), to_micros(segmenter_.end(), segmenter_.format().timescale));
}

std::int64_t Lane::end_on_lead() const {
  return media::rescale(segmenter_.end(), segmenter_.format().timescale, cutter_.options().timescale);
}

std::int64_t Lane::start_on_lead() const {
  return media::rescale(segmenter_.start(), segmenter_.format().timescale, cutter_.options().timescale);
}

std::int64_t Lane::published_end_on_lead() const {
  if (!segmenter_.opened()) return INT64_MIN;
  return media::rescale(segmenter_.published_end(), segmenter_.format().timescale, cutter_.options().timescale);
}

std::int64_t Lane::least_end_on_lead() const {
  if (!segmenter_.opened()) return INT64_MIN;
  return std::max(end_on_lead(), published_end_on_lead() + 1);
}

std::int64_t Lane::earliest_cut_on_lead(std::int64_t msn, std::int64_t least) const {
  if (!segmenter_.opened() || segmenter_.msn() != msn) return INT64_MIN;
  const bool hinted = segmenter_.published_end() > segmenter_.start();
  const std::int64_t hinted_end = hinted ? published_end_on_lead() + least : INT64_MIN;
  const Format& format = segmenter_.format();
  if (format.video() || segmenter_.end() == segmenter_.start()) return hinted_end;
  const std::int64_t last_frame =
      media::rescale(segmenter_.end() - format.frame, format.timescale, cutter_.options().timescale, media::Round::kUp);
  return std::max(hinted_end, last_frame);
}

std::optional<std::int64_t> Lane::next_cut() const {
  const std::optional<std::int64_t> cut = cutter_.start_of(segmenter_.msn() + 1);
  if (!cut) return std::nullopt;
  return from_lead(*cut);
}

std::int64_t Lane::horizon() const {
  const std::int64_t horizon = finishing_ ? cutter_.latest() : cutter_.horizon();
  return horizon == INT64_MAX ? INT64_MAX : from_lead(horizon);
}

/// Whether more media belongs to the open segment. If a part is published and is not marked as the last, a hint makes
/// players request the next one (LL-75), which must then come (LL-77). So while the end of the segment is not known, a
/// full part waits for the next frame.
bool Lane::continues(std::optional<std::int64_t> cut) const {
  if (cut) return segmenter_.end() < *cut;
  return segmenter_.end() < expected_horizon();
}

std::int64_t Lane::expected_horizon() const {
  const std::int64_t expected = cutter_.expected_horizon();
  return expected == INT64_MAX ? INT64_MAX : from_lead(expected);
}

std::int64_t Lane::from_lead(std::int64_t time) const {
  return media::rescale(time, cutter_.options().timescale, segmenter_.format().timescale, media::Round::kUp);
}

}  // namespace packager
