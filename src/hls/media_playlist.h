#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "hls/directives.h"
#include "hls/window.h"

namespace hls {

/// What stays the same in every revision of a media playlist. Units: 10 µs, except target_duration.
struct Terms {
  int target_duration = 2;               ///< EXT-X-TARGETDURATION, seconds; never changes (LL-13)
  std::int64_t part_target = 50000;      ///< PART-TARGET, rounded up from ticks (LL-57); never changes (AMB-8)
  std::int64_t part_hold_back = 150000;  ///< three times the longest PART-TARGET of all renditions (LL-70)
  /// CAN-SKIP-UNTIL, with CAN-SKIP-DATERANGES; 0 where delta updates are not offered (LL-72, LL-74).
  std::int64_t skip_until = 0;
};

/// The EXT-X-DATERANGE tags of a playlist.
struct DateRanges {
  /// Where a tag's line stands in `all`, and what time it speaks of. Units: UTC.
  struct Place {
    std::size_t offset = 0;
    std::size_t size = 0;
    base::Micros start = 0;
    base::Micros end = 0;  ///< the last of its dates
  };

  std::string all;            ///< whole lines
  std::string recent;         ///< of them those that a delta update has which leaves older ones out (LL-90)
  std::string removed;        ///< the ids that such an update says are gone, separated by tabs
  std::vector<Place> places;  ///< of the lines of `all`, for between()

  /// The lines of `all` that speak of a time in [from, until).
  std::string between(base::Micros from, base::Micros until) const;
};

/// EXT-X-RENDITION-REPORT of another rendition.
struct Report {
  std::string rendition;   ///< its directory's name
  std::int64_t msn = 0;    ///< LAST-MSN
  std::uint32_t part = 0;  ///< LAST-PART
};

/// How long a shared cache may keep a media playlist: the answer to a blocking request, which is the same for good, six
/// target durations (LL-121); no playlist lives longer. Units: s.
constexpr int longest_cache_life(int target_duration) { return 6 * target_duration; }

/// EXT-X-TARGETDURATION for slots of `segment` seconds: to nearest, with room for a slot that is a frame longer
/// (LL-11).
int target_duration_for(media::Rational segment);

/// Where the other renditions can find this one: its open segment's last part, or the last one closed (LL-86).
/// REQUIRES: revision.started().
Report report_of(const std::string& rendition, const Revision& revision);

/// End of the newest media listed. REQUIRES: revision.started().
base::Micros live_edge(const Revision& revision);

/// Segments that a delta update leaves out: those that lie wholly beyond CAN-SKIP-UNTIL from the end of the last
/// complete one (LL-88). 0: the full playlist is to be given (LL-89).
std::size_t skippable(const Revision& revision, const Terms& terms);

/// The text of a playlist: `head`, the blocks from `first_block` to before last_block(), `tail`.
struct PlaylistText {
  std::string head;
  std::shared_ptr<const Blocks> blocks;  ///< null: none
  std::size_t first_block = 0;
  std::string tail;
  std::size_t blocks_until = SIZE_MAX;  ///< see last_block()
  BlockText Block::* of_block = &Block::playlist;

  /// One past the last block. REQUIRES: !whole().
  std::size_t last_block() const { return std::min(blocks_until, blocks->size()); }

  bool whole() const { return blocks == nullptr; }  ///< `head` is all of it
  std::string text() const;
};

/// A playlist, full or delta. Same arguments, same text. What it costs does not depend on how many blocks there are.
/// REQUIRES: revision.started().
PlaylistText render_text(const Revision& revision, const Terms& terms, std::span<const Report> reports, Skip skip,
                         const DateRanges& date_ranges = {});
/// The same in one piece.
std::string render(const Revision& revision, const Terms& terms, std::span<const Report> reports, Skip skip,
                   const DateRanges& date_ranges = {});

/// What a playlist of whole segments says of how it changes.
enum class PlaylistType : std::uint8_t {
  kSliding,  ///< EXT-X-PLAYLIST-TYPE is absent: segments leave it (LL-42)
  kEvent,    ///< segments are added and none is removed
  kVod,      ///< nothing changes
};

/// What a playlist of whole segments says beside them.
struct WholeTerms {
  int target_duration = 2;  ///< Units: s.
  PlaylistType type = PlaylistType::kSliding;
  bool ended = false;       ///< EXT-X-ENDLIST
  bool from_start = false;  ///< EXT-X-START: players begin with the first segment, as they do with VOD unasked
  bool can_block = false;   ///< CAN-BLOCK-RELOAD (LL-110)
  // With can_block alone. Units: µs; 0: unsaid.
  base::Micros hold_back = 0;     ///< HOLD-BACK
  base::Micros start_before = 0;  ///< EXT-X-START: so far before the end
};

/// The playlist of whole segments: no parts, no hints, no delivery directives, whatever the live playlist has of them.
/// `date_ranges`: whole lines. Same arguments, same text. What it costs does not depend on how many blocks there are.
/// REQUIRES: at least one is listed.
PlaylistText render_whole(const SegmentList& segments, const WholeTerms& terms, std::string_view date_ranges);

/// The playlist of segments that are all there is (EXT-X-PLAYLIST-TYPE:VOD, EXT-X-ENDLIST), without parts or anything
/// else of a live one. Their numbers may have holes: those of a playlist count on from the first.
/// REQUIRES: at least one, all closed.
std::string render_vod(const SegmentList& segments, int target_duration, const DateRanges& date_ranges);

/// Renders a segment's own lines into it; called once, when it closes. `part_target` in 10 µs.
void render_segment(Segment& segment, std::int64_t part_target);

/// Writes a block's texts from its segments' lines, and lets their own go. `before`: null: none.
void render_block(Block& block, const Block* before, bool key_frames);

/// The I-frame playlist of a rendition (EXT-X-I-FRAMES-ONLY): an entry a closed segment, with the segment's number,
/// time and duration, so that numbers need no state and never shift against the media playlist's. The entry is the
/// bytes of the segment's first key frame; of a segment without one it is a gap. It has no parts (LL-64).
/// What it costs does not depend on how many blocks there are.
/// REQUIRES: revision.started(); parts have their Part::key_size; the window keeps Options::key_frames.
/// Spec: [rfc8216bis 4.4.3.6]
PlaylistText render_key_frames(const Revision& revision, const Terms& terms);
/// The same without delivery directives. REQUIRES: at least one segment is listed.
PlaylistText render_key_frames(const SegmentList& segments, const WholeTerms& terms);

/// An image playlist: an entry a closed segment of a video rendition, with the segment's number, time and duration, and
/// a JPEG of its own. `has_image(msn)` false: a gap.
/// REQUIRES: revision.started(). Spec: Roku's Image Media Playlist Specification 0.4.
std::string render_images(const Revision& revision, int target_duration,
                          const std::function<bool(std::int64_t msn)>& has_image);
/// REQUIRES: at least one segment is listed.
std::string render_images(const SegmentList& segments, const WholeTerms& terms,
                          const std::function<bool(std::int64_t msn)>& has_image);

/// Where the first key frame of a segment lies, from the start of its part: a player gets the moof that it needs, and
/// of mdat no more than the picture. Length 0: no part knows of one.
KeyFrame find_key_frame(const Segment& segment);

}  // namespace hls
