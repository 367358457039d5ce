#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/clock.h"

namespace viewers {

/// A player's buffers and its playback clock. Playback begins when `hold_back` of media is there on every rendition
/// that plays, drains in real time, and stalls when either runs dry; it continues with the next media.
/// Units: microseconds, media times on the playlists' UTC timeline, `now` of any steady clock.
class BufferModel {
 public:
  enum class State : std::uint8_t { kFilling, kPlaying, kStalled };

  BufferModel() = default;
  /// `tracks`: 1 or 2. `playhead`: media time that playback begins at.
  BufferModel(std::size_t tracks, base::Micros playhead, base::Micros hold_back)
      : tracks_(tracks), playhead_(playhead), hold_back_(hold_back) {
    ends_.fill(playhead);
  }

  /// Media of a rendition is there until `end`. Returns the time by which playback stood still because of it: above 0
  /// only where this ends a stall.
  base::Micros fill(std::size_t track, base::Micros end, base::Micros now) {
    advance(now);
    ends_[track] = std::max(ends_[track], end);
    if (state_ == State::kFilling && dry_at() - playhead_ >= hold_back_) start(now);
    if (state_ != State::kStalled || dry_at() <= playhead_) return 0;
    const base::Micros stood = now - since_;
    start(now);
    return stood;
  }

  /// Looks whether the buffer ran dry meanwhile. True where a stall began since the last look.
  bool advance(base::Micros now) {
    if (state_ != State::kPlaying) return false;
    const base::Micros at = playhead_ + (now - since_);
    if (at <= dry_at()) return false;
    since_ += dry_at() - playhead_;
    playhead_ = dry_at();
    state_ = State::kStalled;
    ++stalls_;
    return true;
  }

  State state() const { return state_; }
  std::uint32_t stalls() const { return stalls_; }
  /// Media time that plays at `now`.
  base::Micros playhead(base::Micros now) const {
    return state_ == State::kPlaying ? playhead_ + (now - since_) : playhead_;
  }
  /// Duration of the present stall so far; 0 if there is none.
  base::Micros standing(base::Micros now) const { return state_ == State::kStalled ? now - since_ : 0; }

 private:
  base::Micros dry_at() const { return tracks_ == 2 ? std::min(ends_[0], ends_[1]) : ends_[0]; }
  void start(base::Micros now) {
    state_ = State::kPlaying;
    since_ = now;
  }

  std::size_t tracks_ = 1;
  State state_ = State::kFilling;
  std::uint32_t stalls_ = 0;
  base::Micros playhead_ = 0;
  base::Micros hold_back_ = 0;
  base::Micros since_ = 0;  ///< when playback began at playhead_, or when it stalled
  std::array<base::Micros, 2> ends_{};
};

}  // namespace viewers
