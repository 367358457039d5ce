#pragma once

#include <mutex>

#include "base/clock.h"
#include "transcode/picture_health.h"
#include "transcode/luma_grid.h"

struct AVFrame;

namespace transcode {

/// Looks at a decoder's pictures, and says to others what they show. Thread: look() from the decoder's, report() from
/// any.
class PictureWatch {
 public:
  explicit PictureWatch(const PictureHealth::Options& options) : health_(options) {}

  /// `at`: media time of the picture. A picture that comes too soon after the last one is not looked at.
  void look(const AVFrame& frame, base::Micros at);
  PictureHealth::Report report() const;

 private:
  // The decoder's thread's own.
  Shrinker shrinker_;
  LumaGrid grid_;
  PictureHealth health_;

  mutable std::mutex mutex_;  // a snapshot for another thread
  PictureHealth::Report report_;
};

}  // namespace transcode
