#include "origin/marker_list.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hls/date_range.h"
#include "hls/tags.h"

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

MarkerList::Outcome MarkerList::apply(const record::Marker& marker, base::Micros edge) {
  if (!shows(marker)) return Outcome::kNotShown;
  if (!plausible(marker)) return Outcome::kImpossible;
  const auto found =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& at) { return at.marker.id == marker.id; });
  if (marker.canceled) {
    if (found == entries_.end()) return Outcome::kNotShown;
    bytes_ -= found->line.size();
    forget(*found, edge);
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
  Entry entry{std::move(whole), 0, edge, {}};
  hls::write_date_range(entry.line, range);
  if (entry.line.size() > kLongestLine) return Outcome::kImpossible;
  entry.until = end_of(entry.marker);
  std::erase_if(gone_, [&](const Gone& at) { return at.id == entry.marker.id; });
  earliest_ = std::min(earliest_, entry.until);
  bytes_ += entry.line.size();
  changed_ = true;
  if (found != entries_.end()) {
    bytes_ -= found->line.size();
    *found = std::move(entry);
  } else {
    entries_.push_back(std::move(entry));
  }
  bound(edge);
  return Outcome::kShown;
}

void MarkerList::forget(const Entry& entry, base::Micros edge) {
  gone_.push_back({entry.marker.id, edge});
  if (gone_.size() > kMost) gone_.pop_front();
}

void MarkerList::bound(base::Micros edge) {
  while (entries_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= entries_.front().line.size();
    forget(entries_.front(), edge);
    entries_.pop_front();
    ++dropped_;
  }
}

std::shared_ptr<const hls::DateRanges> MarkerList::lines(const Listed& listed) {
  if (earliest_ < listed.oldest) {
    earliest_ = INT64_MAX;
    std::erase_if(entries_, [&](const Entry& at) {
      if (at.until >= listed.oldest) {
        earliest_ = std::min(earliest_, at.until);
        return false;
      }
      bytes_ -= at.line.size();
      forget(at, listed.edge);
      changed_ = true;
      return true;
    });
  }
  const bool other_skip = std::exchange(skip_until_, listed.skip_until) != listed.skip_until;
  if (std::exchange(changed_, false) || other_skip || listed.edge > recent_until_) write_lines(listed);
  return lines_;
}

/// LL-90: what a player that has a playlist of no more than CAN-SKIP-UNTIL ago may not know.
void MarkerList::write_lines(const Listed& listed) {
  hls::DateRanges ranges;
  ranges.all.reserve(bytes_);
  recent_until_ = INT64_MAX;
  const auto is_recent = [&](base::Micros since) {
    const base::Micros until = since + listed.skip_until;
    if (until < listed.edge) return false;
    recent_until_ = std::min(recent_until_, until);
    return true;
  };
  for (const Entry& at : entries_) {
    ranges.places.push_back({ranges.all.size(), at.line.size(), at.marker.start, at.until});
    ranges.all += at.line;
    if (is_recent(at.since)) ranges.recent += at.line;
  }
  std::erase_if(gone_, [&](const Gone& at) { return !is_recent(at.since); });
  for (const Gone& at : gone_) {
    if (!ranges.removed.empty()) ranges.removed += '\t';
    hls::write_unquoted(ranges.removed, at.id);
  }
  lines_ = std::make_shared<const hls::DateRanges>(std::move(ranges));
}

}  // namespace origin
