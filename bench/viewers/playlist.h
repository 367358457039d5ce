#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace viewers {

// Reads playlists as a player does. On purpose apart from src/hls, so that it can find that one's mistakes.

/// A place in a rendition: part `part` of segment `msn`.
struct Position {
  std::int64_t msn = 0;
  std::int64_t part = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

struct PartLine {
  std::string uri;
  base::Micros duration = 0;
  bool independent = false;
  bool gap = false;
  friend bool operator==(const PartLine&, const PartLine&) = default;
};

struct SegmentLines {
  static constexpr base::Micros kUnknown = -1;

  std::int64_t msn = 0;
  std::string uri;  ///< empty while the segment is open
  std::string map;  ///< of the EXT-X-MAP in force
  base::Micros duration = 0;
  base::Micros start = kUnknown;  ///< EXT-X-PROGRAM-DATE-TIME, carried on by durations where a segment has none
  bool discontinuity = false;
  bool gap = false;
  std::vector<PartLine> parts;  ///< empty where they are not listed any more

  bool closed() const { return !uri.empty(); }
  /// Where part `index` begins; `index` may be the number of parts. REQUIRES: start is known.
  base::Micros part_start(std::size_t index) const;
};

struct RenditionReport {
  std::string uri;
  Position last;
};

struct MediaPlaylist {
  base::Micros target = 0;
  base::Micros part_target = 0;
  base::Micros part_hold_back = 0;
  base::Micros skip_until = 0;
  bool can_block = false;
  bool ended = false;
  bool dated = false;  ///< carries EXT-X-PROGRAM-DATE-TIME
  std::int64_t media_sequence = 0;
  std::int64_t skipped = 0;  ///< above 0: a delta update, to be merged
  std::vector<SegmentLines> segments;
  std::string hint;  ///< URI of the hinted part
  std::vector<RenditionReport> reports;

  /// Where the next part will be: what a player asks for next.
  Position end() const;
  /// The newest part listed. Part 0 of the last segment where no parts are listed.
  Position newest() const;
  /// True where a request that blocks for `wanted` is satisfied by this playlist (LL-98, LL-104).
  bool contains(Position wanted) const;
  /// Null where it is not listed.
  const SegmentLines* segment(std::int64_t msn) const;
  /// Where the newest media ends. REQUIRES: starts are known.
  base::Micros edge() const;
};

/// Shape: with `skipped` set it is a delta update that lacks its first segments.
base::Result<MediaPlaylist> parse_media_playlist(std::string_view text);
/// The whole playlist that a delta update stands for (LL-93). Errors: `previous` does not cover what was skipped.
base::Result<MediaPlaylist> merge(const MediaPlaylist& previous, MediaPlaylist delta);

struct Variant {
  std::string uri;
  std::string audio_group;
  std::int64_t bandwidth = 0;
};
struct AudioRendition {
  std::string uri;
  std::string group;
  bool is_default = false;
};
struct MultivariantPlaylist {
  std::vector<Variant> variants;
  std::vector<AudioRendition> audio;

  /// The rendition a player takes with this variant; null where sound is in the variant or there is none.
  const AudioRendition* audio_of(const Variant& variant) const;
};

base::Result<MultivariantPlaylist> parse_multivariant(std::string_view text);

/// "2026-11-22T13:00:00.250Z" or with an offset; empty where it is none. Units: microseconds of UTC.
std::optional<base::Micros> parse_date(std::string_view text);

}  // namespace viewers
