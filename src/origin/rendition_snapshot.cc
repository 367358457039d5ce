#include "origin/rendition_snapshot.h"

#include <utility>

namespace origin {
namespace {

hls::Edge edge_of(const RenditionSnapshot::Contents& contents) {
  const hls::Revision& revision = contents.revision;
  hls::Edge edge;
  edge.ready = contents.ready;
  edge.ended = revision.ended;
  edge.advance_limit = hls::advance_part_limit(contents.terms.part_target);
  if (!revision.started()) return edge;
  edge.parts_only = revision.closed->listed() == 0;
  edge.open = revision.open->msn;
  edge.open_parts = static_cast<std::uint32_t>(revision.open->parts.size());
  const hls::Segment* last = revision.closed->find(edge.last_complete());
  edge.last_parts = last == nullptr ? 0 : static_cast<std::uint32_t>(last->parts.size());
  return edge;
}

PartObject part_of(const hls::Segment& segment, std::uint32_t index) {
  if (index < segment.filed.size()) {
    const hls::FiledPart& filed = segment.filed[index];
    return {filed.place.size == 0 ? Presence::kGap : Presence::kFound, {}, filed};
  }
  if (index >= segment.parts.size()) return {};  // LL-81: hinted once, and the segment closed without it
  const hls::Part& part = segment.parts[index];
  if (part.gap) return {Presence::kGap, {}, {}};
  if (part.filed.place.size > 0) return {Presence::kFound, {}, part.filed};
  return {Presence::kFound, part.data, {}};
}

bool uses(const std::shared_ptr<const hls::Init>& init, std::string_view file) {
  return init != nullptr && init->uri == file;
}

std::size_t bytes_of(const hls::Segment& segment) {
  std::size_t size = segment.data.size();
  for (const hls::Part& part : segment.parts) size += part.data.size();
  return size;
}

}  // namespace

RenditionSnapshot::RenditionSnapshot(Contents contents) : contents_(std::move(contents)), edge_(edge_of(contents_)) {}

RenditionSnapshot::~RenditionSnapshot() {
  for (auto& slot : rendered_) delete slot.load(std::memory_order_acquire);
}

const Rendered& RenditionSnapshot::playlist(hls::Skip skip) const {
  if (skip != hls::Skip::kNo && hls::skippable(contents_.revision, contents_.terms) == 0) skip = hls::Skip::kNo;
  return rendered(static_cast<Text>(skip));
}

Rendered RenditionSnapshot::render(Text text) const {
  if (text == Text::kIframes) return make_rendered(hls::render_key_frames(contents_.revision, contents_.terms));
  static const hls::DateRanges kNoDateRanges;
  const hls::DateRanges& date_ranges = contents_.date_ranges == nullptr ? kNoDateRanges : *contents_.date_ranges;
  return make_rendered(hls::render_text(contents_.revision, contents_.terms, contents_.reports,
                                        static_cast<hls::Skip>(text), date_ranges));
}

const Rendered& RenditionSnapshot::rendered(Text text) const {
  std::atomic<const Rendered*>& slot = rendered_[static_cast<std::size_t>(text)];
  const Rendered* found = slot.load(std::memory_order_acquire);
  if (found != nullptr) return *found;
  auto mine = std::make_unique<const Rendered>(render(text));
  // Two loops may render at once; both made the same bytes, and the later one lets its copy go.
  if (slot.compare_exchange_strong(found, mine.get(), std::memory_order_acq_rel, std::memory_order_acquire)) {
    return *mine.release();
  }
  return *found;
}

std::optional<Rendered> RenditionSnapshot::playlist(const hls::ShiftedRange& range) const {
  const auto shifted = hls::slice(contents_.revision, range, contents_.terms.target_duration);
  if (!shifted) return std::nullopt;
  std::string date_ranges;
  if (contents_.date_ranges != nullptr) {
    const base::Micros from = shifted->segments.at(shifted->segments.first_listed).start_utc();
    date_ranges = contents_.date_ranges->between(from, range.date_ranges_until);
  }
  return make_rendered(hls::render_whole(shifted->segments, shifted->terms, date_ranges));
}

std::optional<Rendered> RenditionSnapshot::whole_playlist(const hls::View& view) const {
  const hls::SegmentList& closed = *contents_.revision.closed;
  if (closed.listed() == 0) return std::nullopt;
  const hls::WholeTerms terms{
      contents_.terms.target_duration, hls::PlaylistType::kSliding, ended(), false, true, view.hold_back, view.start};
  return make_rendered(
      hls::render_whole(closed, terms, contents_.date_ranges == nullptr ? "" : contents_.date_ranges->all));
}

std::optional<Rendered> RenditionSnapshot::iframes(const hls::ShiftedRange& range) const {
  const auto shifted = hls::slice(contents_.revision, range, contents_.terms.target_duration);
  if (!shifted) return std::nullopt;
  return make_rendered(hls::render_key_frames(shifted->segments, shifted->terms));
}

SegmentObject RenditionSnapshot::segment(std::int64_t msn) const {
  const hls::Revision& revision = contents_.revision;
  const hls::Segment* segment = revision.closed->find(msn);  // also from before a restart: LL-46
  if (segment == nullptr) {
    const bool coming =
        revision.started() && !revision.ended && (msn == revision.open->msn || msn == revision.hint_msn());
    return {coming ? Presence::kPending : Presence::kAbsent, {}, 0, {}};
  }
  SegmentObject object{segment->gap() ? Presence::kGap : Presence::kFound, {}, 0, {}};
  if (!segment->data.empty() && !segment->gap()) return {Presence::kFound, {segment->data}, segment->data.size(), {}};
  for (const hls::FiledPart& part : segment->filed) {
    if (part.place.size == 0) continue;
    object.filed.push_back(part);
    object.size += part.place.size;
  }
  object.pieces.reserve(segment->parts.size());
  for (const hls::Part& part : segment->parts) {
    if (part.gap) continue;
    object.size += part.size();
    if (part.filed.place.size > 0) {
      object.filed.push_back(part.filed);
    } else {
      object.pieces.push_back(part.data);
    }
  }
  // Bytes of which some could not be read after a restart.
  if (!object.filed.empty() && !object.pieces.empty()) return {};
  return object;
}

PartObject RenditionSnapshot::part(std::int64_t msn, std::uint32_t index) const {
  const hls::Revision& revision = contents_.revision;
  if (const hls::Segment* segment = revision.closed->find(msn)) return part_of(*segment, index);
  if (!revision.started()) return {};
  const hls::Segment& open = *revision.open;
  if (msn == open.msn && index < open.parts.size()) return part_of(open, index);
  if (revision.ended) return {};
  const std::int64_t hint = revision.hint_msn();
  const bool hinted = msn == hint && index <= revision.hint_part() + 1;
  return {hinted || (msn == hint + 1 && index == 0) ? Presence::kPending : Presence::kAbsent, {}, {}};
}

PartObject RenditionSnapshot::init(std::string_view file) const {
  const hls::Revision& revision = contents_.revision;
  const auto found = [](const hls::Init& init) { return PartObject{Presence::kFound, init.data, {}}; };
  if (uses(revision.next_init, file)) return found(*revision.next_init);
  if (revision.started() && uses(revision.open->init, file)) return found(*revision.open->init);
  const hls::SegmentList& closed = *revision.closed;
  for (const auto& segment : closed.segments) {
    if (uses(segment->init, file)) return found(*segment->init);
  }
  for (std::size_t i = 0; closed.in_blocks > 0 && i < closed.blocks->size(); ++i) {
    for (const auto& init : (*closed.blocks)[i]->inits) {
      if (uses(init, file)) return found(*init);
    }
  }
  return {};
}

std::size_t RenditionSnapshot::media_bytes() const {
  const hls::Revision& revision = contents_.revision;
  const hls::SegmentList& closed = *revision.closed;
  std::size_t size = revision.started() ? bytes_of(*revision.open) : 0;
  for (const auto& segment : closed.segments) size += bytes_of(*segment);
  for (std::size_t i = 0; closed.in_blocks > 0 && i < closed.blocks->size(); ++i) size += (*closed.blocks)[i]->media;
  return size;
}

}  // namespace origin
