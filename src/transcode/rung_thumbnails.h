#pragma once

#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "transcode/rung.h"
#include "transcode/thumbnail.h"

struct AVFrame;

namespace transcode {

/// Makes thumbnails of what viewers of a ladder see, a slate included: of one rung's key frames, the smallest that is
/// not smaller than a thumbnail and not HDR, where there is one. Thread: look() from the scaling thread's, take() from
/// any.
class RungThumbnails {
 public:
  /// The rungs as resolved. `wanted` false: none are made.
  RungThumbnails(const std::vector<Rung>& rungs, bool wanted);

  /// A key frame that is about to be encoded for a rung. `at`: its media time.
  void look(std::size_t rung, const AVFrame& frame, base::Micros at);
  /// The oldest that was not taken yet. Beyond kMostWaiting the oldest are dropped.
  std::optional<Thumbnail> take();
  static constexpr std::size_t kMostWaiting = 4;

 private:
  std::optional<std::size_t> rung_;
  ThumbnailMaker maker_;
  std::mutex mutex_;  // a hand-over between two threads
  std::deque<Thumbnail> made_;
};

}  // namespace transcode
