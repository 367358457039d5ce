#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file_place.h"
#include "media/caption.h"
#include "media/time.h"
#include "media/track.h"

/// What a channel's log consists of. The packager writes records, everything that publishes is a fold over them:
/// same records in, same bytes out. One encoding (encoding.h) serves on the pipe, on disk and on the wire.
namespace record {

/// One rendition of the presentation: one media playlist.
struct Rendition {
  std::string name;                     ///< path segment and id: "v720", "a1"; [a-z0-9_-]+
  media::Track track;                   ///< format of what is published; timescale is that of every time below
  base::Bytes init;                     ///< the CMAF header (ftyp + moov)
  std::uint32_t bandwidth = 0;          ///< bit/s, peak, container included (MV-2, MV-5)
  std::uint32_t average_bandwidth = 0;  ///< bit/s
  std::string label;                    ///< NAME for people: "English", "720p"
  bool is_default = false;              ///< the audio rendition that plays unless chosen otherwise
  /// Longest part that will ever be published, in ticks: PART-TARGET (constant for the session, AMB-8).
  std::int64_t part_ticks = 0;
  bool copied = false;  ///< the feed's own packets; a copied video rendition's key frames make the cuts
  /// What a hole is filled with, without an encoder; empty: there is nothing. Of an audio rendition one coded frame of
  /// silence. Of copied video the key frame with which its format was to begin, for who continues a log in which no
  /// part of that format is yet.
  base::Bytes held;
  std::uint32_t held_ticks = 0;  ///< its duration
  std::string characteristics;   ///< for whom it is: uniform type identifiers, separated by commas
  bool forced = false;           ///< text: shown to all, also to those who chose none
};

/// Opens the log, and replaces the presentation when a format changed or a rendition came late.
/// Part and segment records refer to renditions by their index here, which never changes meaning within a session:
/// a rendition that goes away keeps its place.
struct Presentation {
  std::vector<Rendition> renditions;
  /// Segment duration N as a ratio of seconds: msn = floor(utc / N).
  media::Rational segment{2, 1};
  /// Where a rendition's init differs from that of the presentation before: the segment from which the new init and
  /// its timescale hold. Records of earlier segments that still come are of the old format, in its ticks.
  std::int64_t formats_from = INT64_MIN;
  /// In the pictures of every video rendition. Services are only added within a session.
  media::Captions captions{};
  /// MovedCut may come: a segment may be as long as 1.5 N. Constant for the session, as the target duration is.
  bool cuts_move = false;
};

/// What a journal's reader knows of a part's body without reading it.
struct StoredBody {
  base::FilePlace place;       ///< size 0: the body is in memory
  std::uint64_t hash = 0;      ///< base::hash64 of the body
  std::uint32_t key_size = 0;  ///< independent parts: bytes up to the end of the first picture; 0: not known
};

/// One part, complete. Segment bytes are the concatenation of its parts' bytes (CM-20), unless SegmentEnd has others.
struct Part {
  std::uint32_t rendition = 0;
  std::int64_t msn = 0;
  std::uint32_t index = 0;    ///< from 0 within its segment, gaps counted
  std::int64_t start = 0;     ///< UTC of its first sample. Units: ticks since 1970.
  std::int64_t duration = 0;  ///< Units: ticks.
  bool independent = false;   ///< its first sample needs no other
  bool key_inside = false;    ///< a later sample of it needs no other, though the first does
  /// The segment is known to end with this part: a SegmentEnd follows at once, and the next hint is the next segment's.
  bool last = false;
  /// Nothing of it came from the feed: it repeats the last picture, encoded anew or not, or is silent, while the feed
  /// is gone.
  bool held = false;
  base::Micros captured = 0;  ///< UTC at which the newest frame in it had been received; 0 where it is held
  base::Bytes data;
  StoredBody stored{};  ///< in place of `data`, if its size is not 0
};

/// The part that would have been here has no media and never will: EXT-X-PART with GAP=YES (LL-63).
/// A segment whose parts are all gaps is an EXT-X-GAP segment.
struct Gap {
  std::uint32_t rendition = 0;
  std::int64_t msn = 0;
  std::uint32_t index = 0;
  std::int64_t start = 0;
  std::int64_t duration = 0;
};

/// Segment `msn` is complete: it spans [start, start + duration), holes included.
struct SegmentEnd {
  std::uint32_t rendition = 0;
  std::int64_t msn = 0;
  std::int64_t start = 0;
  std::int64_t duration = 0;
  /// Text: the segment's bytes. Empty: they are those of its parts.
  base::Bytes data{};
};

/// The next segment, in every rendition, is not a continuation (LL-36).
struct Discontinuity {
  std::int64_t msn = 0;
};

/// Segment `msn` begins, or has begun, at `start` in every rendition, as near as each has a frame: not on the grid of
/// N, but at a splice. The segments beside it are longer or shorter by as much; numbers stay as they are.
struct MovedCut {
  std::int64_t msn = 0;
  base::Micros start = 0;  ///< UTC
};

/// Classes of our own events. An outage: time of 0.35 s or more in which nothing of the video (of a log without video:
/// of the sound) came from the feed; one marker tells its start, another with the same id its end. A switch of feeds:
/// the instant of the first picture of the other feed, with X-FROM, X-TO and X-REASON.
inline constexpr std::string_view kOutageClass = "outage";
inline constexpr std::string_view kSwitchClass = "switch";
/// Class of splice information (SCTE-35). What a worker writes of it has no id yet: a section as the feed had it, and
/// the instant that it is about; channel::Markers makes the markers of it that playlists show.
inline constexpr std::string_view kScte35Class = "scte35";

/// An event on the timeline: SCTE-35, API, ID3, an outage, a switch of feeds. A channel chooses
/// those that its playlists show as EXT-X-DATERANGE.
struct Marker {
  /// One of a DATERANGE's own attributes: name in capitals ("X-ASSET"), value as text.
  struct Attribute {
    std::string name;
    std::string value;
    bool bare = false;  ///< written without quotes: a decimal number, or a hexadecimal sequence ("0xFC30")
  };
  std::string id;          ///< of the event: a later marker with the same id adds to it (complete OUT/IN pairs)
  std::string kind;        ///< CLASS
  base::Micros start = 0;  ///< UTC
  std::optional<base::Micros> end;               ///< UTC, once it is known
  std::optional<base::Micros> planned_duration;  ///< what was announced, while it is not
  std::vector<Attribute> attributes;
  bool canceled = false;  ///< what was announced with this id does not happen: it is shown no longer
  base::Bytes payload;    ///< in the form of its class: a splice_info_section, an ID3 tag
};

/// The event is about to end: the parts that playlists have hinted at still follow, and no further ones are hinted at
/// (no EXT-X-PRELOAD-HINT from here on). The End comes a second later or more: hls.js 1.7 and Shaka load no part that
/// they first see beside EXT-X-ENDLIST, and Shaka stands still where a part that was hinted never came. With the End
/// comes one short segment more in each rendition, listed whole: video.js ends with an append after EXT-X-ENDLIST only.
struct Closing {};

/// The event is over: EXT-X-ENDLIST (LL-44).
struct End {};

/// Thumbnail::feed of what a rendition shows: the rendition's name stands behind it.
inline constexpr std::string_view kOfRung = "rung ";

/// A small picture for people, of `at` (UTC): what a feed ("primary", "backup") or a rendition (kOfRung) shows, which
/// is for operators; or, where `feed` is empty, what viewers see at a segment's beginning. A later one takes its place.
struct Thumbnail {
  std::string feed;
  base::Micros at = 0;
  base::Bytes jpeg;
};

using Record =
    std::variant<Presentation, Part, Gap, SegmentEnd, Discontinuity, Marker, End, Closing, MovedCut, Thumbnail>;

}  // namespace record
