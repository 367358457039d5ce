#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "hls/blocking.h"
#include "hls/directives.h"
#include "hls/media_playlist.h"
#include "hls/time_shift.h"
#include "hls/view.h"
#include "hls/window.h"
#include "media/track.h"
#include "origin/rendered.h"

namespace origin {

/// Whether an object of a rendition exists.
enum class Presence : std::uint8_t {
  kFound,
  kGap,      ///< 404: it has no media and never will (LL-34)
  kPending,  ///< hinted or next: hold, and look again in a later snapshot (LL-79)
  kAbsent,   ///< 404 at once (LL-82)
};

struct PartObject {
  Presence presence = Presence::kAbsent;
  base::Bytes data;
  hls::FiledPart filed;  ///< in place of `data`, if its size is not 0
};

/// A segment's bytes are `pieces` one after another; they are the parts' own memory, or the segment's (hls::Segment).
struct SegmentObject {
  Presence presence = Presence::kAbsent;
  std::vector<base::Bytes> pieces;
  std::size_t size = 0;
  std::vector<hls::FiledPart> filed;  ///< in place of `pieces`, if there are any
};

/// One rendition at one instant: its playlist and everything that can be fetched. Immutable.
/// Thread: any. The first request renders a playlist; no thread waits for a lock.
class RenditionSnapshot {
 public:
  struct Contents {
    std::string name;
    media::Kind kind = media::Kind::kVideo;
    hls::Revision revision;
    hls::Terms terms;
    std::vector<hls::Report> reports;  ///< of the other renditions, at the instant of this revision (LL-86)
    /// The channel's date ranges at that instant; null: none.
    std::shared_ptr<const hls::DateRanges> date_ranges;
    bool iframes = false;  ///< has an I-frame playlist
    bool ready = false;    ///< has enough media for a playlist (LL-111)
  };

  explicit RenditionSnapshot(Contents contents);
  ~RenditionSnapshot();
  RenditionSnapshot(const RenditionSnapshot&) = delete;
  RenditionSnapshot& operator=(const RenditionSnapshot&) = delete;

  const std::string& name() const { return contents_.name; }
  media::Kind kind() const { return contents_.kind; }  ///< for content types: video/mp4 or audio/mp4 (LL-120)
  const hls::Edge& edge() const { return edge_; }
  bool ready() const { return edge_.ready; }
  bool ended() const { return edge_.ended; }
  /// What the playlists are made from.
  const hls::Revision& revision() const { return contents_.revision; }
  const hls::Terms& terms() const { return contents_.terms; }
  /// Null: none.
  const hls::DateRanges* date_ranges() const { return contents_.date_ranges.get(); }

  /// What to do with a playlist request (LL-94 to LL-103, LL-111).
  hls::Decision decide(const hls::Directives& directives) const { return hls::decide(directives, edge_); }

  bool has_iframes() const { return contents_.iframes; }
  /// The same of a request for the I-frame playlist (LL-110).
  hls::Decision decide_iframes(const hls::Directives& directives) const { return hls::decide_whole(directives, edge_); }
  /// The I-frame playlist, as playlist(). REQUIRES: ready(), has_iframes().
  const Rendered& iframes() const { return rendered(Text::kIframes); }

  /// The playlist; the full one where nothing can be skipped (LL-89).
  /// Owns: nothing; the reference lives as long as this snapshot, its Bytes can be kept.
  /// REQUIRES: ready().
  const Rendered& playlist(hls::Skip skip) const;

  /// The playlist of another time than the live edge's; it is made each time. Nothing where this rendition has no media
  /// of that time. Same snapshot, same bytes.
  std::optional<Rendered> playlist(const hls::ShiftedRange& range) const;
  /// The live playlist without parts, as a view has it, likewise. Nothing where no segment is listed.
  std::optional<Rendered> whole_playlist(const hls::View& view) const;
  /// The I-frame playlist, likewise. REQUIRES: has_iframes().
  std::optional<Rendered> iframes(const hls::ShiftedRange& range) const;

  SegmentObject segment(std::int64_t msn) const;
  /// Pending are: the hinted part, the one after it, and the next segment's first. The latter two are there because
  /// another loop may already have given out a playlist that hints them.
  PartObject part(std::int64_t msn, std::uint32_t index) const;
  /// Init sections in use by any segment that can be fetched, and the next one's. `file` is "init-1a2b3c4d.mp4".
  PartObject init(std::string_view file) const;

  /// Bytes of media that this snapshot keeps alive.
  std::size_t media_bytes() const;

 private:
  /// The first three are those of hls::Skip.
  enum class Text : std::uint8_t { kFull, kDelta, kDeltaWithoutDateRanges, kIframes };
  Rendered render(Text text) const;
  const Rendered& rendered(Text text) const;

  Contents contents_;
  hls::Edge edge_;
  mutable std::array<std::atomic<const Rendered*>, 4> rendered_{};  ///< by Text; owned
};

}  // namespace origin
