#pragma once

#include <algorithm>
#include <cstdint>

namespace captions {

/// Up to which instant all pictures of a video track have come, that come in decoding order.
///
/// A picture is shown before its own dts where the encoder reorders and the decode timeline was moved, so that the
/// first key frame is decoded when it is shown (CM-16). By how much at most is learnt from the pictures. Until the
/// first one that is decoded ahead of others has its turn, it is taken to be as much as that one is ahead.
class PresentationOrder {
 public:
  /// The next picture. Returns the instant; it never goes back. Units: ticks of the track.
  std::int64_t pass(std::int64_t pts, std::int64_t dts) {
    late_ = std::max(late_, dts - pts);
    if (pts > dts && turn_ == INT64_MIN) {
      turn_ = pts;
      ahead_ = pts - dts;
    }
    const std::int64_t wait = dts < turn_ ? std::max(late_, ahead_) : late_;
    until_ = std::max(until_, dts - wait);
    return until_;
  }

 private:
  std::int64_t late_ = 0;          ///< most that a picture was decoded after it was to be shown
  std::int64_t turn_ = INT64_MIN;  ///< when the first picture that came ahead of others is shown
  std::int64_t ahead_ = 0;         ///< how much later than its dts that is
  std::int64_t until_ = INT64_MIN;
};

}  // namespace captions
