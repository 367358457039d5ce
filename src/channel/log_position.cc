#include "channel/log_position.h"

namespace channel {

void LogPosition::apply(const record::Record& record) {
  if (const auto* presentation = std::get_if<record::Presentation>(&record)) {
    position_.presentation = *presentation;
    position_.renditions.resize(presentation->renditions.size());
  } else if (const auto* part = std::get_if<record::Part>(&record)) {
    advance(part->rendition, part->msn, part->index + 1, part->start, part->start + part->duration);
  } else if (const auto* gap = std::get_if<record::Gap>(&record)) {
    advance(gap->rendition, gap->msn, gap->index + 1, gap->start, gap->start + gap->duration);
  } else if (const auto* end = std::get_if<record::SegmentEnd>(&record)) {
    if (end->rendition >= position_.renditions.size()) return;
    const std::int64_t next_start = end->start + end->duration;
    position_.renditions[end->rendition] = {end->msn + 1, 0, next_start, next_start};
  } else if (std::holds_alternative<record::End>(record)) {
    position_ = {};
  }
}

void LogPosition::advance(std::uint32_t rendition, std::int64_t msn, std::uint32_t next_part, std::int64_t start,
                          std::int64_t end) {
  if (rendition >= position_.renditions.size()) return;
  packager::Resume::Rendition& at = position_.renditions[rendition];
  if (at.msn != msn || next_part == 1) at.segment_start = start;
  at.msn = msn;
  at.next_part = next_part;
  at.end = end;
}

}  // namespace channel
