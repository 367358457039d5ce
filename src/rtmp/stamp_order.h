#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "media/track.h"

namespace rtmp {

/// Decoding times for an encoder with B-pictures that has none: it stamps its messages with the time at which their
/// picture is shown, with composition times of 0, so that its stamps go back and forth. A picture is decoded when that
/// many pictures before it are shown as its track reorders by. Units: milliseconds.
class StampOrder {
 public:
  /// As many pictures tell whether a track's stamps go back: reordering shows within the first four as a rule.
  static constexpr std::size_t kEnough = 5;
  /// No feed waits longer to tell, or it would be seen.
  static constexpr std::int64_t kLongest = 500;

  /// The stamps of a track's first pictures, in decoding order. True where they go back: next() is to be used then,
  /// from the first of these on.
  bool begin(std::span<const std::int64_t> stamps);
  bool active() const { return active_; }
  /// Decoding time of the next picture. REQUIRES: active().
  std::int64_t next(std::int64_t stamp);

 private:
  void restart(std::int64_t stamp);

  bool active_ = false;
  std::int64_t depth_ = 0;  ///< pictures that may come before one that is shown earlier
  std::int64_t step_ = 40;
  std::vector<std::int64_t> due_;  ///< depth_ stamps that are no decoding times yet, ascending
  std::int64_t last_ = 0;          ///< given out
};

/// Whether a track with this avcC or hvcC may show pictures in another order than it sends them.
bool may_reorder(media::Codec codec, base::View config);

}  // namespace rtmp
