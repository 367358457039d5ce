#include "origin/seed.h"

#include <algorithm>
#include <variant>

#include "origin/marker_list.h"

namespace origin {
namespace {

// How long after its end a marker may still matter. A log that is read from its middle on lists nothing that is older
// than that, however long the window.
constexpr base::Micros kMarkerStays = 4 * 3600 * base::kSecond;

base::Micros shown_until(const record::Marker& marker) {
  if (marker.end) return *marker.end;
  return marker.start + marker.planned_duration.value_or(MarkerList::kLongestOpen);
}

}  // namespace

void Seed::follow(const record::Record& record, std::int64_t numbering, base::Micros utc) {
  if (const auto* presentation = std::get_if<record::Presentation>(&record)) {
    presentation_ = *presentation;
    over_ = false;
    if (presentation->formats_from != INT64_MIN)
      settled_from_ = std::max(settled_from_, presentation->formats_from + numbering);
  } else if (const auto* discontinuity = std::get_if<record::Discontinuity>(&record)) {
    settled_from_ = std::max(settled_from_, discontinuity->msn);
  } else if (const auto* marker = std::get_if<record::Marker>(&record)) {
    follow_marker(*marker, utc);
  } else if (std::holds_alternative<record::End>(record)) {
    settled_from_ = INT64_MIN;
    over_ = true;
  }
}

void Seed::follow_marker(const record::Marker& marker, base::Micros utc) {
  const base::Micros until = marker.canceled ? utc : shown_until(marker);
  for (ShownMarker& shown : markers_) {
    if (shown.marker.id == marker.id) shown.until = until;
  }
  markers_.push_back({marker, until});
  if (markers_.size() > kMostMarkers) markers_.pop_front();
}

std::vector<record::Record> Seed::records(base::Micros utc) {
  std::vector<record::Record> seed;
  if (presentation_) seed.emplace_back(*presentation_);
  std::erase_if(markers_, [&](const ShownMarker& shown) { return shown.until + kMarkerStays < utc; });
  for (const ShownMarker& shown : markers_) seed.emplace_back(shown.marker);
  if (over_) seed.emplace_back(record::End{});
  return seed;
}

}  // namespace origin
