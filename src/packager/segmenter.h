#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/time.h"
#include "media/track.h"
#include "packager/counters.h"
#include "packager/event_queue.h"
#include "record/record.h"

namespace packager {

/// A coded frame on its rendition's decode timeline. Units: ticks of the rendition's timescale, UTC.
struct Frame {
  std::int64_t start = 0;  ///< decode time
  std::int64_t pts = 0;
  std::int64_t duration = 0;  ///< 0 where only the next frame tells
  bool key = false;
  base::Micros arrived = 0;
  base::Bytes data;
  std::uint32_t format = 0;  ///< which of its rendition's formats it has
  bool held = false;         ///< nothing of it came from the feed: a Still, or as media::Packet::held
};

/// What is repeated while media is missing: for video the newest key frame, whose samples last a part each, for audio a
/// frame of silence. Players then get media in the rendition's own format: no player handles gaps well (hls.js 1.7
/// stops for good after 2 s of EXT-X-GAP in five runs of eight).
struct Still {
  base::Bytes data;           ///< as Frame::data; empty: there is none, and what is missing becomes a gap
  std::int64_t duration = 0;  ///< of a frame of audio. Units: ticks of the format's timescale.
};

/// What of a rendition's format matters for cutting it into parts. Units: ticks of `timescale`.
struct Format {
  media::Kind kind = media::Kind::kVideo;
  std::int64_t timescale = 90000;
  std::int64_t frame = 0;      ///< nominal frame duration; 0 for video of a varying rate
  std::int64_t part = 0;       ///< nominal part duration
  std::int64_t part_most = 0;  ///< PART-TARGET: no part is longer (LL-56)
  bool counted = false;        ///< audio: parts are a number of frames, not what falls into the video's parts
  Still still;                 ///< known from the start: silence; a key frame of the log that is resumed
  media::Codec codec = media::Codec::kH264;

  bool video() const { return kind == media::Kind::kVideo; }
};

/// Format of `track`, cut so that a segment as long as `slot` (in seconds) has `parts` parts. All video parts but a
/// segment's last then have the same number of frames; audio parts end with the video part `lead_part` (in seconds) of
/// the lead, or after a fixed number of frames where that could leave parts under 85 % (LL-58).
Format make_format(const media::Track& track, media::Rational slot, std::int64_t parts, media::Rational lead_part);
/// `format` with a part target that must not change (AMB-8).
Format keep_part_target(Format format, std::int64_t part_most);

/// Cuts one rendition into parts: the open segment, its open part, and the records they become.
/// The decode timeline has no seam: every part starts where the one before ended (CM-12). A part's last frame lasts
/// until the part ends and its first one starts with it; small holes vanish in that, composition offsets keep the
/// video's pts.
///
/// Time without media is held: the open part's last frame lasts until the part ends, and the still is repeated from
/// there on. Only a rendition that has no still yet has gaps.
///
/// Gaps that follow media within a segment are written only if media comes again in that segment; a segment that ends
/// without more has just its parts and the duration of its slot. hls.js loads the parts of a segment one after another
/// and never leaves a segment in which a gap follows a part that it loaded (1.7.4: it stays in PARSING).
class Segmenter {
 public:
  using Out = std::function<void(record::Record&&)>;

  enum class Missing : std::uint8_t {
    kHold,  ///< the still is repeated; a gap is declared only if there is no still
    kGap,   ///< a gap is declared, even if there is a still
  };
  Segmenter(std::uint32_t rendition, Format format, Missing missing, Out out, Counters& counters);

  /// `media`: the segment has a part that is no gap.
  void open(std::int64_t msn, std::int64_t start, std::uint32_t next_part, std::int64_t published_end, bool media);
  bool opened() const { return opened_; }
  /// Moves the start of a segment in which nothing is yet.
  void move_start(std::int64_t start);
  /// New format from the open segment on, in which nothing is yet. Its times change to the new timescale.
  void change_format(Format format, std::int64_t start);

  const Format& format() const { return format_; }
  std::int64_t msn() const { return msn_; }
  std::int64_t start() const { return start_; }
  /// End of all whole frames and gaps; of a last frame without duration, the next tick after it starts.
  std::int64_t end() const { return end_; }
  /// The same, with a guess where a last frame has no duration (30 a second before there are two).
  std::int64_t likely_end() const;
  std::int64_t published_end() const { return part_start_; }
  /// REQUIRES: part_open().
  std::int64_t last_start() const { return frames_.back().start; }
  bool part_open() const { return !frames_.empty(); }
  bool segment_empty() const { return next_part_ == 0 && frames_.empty(); }

  /// Appends to the open segment. REQUIRES: frame.start >= published_end() for video, >= end() for audio, and the hole
  /// before it is shorter than a part.
  void add(Frame&& frame);
  /// The event goes into the part in which it happens, or the next one that is written. False where it is dropped.
  bool add_event(const Event& event) {
    return events_.add(event, media::rescale(part_start_, format_.timescale, base::kSecond));
  }
  /// Closes the part if it is full, without waiting for the next frame.
  void close_full_part();
  /// Where the part that is open, or comes next, is full.
  std::int64_t next_goal() const { return part_open() ? part_goal_ : goal_from(part_start_); }
  /// How long a frame usually lasts; a guess before that is known.
  std::int64_t usual_frame() const { return usual_frame_ > 0 ? usual_frame_ : format_.timescale / 30; }
  /// Covers the time from the end of media to `time`; held audio ends up to a frame before.
  void fill_until(std::int64_t time);
  /// Covers the time up to `cut`, the end of the segment; held audio ends up to a frame behind.
  void fill_past(std::int64_t cut);
  /// Fills the next whole part that ends by `time`, or several, up to `cut` at most. Returns whether it did: to be
  /// called until it does not, each time with the `cut` of the segment that is open then.
  bool fill_whole_parts(std::int64_t time, std::int64_t cut);
  /// Start of the newest frame that came from the feed, also after its part was closed; of the segment, where a new
  /// format begins.
  std::int64_t newest_start() const { return newest_start_; }
  /// Whether missing time is covered by the still; otherwise it is declared a gap.
  bool holds() const { return missing_ == Missing::kHold && !still_.data.empty(); }
  void set_still(Still still) { still_ = std::move(still); }
  /// Where the stretch of held media began that has not ended yet.
  std::optional<std::int64_t> held_since() const { return held_since_; }
  /// What is published already ended in held media, since `time`.
  void continue_held(std::int64_t time) { held_since_ = time; }
  /// Whether the newest frame is the still: what follows must not refer to frames before it.
  bool shows_still() const { return shows_still_; }
  /// Ends the segment at `time` and opens the next one there. REQUIRES: time > start of the last frame.
  void end_segment(std::int64_t time);
  /// Where a last part, completed with held media, would end: not before `time`, and else not past `cut`.
  std::int64_t last_part_end(std::int64_t time, std::int64_t cut) const;
  /// Holds what it has up to `time`, audio to within half a frame, and ends the segment there. Without a still the
  /// segment, if there is anything in it, ends where its media ends.
  void finish(std::int64_t time);

 private:
  std::int64_t goal_from(std::int64_t start) const;
  void begin_part();
  void close_part(std::int64_t end, bool last);
  void write_gap(std::int64_t end);
  void gap_until(std::int64_t time);
  bool gap_whole_parts(std::int64_t time, std::int64_t cut);
  void hold_picture(std::int64_t time);
  void hold_silence(std::int64_t time);
  void add_still(std::int64_t duration);
  std::vector<std::int64_t> decode_times(std::int64_t end) const;

  std::uint32_t rendition_;
  Format format_;
  const Missing missing_;
  Still still_;
  std::optional<std::int64_t> held_since_;
  bool shows_still_ = false;
  std::int64_t newest_start_ = 0;
  Out out_;
  Counters& counters_;
  bool opened_ = false;
  std::int64_t msn_ = 0;
  std::int64_t start_ = 0;
  std::uint32_t next_part_ = 0;
  bool media_in_segment_ = false;  ///< the segment's styp is written (CM-19, CM-20)
  std::int64_t part_start_ = 0;
  std::int64_t part_goal_ = 0;  ///< the part is full when its frames reach this
  std::int64_t grid_base_ = 0;  ///< where the audio parts of this stretch of media count from
  std::int64_t end_ = 0;
  std::int64_t shown_until_ = INT64_MIN;  ///< video: end of the last picture in the order of showing
  std::int64_t usual_frame_ = 0;
  std::vector<Frame> frames_;
  EventQueue events_;
  std::vector<record::Gap> pending_gaps_;  ///< that follow media in the open segment
};

}  // namespace packager
