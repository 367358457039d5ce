#pragma once

#include <atomic>
#include <mutex>
#include <optional>

#include "base/clock.h"
#include "transcode/luma_grid.h"
#include "transcode/picture_health.h"
#include "transcode/thumbnail.h"

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

  /// The next picture makes a thumbnail. Thread: any.
  void ask_thumbnail() { asked_ = true; }
  /// The thumbnail that was asked for, once it is made. Thread: any.
  std::optional<Thumbnail> take_thumbnail();

 private:
  // The decoder's thread's own.
  Shrinker shrinker_;
  LumaGrid grid_;
  PictureHealth health_;
  ThumbnailMaker maker_;

  std::atomic<bool> asked_{false};
  mutable std::mutex mutex_;  // a snapshot for another thread
  PictureHealth::Report report_;
  std::optional<Thumbnail> thumbnail_;
};

}  // namespace transcode
