#include "hls/media_playlist.h"

#include <algorithm>

#include "hls/tags.h"
#include "hls/uri.h"

namespace hls {
namespace {

// A slot may be longer than N by a frame; ten frames a second are the slowest that is planned for.
constexpr std::int64_t kLongestFrameInverse = 10;
// What a closed segment's lines take, parts apart: PROGRAM-DATE-TIME 50, EXTINF 17, URI 15; and of one part 70.
constexpr std::size_t kSegmentText = 100;
constexpr std::size_t kByteRangeText = 40;
constexpr std::size_t kHeadText = 1024;
constexpr std::size_t kClosedWithParts = 2;
// Room for lines of segments that is reserved; those of blocks are not copied.
constexpr std::size_t kMostInHead = 512;

void write_duration(std::string& out, std::int64_t ticks, std::int64_t timescale, std::int64_t most) {
  write_decimal(out, std::min(media::rescale(ticks, timescale, kDecimalUnit), most));
}

void write_part(std::string& out, const Segment& segment, std::uint32_t index, std::int64_t part_target) {
  const Part& part = segment.parts[index];
  out += "#EXT-X-PART:DURATION=";
  write_duration(out, part.duration, segment.timescale, part_target);  // LL-56
  out += ",URI=\"";
  write_part_uri(out, segment.msn, index, segment.container);
  out += '"';
  if (part.independent) out += ",INDEPENDENT=YES";
  if (part.gap) out += ",GAP=YES";
  out += '\n';
}

void write_parts(std::string& out, const Segment& segment, std::int64_t part_target) {
  const auto count = static_cast<std::uint32_t>(segment.parts.size());
  for (std::uint32_t i = 0; i < count; ++i) write_part(out, segment, i, part_target);
}

/// What stands before a segment's own lines; the map depends on its place in the playlist.
void write_change(std::string& out, const Segment& segment, const Init*& in_force) {
  if (segment.discontinuity) out += "#EXT-X-DISCONTINUITY\n";
  if (segment.init && segment.init.get() != in_force) {
    write_map(out, segment.init->uri);
    in_force = segment.init.get();
  }
  out += segment.cues;
}

/// LL-7: 6 for EXT-X-MAP, 8 for EXT-X-GAP (Apple's "About the EXT-X-VERSION tag"), 9 for EXT-X-SKIP, 10 where that
/// leaves date ranges out.
int version_for(const SegmentList& closed, std::size_t skipped, Skip skip) {
  if (skipped > 0) return skip == Skip::kDateRanges ? 10 : 9;
  return closed.gaps_listed > 0 ? 8 : 6;
}

void write_head(std::string& out, const Terms& terms, int version) {
  out += "#EXTM3U\n#EXT-X-VERSION:";
  write_integer(out, version);
  out += "\n#EXT-X-TARGETDURATION:";
  write_integer(out, terms.target_duration);
  out += "\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES";
  if (terms.skip_until > 0) {
    out += ",CAN-SKIP-UNTIL=";
    write_decimal(out, terms.skip_until);
    out += ",CAN-SKIP-DATERANGES=YES";
  }
  out += ",PART-HOLD-BACK=";
  write_decimal(out, terms.part_hold_back);
  out += "\n#EXT-X-PART-INF:PART-TARGET=";
  write_decimal(out, terms.part_target);
  out += '\n';
}

/// [rfc8216bis 4.4.3.8]: HOLD-BACK is at least three target durations.
base::Micros least_hold_back(const WholeTerms& terms) { return 3 * terms.target_duration * base::kSecond; }

void write_type(std::string& out, const WholeTerms& terms) {
  if (terms.type == PlaylistType::kEvent) out += "#EXT-X-PLAYLIST-TYPE:EVENT\n";
  if (terms.type == PlaylistType::kVod) out += "#EXT-X-PLAYLIST-TYPE:VOD\n";
  // Also where less than three target durations are listed yet, which LL-47 would not have: it is the same at every
  // reload, and without it hls.js and AVPlayer begin at the live edge.
  if (terms.from_start) out += "#EXT-X-START:TIME-OFFSET=0.00000\n";
  if (terms.can_block && terms.start_before > 0) {
    // LL-47: no nearer to the end than players stay of themselves.
    out += "#EXT-X-START:TIME-OFFSET=-";
    write_decimal(out, std::max({terms.start_before, terms.hold_back, least_hold_back(terms)}) / kDecimalMicros);
    out += '\n';
  }
}

void write_control(std::string& out, const WholeTerms& terms) {
  if (!terms.can_block) return;
  out += "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES";
  if (terms.hold_back > 0) {
    out += ",HOLD-BACK=";
    write_decimal(out, std::max(terms.hold_back, least_hold_back(terms)) / kDecimalMicros);
  }
  out += '\n';
}

void write_sequence(std::string& out, const Segment& first) {
  out += "#EXT-X-MEDIA-SEQUENCE:";
  write_integer(out, first.msn);
  // LL-38: the first segment's own discontinuity is still listed, and so not counted yet.
  out += "\n#EXT-X-DISCONTINUITY-SEQUENCE:";
  write_integer(out, first.discontinuities - (first.discontinuity ? 1 : 0));
  out += '\n';
}

const Segment& first_of(const Revision& revision) {
  const SegmentList& closed = *revision.closed;
  return closed.listed() > 0 ? closed.at(closed.first_listed) : *revision.open;
}

/// LL-75 to LL-78.
void write_hints(std::string& out, const Revision& revision, const Init* in_force) {
  const std::int64_t msn = revision.hint_msn();
  const std::uint32_t part = revision.hint_part();
  if (part == 0 && revision.next_init && revision.next_init.get() != in_force) {
    out += "#EXT-X-PRELOAD-HINT:TYPE=MAP,URI=";
    write_quoted(out, revision.next_init->uri);
    out += '\n';
  }
  out += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"";
  write_part_uri(out, msn, part, revision.open->container);
  out += "\"\n";
}

void write_report(std::string& out, const Report& report) {
  out += "#EXT-X-RENDITION-REPORT:URI=\"../";
  out += report.rendition;
  out += '/';
  out += kPlaylistFile;
  out += "\",LAST-MSN=";
  write_integer(out, report.msn);
  out += ",LAST-PART=";
  write_integer(out, report.part);
  out += '\n';
}

/// LL-7: 5 for EXT-X-MAP among I-frames, 8 for EXT-X-GAP.
int version_for_key_frames(const SegmentList& closed) { return closed.listed_without_key_frame() > 0 ? 8 : 5; }

/// A segment's own lines without those of its parts.
void write_whole(std::string& out, const Segment& segment) {
  out.append(segment.text, 0, segment.parts_at);
  out.append(segment.text, segment.tail_at);
}

void write_key_frame(std::string& out, const Segment& segment) {
  out.append(segment.text, 0, segment.parts_at);
  if (segment.key_frame.length > 0) {
    out += "#EXT-X-BYTERANGE:";
    write_integer(out, static_cast<std::int64_t>(segment.key_frame.length));
    out += '@';
    write_integer(out, static_cast<std::int64_t>(segment.key_frame.offset));
    out += '\n';
  } else if (!segment.gap()) {  // a gap's own lines say so
    out += "#EXT-X-GAP\n";
  }
  out.append(segment.text, segment.tail_at);
}

std::string write_images(const SegmentList& segments, const Segment& first, const WholeTerms& terms,
                         const std::function<bool(std::int64_t msn)>& has_image) {
  std::string out;
  out.reserve(kHeadText + kSegmentText * segments.listed());
  // LL-7: 6 is what the specification of images has.
  out += "#EXTM3U\n#EXT-X-VERSION:6\n#EXT-X-TARGETDURATION:";
  write_integer(out, terms.target_duration);
  out += '\n';
  write_type(out, terms);
  out += "#EXT-X-IMAGES-ONLY\n";
  write_sequence(out, first);
  segments.each_listed([&](const Segment& segment, std::string_view lines) {
    if (segment.discontinuity) out += "#EXT-X-DISCONTINUITY\n";
    out += lines.substr(0, segment.parts_at);
    if (!has_image(segment.msn)) out += "#EXT-X-GAP\n";
    out += "#EXTINF:";
    write_duration(out, segment.duration, segment.timescale, INT64_MAX);
    out += ",\n";
    write_image_uri(out, segment.msn);
    out += '\n';
  });
  if (terms.ended) out += "#EXT-X-ENDLIST\n";
  return out;
}

/// Lines [from, until) of a block's segments, one by one.
void write_lines(std::string& out, const Block& block, const BlockText& text, std::size_t from, std::size_t until,
                 const Init*& in_force) {
  for (std::size_t i = from; i < until; ++i) {
    write_change(out, *block.segments[i], in_force);
    out += text.own_lines(i);
  }
}

/// The lines of listed segments that are in blocks, from `index` on: those of the first block one by one, since what
/// stands before a playlist's first segment depends on where it begins, and those of a block that is listed in part;
/// the others are the blocks' own text.
void write_blocks(PlaylistText& playlist, const SegmentList& closed, std::size_t index, const Init*& in_force) {
  if (index >= closed.in_blocks) return;
  const Blocks& blocks = *closed.blocks;
  const auto [number, within] = closed.place_of(index);
  const auto [last, last_within] = closed.place_of(closed.in_blocks - 1);
  const std::size_t last_count = last_within + 1;
  const auto write = [&](std::string& out, const Block& block, std::size_t from, std::size_t until) {
    write_lines(out, block, block.*playlist.of_block, from, until, in_force);
  };
  if (number == last) return write(playlist.head, *blocks[last], within, last_count);
  write(playlist.head, *blocks[number], within, blocks[number]->segments.size());
  const std::size_t whole_until = last_count == blocks[last]->segments.size() ? last + 1 : last;
  if (whole_until > number + 1) {
    playlist.blocks = closed.blocks;
    playlist.first_block = number + 1;
    playlist.blocks_until = whole_until;
    in_force = blocks[whole_until - 1]->segments.back()->init.get();
  }
  if (whole_until == last) write(playlist.whole() ? playlist.head : playlist.tail, *blocks[last], 0, last_count);
}

/// `control`: whole lines.
PlaylistText write_key_frames(const SegmentList& segments, const Segment& first, const WholeTerms& terms,
                              std::string_view control) {
  PlaylistText playlist;
  playlist.of_block = &Block::key_frames;
  std::string& head = playlist.head;
  head.reserve(kHeadText + (kSegmentText + kByteRangeText) * std::min(segments.listed(), kMostInHead));
  head += "#EXTM3U\n#EXT-X-VERSION:";
  write_integer(head, version_for_key_frames(segments));
  head += "\n#EXT-X-TARGETDURATION:";
  write_integer(head, terms.target_duration);  // LL-14
  head += '\n';
  head += control;
  write_type(head, terms);
  head += "#EXT-X-I-FRAMES-ONLY\n";
  write_sequence(head, first);
  const Init* in_force = nullptr;
  write_blocks(playlist, segments, segments.first_listed, in_force);
  std::string& out = playlist.whole() ? head : playlist.tail;
  for (std::size_t i = std::max(segments.first_listed, segments.in_blocks); i < segments.size(); ++i) {
    write_change(out, segments.at(i), in_force);
    write_key_frame(out, segments.at(i));
  }
  if (terms.ended) out += "#EXT-X-ENDLIST\n";
  return playlist;
}

/// Adds a segment, whose own lines `write` writes, to a block's text.
template <typename Write>
void add_segment(BlockText& to, const Segment& segment, const Init* in_force, const Write& write) {
  BlockText::Lines lines;
  lines.change = static_cast<std::uint32_t>(to.text.size());
  write_change(to.text, segment, in_force);
  lines.own = static_cast<std::uint32_t>(to.text.size());
  write(to.text, segment);
  to.lines.push_back(lines);
}

}  // namespace

int target_duration_for(media::Rational segment) {
  const std::int64_t tenths = media::rescale(segment.num, segment.den, kLongestFrameInverse, media::Round::kUp);
  return static_cast<int>(std::max<std::int64_t>(1, media::rescale(tenths + 1, kLongestFrameInverse, 1)));
}

base::Micros live_edge(const Revision& revision) {
  if (!revision.open->parts.empty() || revision.closed->listed() == 0) return revision.open->parts_end_utc();
  return revision.closed->segments.back()->end_utc();
}

Report report_of(const std::string& rendition, const Revision& revision) {
  const Segment* last = revision.open.get();
  if (last->parts.empty() && revision.closed->listed() > 0) last = revision.closed->segments.back().get();
  const std::size_t parts = last->parts.size();
  return {rendition, last->msn, static_cast<std::uint32_t>(parts > 0 ? parts - 1 : 0)};
}

std::size_t skippable(const Revision& revision, const Terms& terms) {
  if (terms.skip_until <= 0 || revision.ended) return 0;
  const SegmentList& closed = *revision.closed;
  base::Micros kept = 0;
  std::size_t at = closed.size();
  while (at > closed.first_listed && kept < terms.skip_until * kDecimalMicros) kept += closed.at(--at).span();
  return at - closed.first_listed;
}

std::string PlaylistText::text() const {
  std::string all = head;
  for (std::size_t i = first_block; blocks != nullptr && i < last_block(); ++i) all += ((*(*blocks)[i]).*of_block).text;
  return all += tail;
}

std::string render(const Revision& revision, const Terms& terms, std::span<const Report> reports, Skip skip,
                   const DateRanges& date_ranges) {
  return render_text(revision, terms, reports, skip, date_ranges).text();
}

PlaylistText render_text(const Revision& revision, const Terms& terms, std::span<const Report> reports, Skip skip,
                         const DateRanges& date_ranges) {
  const SegmentList& closed = *revision.closed;
  const std::size_t skipped = skip == Skip::kNo ? 0 : skippable(revision, terms);
  const bool all_ranges = skipped == 0 || skip != Skip::kDateRanges;
  const std::string& lines = all_ranges ? date_ranges.all : date_ranges.recent;
  PlaylistText playlist;
  std::string& head = playlist.head;
  head.reserve(kHeadText + kSegmentText * std::min(closed.listed() - skipped, kMostInHead) + 4096 + lines.size());
  write_head(head, terms, version_for(closed, skipped, skip));
  write_sequence(head, first_of(revision));
  if (skipped > 0) {
    head += "#EXT-X-SKIP:SKIPPED-SEGMENTS=";
    write_integer(head, static_cast<std::int64_t>(skipped));
    if (!all_ranges) {
      head += ",RECENTLY-REMOVED-DATERANGES=\"";
      head += date_ranges.removed;
      head += '"';
    }
    head += '\n';
  }
  head += lines;
  // Null at first also in a delta: the map in force is said again after EXT-X-SKIP (AMB-5).
  const Init* in_force = nullptr;
  const std::size_t first = closed.first_listed + skipped;
  write_blocks(playlist, closed, first, in_force);
  std::string& out = playlist.whole() ? head : playlist.tail;
  // LL-28: parts beyond three target durations from the live edge are not listed, nor those of more than three segments
  // with the open one, which is how validators count; a whole segment's at a time, because players number a segment's
  // parts by their order.
  const base::Micros parts_from = live_edge(revision) - 3 * terms.target_duration * base::kSecond;
  const std::size_t parts_at = closed.size() - std::min(closed.segments.size(), kClosedWithParts);
  for (std::size_t i = std::max(first, closed.in_blocks); i < closed.size(); ++i) {
    const Segment& segment = closed.at(i);
    write_change(out, segment, in_force);
    // The segment that came with the end is listed whole: players load no part that they first see there.
    const bool whole = revision.ended && i + 1 == closed.size();
    out.append(segment.text, 0,
               i >= parts_at && segment.start_utc() >= parts_from && !whole ? segment.tail_at : segment.parts_at);
    out.append(segment.text, segment.tail_at);
  }
  if (!revision.open->parts.empty()) {
    write_change(out, *revision.open, in_force);
    write_program_date_time(out, revision.open->start_utc());  // LL-54: before the first part
    write_parts(out, *revision.open, terms.part_target);
  }
  if (revision.ended) {
    out += "#EXT-X-ENDLIST\n";  // LL-44: and no hint
  } else if (!revision.closing) {
    write_hints(out, revision, in_force);
  }
  for (const Report& report : reports) write_report(out, report);
  return playlist;
}

void render_block(Block& block, const Block* before, bool key_frames) {
  const Init* in_force = before == nullptr ? nullptr : before->segments.back()->init.get();
  if (before != nullptr) {
    block.playlist.gaps_through = before->playlist.gaps_through;
    block.key_frames.gaps_through = before->key_frames.gaps_through;
  }
  for (auto& segment : block.segments) {
    add_segment(block.playlist, *segment, in_force, write_whole);
    if (segment->gap()) ++block.playlist.gaps_through;
    if (key_frames) {
      add_segment(block.key_frames, *segment, in_force, write_key_frame);
      if (segment->key_frame.length == 0) ++block.key_frames.gaps_through;
    }
    if (segment->init) in_force = segment->init.get();
    if (segment->init && (block.inits.empty() || block.inits.back() != segment->init))
      block.inits.push_back(segment->init);
    block.media += segment->data.size();
    for (const Part& part : segment->parts) block.media += part.data.size();
    auto kept = std::make_shared<Segment>(*segment);
    kept->text = {};
    segment = std::move(kept);
  }
  for (BlockText* text : {&block.playlist, &block.key_frames}) {
    text->text.shrink_to_fit();
    text->lines.shrink_to_fit();
  }
}

PlaylistText render_whole(const SegmentList& segments, const WholeTerms& terms, std::string_view date_ranges) {
  PlaylistText playlist;
  std::string& head = playlist.head;
  head.reserve(kHeadText + kSegmentText * std::min(segments.listed(), kMostInHead) + date_ranges.size());
  head += "#EXTM3U\n#EXT-X-VERSION:";
  write_integer(head, version_for(segments, 0, Skip::kNo));
  head += "\n#EXT-X-TARGETDURATION:";
  write_integer(head, terms.target_duration);
  head += '\n';
  write_control(head, terms);
  write_type(head, terms);
  write_sequence(head, segments.at(segments.first_listed));
  head += date_ranges;
  const Init* in_force = nullptr;
  write_blocks(playlist, segments, segments.first_listed, in_force);
  std::string& out = playlist.whole() ? head : playlist.tail;
  for (std::size_t i = std::max(segments.first_listed, segments.in_blocks); i < segments.size(); ++i) {
    const Segment& segment = segments.at(i);
    write_change(out, segment, in_force);
    write_whole(out, segment);
  }
  if (terms.ended) out += "#EXT-X-ENDLIST\n";
  return playlist;
}

std::string render_vod(const SegmentList& segments, int target_duration, const DateRanges& date_ranges) {
  return render_whole(segments, {target_duration, PlaylistType::kVod, true, false}, date_ranges.all).text();
}

std::string DateRanges::between(base::Micros from, base::Micros until) const {
  std::string lines;
  for (const Place& place : places) {
    if (place.start < until && place.end >= from) lines.append(all, place.offset, place.size);
  }
  return lines;
}

void render_segment(Segment& segment, std::int64_t part_target) {
  std::string& out = segment.text;
  out.clear();
  write_program_date_time(out, segment.start_utc());  // LL-50
  segment.parts_at = out.size();
  write_parts(out, segment, part_target);
  segment.tail_at = out.size();
  if (segment.gap()) out += "#EXT-X-GAP\n";
  out += "#EXTINF:";
  write_duration(out, segment.duration, segment.timescale, INT64_MAX);
  out += ",\n";
  write_segment_uri(out, segment.msn, segment.container);
  out += '\n';
  out.shrink_to_fit();
}

PlaylistText render_key_frames(const Revision& revision, const Terms& terms) {
  std::string control;
  // LL-110. The hold-back is of no use here, but Shaka 5 gives up where it is missing.
  control += "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=";
  write_decimal(control, terms.part_hold_back);
  control += '\n';
  return write_key_frames(*revision.closed, first_of(revision), {terms.target_duration, {}, revision.ended}, control);
}

PlaylistText render_key_frames(const SegmentList& segments, const WholeTerms& terms) {
  return write_key_frames(segments, segments.at(segments.first_listed), terms, "");
}

std::string render_images(const Revision& revision, int target_duration,
                          const std::function<bool(std::int64_t msn)>& has_image) {
  return write_images(*revision.closed, first_of(revision), {target_duration, {}, revision.ended}, has_image);
}

std::string render_images(const SegmentList& segments, const WholeTerms& terms,
                          const std::function<bool(std::int64_t msn)>& has_image) {
  return write_images(segments, segments.at(segments.first_listed), terms, has_image);
}

KeyFrame find_key_frame(const Segment& segment) {
  std::uint64_t offset = 0;
  for (const Part& part : segment.parts) {
    if (part.key_size > 0) return {offset, part.key_size};
    offset += part.size();
  }
  return {};
}

}  // namespace hls
