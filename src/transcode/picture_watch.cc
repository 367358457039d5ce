#include "transcode/picture_watch.h"

#include <utility>

namespace transcode {

void PictureWatch::look(const AVFrame& frame, base::Micros at) {
  if (asked_ && asked_.exchange(false)) {
    std::optional<Thumbnail> made = maker_.make(frame, at);
    const std::lock_guard lock(mutex_);
    thumbnail_ = std::move(made);
  }
  if (!health_.due(at) || !shrinker_.shrink(frame, grid_)) return;
  health_.look(grid_, at);
  const std::lock_guard lock(mutex_);
  report_ = health_.report();
}

PictureHealth::Report PictureWatch::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

std::optional<Thumbnail> PictureWatch::take_thumbnail() {
  const std::lock_guard lock(mutex_);
  return std::exchange(thumbnail_, std::nullopt);
}

}  // namespace transcode
