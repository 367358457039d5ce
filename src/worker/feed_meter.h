#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "media/event.h"

namespace worker {

/// What a feed's packets say of how it was made and of how it comes, by its own time stamps: of its first video and its
/// first audio track, since the publisher came. Reads no clock. Thread: one.
class FeedMeter {
 public:
  /// Over which arrivals are compared.
  static constexpr base::Micros kSpan = base::kSecond;

  /// The feed's next event, before anything puts it on another timeline.
  void take(const media::Event& event);

  std::uint64_t pictures() const { return pictures_; }
  /// Decoding time of the newest picture by its stamp; grows from 0 at the first, also over stamps that go back. What
  /// stamps leap by more than kMostStep is not counted. Units: us.
  base::Micros played() const { return played_; }
  std::uint64_t key_frames() const { return key_frames_; }
  /// Of these, those behind which pictures may refer to what is before (open GOP, intra refresh).
  std::uint64_t open_key_frames() const { return open_; }
  /// Media time between the newest two key frames; 0 before the second.
  base::Micros gop() const { return gop_; }
  /// Media time since the newest key frame; 0 before the first.
  base::Micros since_key() const { return key_frames_ > 0 ? played_ - key_at_ : 0; }

  /// How the stamps of a track follow the arrivals of its packets, of the newest kSpan that is over.
  struct Pace {
    base::Micros zero = 0;    ///< UTC at which the stamp 0 would have arrived, by the packet that came soonest
    base::Micros jitter = 0;  ///< by how much others came later than that
  };
  /// Of video, by decoding times; of audio where there is no video. Nothing before the first kSpan is over.
  const std::optional<Pace>& pace() const { return has_video() ? video_.pace : audio_.pace; }
  /// By how much sound comes later than the picture that is decoded at its time; negative: sooner. Nothing where there
  /// are not both.
  std::optional<base::Micros> sound_behind() const;

  /// A step of the time stamps beyond this is a jump.
  static constexpr base::Micros kMostStep = 10 * base::kSecond;

 private:
  struct Follower {
    void take(base::Micros arrived, base::Micros stamp);

    std::optional<std::uint32_t> track;
    std::int64_t timescale = 1;
    std::optional<base::Micros> begun;  ///< arrival of the first packet of this span
    base::Micros soonest = 0;
    base::Micros latest = 0;
    std::optional<Pace> pace;
  };

  bool has_video() const { return video_.track.has_value(); }
  void note(const media::Track& track);
  void note(const media::TrackGone& gone);
  void note(const media::Packet& packet);
  void note_picture(const media::Packet& packet, base::Micros stamp);

  Follower video_;
  Follower audio_;
  std::uint64_t pictures_ = 0;
  std::uint64_t key_frames_ = 0;
  std::uint64_t open_ = 0;
  std::optional<base::Micros> newest_;  ///< stamp
  base::Micros played_ = 0;
  base::Micros key_at_ = 0;  ///< by played_
  base::Micros gop_ = 0;
};

}  // namespace worker
