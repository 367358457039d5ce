#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "media/event.h"
#include "media/instant.h"
#include "media/stamp_wrap.h"
#include "media/time.h"
#include "media/track.h"
#include "scte35/section.h"
#include "timeline/stamp_watch.h"
#include "timeline/track_timing.h"

namespace timeline {

/// Puts the packets of one feed on the UTC timeline.
///
/// The feed's clock is anchored once, at the first key frame of the first video track (of the first audio packet, where
/// no video comes): its pts is the UTC instant at which it arrived, or, where the feed begins with a burst, as much
/// earlier as the burst is long, for what follows is to lie at its arrival; or where an earlier worker had it (keep());
/// or the time that its source says (Options::source_time), or by a clock that others agree on (Options::agreed_clock).
/// All tracks share that one offset, so audio and video stay as the source had them (CM-17, CM-18). Video of a constant
/// rate is put on the exact frame grid (multiples of the frame duration since 1970), audio is counted in samples and
/// follows its time stamps slowly. The decode timeline of video is shifted so that dts equals pts at the first key
/// frame: composition offsets may be negative (CM-16). Time never goes back (CM-13). A stamp that is far off is
/// replaced by the expected one; only if more of them follow was the source's clock set anew, and its track continues
/// under a new anchor, as if nothing had happened (RT-26). The other tracks follow it there, and what returns from a
/// jump returns to the anchor that the others kept.
///
/// Splice information is put at the UTC instant of the frame that it is about, at the end of what was given out where
/// it is to happen at once; splice_null, which says nothing, is left out.
///
/// Teletext is put at the UTC instant of its stamp under the anchor of the video; what comes before there is one is
/// left out, but for its description.
///
/// What comes out: tracks with their output timescale (video: 90000, or 24000, 30000, 60000 … for the x/1001 rates,
/// CM-7; audio: its sample rate) and video.frame_rate as found (0/1 where it varies), then packets in ticks of those.
/// `duration` is exact for constant-rate video and for audio, and 0 where only the next frame tells how long one lasts:
/// for video of a varying rate, and after missing frames. A claimed rate is believed if the frames bear it out within
/// 2 %; frames that later show another rate leave the grid, and return to theirs at a key frame. Every track known at
/// the anchor is announced before the first packet; a track that comes later, or changes its format, is announced
/// before its next packet. Thread: one. Calls the sink from within on_event() and flush().
class Timeline final : public media::EventSink {
 public:
  struct Options {
    /// How long audio waits for video that nobody announced, and for video that the feed announced or that comes
    /// without a key frame (a long GOP joined in the middle).
    base::Micros wait_for_video = base::kSecond;
    base::Micros wait_for_announced = 10 * base::kSecond;
    /// Segment duration of a channel that copies its video: key frames are kept clear of the last 0.1 s of the slots of
    /// that length (media::kStartMargin), by up to 0.3 s of difference between media time and arrival. 0: wherever they
    /// arrive.
    base::Micros clear_slots = 0;
    /// The feed is anchored at the time that its source says, see set_source_clock(), where that is known within
    /// kWaitForSource of the first picture and is near its arrival; otherwise at its arrival. `clear_slots` does not
    /// move an anchor of the source's: it is to be the same wherever this source is received.
    bool source_time = false;
    /// The feed is anchored by the clock that agree() gives, which all servers that this source feeds follow, where
    /// that is known within kWaitForSource of clock_ask() and puts the first picture no further than
    /// media::kMostClockOff from its arrival; otherwise at its arrival. Pictures whose time is taken already are left
    /// out, up to the first key frame after them.
    bool agreed_clock = false;
    /// Frame rate that the container claims (RTMP metadata), used where the bitstream tells none.
    media::Rational frame_rate_hint;
    /// Jumps beyond these against the track's own pace, that arrival does not bear out, anchor anew (RT-26).
    base::Micros jump_forward = base::kSecond;
    /// A smaller step back is no jump: what is given out rises in spite of it, and the track changes its anchor only if
    /// the step leads to one that another track has (StampWatch::stepped_back()).
    base::Micros jump_back = base::kSecond / 2;
  };
  /// How long the first picture waits for a source's time: codes that count pairs of pictures, and messages beside the
  /// pictures, come a little after it.
  static constexpr base::Micros kWaitForSource = base::kSecond;
  /// How far the source's time may be from the arrival. It is as much behind as the source's encoder and network take;
  /// media later than this would be taken for missing (transcode::HoldClock). It is ahead where two clocks differ:
  /// media from the future would be published before its time.
  static constexpr base::Micros kMostSourceBehind = 8 * base::kSecond;
  static constexpr base::Micros kMostSourceAhead = base::kSecond;

  /// What the feed's anchor is.
  enum class AnchoredAt : std::uint8_t {
    kNothing,         ///< it has none yet
    kArrival,         ///< also where neither Options::source_time nor agreed_clock is set
    kSource,          ///< the time of its source, or the agreed one
    kArrivalUnknown,  ///< its arrival, for no time of the source was known, or none was agreed on
    kArrivalFar,      ///< its arrival, for the source's time was too far from it
    kArrivalTaken,    ///< its arrival, for what was given out before goes on beyond the source's time
  };

  struct Counters {
    /// Packets before the first key frame, leading pictures after it, and the audio of a feed that ended before it.
    std::uint64_t dropped_before_anchor = 0;
    /// Audio that the timeline had already covered, and what a publisher had kept while it was away.
    std::uint64_t dropped_overlap = 0;
    std::uint64_t dropped_overflow = 0;  ///< packets that waited for an anchor beyond the bound
    std::uint64_t holes = 0;             ///< missing audio or video in continuous time
    std::uint64_t reanchors = 0;         ///< time stamps jumped
    std::uint64_t cues = 0;              ///< splice information and timed metadata given out
    std::uint64_t cues_bad = 0;          ///< of these: cannot be read, or waited beyond the bound
    std::uint64_t restamped = 0;         ///< stamps that were far off, or had to be moved by more than half a frame
  };

  /// `out` outlives this.
  Timeline(Options options, media::EventSink& out);
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  void on_event(media::Event&& event) override;

  /// UTC of the feed's stamp 0 as its source says; takes effect for a feed that has no anchor yet.
  void set_source_clock(std::optional<base::Micros> utc) { source_clock_ = utc; }
  /// A feed with Options::agreed_clock has begun, or its source's clock was set anew: by its arrival, or as its tracks
  /// go on, the UTC of its stamp 0 is `zero`.
  struct ClockAsk {
    std::uint32_t id = 0;  ///< above those before; 0: there is none
    base::Micros zero = 0;
  };
  const ClockAsk& clock_ask() const { return ask_; }
  /// The answer to the ask `id`: the UTC of stamp 0, of any of its wraps; nothing: none was agreed on.
  /// Takes effect with the next packet of a feed that has no anchor yet. An ask that is no longer the newest is
  /// ignored.
  void agree(std::uint32_t id, std::optional<base::Micros> zero);
  /// UTC of the feed's stamp 0, of any wrap, as an earlier worker had it; for a feed that has no anchor yet. It takes
  /// the place of the first picture's arrival where it puts that picture near it, and not before what is published
  /// already.
  void keep(std::optional<base::Micros> zero) { kept_ = zero; }
  /// When the feed's stamps begin anew; for a feed that has no anchor yet.
  void set_wrap(media::Instant wrap) { wrap_ = wrap; }
  AnchoredAt anchored_at() const { return anchored_at_; }
  /// What the container claims; takes effect for video that has not started.
  void set_frame_rate_hint(media::Rational rate);
  /// A publisher came again: tracks and claims are forgotten, the time is anchored anew, not before what was given out.
  void on_restart();
  /// Whether the feed has a track of this kind, as it announced or as its packets show, that was not announced to the
  /// sink yet, and less than Options::wait_for_announced have passed since its first packet. Units: `now` as arrivals.
  bool awaits(media::Kind kind, base::Micros now) const;
  /// Gives out what is held back. Not audio that waits for the first picture of video that is expected: see awaits().
  void flush();
  /// Nothing given out from now on is earlier than `utc`: for a log that is resumed.
  void not_before(base::Micros utc);

  const Counters& counters() const { return counters_; }
  /// Why splice information could not be read, the last time.
  const std::string& cue_error() const { return cue_error_; }
  /// UTC of the feed's stamp 0 under the newest anchor; nothing before the first.
  std::optional<base::Micros> clock() const;

 private:
  /// Audio and video may be 10 s apart (TS-6), a source's clock may drift for days, and a stalled sender catch up.
  static constexpr base::Micros kMostAhead = 20 * base::kSecond;

  struct Entry {
    media::Track in;
    std::unique_ptr<VideoTiming> video;  ///< one of the two
    std::unique_ptr<AudioTiming> audio;
    StampWatch watch;
    std::optional<media::Track> announced;  ///< video, as announced to the sink
    std::optional<Anchor> resume;  ///< the anchor of a track that starts again, after a change of format or of rate
    std::uint64_t order = 0;       ///< in which the feed announced its tracks
    bool checked_first = false;    ///< its first packet was checked against the anchor
    std::int64_t usual_composition = 0;  ///< pts - dts of the last key frame. Units: ticks of `in`.
    bool needs_key = true;
    std::int64_t leading_before =
        INT64_MIN;                        ///< pictures after a first key frame with an earlier pts are not decodable
    base::Micros not_before = INT64_MIN;  ///< UTC end of what stood in its place before
    base::Micros newest = INT64_MIN;      ///< UTC of the newest packet by its stamp, before it was smoothed
    base::Micros newest_arrived = 0;

    bool started() const { return video ? video->started() : audio->started(); }
    base::Micros end() const { return std::max(not_before, video ? video->end() : audio->end()); }
    const Anchor& anchor() const { return video ? video->anchor() : audio->anchor(); }
    media::Instant feed_time(std::int64_t ticks) const { return {ticks, in.timescale}; }
  };

  /// What the tracks of one kind have in common, and hand on to the next one.
  struct Succession {
    bool announced = false;             ///< to the sink, since the feed began
    base::Micros end = INT64_MIN;       ///< UTC end of what tracks that are gone have given out
    std::optional<base::Micros> delay;  ///< arrival - UTC of the newest packet
    std::optional<base::Micros> ahead;  ///< UTC of the newest packet - that of the newest of the other kind then
  };

  void take(const media::Track& track);
  void take(media::Packet&& packet);
  void take(const media::TrackGone& gone);
  void take(const media::Loss&);
  void take(const media::End&) { flush(); }
  void take(const media::Announced& announced);
  void take(media::Cue&& cue);
  void take(media::Teletext&& teletext);
  void take(media::Text&& text);
  void refuse_cue(std::string why);
  base::Micros cue_time(const media::Cue& cue, std::optional<std::uint64_t> stamp) const;
  const Entry* leading_video() const;
  void change_format(Entry& entry, const media::Track& track);
  void on_video(Entry& entry, media::Packet&& packet);
  void wait_for_anchor(media::Packet&& packet);
  media::Instant feed_time(const media::Packet& packet) const;
  base::Micros sound_due() const;
  bool lower_video_probing(const Entry& entry) const;
  void start_video(Entry& entry);
  void restart_video(Entry& entry);
  void start_late(Entry& entry);
  void choose_anchor(Entry& entry);
  void choose_first_anchor(Entry& entry);
  bool awaits_source(const Entry& entry, base::Micros now) const;
  AnchoredAt judge_source(base::Micros shown, base::Micros due) const;
  base::Micros own_clock(Entry& entry) const;
  void ask_for_clock(base::Micros zero);
  bool awaits_clock(base::Micros zero, base::Micros now);
  bool leaves_out_taken(Entry& entry);
  std::optional<Anchor> agreed_anchor(media::Instant first, base::Micros due);
  std::optional<Anchor> kept_anchor(media::Instant first, base::Micros due) const;
  std::optional<base::Micros> settle_on_anchor(Entry& entry, const media::Packet& first);
  void announce(const media::Track& track);
  Succession& succession(const Entry& entry) { return successions_[entry.in.kind() == media::Kind::kVideo ? 0 : 1]; }
  const Succession& succession(const Entry& entry) const {
    return successions_[entry.in.kind() == media::Kind::kVideo ? 0 : 1];
  }
  bool has_track(media::Kind kind) const;
  /// The feed's first anchor: all audio starts under it, and is announced.
  void set_anchor(const Anchor& anchor);
  void release_waiting();
  void check_stamps(Entry& entry, media::Packet& packet);
  bool out_of_place(const Entry& entry, const media::Packet& packet, const Anchor& anchor);
  void restamp(Entry& entry, media::Packet& packet);
  void bound_composition(Entry& entry, media::Packet& packet);
  bool astray(const Anchor& anchor, const Entry& entry, const media::Packet& packet) const;
  const Entry* companion(const Entry& entry) const;
  bool beside_companion(const Entry& entry, const Anchor& anchor, const media::Packet& packet) const;
  bool borne_out(const Entry& entry, const media::Packet& packet) const;
  bool returns(const Entry& entry, const media::Packet& packet) const;
  void note_newest(Entry& entry, const media::Packet& packet);
  void follow_jump(Entry& entry, const media::Packet& packet, std::optional<base::Micros> expected);
  const Anchor* anchor_near(const Entry& entry, media::Instant time, base::Micros expected) const;
  /// Makes it the anchor of tracks that come, with a generation of its own. No track changes to it here.
  void adopt_anchor(const Anchor& anchor);
  void move_anchor(Anchor anchor, base::Micros later);
  void give_video(Entry& entry, media::Packet&& packet);
  void give_audio(Entry& entry, media::Packet&& packet);
  void count(Verdict verdict);

  Options options_;
  media::EventSink& out_;
  Counters counters_;
  std::map<std::uint32_t, Entry> tracks_;
  std::array<Succession, 2> successions_;  ///< video, audio
  media::Announced announced_;
  std::optional<base::Micros> begun_;  ///< arrival of the feed's first packet
  std::uint64_t next_order_ = 0;
  std::optional<Anchor> anchor_;  ///< of tracks that come
  std::uint32_t generations_ = 0;
  std::optional<base::Micros> source_clock_;
  std::optional<base::Micros> kept_;
  media::Instant wrap_ = media::kMpegTsWrap;
  ClockAsk ask_;
  bool asked_ = false;         ///< since the feed began
  base::Micros asked_at_ = 0;  ///< arrival of the packet with which it first was
  bool answered_ = false;      ///< the ask was
  std::optional<base::Micros> agreed_;
  AnchoredAt anchored_at_ = AnchoredAt::kNothing;
  std::deque<media::Packet> waiting_;     ///< audio without an anchor. Bound: kMostWaiting, the oldest goes first
  std::vector<media::Cue> waiting_cues_;  ///< without an anchor. Bound: kMostWaitingCues, newer ones are dropped
  std::string cue_error_;
  base::Micros floor_ = INT64_MIN;  ///< UTC end of everything given out
};

}  // namespace timeline
