#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "media/packet.h"
#include "media/track.h"
#include "timeline/anchor.h"
#include "timeline/frame_clock.h"
#include "timeline/sample_clock.h"

namespace timeline {

/// What a track's timing found out about a packet, beside its times.
enum class Verdict : std::uint8_t {
  kPlaced,
  kHole,       ///< media is missing before it
  kRestamped,  ///< it was moved off its stamp, so that the decode timeline rises
  kCovered,    ///< its time was given out already: it is to be dropped
};

/// Timing of one video track: finds its rate from its first frames, then puts it on the frame grid, or keeps its own
/// times where the rate varies. Frames that show another rate than that of the grid leave it; when they have settled, a
/// new VideoTiming should take over at a key frame.
class VideoTiming {
 public:
  /// What the timing before knew of a track that starts again: the rate that its frames showed, and the track as it was
  /// announced, which stays unless a constant rate that is not that of the announcement is confirmed.
  struct Known {
    media::Rational rate;
    media::Track announced;
  };
  VideoTiming(const media::Track& track, media::Rational rate_hint, std::optional<Known> known = std::nullopt);

  const media::Track& track() const { return out_; }
  bool started() const { return started_; }
  const Anchor& anchor() const { return anchor_; }
  void set_rate_hint(media::Rational rate) { hint_ = rate; }

  /// Holds a packet back until the rate, and the number of leading pictures, is known. The first one is a key frame.
  void probe(media::Packet&& packet) { probe_.push_back(std::move(packet)); }
  bool probing() const { return !probe_.empty(); }
  bool ready() const;
  /// Whether what is held back still comes faster than it is to be shown: what a relay had kept for whoever comes, or
  /// an encoder while it had no connection. Two seconds at most, then it may as well be a fast source.
  bool catching_up() const;
  /// Leaves out what is held back before the newest key frame, how many packets. REQUIRES: decide_rate() was called.
  std::size_t skip_to_newest_key();
  /// Drops what is held back. Returns how many packets.
  std::size_t forget_probe() { return std::exchange(probe_, {}).size(); }
  const media::Packet& first() const { return probe_.front(); }
  /// When the first packet would have arrived had the source not been behind. REQUIRES: probing().
  base::Micros due() const;
  /// Settles rate and timescale. REQUIRES: probing().
  void decide_rate();
  /// An anchor under which the first frame is shown at `shown`, no sample is before `floor`, and as
  /// Timeline::Options::clear_slots says. REQUIRES: decide_rate() was called.
  Anchor make_anchor(base::Micros shown, base::Micros floor, base::Micros clear_slots) const;
  /// How much later the anchor has to be for the first frame not to lie before `floor`; 0 for less than a frame.
  /// REQUIRES: decide_rate() was called.
  base::Micros overlap_at_start(const Anchor& anchor, base::Micros floor) const;
  /// Starts the decode timeline at the first frame, not before `floor`. Returns the packets held back.
  std::deque<media::Packet> start(const Anchor& anchor, base::Micros floor);

  /// Continues under another anchor from this packet on.
  void change_anchor(const Anchor& anchor, const media::Packet& packet);
  /// An anchor under which this packet follows what was given out, at its arrival if that is later.
  Anchor continue_at(const media::Packet& packet, base::Micros floor, base::Micros clear_slots) const;
  /// How much later the anchor has to be for this packet not to lie before the end of what was given out. 0 for less
  /// than a frame, which is rounding.
  base::Micros overlap(const Anchor& anchor, const media::Packet& packet) const;
  /// The anchor that it has was moved by so much.
  void move_anchor(const Anchor& moved, base::Micros later);

  /// Turns the packet's times into UTC ticks of track().timescale.
  Verdict place(media::Packet& packet);
  /// The rate at which the frames have settled off the grid, or unknown.
  media::Rational settled_rate() const { return grid_ ? media::Rational{} : settled_; }
  /// UTC end of what was placed.
  base::Micros end() const;
  /// A new decoder configuration, at the same rate.
  void change_format(const media::Track& track);

 private:
  const media::Packet& soonest() const;
  media::Rational claimed_rate() const;
  void watch_rate(std::int64_t dts);
  void leave_grid();
  std::int64_t leading() const;
  std::int64_t frame_ticks() const { return grid_ ? grid_->frame() : 1; }
  base::Micros past(std::int64_t time, base::Micros floor) const;
  std::int64_t clear_of_slot_end(const media::Packet& key, std::int64_t start, std::int64_t least,
                                 base::Micros segment) const;
  std::int64_t composition(const media::Packet& packet) const { return packet.pts - packet.dts; }
  media::Instant feed_time(std::int64_t ticks) const { return {ticks, in_.timescale}; }
  Verdict place_on_grid(media::Packet& packet);
  Verdict place_freely(media::Packet& packet);

  media::Track in_;   ///< as the feed has it
  media::Track out_;  ///< as it is announced: timescale and frame rate as decide_rate() settled them
  media::Rational hint_;
  std::optional<Known> known_;
  std::deque<media::Packet> probe_;  ///< held back, the first key frame first; empty once started
  bool started_ = false;
  Anchor anchor_;
  std::optional<FrameClock> grid_;
  std::int64_t delay_ = 0;       ///< pts - dts of a first key frame, in frames, its leading pictures not counted
  std::int64_t free_shift_ = 0;  ///< the same in output ticks, where there is no grid
  std::int64_t last_dts_ = INT64_MIN;
  std::vector<std::int64_t> recent_;  ///< decode times, at most kFramesToWatch + 1
  media::Rational settled_;
};

/// Timing of one audio track.
class AudioTiming {
 public:
  explicit AudioTiming(const media::Track& track);

  const media::Track& track() const { return out_; }
  void start(const Anchor& anchor, base::Micros not_before);
  bool started() const { return started_; }
  const Anchor& anchor() const { return anchor_; }
  void change_anchor(const Anchor& anchor) { anchor_ = anchor; }
  Verdict place(media::Packet& packet);
  base::Micros end() const;

 private:
  std::int64_t samples_of(const media::Packet& packet);

  media::Track in_;
  media::Track out_;
  bool started_ = false;
  Anchor anchor_;
  std::int64_t not_before_ = INT64_MIN;
  SampleClock clock_;
  std::int64_t usual_samples_ = 0;
};

}  // namespace timeline
