#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace packager {

/// How far a rendition's media usually is behind UTC when it gets here, and from that, the time that should be here by
/// now. The usual lateness follows a source whose clock is not ours, an encoder's delay, and a network that got slower,
/// so none of them is taken for a loss.
class Lateness {
 public:
  /// `start_allowance`: for the first media; an encoder that is still filling its pipeline, or a track announced ahead
  /// of its first packet, gets more time.
  Lateness(base::Micros allowance, base::Micros start_allowance)
      : allowance_(allowance), start_allowance_(start_allowance) {}

  /// Media up to `end` has come, used or not.
  void on_media(base::Micros end) {
    newest_ = std::max(newest_, end);
    progress_ = true;
  }

  /// It is `utc`: media before the result should have come, and is missing if it has not.
  base::Micros expected(base::Micros utc) {
    if (progress_) follow(std::max<base::Micros>(utc - newest_, 0));
    progress_ = false;
    return utc - usual_ - (known_ ? allowance_ : start_allowance_);
  }

  /// Media came before this began: the first of it need not be waited for longer.
  void resume() { known_ = true; }

  base::Micros newest() const { return newest_; }

 private:
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
  bool known_ = false;
  bool progress_ = false;
};

}  // namespace packager
