#include "origin/marker_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hls/date_range.h"

namespace origin {
namespace {

// More than the longest splice information that is taken, and than what the API takes.
constexpr std::size_t kLongestLine = 16384;

bool has(const record::Marker& marker, std::string_view name) {
  return std::any_of(marker.attributes.begin(), marker.attributes.end(),
                     [&](const record::Marker::Attribute& attribute) { return attribute.name == name; });
}

/// DR-2: what was said stays.
void add(record::Marker& marker, const record::Marker& more) {
  if (!marker.end) marker.end = more.end;
  if (!marker.planned_duration) marker.planned_duration = more.planned_duration;
  for (const record::Marker::Attribute& attribute : more.attributes) {
    if (!has(marker, attribute.name)) marker.attributes.push_back(attribute);
  }
}

/// The last of its dates.
base::Micros end_of(const record::Marker& marker) {
  if (marker.end) return std::max(*marker.end, marker.start);
  const bool open = marker.kind == record::kOutageClass || has(marker, "SCTE35-OUT");
  return marker.start + marker.planned_duration.value_or(open ? MarkerList::kLongestOpen : 0);
}

hls::DateRange range_of(const record::Marker& marker) {
  hls::DateRange range{marker.id, marker.kind, marker.start, std::nullopt, marker.planned_duration, {}};
  if (marker.end) range.duration = *marker.end - marker.start;
  for (const record::Marker::Attribute& attribute : marker.attributes) {
    range.attributes.push_back({attribute.name, attribute.value, attribute.bare});
  }
  return range;
}

bool plausible(const record::Marker& marker) {
  // Times stay within 64 bits whatever is added to them: 1970 to the year 5138.
  constexpr base::Micros kLatest = 100'000'000'000 * base::kSecond;
  const auto within = [](base::Micros time) { return time >= 0 && time <= kLatest; };
  return within(marker.start) && within(marker.end.value_or(0)) && within(marker.planned_duration.value_or(0));
}

}  // namespace

bool MarkerList::shows(const record::Marker& marker) const {
  if (marker.kind == record::kScte35Class) return shown_.scte35;
  if (marker.kind == record::kOutageClass) return shown_.outage;
  if (marker.kind == record::kSwitchClass) return shown_.feed_switch;
  return shown_.api;
}

MarkerList::Outcome MarkerList::apply(const record::Marker& marker) {
  if (!shows(marker)) return Outcome::kNotShown;
  if (!plausible(marker)) return Outcome::kImpossible;
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& at) { return at.marker.id == marker.id; });
  if (marker.canceled) {
    if (found == entries_.end()) return Outcome::kNotShown;
    bytes_ -= found->line.size();
    entries_.erase(found);
    changed_ = true;
    return Outcome::kShown;
  }
  record::Marker whole = marker;
  if (found != entries_.end()) {
    whole = found->marker;
    add(whole, marker);
  }
  const hls::DateRange range = range_of(whole);
  if (!hls::acceptable(range)) return Outcome::kImpossible;
  Entry entry{std::move(whole), 0, {}};
  hls::write_date_range(entry.line, range);
  if (entry.line.size() > kLongestLine) return Outcome::kImpossible;
  entry.until = end_of(entry.marker);
  earliest_ = std::min(earliest_, entry.until);
  bytes_ += entry.line.size();
  changed_ = true;
  if (found != entries_.end()) {
    bytes_ -= found->line.size();
    *found = std::move(entry);
  } else {
    entries_.push_back(std::move(entry));
  }
  bound();
  return Outcome::kShown;
}

void MarkerList::bound() {
  while (entries_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= entries_.front().line.size();
    entries_.pop_front();
    ++dropped_;
  }
}

std::shared_ptr<const std::string> MarkerList::lines(base::Micros oldest) {
  if (earliest_ < oldest) {
    earliest_ = INT64_MAX;
    std::erase_if(entries_, [&](const Entry& at) {
      if (at.until >= oldest) {
        earliest_ = std::min(earliest_, at.until);
        return false;
      }
      bytes_ -= at.line.size();
      changed_ = true;
      return true;
    });
  }
  if (std::exchange(changed_, false)) {
    std::string text;
    text.reserve(bytes_);
    for (const Entry& at : entries_) text += at.line;
    lines_ = std::make_shared<const std::string>(std::move(text));
  }
  return lines_;
}

}  // namespace origin
