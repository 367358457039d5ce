#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>

#include "base/clock.h"
#include "media/event.h"
#include "media/time.h"
#include "media/track.h"
#include "timeline/track_timing.h"

namespace timeline {

/// Puts the packets of one feed on the UTC timeline.
///
/// The feed's clock is anchored once, at the first key frame of the first video track (of the first audio packet, where
/// no video comes): its pts is the UTC instant at which it arrived. All tracks share that one offset, so audio and
/// video stay as the source had them (CM-17, CM-18). Video of a constant rate is put on the exact frame grid (multiples
/// of the frame duration since 1970), audio is counted in samples and follows its time stamps slowly. The decode
/// timeline of video is shifted so that dts equals pts at the first key frame: composition offsets may be negative
/// (CM-16). Time never goes back (CM-13): jumps are anchored anew at the arrival of what jumped, after everything
/// already given out.
///
/// What comes out: tracks with their output timescale (video: 90000, or 24000, 30000, 60000 … for the x/1001 rates,
/// CM-7; audio: its sample rate) and video.frame_rate as found (0/1 where it varies), then packets in ticks of those.
/// `duration` is exact for constant-rate video and for audio, and 0 for video of a varying rate. Every track known at
/// the anchor is announced before the first packet; a track that comes later, or changes its format, is announced
/// before its next packet. Thread: one. Calls the sink from within on_event() and flush().
class Timeline final : public media::EventSink {
 public:
  struct Options {
    /// How long an audio-only feed waits for video, in feed time; while video comes without a key frame, longer.
    base::Micros wait_for_video = base::kSecond;
    base::Micros wait_for_key = 6 * base::kSecond;
    /// Segment duration of a channel that copies its video: key frames are kept clear of the last 0.1 s of the slots of
    /// that length (media::kStartMargin), by up to 0.3 s of difference between media time and arrival. 0: wherever they
    /// arrive.
    base::Micros clear_slots = 0;
    /// Frame rate that the container claims (RTMP metadata), used where the bitstream tells none.
    media::Rational frame_rate_hint;
    /// Jumps beyond these against the track's own pace, that arrival does not bear out, anchor anew (RT-26).
    base::Micros jump_forward = base::kSecond;
    base::Micros jump_back = base::kSecond / 2;
  };
  struct Counters {
    std::uint64_t dropped_before_anchor = 0;  ///< packets before the first key frame, and leading pictures after it
    std::uint64_t dropped_overlap = 0;        ///< audio that the timeline had already covered
    std::uint64_t dropped_overflow = 0;       ///< packets that waited for an anchor beyond the bound
    std::uint64_t holes = 0;                  ///< missing audio or video in continuous time
    std::uint64_t reanchors = 0;              ///< time stamps jumped
    std::uint64_t restamped = 0;              ///< times that had to be changed by more than half a frame
  };

  /// `out` outlives this.
  Timeline(Options options, media::EventSink& out);
  Timeline(const Timeline&) = delete;
  Timeline& operator=(const Timeline&) = delete;

  void on_event(media::Event&& event) override;

  /// What the container claims; takes effect for video that has not started.
  void set_frame_rate_hint(media::Rational rate);
  /// A publisher came again: tracks are forgotten, the time is anchored anew, not before what was given out.
  void on_restart();
  /// Gives out what is held back.
  void flush();
  /// Nothing given out from now on is earlier than `utc`: for a log that is resumed.
  void not_before(base::Micros utc);

  const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    media::Track in;
    std::unique_ptr<VideoTiming> video;  ///< one of the two
    std::unique_ptr<AudioTiming> audio;
    JumpWatch watch;
    std::uint32_t generation = 0;  ///< of the anchor it is under
    bool needs_key = true;
    std::int64_t leading_before =
        INT64_MIN;  ///< pictures after a first key frame with an earlier pts are not decodable
    base::Micros not_before = INT64_MIN;

    bool started() const { return video ? video->started() : true; }
  };

  void take(const media::Track& track);
  void take(media::Packet&& packet);
  void take(const media::TrackGone& gone);
  void take(const media::Loss&);
  void take(const media::End&) { flush(); }
  void change_format(Entry& entry, const media::Track& track);
  void on_video(Entry& entry, media::Packet&& packet);
  void on_audio(Entry& entry, media::Packet&& packet);
  void wait_for_anchor(media::Packet&& packet);
  bool other_video_leads(const Entry& entry) const;
  void start_video(Entry& entry);
  void set_anchor(const Anchor& anchor);
  void release_waiting();
  bool astray(const Entry& entry, const media::Packet& packet) const;
  void forget(Entry& entry);
  void follow_jump(Entry& entry, const media::Packet& packet);
  void give_video(Entry& entry, media::Packet&& packet);
  void give_audio(Entry& entry, media::Packet&& packet);
  void count(Verdict verdict);

  Options options_;
  media::EventSink& out_;
  Counters counters_;
  std::map<std::uint32_t, Entry> tracks_;
  std::optional<Anchor> anchor_;
  std::deque<media::Packet> waiting_;  ///< audio without an anchor. Bound: kMostWaiting, the oldest goes first
  base::Micros floor_ = INT64_MIN;     ///< UTC end of everything given out
};

}  // namespace timeline
