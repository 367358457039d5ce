#include "upload/listing.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/date.h"
#include "hls/uri.h"

namespace upload {
namespace {

constexpr std::string_view kRangeTag = "#EXT-X-DATERANGE:ID=\"";
constexpr std::string_view kStartAttribute = "START-DATE=\"";
// What a player keeps between itself and the newest segment, and two more that it may be loading.
constexpr std::size_t kLeastListed = 6;
constexpr std::size_t kFields = 13;

std::string_view quoted(std::string_view line, std::string_view after) {
  const std::size_t at = line.find(after);
  if (at == line.npos) return {};
  const std::string_view rest = line.substr(at + after.size());
  return rest.substr(0, std::min(rest.find('"'), rest.size()));
}

}  // namespace

std::string write_entry(const Entry& entry) {
  const hls::Segment& segment = *entry.segment;
  const nlohmann::json fields = {entry.rendition,
                                 segment.msn,
                                 segment.timescale,
                                 segment.start,
                                 segment.duration,
                                 segment.discontinuity,
                                 segment.discontinuities,
                                 segment.gap(),
                                 entry.independent,
                                 segment.container == hls::Container::kWebVtt,
                                 segment.init ? segment.init->uri : "",
                                 segment.cues,
                                 segment.text.substr(0, segment.parts_at) + segment.text.substr(segment.tail_at)};
  return fields.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::optional<Entry> parse_entry(std::string_view line) {
  const nlohmann::json fields = nlohmann::json::parse(line, nullptr, false);
  if (!fields.is_array() || fields.size() != kFields) return std::nullopt;
  for (std::size_t i = 0; i < kFields; ++i) {
    const bool text = i == 0 || i >= 10;
    const bool flag = i == 5 || (i >= 7 && i <= 9);
    if (text ? !fields[i].is_string() : flag ? !fields[i].is_boolean() : !fields[i].is_number_integer())
      return std::nullopt;
  }
  hls::Segment segment;
  segment.msn = fields[1];
  segment.timescale = fields[2];
  segment.start = fields[3];
  segment.duration = fields[4];
  if (segment.timescale <= 0) return std::nullopt;
  segment.discontinuity = fields[5];
  segment.discontinuities = fields[6];
  segment.parts = {{segment.duration, false, fields[7].get<bool>(), {}}};
  if (fields[9]) segment.container = hls::Container::kWebVtt;
  const std::string init = fields[10];
  if (!init.empty()) segment.init = std::make_shared<const hls::Init>(hls::Init{init, {}});
  segment.cues = fields[11];
  segment.text = fields[12];
  segment.parts_at = segment.tail_at = segment.text.size();
  return Entry{fields[0], std::make_shared<const hls::Segment>(std::move(segment)), fields[8]};
}

std::vector<Range> parse_ranges(std::string_view lines) {
  std::vector<Range> ranges;
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size() - 1) + 1;
    const std::string_view line = lines.substr(0, end);
    lines.remove_prefix(end);
    if (!line.starts_with(kRangeTag)) continue;
    ranges.push_back({std::string(quoted(line, kRangeTag)), std::string(line),
                      base::parse_utc(quoted(line, kStartAttribute)).value_or(0)});
  }
  return ranges;
}

void Listing::add(Entry entry) {
  Track& track = tracks_[entry.rendition];
  std::int64_t& newest = newest_.try_emplace(entry.rendition, -1).first->second;
  newest = std::max(newest, entry.segment->msn);
  // Segments of one init share it: where it changes, a playlist says so.
  if (!track.entries.empty() && entry.segment->init && track.entries.back().segment->init &&
      entry.segment->init != track.entries.back().segment->init &&
      entry.segment->init->uri == track.entries.back().segment->init->uri) {
    hls::Segment copy = *entry.segment;
    copy.init = track.entries.back().segment->init;
    entry.segment = std::make_shared<const hls::Segment>(std::move(copy));
  }
  track.entries.push_back(std::move(entry));
  expire(track);
  expire_ranges();
}

void Listing::expire(Track& track) {
  if (type_ != hls::PlaylistType::kSliding) return;
  const base::Micros from = track.entries.back().segment->end_utc() - window_;
  std::size_t left = 0;
  while (track.entries.size() - left > kLeastListed && track.entries[left].segment->end_utc() <= from) ++left;
  track.entries.erase(track.entries.begin(), track.entries.begin() + static_cast<std::ptrdiff_t>(left));
}

/// Those that begin before what is listed, as far as they can be told to be over: the newest state of a range that
/// still lasts comes with each segment.
void Listing::expire_ranges() {
  if (type_ != hls::PlaylistType::kSliding) return;
  base::Micros oldest = INT64_MAX;
  for (const auto& [name, track] : tracks_) {
    if (!track.entries.empty()) oldest = std::min(oldest, track.entries.front().segment->start_utc());
  }
  std::erase_if(ranges_, [&](const Range& range) { return range.start + window_ < oldest; });
}

bool Listing::add(Range range) {
  const auto same = std::find_if(ranges_.begin(), ranges_.end(), [&](const Range& at) { return at.id == range.id; });
  if (same == ranges_.end()) {
    ranges_.push_back(std::move(range));
    return true;
  }
  const bool changed = same->line != range.line;
  *same = std::move(range);
  return changed;
}

void Listing::cancel(std::string_view id) {
  std::erase_if(ranges_, [&](const Range& range) { return range.id == id; });
}

void Listing::clear() {
  tracks_.clear();
  ranges_.clear();
  ended_ = false;
}

std::vector<std::string> Listing::renditions() const {
  std::vector<std::string> names;
  for (const auto& [name, track] : tracks_) names.push_back(name);
  return names;
}

const hls::Segment* Listing::newest(const std::string& rendition) const {
  const auto found = tracks_.find(rendition);
  return found == tracks_.end() ? nullptr : found->second.entries.back().segment.get();
}

std::int64_t Listing::newest_msn(const std::string& rendition) const {
  const auto found = newest_.find(rendition);
  return found == newest_.end() ? -1 : found->second;
}

std::size_t Listing::longest() const {
  std::size_t longest = 0;
  for (const auto& [name, track] : tracks_) longest = std::max(longest, track.entries.size());
  return longest;
}

std::size_t Listing::size() const {
  std::size_t size = 0;
  for (const auto& [name, track] : tracks_) size += track.entries.size();
  return size;
}

bool Listing::independent() const {
  for (const auto& [name, track] : tracks_) {
    if (!std::all_of(track.entries.begin(), track.entries.end(), [](const Entry& at) { return at.independent; }))
      return false;
  }
  return true;
}

base::Micros Listing::edge() const {
  base::Micros edge = 0;
  for (const auto& [name, track] : tracks_) edge = std::max(edge, track.entries.back().segment->end_utc());
  return edge;
}

std::vector<Entry> Listing::entries() const {
  std::vector<Entry> all;
  for (const auto& [name, track] : tracks_) all.insert(all.end(), track.entries.begin(), track.entries.end());
  return all;
}

std::string Listing::render(const std::string& rendition, int target_duration) const {
  hls::SegmentList list;
  for (const Entry& entry : tracks_.at(rendition).entries) {
    list.segments.push_back(entry.segment);
    list.gaps_listed += entry.segment->gap() ? 1 : 0;
    const auto seconds = media::rescale(entry.segment->duration, entry.segment->timescale, 1);
    target_duration = std::max(target_duration, static_cast<int>(seconds));
  }
  hls::DateRanges ranges;
  for (const Range& range : ranges_) ranges.all += range.line;
  return hls::render_whole(list, {target_duration, type_, ended_}, ranges.all).text();
}

}  // namespace upload
