#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/file_place.h"
#include "hls/blocking.h"
#include "hls/cue_lines.h"
#include "hls/uri.h"
#include "media/time.h"

namespace hls {

/// A media initialization section (EXT-X-MAP).
struct Init {
  std::string uri;  ///< relative to the media playlist
  base::Bytes data;
};

/// A part's bytes that memory has let go.
struct FiledPart {
  base::FilePlace place;   ///< size 0: a gap
  std::uint64_t hash = 0;  ///< base::hash64 of the bytes
};

/// Gives a part's bytes back; none where they cannot be read.
using FetchFiled = std::function<base::Bytes(const FiledPart& part)>;

/// One partial segment.
struct Part {
  std::int64_t duration = 0;  ///< Units: ticks of its segment's timescale.
  bool independent = false;
  bool gap = false;  ///< GAP=YES: has no data and never will
  base::Bytes data;
  /// Independent only: bytes up to the end of its first picture; 0: not known.
  std::size_t key_size = 0;
  FiledPart filed{};  ///< in place of `data`, if its size is not 0

  std::size_t size() const { return data.empty() ? filed.place.size : data.size(); }
};

/// A picture that needs no other, in the bytes of its segment.
struct KeyFrame {
  std::uint64_t offset = 0;  ///< where its part begins: styp or moof
  std::uint64_t length = 0;  ///< to its own last byte, within mdat; 0: there is none
};

/// One media segment, immutable once shared; while it is open, every further part makes a new one.
struct Segment {
  std::int64_t msn = 0;
  std::int64_t timescale = 90000;
  std::int64_t start = 0;     ///< UTC. Units: ticks since 1970.
  std::int64_t duration = 0;  ///< EXTINF; 0 while open. Units: ticks.
  bool discontinuity = false;
  std::int64_t discontinuities = 0;  ///< its discontinuity sequence number
  std::string cues;                  ///< see CueLines
  std::shared_ptr<const Init> init;  ///< null for text
  Container container = Container::kFmp4;
  std::vector<Part> parts;
  base::Bytes data;    ///< closed only: its bytes where they are not those of its parts; empty otherwise
  KeyFrame key_frame;  ///< closed only: the first one that is known
  /// Closed only: its parts, if their bytes are in a file alone; `parts` and `data` are empty then.
  std::vector<FiledPart> filed;

  /// Closed only: its lines, rendered once. EXT-X-PROGRAM-DATE-TIME up to `parts_at`, then its parts up to `tail_at`,
  /// then EXT-X-GAP, EXTINF and URI. A playlist leaves the middle out once the segment is old (LL-28).
  std::string text;
  std::size_t parts_at = 0;  ///< offset in `text`
  std::size_t tail_at = 0;   ///< offset in `text`

  bool gap() const;  ///< all its parts are gaps
  base::Micros start_utc() const { return media::rescale(start, timescale, base::kSecond); }
  /// Closed only, as end_utc(): an open segment has no duration yet.
  base::Micros span() const { return media::rescale(duration, timescale, base::kSecond); }
  base::Micros end_utc() const { return media::rescale(start + duration, timescale, base::kSecond); }
  /// Where its last part ends.
  base::Micros parts_end_utc() const;
};

/// A text as a DEFLATE stream that ends at a byte and refers to nothing before it, so that texts can be put together.
struct Deflated {
  base::Bytes bytes;
  // Of the texts of all blocks of a window up to and including this one.
  std::uint32_t crc_through = 0;   ///< CRC-32
  std::uint64_t size_through = 0;  ///< Units: bytes.
};
/// Compresses a block's text; `before`: that of the block before, or nothing.
using Deflate = Deflated (*)(base::View text, const Deflated& before);

/// What playlists of one kind have of a block's segments.
struct BlockText {
  struct Lines {
    std::uint32_t change = 0;  ///< offset in `text`: what stands before its own lines
    std::uint32_t own = 0;     ///< likewise
  };
  std::string text;
  std::vector<Lines> lines;      ///< by segment
  std::size_t gaps_through = 0;  ///< entries that are gaps, of all blocks up to and including this one
  Deflated deflated;             ///< of `text`; empty where the window was given no Deflate

  std::string_view own_lines(std::size_t index) const {
    const std::size_t end = index + 1 < lines.size() ? lines[index + 1].change : text.size();
    return std::string_view(text).substr(lines[index].own, end - lines[index].own);
  }
};

/// Closed segments whose parts no playlist lists any more, one after another. Their lines are written once and stand in
/// every playlist that lists all of them. Immutable.
struct Block {
  /// Numbers of a block differ in so many low bits alone: blocks of one log are cut alike wherever its reader began.
  static constexpr int kBits = 6;

  std::vector<std::shared_ptr<const Segment>> segments;  ///< never empty; without `text`
  std::uint64_t ordinal = 0;                             ///< of the first one, counted since the window began
  BlockText playlist;                                    ///< own lines: Segment::text without the parts
  BlockText key_frames;                                  ///< see Window::Options::key_frames
  std::vector<std::shared_ptr<const Init>> inits;        ///< that its segments use
  std::size_t media = 0;                                 ///< bytes of its segments that are in memory
};
using Blocks = std::vector<std::shared_ptr<const Block>>;

/// Closed segments, oldest first: those of blocks, then the others. Those before `first_listed` have left the playlist
/// and can still be fetched.
struct SegmentList {
  std::shared_ptr<const Blocks> blocks;                  ///< null: none. Shared by lists until another block is made
  std::size_t in_blocks = 0;                             ///< segments in blocks; of a slice() fewer than blocks have
  std::vector<std::shared_ptr<const Segment>> segments;  ///< that are in no block
  std::size_t first_listed = 0;                          ///< index over all
  std::size_t gaps_listed = 0;                           ///< segments listed that are gaps
  std::int64_t filed_through = -1;                       ///< MSN of the newest one that is filed; -1: none
  bool trimmed = false;                                  ///< segments of this session have left the playlist

  /// The segment with that MSN, or null.
  const Segment* find(std::int64_t msn) const;
  std::size_t size() const { return in_blocks + segments.size(); }
  std::size_t listed() const { return size() - first_listed; }
  /// Listed segments without a key frame that is known. Costs the same however many are listed.
  /// REQUIRES: its blocks have their `key_frames`.
  std::size_t listed_without_key_frame() const;
  /// REQUIRES: index < size().
  const Segment& at(std::size_t index) const;
  /// Block that a segment is in, and its index there. REQUIRES: index < in_blocks.
  std::pair<std::size_t, std::size_t> place_of(std::size_t index) const;
  /// Index of the first listed segment for which `holds(segment)`, size() if there is none.
  /// REQUIRES: it holds for all that follow one for which it holds.
  template <typename Holds>
  std::size_t first_where(const Holds& holds) const;
  /// The listed segments with indices in [first, last), as a list of its own that shares its blocks with this one: for
  /// what is listed alone. Costs the same however many there are.
  /// REQUIRES: first_listed <= first <= last <= size(); this is no slice.
  SegmentList slice(std::size_t first, std::size_t last) const;
  /// Calls `visit(segment, lines)` for each listed segment; `lines`: its own without those of its parts' (Segment::text
  /// up to parts_at, then from tail_at on).
  template <typename Visit>
  void each_listed(const Visit& visit) const;
};

/// One state of a window: what a playlist is rendered from. Immutable; copying copies pointers.
struct Revision {
  std::shared_ptr<const SegmentList> closed;  ///< a Window gives none without it
  std::shared_ptr<const Segment> open;        ///< never null in a window that has started; may have no part yet
  std::shared_ptr<const Init> next_init;      ///< that of the next part, which is in segment hint_msn()
  bool open_is_full = false;                  ///< its last part is here: the next part is the next segment's
  bool closing = false;                       ///< announce_end(): only parts that have been hinted still follow
  bool ended = false;                         ///< end(): nothing follows

  bool started() const { return open != nullptr; }
  /// MSN and index of the part that comes next, which playlists hint at (LL-75, LL-77). REQUIRES: started().
  std::int64_t hint_msn() const { return open_is_full ? open->msn + 1 : open->msn; }
  std::uint32_t hint_part() const { return open_is_full ? 0 : static_cast<std::uint32_t>(open->parts.size()); }
};

/// A channel's numbers rise by a multiple of this where they would fall: where a session begins whose segments are
/// longer than those of the session before, so that floor(utc / N) is less (LL-128). Larger than any difference within
/// a window, so that origins add the same without talking to each other, and that a segment's number and start show
/// what was added.
inline constexpr std::int64_t kNumberingStep = std::int64_t{1} << 20;

/// What has been added to floor(start / N) in the number of a segment. Units: `start` in ticks of `timescale`.
std::int64_t numbering_offset(std::int64_t msn, std::int64_t start, std::int64_t timescale, media::Rational segment);

/// Where the discontinuities of a channel lie: the same for all its renditions (LL-40).
class Discontinuities {
 public:
  /// `before`: how many there were before all that are added.
  explicit Discontinuities(std::int64_t before = 0) : forgotten_(before) {}

  /// False where there is one already. REQUIRES: no window has begun segment `msn` or a later one.
  bool add(std::int64_t msn);
  bool at(std::int64_t msn) const;
  /// Discontinuities up to and including `msn`: the discontinuity sequence number of that segment (LL-38).
  std::int64_t number(std::int64_t msn) const;

 private:
  std::int64_t forgotten_;
  std::vector<std::int64_t> msns_;
};

/// What became of something added to a window.
enum class Outcome : std::uint8_t {
  kAdded,
  kFilled,    ///< added, and what was missing before it has been declared a gap
  kLate,      ///< dropped: its place is taken
  kConflict,  ///< dropped: impossible values
};

/// What the records of a segment are in: its init section, the timescale of their times, and the longest part.
struct Format {
  std::shared_ptr<const Init> init;
  std::int64_t timescale = 90000;
  std::int64_t part_ticks = 45000;
  Container container = Container::kFmp4;

  friend bool operator==(const Format&, const Format&) = default;
};

/// One rendition's segments, from records in order to revisions. Places that were passed over are gaps for good, so
/// numbering never has a hole. Reads no clock: all ages are media time.
/// Every segment has one format, that of its number: records are in the ticks of the segment that they belong to,
/// whatever formats have been announced meanwhile.
/// Thread: one; what revision() gives may be used from any.
class Window {
 public:
  struct Options {
    media::Rational segment{2, 1};  ///< slot duration N: segment msn starts at the first tick at or after msn * N
    int target_duration = 2;        ///< Units: s.
    std::size_t listed = 30;        ///< closed segments in the playlist
    /// Bytes of closed segments that are older are let go once a file has them (file_part()); 0: none are.
    base::Micros memory = 0;
    Deflate deflate = nullptr;  ///< for blocks
    /// Windows that list fewer segments have no blocks: their playlists are written whole in no more time.
    std::size_t least_for_blocks = 256;
    /// Where `memory` lets bytes go: what no file has by this age leaves the playlist and memory, with all before it.
    base::Micros unfiled = 3600 * base::kSecond;
    bool key_frames = false;  ///< blocks have their lines of the I-frame playlist, too
  };

  /// Both outlive this; `cues`: null where there are none.
  Window(const Options& options, const Discontinuities& discontinuities, const CueLines* cues = nullptr);

  /// Announces the format of the segments from begin_format() on, or, if a part or segment end comes first, of those
  /// that have no part yet.
  void set_format(Format format);
  /// The announced format holds from segment `msn` on. False if there is none.
  bool begin_format(std::int64_t msn);
  Outcome add_part(std::int64_t msn, std::uint32_t index, std::int64_t start, Part part, bool last);
  /// `data`: as Segment::data.
  Outcome end_segment(std::int64_t msn, std::int64_t start, std::int64_t duration, base::Bytes data = {});
  /// A file has the bytes of a part that was added.
  void file_part(std::int64_t msn, std::uint32_t index, base::FilePlace place);
  /// Takes the bytes of the open segment's parts that are in a file alone into memory, where what follows them will be.
  void load_open(const FetchFiled& fetch);
  /// Nothing is hinted from now on; what was, can still be added.
  void announce_end();
  /// Closes the open segment with what it has; nothing can be added from now on.
  void end();
  /// What follows is of another source, from segment `floor` on: the open segment is closed with what it has, what is
  /// missing before `floor` is a gap, and nothing is hinted but what comes next. What is listed stays so.
  /// REQUIRES: begun() < floor.
  void break_off(std::int64_t floor);
  /// What is listed leaves the playlist and can still be fetched; the next segment added, at or after `floor`, begins a
  /// new one. For a new session, so that no URL gets other bytes (LL-68). The format is to be set anew.
  void restart(std::int64_t floor, const Options& options);

  const Revision& revision() const { return revision_; }
  /// PART-TARGET: the longest part of all formats so far, rounded up (LL-57). Units: 10 µs.
  std::int64_t part_target() const { return part_target_; }
  /// MSN up to which no segment can get a discontinuity any more; INT64_MIN before the first part.
  std::int64_t begun() const;
  /// False for values that no record has: it would be a kConflict.
  bool plausible(std::int64_t msn, std::int64_t start, std::int64_t duration) const;
  /// Ticks a second of the times of segment `msn`, as far as formats are known.
  std::int64_t timescale_of(std::int64_t msn) const { return format_of(msn).timescale; }
  /// Whether each segment that is listed and has media starts with a frame that needs none before it (LL-48).
  bool independent_segments() const;
  std::uint64_t media_parts() const { return media_parts_; }
  /// Parts and segments declared gaps because they were passed over.
  std::uint64_t filled() const { return filled_; }
  /// Durations that were cut to PART-TARGET or the target duration (LL-56, LL-11).
  std::uint64_t overlong() const { return overlong_; }

 private:
  /// A format and the segment from which on it holds.
  struct Dated {
    std::int64_t from = INT64_MIN;
    Format format;
  };

  const Format& format_of(std::int64_t msn) const;
  std::int64_t slot_start(std::int64_t msn, std::int64_t timescale) const;
  void open_segment(std::int64_t msn, std::int64_t start);
  void push(Part part);
  void fill_parts(std::size_t count, std::int64_t until);
  void fill_rest(std::int64_t until);
  void close_slot();
  void fill_to(std::int64_t msn);
  void close(std::int64_t duration);
  void list(std::shared_ptr<const Segment> segment);
  void expire(SegmentList& list) const;
  void let_go(SegmentList& list);
  std::shared_ptr<const Segment> filed(const Segment& segment) const;
  void make_block(SegmentList& list) const;
  void drop_unfiled(SegmentList& list);
  std::int64_t open_end() const;
  void share_open();

  Options options_;
  const Discontinuities& discontinuities_;
  const CueLines* cues_;
  std::deque<Dated> formats_{{}};    ///< never empty; ascending; the first is the open segment's
  std::optional<Format> announced_;  ///< where it begins is not known yet
  std::int64_t offset_ = 0;          ///< see numbering_offset()
  Segment open_;
  std::int64_t open_part_ticks_ = 0;
  Revision revision_;
  std::int64_t floor_ = 0;    ///< nothing below this MSN is taken: an earlier session may have published it
  base::Micros listed_ = 0;   ///< sum of EXTINF of what is listed
  base::Micros longest_ = 0;  ///< longest playlist ever given out: sum of EXTINF
  std::int64_t part_target_ = 0;
  std::int64_t dependent_ = INT64_MIN;  ///< newest segment that cannot be decoded by itself
  std::uint64_t media_parts_ = 0;
  std::uint64_t filled_ = 0;
  std::uint64_t overlong_ = 0;
  std::map<std::int64_t, std::vector<base::FilePlace>> places_;  ///< of parts that are still in memory
};

template <typename Visit>
void SegmentList::each_listed(const Visit& visit) const {
  std::size_t index = first_listed;
  if (index < in_blocks) {
    auto [block, within] = place_of(index);
    for (; index < in_blocks; ++block, within = 0) {
      const Block& at = *(*blocks)[block];
      for (; within < at.segments.size() && index < in_blocks; ++within, ++index)
        visit(*at.segments[within], at.playlist.own_lines(within));
    }
  }
  std::string own;
  for (; index < size(); ++index) {
    const Segment& segment = *segments[index - in_blocks];
    own.assign(segment.text, 0, segment.parts_at);
    own.append(segment.text, segment.tail_at);
    visit(segment, std::string_view(own));
  }
}

template <typename Holds>
std::size_t SegmentList::first_where(const Holds& holds) const {
  std::size_t low = first_listed;
  std::size_t high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (holds(at(middle))) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

}  // namespace hls
