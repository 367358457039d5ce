#include "transcode/picture_watch.h"

namespace transcode {

void PictureWatch::look(const AVFrame& frame, base::Micros at) {
  if (!health_.due(at) || !shrinker_.shrink(frame, grid_)) return;
  health_.look(grid_, at);
  const std::lock_guard lock(mutex_);
  report_ = health_.report();
}

PictureHealth::Report PictureWatch::report() const {
  const std::lock_guard lock(mutex_);
  return report_;
}

}  // namespace transcode
