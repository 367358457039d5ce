#include "archive/vod_export.h"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>

#include "cmaf/rebase.h"
#include "hls/media_playlist.h"
#include "hls/uri.h"
#include "media/time.h"

namespace archive {
namespace {

constexpr std::string_view kIndependentTag = "#EXT-X-INDEPENDENT-SEGMENTS\n";
// Where the first segment lies in an MP4: its frames of sound may begin a little before those of video.
constexpr base::Micros kMp4Lead = 100 * base::kMillisecond;
constexpr std::string_view kRangeTag = "#EXT-X-DATERANGE:ID=\"";

bool fits(const record::Record& record, std::int64_t begun) {
  return std::visit(
      [begun](const auto& kind) {
        if constexpr (requires { kind.msn; }) return kind.msn > begun;
        return true;
      },
      record);
}

base::Bytes media_of_segment(const hls::Segment& segment) {
  if (!segment.data.empty()) return segment.data;
  std::vector<std::uint8_t> bytes;
  for (const hls::Part& part : segment.parts) bytes.insert(bytes.end(), part.data.begin(), part.data.end());
  return base::Bytes::adopt(std::move(bytes));
}

std::shared_ptr<const hls::Segment> without_media(const hls::Segment& segment) {
  hls::Segment copy = segment;
  copy.data = {};
  for (hls::Part& part : copy.parts) part.data = {};
  return std::make_shared<const hls::Segment>(std::move(copy));
}

/// In the place of a segment that a rendition does not have.
std::shared_ptr<const hls::Segment> gap_like(const hls::Segment& other, hls::Container container) {
  hls::Segment gap;
  gap.msn = other.msn;
  gap.timescale = other.timescale;
  gap.start = other.start;
  gap.duration = other.duration;
  gap.cues = other.cues;
  gap.container = container;
  gap.parts = {{other.duration, false, true, {}}};
  hls::render_segment(gap, INT64_MAX);
  return std::make_shared<const hls::Segment>(std::move(gap));
}

}  // namespace

VodExport::VodExport(const Options& options, Append append) : options_(options), append_(std::move(append)) {}

void VodExport::begin(const origin::Log::Standing& standing) {
  origin::Log::Options options;
  options.window = 0;  // the least: what was taken is needed no longer
  log_ = std::make_unique<origin::Log>("", options);
  log_->resume(standing);
  begun_ = standing.begun;
}

base::Status VodExport::apply(const record::Record& record) {
  if (!fits(record, begun_)) return base::Ok{};
  if (const auto* marker = std::get_if<record::Marker>(&record)) {
    range_starts_[marker->id] = marker->start;
    if (marker->canceled) range_lines_.erase(marker->id);
  }
  log_->apply(record);
  ended_ = std::holds_alternative<record::End>(record);
  const bool closes = std::holds_alternative<record::SegmentEnd>(record) || ended_;
  return closes ? take() : base::Ok{};
}

/// Writes the segments that were closed since the last time.
base::Status VodExport::take() {
  const auto snapshot = log_->snapshot();
  for (const auto& rendition : snapshot->renditions) {
    Track& track = tracks_[rendition->name()];
    track.kind = rendition->kind();
    const hls::Revision& revision = rendition->revision();
    if (!revision.started()) continue;
    for (const auto& segment : revision.closed->segments) {
      if (segment->msn > track.newest) TRY_OK(take(rendition->name(), track, *segment));
    }
  }
  return base::Ok{};
}

base::Status VodExport::take(const std::string& name, Track& track, const hls::Segment& segment) {
  track.newest = segment.msn;
  track.newest_start = segment.start_utc();
  if (segment.end_utc() <= options_.from || segment.start_utc() >= options_.to) return base::Ok{};
  const auto snapshot = log_->snapshot();
  const auto* rendition = snapshot->find(name);
  if (!segment.gap()) TRY_OK(write_media(name, track, segment));
  track.segments.push_back(without_media(segment));
  numbers_.try_emplace(segment.msn, track.segments.back());
  if (segment.discontinuity) discontinuities_.insert(segment.msn);
  independent_ =
      independent_ && snapshot->multivariant->identity.text().find(kIndependentTag) != std::string_view::npos;
  if (rendition->date_ranges() != nullptr) note_ranges(rendition->date_ranges()->all);
  return base::Ok{};
}

base::Status VodExport::write_media(const std::string& name, Track& track, const hls::Segment& segment) {
  const base::Bytes media = media_of_segment(segment);
  bytes_ += media.size();
  std::string path = name + "/";
  hls::write_segment_uri(path, segment.msn, segment.container);
  TRY_OK(append_(path, track.kind, media.view()));
  with_media_.insert(segment.msn);
  if (!segment.init) return base::Ok{};
  if (track.inits.insert(segment.init->uri).second)
    TRY_OK(append_(name + "/" + segment.init->uri, track.kind, segment.init->data.view()));
  return options_.mp4 ? write_mp4(name, track, segment, media.view()) : base::Ok{};
}

base::Status VodExport::write_mp4(const std::string& name, Track& track, const hls::Segment& segment,
                                  base::View media) {
  if (!zero_) zero_ = segment.start_utc();
  const bool first = track.mp4_init != segment.init->uri;
  track.mp4_count += first;
  track.mp4_init = segment.init->uri;
  const std::string path = name + (track.mp4_count > 1 ? "-" + std::to_string(track.mp4_count) : "") + ".mp4";
  if (first) TRY_OK(append_(path, track.kind, segment.init->data.view()));
  const std::int64_t ticks = media::rescale(*zero_ - kMp4Lead, base::kSecond, segment.timescale);
  TRY(const base::Bytes moved, cmaf::rebase_parts(media, ticks));
  return append_(path, track.kind, moved.view());
}

/// What playlists said of date ranges, the newest of each.
void VodExport::note_ranges(const std::string& lines) {
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size() - 1) + 1;
    const std::string_view line = std::string_view(lines).substr(at, end - at);
    at = end;
    if (!line.starts_with(kRangeTag)) continue;
    const std::string id(line.substr(kRangeTag.size(), line.find('"', kRangeTag.size()) - kRangeTag.size()));
    if (range_lines_.insert_or_assign(id, std::string(line)).second) range_ids_.push_back(id);
  }
}

std::string VodExport::date_ranges() const {
  std::string lines;
  for (const std::string& id : range_ids_) {
    const auto line = range_lines_.find(id);
    const auto start = range_starts_.find(id);
    if (line != range_lines_.end() && (start == range_starts_.end() || start->second < options_.to))
      lines += line->second;
  }
  return lines;
}

bool VodExport::done() const {
  return !tracks_.empty() && std::all_of(tracks_.begin(), tracks_.end(),
                                         [this](const auto& at) { return at.second.newest_start >= options_.to; });
}

/// The same numbers for each rendition, so that the positions in their playlists are the same.
hls::SegmentList VodExport::listed(const Track& track) {
  const auto text = std::find_if(track.segments.begin(), track.segments.end(),
                                 [](const auto& at) { return at->container == hls::Container::kWebVtt; });
  const auto container = text == track.segments.end() ? hls::Container::kFmp4 : hls::Container::kWebVtt;
  hls::SegmentList list;
  auto own = track.segments.begin();
  std::int64_t before = numbers_.begin()->first - 1;
  std::int64_t count = 0;
  for (const auto& [msn, any] : numbers_) {
    while (own != track.segments.end() && (*own)->msn < msn) ++own;
    const bool has = own != track.segments.end() && (*own)->msn == msn;
    hls::Segment segment = has ? **own : *gap_like(*any, container);
    segment.discontinuity = msn != before + 1 || (list.segments.empty() ? false : discontinuities_.contains(msn));
    count += segment.discontinuity;
    segment.discontinuities = count;
    before = msn;
    list.gaps_listed += segment.gap() ? 1 : 0;
    list.segments.push_back(std::make_shared<const hls::Segment>(std::move(segment)));
  }
  return list;
}

/// With EXT-X-INDEPENDENT-SEGMENTS only if that held all the time.
std::string VodExport::multivariant() const {
  std::string text(log_->snapshot()->multivariant->identity.text());
  const std::size_t tag = text.find(kIndependentTag);
  if (!independent_ && tag != text.npos) text.erase(tag, kIndependentTag.size());
  return text;
}

/// Ends of segments are rounded to microseconds.
std::vector<VodExport::Hole> VodExport::holes() const {
  constexpr base::Micros kLeast = base::kMillisecond;
  std::vector<Hole> found;
  base::Micros covered = options_.from > 0 ? options_.from : numbers_.begin()->second->start_utc();
  const auto note = [&](base::Micros until) {
    if (until - covered >= kLeast) found.push_back({covered, until});
  };
  for (const std::int64_t msn : with_media_) {
    const hls::Segment& segment = *numbers_.at(msn);
    note(segment.start_utc());
    covered = std::max(covered, segment.end_utc());
  }
  note(options_.to < INT64_MAX ? options_.to : numbers_.rbegin()->second->end_utc());
  return found;
}

/// The log ends wherever its last record was when it was read, between the ends of one number in two renditions for
/// instance: no gap, but what is not there yet. One that is further behind has stopped.
void VodExport::leave_out_open_end() {
  constexpr std::int64_t kBehind = 2;
  if (ended_ || numbers_.empty()) return;
  const auto snapshot = log_->snapshot();
  const std::int64_t newest = numbers_.rbegin()->first;
  std::int64_t all = newest;
  for (const auto& [name, track] : tracks_) {
    if (track.newest >= newest - kBehind && snapshot->find(name) != nullptr) all = std::min(all, track.newest);
  }
  while (numbers_.size() > 1 && numbers_.rbegin()->first > all) {
    with_media_.erase(numbers_.rbegin()->first);
    numbers_.erase(std::prev(numbers_.end()));
  }
}

base::Result<VodExport::Totals> VodExport::finish() {
  leave_out_open_end();
  if (numbers_.empty()) return base::Error{base::Code::kNotFound, "media of that time"};
  const auto snapshot = log_->snapshot();
  int target = snapshot->target_duration;
  for (const auto& [msn, segment] : numbers_)
    target = std::max(target, static_cast<int>(media::rescale(segment->duration, segment->timescale, 1)));
  Totals totals;
  totals.segments = numbers_.size();
  totals.bytes = bytes_;
  totals.first = numbers_.begin()->second->start_utc();
  totals.last = numbers_.rbegin()->second->end_utc();
  totals.holes = holes();
  hls::DateRanges ranges;
  ranges.all = date_ranges();
  for (const auto& [name, track] : tracks_) {
    if (snapshot->find(name) == nullptr) {
      totals.left_out.push_back(name);
      continue;
    }
    const hls::SegmentList list = listed(track);
    ++totals.renditions;
    totals.discontinuities = static_cast<std::size_t>(list.segments.back()->discontinuities);
    totals.gaps += list.gaps_listed;
    const std::string text = hls::render_vod(list, target, ranges);
    TRY_OK(append_(name + "/" + std::string(hls::kPlaylistFile), track.kind, base::view_of(text)));
  }
  TRY_OK(append_(std::string(hls::kPlaylistFile), media::Kind::kVideo, base::view_of(multivariant())));
  return totals;
}

}  // namespace archive
