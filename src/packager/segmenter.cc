#include "packager/segmenter.h"

#include <algorithm>
#include <utility>

#include "captions/picture.h"
#include "cmaf/part.h"

namespace packager {
namespace {

// LL-58: a part holds at least 85 % of PART-TARGET. Parts that follow the video's are off by one audio frame at most;
// where that is more than 15 %, parts are a fixed number of frames.
constexpr std::int64_t kLeastPercent = 85;
// Audio frames are stretched or shortened by one tick at most to follow the source's clock (sample_clock.h).
constexpr std::int64_t kSlewTicks = 1;

std::int64_t frame_ticks(const media::Track& track) {
  if (track.kind() == media::Kind::kAudio) return track.audio.frame_samples > 0 ? track.audio.frame_samples : 1024;
  const media::Rational rate = track.video.frame_rate;
  if (!rate.known() || (track.timescale * rate.den) % rate.num != 0) return 0;
  return track.timescale * rate.den / rate.num;
}

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return -media::floor_div(-a, b); }

// A chunk's number grows with time and needs no memory, so that a second machine writes the same bytes (CM-14).
// It wraps every 2^25 segments. 128 are enough: 50 parts a slot at most (10 s of 200 ms), a sixth more if all are as
// short as kLeastPercent allows, and a segment is shorter than two slots as a rule.
std::uint32_t sequence_of(std::int64_t msn, std::uint32_t part) {
  constexpr std::uint64_t kPartsASegment = 128;
  return static_cast<std::uint32_t>(static_cast<std::uint64_t>(msn) * kPartsASegment + part + 1);
}

}  // namespace

Format make_format(const media::Track& track, media::Rational slot, std::int64_t parts, media::Rational lead_part) {
  Format format;
  format.kind = track.kind();
  format.codec = track.codec;
  format.timescale = track.timescale;
  format.frame = frame_ticks(track);
  if (format.video()) {
    const std::int64_t ticks = media::rescale(slot.num, slot.den, track.timescale);
    const std::int64_t unit = format.frame > 0 ? format.frame : 1;
    format.part = divide_up(media::rescale(ticks, unit, 1), parts) * unit;
    format.part_most = format.part;
    return format;
  }
  format.part = std::max(format.frame, media::rescale(lead_part.num, lead_part.den, track.timescale));
  const std::int64_t least = format.part / format.frame;
  const std::int64_t most = divide_up(format.part, format.frame);
  format.counted = least * 100 < most * kLeastPercent;
  if (format.counted) format.part = least * format.frame;
  format.part_most = (format.counted ? least : most) * (format.frame + kSlewTicks);
  return format;
}

Format keep_part_target(Format format, std::int64_t part_most) {
  if (format.part_most > part_most) {
    const std::int64_t unit = format.frame > 0 ? format.frame : 1;
    const std::int64_t longest = format.video() ? unit : unit + kSlewTicks;
    format.part = std::max<std::int64_t>(1, part_most / longest) * unit;
    format.counted = !format.video();  // audio parts this short cannot end with the video's
  }
  format.part_most = part_most;
  return format;
}

Segmenter::Segmenter(std::uint32_t rendition, Format format, Missing missing, Out out, Counters& counters)
    : rendition_(rendition),
      format_(std::move(format)),
      missing_(missing),
      still_(format_.still),
      out_(std::move(out)),
      counters_(counters),
      usual_frame_(format_.frame) {}

void Segmenter::open(std::int64_t msn, std::int64_t start, std::uint32_t next_part, std::int64_t published_end,
                     bool media) {
  opened_ = true;
  msn_ = msn;
  start_ = start;
  next_part_ = next_part;
  media_in_segment_ = media;
  part_start_ = grid_base_ = end_ = published_end;
}

/// Audio parts still count from where the lead's segment starts, grid_base_: they end with the video's.
void Segmenter::move_start(std::int64_t start) { start_ = part_start_ = end_ = start; }

void Segmenter::change_format(Format format, std::int64_t start) {
  format_ = std::move(format);
  still_ = format_.still;
  held_since_.reset();
  shows_still_ = false;
  shown_until_ = INT64_MIN;
  usual_frame_ = format_.frame;
  start_ = part_start_ = grid_base_ = end_ = newest_start_ = start;
}

std::int64_t Segmenter::likely_end() const {
  if (frames_.empty() || frames_.back().duration > 0) return end_;
  return std::min(frames_.back().start + usual_frame(), part_start_ + format_.part_most);
}

void Segmenter::add(Frame&& frame) {
  if (!frames_.empty()) {
    const std::int64_t filled = frame.start - part_start_;
    if (format_.video() && filled >= format_.part) {
      close_part(part_start_ + format_.part, false);
    } else if (format_.video() && frame.key && filled * 100 >= format_.part_most * kLeastPercent) {
      // The part is long enough (LL-58), so the next one begins with the key frame.
      close_part(frame.start, false);
    } else if (!format_.video() && frame.start + frame.duration - part_start_ > format_.part_most) {
      // The last frame lasts over a hole before this one, as far as the part goes.
      close_part(std::clamp(frame.start, end_, part_start_ + format_.part_most), false);
    }
  }
  if (frames_.empty()) {
    begin_part();
  } else {
    frame.start = std::max(frame.start, frames_.back().start + 1);
    if (format_.frame == 0) usual_frame_ = frame.start - frames_.back().start;
  }
  end_ = std::max(end_, frame.start + std::max<std::int64_t>(frame.duration, 1));
  if (!frame.held) {
    held_since_.reset();
    newest_start_ = frame.start;
  } else if (!held_since_) {
    held_since_ = frame.start;
  }
  shows_still_ = false;
  if (format_.video() && frame.key) still_.data = frame.data;
  if (format_.video()) shown_until_ = std::max(shown_until_, frame.pts + std::max<std::int64_t>(frame.duration, 1));
  frames_.push_back(std::move(frame));
}

/// Where a part that starts there is full.
std::int64_t Segmenter::goal_from(std::int64_t start) const {
  if (format_.video()) return start + format_.part;
  // The same number of frames, also if each is a tick short (kSlewTicks).
  if (format_.counted) return start + format_.part - format_.frame / 2;
  // The end of a part of the video's, half a part or more from here: this part's start is off by up to a frame.
  const std::int64_t number = divide_up(start + format_.part / 2 - grid_base_, format_.part);
  // A part that ended far beyond its goal, with a frame that lasted over a hole, makes the next one no shorter.
  const std::int64_t least = start + divide_up(format_.part_most * kLeastPercent, 100);
  return std::max(grid_base_ + number * format_.part, least);
}

void Segmenter::begin_part() { part_goal_ = goal_from(part_start_); }

void Segmenter::close_full_part() {
  if (frames_.empty() || end_ < part_goal_ || frames_.back().duration == 0) return;
  close_part(format_.video() ? part_goal_ : end_, false);
}

void Segmenter::fill_until(std::int64_t time) {
  if (!holds()) {
    gap_until(time);
  } else if (format_.video()) {
    hold_picture(time);
  } else {
    hold_silence(time - still_.duration + 1);
  }
}

void Segmenter::fill_past(std::int64_t cut) {
  if (!holds()) {
    gap_until(cut);
  } else if (format_.video()) {
    hold_picture(cut);
  } else {
    hold_silence(cut);
  }
}

bool Segmenter::fill_whole_parts(std::int64_t time, std::int64_t cut) {
  if (!holds()) return gap_whole_parts(time, cut);
  if (!part_open()) begin_part();  // for its goal
  const std::int64_t goal = part_goal_;
  // Held audio may end a frame behind the video that it goes with.
  if (std::min(format_.video() ? goal : goal - still_.duration, cut) > time) return false;
  if (cut <= time) {
    fill_past(cut);
    return true;
  }
  fill_past(std::min(goal, cut));
  if (end_ < cut) close_full_part();  // else it is the last of its segment
  return true;
}

/// The last frame of the open part lasts until the part ends; every part after it is the still alone. A part that ends
/// at `time` stays open: it may be the last of its segment, and a part is marked as the last when it is published
/// (LL-77).
void Segmenter::hold_picture(std::int64_t time) {
  while (part_start_ < time) {
    if (frames_.empty()) add_still(1);
    Frame& last = frames_.back();
    const std::int64_t end = std::max(std::min(part_goal_, time), last.start + 1);
    last.duration = end - last.start;
    end_ = end;
    shown_until_ = std::max(shown_until_, last.pts + last.duration);
    if (end == time) return;
    close_part(end, false);
  }
}

void Segmenter::hold_silence(std::int64_t time) {
  while (end_ < time) add_still(still_.duration);
}

void Segmenter::add_still(std::int64_t duration) {
  Frame frame;
  frame.start = end_;
  // Pictures that are decoded already and shown later keep their times.
  frame.pts = format_.video() ? std::max(end_, shown_until_) : end_;
  frame.duration = duration;
  frame.key = true;
  // Or its captions would be shown again with every repeat.
  frame.data = format_.video() ? captions::without_captions(format_.codec, still_.data) : still_.data;
  frame.held = true;
  add(std::move(frame));
  shows_still_ = true;
}

void Segmenter::gap_until(std::int64_t time) {
  if (part_open()) close_part(std::min(likely_end(), time), false);
  while (part_start_ < time) write_gap(std::min(part_start_ + format_.part, time));
}

bool Segmenter::gap_whole_parts(std::int64_t time, std::int64_t cut) {
  if (std::min(likely_end() + format_.part, cut) > time) return false;
  if (part_open()) close_part(likely_end(), false);
  bool any = false;
  while (part_start_ < cut) {
    const std::int64_t end = std::min(part_start_ + format_.part, cut);
    if (end > time) break;
    write_gap(end);
    any = true;
  }
  return any;
}

void Segmenter::end_segment(std::int64_t time) {
  const auto fits = [&] { return time - part_start_ <= format_.part_most; };
  if (holds() && part_start_ < time && !(part_open() && fits())) {
    fill_until(time);
    if (!part_open() && part_start_ < time) add_still(time - part_start_);  // less than a frame of audio
  }
  if (part_open()) {
    const bool last = fits();
    close_part(last ? time : format_.video() ? part_start_ + format_.part : end_, last);
  }
  while (part_start_ < time) write_gap(std::min(part_start_ + format_.part, time));
  pending_gaps_.clear();
  ++counters_.segments;
  out_(record::SegmentEnd{rendition_, msn_, start_, time - start_});
  open(msn_ + 1, time, 0, time, false);
}

std::int64_t Segmenter::last_part_end(std::int64_t time, std::int64_t cut) const {
  std::int64_t end = part_start_ + format_.part;
  while (end < time) end += format_.part;
  // LL-11: as long as a whole part would be, the segment need not become.
  if (cut > part_start_) end = std::min(end, std::max(cut, time));
  return end;
}

void Segmenter::finish(std::int64_t time) {
  if (holds()) {
    if (!part_open()) begin_part();  // for its goal
    fill_past(format_.video() ? time : time - still_.duration / 2);
  }
  if (segment_empty()) return;
  end_segment(part_open() ? likely_end() : part_start_);
}

/// Decode time of every frame of the open part: the first at the part's start, each later than the one before, and the
/// last before `end`, so that no duration is zero or negative (CM-26).
std::vector<std::int64_t> Segmenter::decode_times(std::int64_t end) const {
  std::vector<std::int64_t> times(frames_.size());
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const auto after = static_cast<std::int64_t>(frames_.size() - i);
    times[i] =
        i == 0 ? part_start_ : std::clamp(frames_[i].start, times[i - 1] + 1, std::max(times[i - 1] + 1, end - after));
  }
  return times;
}

void Segmenter::close_part(std::int64_t end, bool last) {
  for (record::Gap& gap : std::exchange(pending_gaps_, {})) out_(std::move(gap));
  const std::vector<std::int64_t> times = decode_times(end);
  std::vector<cmaf::Sample> samples(frames_.size());
  record::Part part{rendition_, msn_, next_part_, part_start_, end - part_start_};
  for (std::size_t i = 0; i < frames_.size(); ++i) {
    const std::int64_t until = i + 1 < times.size() ? times[i + 1] : end;
    samples[i].dts = times[i];
    samples[i].pts = format_.video() ? frames_[i].pts : times[i];
    samples[i].duration = until - times[i];
    samples[i].sync = frames_[i].key;
    samples[i].data = std::move(frames_[i].data);
    part.captured = std::max(part.captured, frames_[i].arrived);
    part.held = frames_[i].held && (i == 0 || part.held);
    part.key_inside = part.key_inside || (i > 0 && frames_[i].key);
  }
  if (part.held) ++counters_.held_parts;
  part.independent = frames_.front().key;
  part.key_inside = part.key_inside && !part.independent;
  part.last = last;
  std::vector<std::uint8_t> events;
  if (!events_.empty()) events = events_.take(end, start_, format_.timescale);
  part.data = cmaf::write_part(sequence_of(msn_, next_part_), samples, !media_in_segment_, events);
  media_in_segment_ = true;
  if (format_.video() && next_part_ == 0 && !part.independent) ++counters_.segments_without_key;
  frames_.clear();
  part_start_ = end_ = end;
  ++next_part_;
  ++counters_.parts;
  out_(std::move(part));
}

void Segmenter::write_gap(std::int64_t end) {
  record::Gap gap{rendition_, msn_, next_part_, part_start_, end - part_start_};
  if (media_in_segment_) {
    pending_gaps_.push_back(std::move(gap));
  } else {
    out_(std::move(gap));
  }
  part_start_ = grid_base_ = end_ = end;
  ++next_part_;
  ++counters_.gap_parts;
}

}  // namespace packager
