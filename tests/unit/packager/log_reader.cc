#include "log_reader.h"

#include <cstdio>
#include <cstdlib>

#include "base/byte_reader.h"
#include "stream.h"

namespace {

double seconds(std::int64_t ticks, std::int64_t timescale) {
  return static_cast<double>(ticks) / static_cast<double>(timescale);
}

std::string format(const char* pattern, double value) {
  char text[64];
  std::snprintf(text, sizeof text, pattern, value);
  return text;
}

struct Item {
  std::int64_t msn, start, duration;
  std::uint32_t index;
  bool gap, independent, last, held;
  std::size_t at;
};

std::vector<Item> items_of(const std::vector<record::Record>& records, std::uint32_t rendition) {
  std::vector<Item> items;
  for (std::size_t i = 0; i < records.size(); ++i) {
    if (const auto* part = std::get_if<record::Part>(&records[i]); part && part->rendition == rendition) {
      items.push_back(
          {part->msn, part->start, part->duration, part->index, false, part->independent, part->last, part->held, i});
    }
    if (const auto* gap = std::get_if<record::Gap>(&records[i]); gap && gap->rendition == rendition) {
      items.push_back({gap->msn, gap->start, gap->duration, gap->index, true, false, false, false, i});
    }
  }
  return items;
}

/// Boxes of `type` directly in `bytes`.
base::View box(base::View bytes, std::string_view type) {
  base::ByteReader reader(bytes);
  while (reader.left() >= 8) {
    const auto size = reader.u32("size").take();
    const std::string_view name = base::text_of(reader.bytes(4, "type").take());
    const base::View body = reader.bytes(size - 8, "body").take();
    if (name == type) return body;
  }
  ADD_FAILURE() << "no box " << type;
  return {};
}

}  // namespace

const record::Presentation& LogReader::presentation() const {
  for (auto it = records_.rbegin(); it != records_.rend(); ++it) {
    if (const auto* found = std::get_if<record::Presentation>(&*it)) return *found;
  }
  ADD_FAILURE() << "no presentation";
  std::abort();
}

bool LogReader::rescaled() const {
  const record::Presentation& last = presentation();
  for (const record::Record& record : records_) {
    const auto* found = std::get_if<record::Presentation>(&record);
    for (std::size_t r = 0; found != nullptr && r < found->renditions.size(); ++r) {
      if (found->renditions[r].track.timescale != last.renditions[r].track.timescale) return true;
    }
  }
  return false;
}

std::string LogReader::trace(std::uint32_t rendition) const {
  const record::Presentation& shown = presentation();
  const std::int64_t timescale = shown.renditions[rendition].track.timescale;
  const std::int64_t slot = media::rescale(shown.segment.num, shown.segment.den, timescale);
  const std::int64_t epoch = media::rescale(stream::kEpoch, base::kSecond, timescale);
  std::map<std::int64_t, std::string> parts;
  for (const Item& item : items_of(records_, rendition)) {
    std::string duration = format("%.3f", seconds(item.duration, timescale));
    duration.pop_back();
    parts[item.msn] += std::string(" ") +
                       (item.gap    ? "g"
                        : item.held ? "h"
                                    : "") +
                       duration + (item.independent ? "*" : "") + (item.last ? "!" : "");
  }
  std::string text;
  std::map<std::int64_t, record::SegmentEnd> ends;
  for (const auto& end : all<record::SegmentEnd>(rendition)) ends[end.msn] = end;
  for (const auto& [msn, list] : parts) {
    text += std::to_string(msn - media::floor_div(epoch, slot));
    if (const auto end = ends.find(msn); end != ends.end()) {
      text += format(" +%.3f", seconds(end->second.start - epoch, timescale));
      text += format(" %.3f", seconds(end->second.duration, timescale));
    } else {
      text += " open";
    }
    text += ":" + list + "\n";
  }
  return text;
}

/// The segments that begin elsewhere than on the grid.
static std::set<std::int64_t> moved_cuts(const std::vector<record::Record>& records) {
  std::set<std::int64_t> moved;
  for (const record::Record& record : records) {
    if (const auto* cut = std::get_if<record::MovedCut>(&record)) moved.insert(cut->msn);
  }
  return moved;
}

LogReader::Seen LogReader::check(std::uint32_t rendition, bool finished) const {
  Seen seen;
  const record::Presentation& shown = presentation();
  const record::Rendition& about = shown.renditions[rendition];
  const std::int64_t timescale = about.track.timescale;
  const std::vector<Item> items = items_of(records_, rendition);
  const auto ends = all<record::SegmentEnd>(rendition);
  std::map<std::int64_t, std::int64_t> sums;
  std::map<std::int64_t, std::int64_t> segment_ends;
  for (const record::SegmentEnd& end : ends) segment_ends[end.msn] = end.start + end.duration;
  std::set<std::int64_t> with_media;
  for (std::size_t i = 0; i < items.size(); ++i) {
    const Item& item = items[i];
    const std::string where = "rendition " + std::to_string(rendition) + " msn " + std::to_string(item.msn) + " part " +
                              std::to_string(item.index) + "\n" + (items.size() < 400 ? trace(rendition) : "");
    ++(item.gap ? seen.gaps : seen.parts);
    if (item.held) ++seen.held;
    if (item.gap && seen.parts > 0) ++seen.gaps_after_media;
    sums[item.msn] += item.duration;
    EXPECT_GT(item.duration, 0) << where;
    EXPECT_LE(item.duration, about.part_ticks) << "LL-56 " << where;
    if (i > 0 && item.msn != items[i - 1].msn) {
      // A segment that ends without media has a hole there, never a gap that follows media: hls.js stays at such.
      EXPECT_EQ(item.start, segment_ends.at(items[i - 1].msn)) << "CM-12 " << where;
      EXPECT_TRUE(!items[i - 1].gap || !with_media.contains(items[i - 1].msn)) << where;
    }
    if (!item.gap) with_media.insert(item.msn);
    if (i > 0) {
      if (item.msn == items[i - 1].msn) {
        EXPECT_EQ(item.start, items[i - 1].start + items[i - 1].duration) << "CM-12 " << where;
      }
      EXPECT_EQ(item.msn, items[i - 1].msn + (item.index == 0 ? 1 : 0)) << where;
      if (item.msn == items[i - 1].msn) {
        EXPECT_EQ(item.index, items[i - 1].index + 1) << where;
      }
      if (items[i - 1].last) {
        EXPECT_EQ(item.msn, items[i - 1].msn + 1) << where;
      }
    }
    const bool ends_segment = i + 1 == items.size() || items[i + 1].msn != item.msn;
    const bool before_gap = i + 1 < items.size() && items[i + 1].gap;
    if (!item.gap && !item.independent && !ends_segment && !before_gap) {
      EXPECT_GE(item.duration * 100, about.part_ticks * 85) << "LL-58 " << where;
    }
    if (!item.gap && !item.last && ends_segment && i + 1 < items.size()) {
      EXPECT_LT(item.start + item.duration, segment_ends.at(item.msn)) << "LL-77, the next part was hinted " << where;
    }
    if (item.last) {
      const auto* end =
          item.at + 1 < records_.size() ? std::get_if<record::SegmentEnd>(&records_[item.at + 1]) : nullptr;
      EXPECT_TRUE(end != nullptr && end->msn == item.msn && end->rendition == rendition) << where;
    }
  }
  const std::set<std::int64_t> moved = moved_cuts(records_);
  const media::Rational longest = media::longest_segment(shown.segment, shown.cuts_move);
  const double target = static_cast<double>(media::rescale(longest.num, longest.den, 1));
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const record::SegmentEnd& end = ends[i];
    ++seen.segments;
    const std::string where = "rendition " + std::to_string(rendition) + "\n" + trace(rendition);
    const std::int64_t slot = media::floor_div(media::rescale(end.start, 1, shown.segment.den, media::Round::kDown),
                                               shown.segment.num * timescale);
    EXPECT_TRUE(end.msn == slot || moved.contains(end.msn)) << "msn is floor(start / N) " << where;
    EXPECT_LE(sums[end.msn], end.duration) << "LL-59 " << where;
    if (!with_media.contains(end.msn)) {
      EXPECT_EQ(sums[end.msn], end.duration) << "LL-33 " << where;
    }
    if (i > 0) {
      EXPECT_EQ(end.msn, ends[i - 1].msn + 1) << where;
    }
    if (i > 0) {
      EXPECT_EQ(end.start, ends[i - 1].start + ends[i - 1].duration) << "LL-51 " << where;
    }
    EXPECT_LT(seconds(end.duration, timescale), target + 0.5) << "LL-11, LL-12 " << where;
  }
  if (finished && !items.empty()) {
    EXPECT_EQ(items.back().msn, ends.back().msn);
  }
  return seen;
}

void LogReader::check_aligned() const {
  const record::Presentation& shown = presentation();
  std::uint32_t first_video = 0;
  for (std::uint32_t r = 0; r < shown.renditions.size(); ++r) {
    if (shown.renditions[r].track.kind() == media::Kind::kVideo)
      first_video = shown.renditions[first_video].track.kind() == media::Kind::kVideo ? first_video : r;
  }
  const media::Track& lead = shown.renditions[first_video].track;
  for (std::uint32_t r = 0; r < shown.renditions.size(); ++r) {
    if (r == first_video) continue;
    const media::Track& track = shown.renditions[r].track;
    std::map<std::int64_t, std::int64_t> starts;
    for (const auto& end : all<record::SegmentEnd>(first_video)) starts[end.msn] = end.start;
    const auto ends = all<record::SegmentEnd>(r);
    for (std::size_t i = 0; i < ends.size(); ++i) {
      if (!starts.contains(ends[i].msn)) continue;
      const std::int64_t cut = media::rescale(starts[ends[i].msn], lead.timescale, track.timescale, media::Round::kUp);
      const std::int64_t slack = track.kind() == media::Kind::kAudio ? track.audio.frame_samples + 1 : 0;
      EXPECT_GE(ends[i].start, cut) << trace(0) << trace(r);
      EXPECT_LE(ends[i].start, cut + slack) << trace(0) << trace(r);
    }
  }
}

std::vector<Sample> samples_of(const record::Part& part) {
  const base::View moof = box(part.data.view(), "moof");
  const base::View mdat = box(part.data.view(), "mdat");
  const base::View traf = box(moof, "traf");
  base::ByteReader tfhd(box(traf, "tfhd"));
  const auto tfhd_flags = tfhd.u32("flags").take() & 0xffffff;
  static_cast<void>(tfhd.u32("track"));
  std::uint32_t default_duration = 0, default_size = 0, default_flags = 0;
  if (tfhd_flags & 0x2) static_cast<void>(tfhd.u32("description"));
  if (tfhd_flags & 0x8) default_duration = tfhd.u32("duration").take();
  if (tfhd_flags & 0x10) default_size = tfhd.u32("size").take();
  if (tfhd_flags & 0x20) default_flags = tfhd.u32("flags").take();
  base::ByteReader tfdt(box(traf, "tfdt"));
  static_cast<void>(tfdt.u32("version"));
  auto dts = static_cast<std::int64_t>(tfdt.u64("time").take());
  base::ByteReader trun(box(traf, "trun"));
  const auto flags = trun.u32("flags").take() & 0xffffff;
  const auto count = trun.u32("count").take();
  if (flags & 0x1) static_cast<void>(trun.u32("offset"));
  std::uint32_t first_flags = default_flags;
  const bool has_first = (flags & 0x4) != 0;
  if (has_first) first_flags = trun.u32("first").take();
  std::vector<Sample> samples;
  base::ByteReader data(mdat);
  for (std::uint32_t i = 0; i < count; ++i) {
    Sample sample;
    sample.dts = dts;
    sample.duration = flags & 0x100 ? trun.u32("duration").take() : default_duration;
    const std::uint32_t size = flags & 0x200 ? trun.u32("size").take() : default_size;
    const std::uint32_t own = flags & 0x400         ? trun.u32("flags").take()
                              : i == 0 && has_first ? first_flags
                                                    : default_flags;
    sample.sync = (own & 0x10000) == 0;
    const std::int64_t offset = flags & 0x800 ? static_cast<std::int32_t>(trun.u32("offset").take()) : 0;
    sample.pts = dts + offset;
    sample.data = std::string(base::text_of(data.bytes(size, "data").take()));
    dts += sample.duration;
    samples.push_back(std::move(sample));
  }
  EXPECT_TRUE(data.empty());
  EXPECT_EQ(dts, part.start + part.duration);
  return samples;
}

std::vector<Sample> samples_of(const LogReader& log, std::uint32_t rendition) {
  std::vector<Sample> all;
  for (const auto& part : log.all<record::Part>(rendition)) {
    const std::vector<Sample> some = samples_of(part);
    EXPECT_EQ(some.front().dts, part.start);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}
