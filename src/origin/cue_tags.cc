#include "origin/cue_tags.h"

#include <algorithm>
#include <utility>

#include "hls/tags.h"

namespace origin {
namespace {

// A copied segment's decode time is before its splice, by what its pictures are reordered; and a splice may lie between
// two pictures.
constexpr base::Micros kNear = 200 * base::kMillisecond;
// Whichever rendition begins a segment first, by up to a frame, says the same of it.
constexpr base::Micros kElapsedUnit = 100 * base::kMillisecond;

bool is_break(const record::Marker& marker) {
  return marker.kind == record::kScte35Class &&
         std::any_of(marker.attributes.begin(), marker.attributes.end(),
                     [](const record::Marker::Attribute& attribute) { return attribute.name == "SCTE35-OUT"; });
}

void write_seconds(std::string& out, base::Micros span) {
  hls::write_decimal(out, std::max<base::Micros>(span, 0) / hls::kDecimalMicros);
}

}  // namespace

std::deque<CueTags::Break>::iterator CueTags::find(const std::string& id) {
  return std::find_if(breaks_.begin(), breaks_.end(), [&](const Break& at) { return at.id == id; });
}

void CueTags::apply(const record::Marker& marker) {
  const auto known = find(marker.id);
  if (marker.canceled) {
    if (known != breaks_.end()) breaks_.erase(known);
    return;
  }
  if (!is_break(marker)) return;
  Break told{marker.id, marker.start, marker.end, marker.planned_duration};
  if (open_ && open_->id == told.id) {
    open_ = std::move(told);
  } else if (known != breaks_.end()) {
    *known = std::move(told);
  } else {
    breaks_.push_back(std::move(told));
    if (breaks_.size() > kMost) breaks_.pop_front();
  }
}

void CueTags::begin(std::int64_t msn, base::Micros start) {
  if (msn <= decided_) return;
  decided_ = msn;
  std::string text;
  if (open_ && open_->ends() && *open_->ends() <= start + kNear) {
    text += "#EXT-X-CUE-IN\n";
    open_.reset();
  }
  if (open_) {
    text += "#EXT-X-CUE-OUT-CONT:ElapsedTime=";
    const base::Micros elapsed = start - shown_from_ + kElapsedUnit / 2;
    write_seconds(text, elapsed - elapsed % kElapsedUnit);
    if (const auto end = open_->ends()) {
      text += ",Duration=";
      write_seconds(text, *end - shown_from_);
    }
    text += '\n';
  } else {
    begin_break(start, text);
  }
  // Over before a segment began with them, or within another one.
  std::erase_if(breaks_, [&](const Break& at) {
    const bool past = at.ends() ? *at.ends() <= start + kNear : at.start <= start + kNear;
    return past || (open_ && at.start <= start + kNear);
  });
  if (!text.empty()) lines_.set(msn, std::move(text));
}

void CueTags::begin_break(base::Micros start, std::string& text) {
  const auto due = std::find_if(breaks_.begin(), breaks_.end(), [&](const Break& at) {
    return at.start <= start + kNear && (!at.ends() || *at.ends() > start + kNear);
  });
  if (due == breaks_.end()) return;
  open_ = std::move(*due);
  breaks_.erase(due);
  // A segment that begins a little beside its splice is meant to begin there.
  shown_from_ = start > open_->start + kNear ? start : open_->start;
  text += "#EXT-X-CUE-OUT";
  if (const auto end = open_->ends()) {
    text += ":DURATION=";
    write_seconds(text, *end - shown_from_);
  }
  text += '\n';
}

}  // namespace origin
