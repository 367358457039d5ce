#include "packager/text_lane.h"

#include <algorithm>
#include <utility>

#include "captions/webvtt.h"
#include "media/time.h"

namespace packager {
namespace {

std::int64_t ticks_of(std::int64_t ticks, std::int64_t timescale) {
  return media::rescale(ticks, timescale, TextLane::kTimescale);
}

base::Micros micros_of(std::int64_t ticks) { return media::rescale(ticks, TextLane::kTimescale, base::kSecond); }

}  // namespace

std::int64_t TextLane::part_target(std::int64_t lead_part, std::int64_t lead_scale) {
  const bool exact = kTimescale % lead_scale == 0;
  return media::rescale(lead_part, lead_scale, kTimescale, media::Round::kUp) + (exact ? 0 : 1);
}

void TextLane::resume(const record::Position::Rendition& at) {
  opened_ = true;
  msn_ = at.msn;
  next_part_ = at.next_part;
  segment_start_ = at.segment_start;
  end_ = at.end;
}

void TextLane::put(media::TextCue cue) {
  ++counters_.cues;
  cue.end = std::min(cue.end, cue.start + media::kLongestCue);
  const base::Micros published = opened_ ? micros_of(end_) : INT64_MIN;
  const bool cut = !cue.id.empty();
  const bool replaces = cut && replace(cue);
  if (cut && cue.text.empty()) return;
  // What is there already of the cue before stays as it is.
  if (replaces) cue.start = std::max(cue.start, published);
  if (cue.end <= std::max(cue.start, published) || cue.text.size() > media::kLongestCueText || cues_.size() >= kMost) {
    ++counters_.cues_dropped;
    return;
  }
  cues_.push_back({std::move(cue), cut});
}

/// Ends the cue with this id where the new one begins, or what of it is published ends. True where some of it stays.
bool TextLane::replace(const media::TextCue& cue) {
  const base::Micros published = opened_ ? micros_of(end_) : INT64_MIN;
  bool stays = false;
  for (Shown& shown : cues_) {
    media::TextCue& before = shown.cue;
    if (before.id != cue.id) continue;
    before.end = std::min(before.end, before.start < published ? std::max(cue.start, published) : cue.start);
    before.id.clear();
    stays = stays || before.end > before.start;
  }
  std::erase_if(cues_, [](const Shown& shown) { return shown.cue.end <= shown.cue.start; });
  return stays;
}

void TextLane::follow(const record::Record& record, std::int64_t timescale) {
  const auto piece_of = [&](const auto& from) {
    const std::int64_t start = ticks_of(from.start, timescale);
    return Piece{from.msn, start, ticks_of(from.start + from.duration, timescale)};
  };
  if (const auto* part = std::get_if<record::Part>(&record)) {
    Piece piece = piece_of(*part);
    piece.last = part->last;
    piece.held = part->held;
    piece.captured = part->captured;
    publish(piece);
  } else if (const auto* gap = std::get_if<record::Gap>(&record)) {
    publish(piece_of(*gap));
  } else if (const auto* end = std::get_if<record::SegmentEnd>(&record)) {
    Piece piece = piece_of(*end);
    piece.last = true;
    publish(piece);
    if (piece.msn == msn_) end_segment(piece.end);
  }
}

/// The segment `msn` is open from here on, and begins at `start` if it was not yet.
void TextLane::enter(std::int64_t msn, std::int64_t start) {
  if (opened_ && msn <= msn_) return;
  if (opened_ && next_part_ > 0) end_segment(std::max(start, end_));
  if (!opened_ || next_part_ == 0) segment_start_ = end_ = opened_ ? std::max(start, end_) : start;
  opened_ = true;
  msn_ = msn;
}

void TextLane::publish(const Piece& piece) {
  enter(piece.msn, piece.start);
  if (piece.msn != msn_) return;
  // Where the lead has more than a part between two, as after a log was continued, there are several here.
  while (end_ < piece.end) {
    const std::int64_t rest = piece.end - end_;
    const std::int64_t until = end_ + rest / ((rest + part_target_ - 1) / part_target_);
    record::Part part{rendition_, msn_, next_part_, end_, until - end_};
    part.independent = true;
    part.last = piece.last && until == piece.end;
    part.held = piece.held;
    part.captured = piece.captured;
    part.data = document(end_, until);
    end_ = until;
    ++next_part_;
    ++counters_.parts;
    out_(std::move(part));
  }
}

void TextLane::end_segment(std::int64_t end) {
  end = std::max(end, end_);
  record::SegmentEnd record{rendition_, msn_, segment_start_, end - segment_start_, {}};
  record.data = document(segment_start_, end);
  ++counters_.segments;
  out_(std::move(record));
  ++msn_;
  next_part_ = 0;
  segment_start_ = end_ = end;
  std::erase_if(cues_, [&](const Shown& shown) { return shown.cue.end <= micros_of(end); });
}

base::Bytes TextLane::document(std::int64_t from, std::int64_t until) const {
  const base::Micros first = micros_of(from);
  const base::Micros last = micros_of(until);
  const base::Micros epoch = captions::webvtt_epoch(first);
  std::string text;
  captions::write_webvtt_header(text, epoch);
  for (const auto& [cue, cut] : cues_) {
    if (cue.start >= last || cue.end <= first) continue;
    const base::Micros start = cut ? std::max(cue.start, first) : cue.start;
    const base::Micros end = cut ? std::min(cue.end, last) : cue.end;
    captions::write_webvtt_cue(text, epoch, start, end, cue.text, cue.place);
  }
  text.shrink_to_fit();
  return base::Bytes::adopt(std::move(text));
}

}  // namespace packager
