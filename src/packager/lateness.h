#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "base/clock.h"

namespace packager {

/// How far a rendition's media usually is behind UTC when it gets here, and from that, the time that should be here by
/// now. The usual lateness follows a source whose clock is not ours, an encoder's delay, and a network that got slower,
/// so none of them is taken for a loss.
///
/// A network that stalls and then delivers everything looks like an encoder that has left, until it delivers. Once that
/// was seen, media may be late by as much again, and a little more, for some minutes: what comes late but complete is
/// then published later, and no picture is held. A stall that is longer than players bear teaches nothing: another such
/// is filled all the same, and to wait would only fill it later.
class Lateness {
 public:
  /// `start_allowance`: for the first media; an encoder that is still filling its pipeline, or a track announced ahead
  /// of its first packet, gets more time.
  Lateness(base::Micros allowance, base::Micros start_allowance)
      : allowance_(allowance), start_allowance_(start_allowance) {}

  /// Media up to `end` has come, used or not.
  void on_media(base::Micros end) {
    if (waited_ > allowance_ && !progress_) continued_ = end - newest_ <= kLongestFrame;
    newest_ = std::max(newest_, end);
    progress_ = true;
  }

  /// It is `utc`: media before the result should have come, and is missing if it has not.
  base::Micros expected(base::Micros utc) {
    if (progress_) {
      if (std::exchange(continued_, false) && waited_ + kMargin <= kMostAllowance) {
        stall_ = std::max(stall_, waited_ + kMargin);
        stalled_at_ = utc;
      }
      waited_ = 0;
      follow(std::max<base::Micros>(utc - newest_, 0));
    } else if (newest_ != INT64_MIN) {
      waited_ = utc - newest_ - usual_;
    }
    progress_ = false;
    if (utc - stalled_at_ > kRemembered) stall_ = 0;
    return utc - usual_ - (known_ ? std::max(allowance_, stall_) : start_allowance_);
  }

  /// The log had media before: start_allowance does not apply.
  void resume() { known_ = true; }

  base::Micros newest() const { return newest_; }

 private:
  static constexpr base::Micros kLongestFrame = 250 * base::kMillisecond;
  static constexpr base::Micros kMargin = 150 * base::kMillisecond;
  static constexpr base::Micros kMostAllowance = 1250 * base::kMillisecond;
  static constexpr base::Micros kRemembered = 300 * base::kSecond;

  void follow(base::Micros lateness) {
    if (!known_) {
      usual_ = lateness;
    } else if (lateness > usual_) {
      usual_ += (lateness - usual_) / 4;
    } else {
      usual_ += (lateness - usual_) / 64;
    }
    known_ = true;
  }

  base::Micros allowance_;
  base::Micros start_allowance_;
  base::Micros usual_ = 0;
  base::Micros newest_ = INT64_MIN;
  base::Micros waited_ = 0;      ///< beyond the usual, at the last tick without media
  base::Micros stall_ = 0;       ///< how long a stall of the network may last; 0: none was seen lately
  base::Micros stalled_at_ = 0;  ///< UTC
  bool continued_ = false;       ///< the first media after a long wait continued the media before it
  bool known_ = false;
  bool progress_ = false;
};

}  // namespace packager
