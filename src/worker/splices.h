#pragma once

#include <array>
#include <cstdint>
#include <set>

#include "base/clock.h"
#include "packager/packager.h"
#include "worker/video_lane.h"

namespace worker {

/// What splices do to the pictures: a key frame at each in the encoded renditions and, where segments are to begin
/// there, a moved cut. A splice is announced several times, and a feed that announces hundreds must not make every
/// picture a key frame. Thread: one.
class Splices {
 public:
  /// Known ahead at most; further ones do nothing.
  static constexpr std::size_t kMost = 16;
  /// Each is so long from the others; one that is nearer does nothing.
  static constexpr base::Micros kBetween = base::kSecond / 2;
  /// An announcement that comes again after its splice is still the same one.
  static constexpr base::Micros kRemember = 10 * base::kSecond;
  /// What a splice is announced ahead of its picture, at least, so that a segment begins there: encoders do not have it
  /// yet.
  static constexpr base::Micros kLeastNotice = 300 * base::kMillisecond;

  using Outcome = packager::Packager::CutMove;

  /// `keys`: whether there are to be key frames; `cuts`: and segments begin there. Both of the others outlive this.
  Splices(bool keys, bool cuts, packager::Packager& packager, VideoLane& video)
      : keys_(keys || cuts), cuts_(cuts), packager_(packager), video_(video) {}

  /// There is one at `at`, and it is `now` (both UTC).
  void announce(base::Micros at, base::Micros now);
  /// Splices by what became of their cuts.
  std::uint64_t count(Outcome outcome) const { return counts_[static_cast<std::size_t>(outcome)]; }

 private:
  bool is_new(base::Micros at, base::Micros now);
  media::Instant move_cut(base::Micros at, base::Micros now);

  const bool keys_;
  const bool cuts_;
  packager::Packager& packager_;
  VideoLane& video_;
  std::set<base::Micros> known_;  ///< UTC, from kRemember ago on; at most kMost ahead
  std::array<std::uint64_t, 3> counts_{};
};

}  // namespace worker
