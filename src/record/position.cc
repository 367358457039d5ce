#include "record/position.h"

#include <algorithm>
#include <utility>

#include "media/time.h"

namespace record {
namespace {

/// Whether `next` continues with the numbering and the renditions of `before`.
bool continues(const Presentation& before, const Presentation& next) {
  if (media::reduce(before.segment) != media::reduce(next.segment)) return false;
  if (next.renditions.size() < before.renditions.size()) return false;
  return std::equal(before.renditions.begin(), before.renditions.end(), next.renditions.begin(),
                    [](const Rendition& a, const Rendition& b) { return a.name == b.name; });
}

}  // namespace

bool Position::known() const {
  return std::any_of(renditions.begin(), renditions.end(), [](const Rendition& at) { return at.started; });
}

void Position::apply(const Record& record) {
  std::visit([this](const auto& kind) { fold(kind); }, record);
}

void Position::fold(const Presentation& next) {
  if (!continues(presentation, next)) *this = {};
  const Presentation before = std::exchange(presentation, next);
  renditions.resize(next.renditions.size());
  for (std::uint32_t i = 0; i < renditions.size(); ++i) {
    Rendition& at = renditions[i];
    if (i >= before.renditions.size()) {
      at.timescale = next.renditions[i].track.timescale;
    } else if (before.renditions[i].init != next.renditions[i].init) {
      at.former_format = true;
      if (at.started && next.formats_from != INT64_MIN) owed_discontinuity = next.formats_from;
      enter(i, at.msn);
    }
  }
}

void Position::fold(const Part& part) {
  publish(part.rendition, part.msn, part.index, part.start, part.duration);
  if (part.rendition >= renditions.size()) return;
  renditions[part.rendition].media = true;
  if (!(part.independent || part.key_inside)) return;
  if (presentation.renditions[part.rendition].track.kind() != media::Kind::kVideo) return;
  renditions[part.rendition].key_part = part.data;
  renditions[part.rendition].key_stored = part.stored;
}

void Position::fold(const Gap& gap) { publish(gap.rendition, gap.msn, gap.index, gap.start, gap.duration); }

void Position::fold(const SegmentEnd& end) {
  Rendition* at = enter(end.rendition, end.msn);
  if (at == nullptr) return;
  at->started = true;
  at->msn = end.msn + 1;
  at->next_part = 0;
  at->media = false;
  at->end = end.start + end.duration;
  at->segment_start = at->end;
  enter(end.rendition, at->msn);
}

void Position::fold(const Discontinuity& discontinuity) {
  if (owed_discontinuity && discontinuity.msn >= *owed_discontinuity) owed_discontinuity.reset();
}

void Position::fold(const Marker& marker) {
  if (marker.kind != kOutageClass) return;
  outage = marker.end ? std::nullopt : std::optional(marker.start);
}

/// Of what every rendition has behind it nothing is of use to another source.
void Position::fold(const MovedCut& cut) {
  const auto over = [this](const MovedCut& known) {
    return std::all_of(renditions.begin(), renditions.end(),
                       [&](const Rendition& at) { return at.started && at.msn > known.msn; });
  };
  std::erase_if(moved_cuts, [&](const MovedCut& known) { return known.msn == cut.msn || over(known); });
  moved_cuts.push_back(cut);
  if (moved_cuts.size() > kMostCuts) moved_cuts.erase(moved_cuts.begin());
}

/// The rendition as it is in segment `msn`: where the presentation's format begins there, its times are rescaled, and a
/// key frame of the format before is of no use any more.
Position::Rendition* Position::enter(std::uint32_t rendition, std::int64_t msn) {
  if (rendition >= renditions.size()) return nullptr;
  Rendition& at = renditions[rendition];
  if (!at.former_format || (at.started && msn < presentation.formats_from)) return &at;
  const std::int64_t scale = presentation.renditions[rendition].track.timescale;
  at.segment_start = media::rescale(at.segment_start, at.timescale, scale);
  at.end = media::rescale(at.end, at.timescale, scale);
  at.timescale = scale;
  at.former_format = false;
  at.key_part = {};
  at.key_stored = {};
  return &at;
}

void Position::publish(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start,
                       std::int64_t duration) {
  Rendition* at = enter(rendition, msn);
  if (at == nullptr) return;
  if (index == 0 || at->msn != msn || !at->started) {
    at->segment_start = start;
    at->media = false;
  }
  at->started = true;
  at->msn = msn;
  at->next_part = index + 1;
  at->end = start + duration;
}

}  // namespace record
