#include "worker/content_watch.h"

#include <cmath>

namespace worker {

transcode::PictureHealth::Options picture_health(const job::ContentWatch& watch) {
  transcode::PictureHealth::Options options;
  options.black_level = watch.black_level / 100.0;
  for (const job::Area& area : watch.ignore) {
    options.ignore.push_back({area.left / 100.0, area.top / 100.0, area.right / 100.0, area.bottom / 100.0});
  }
  return options;
}

double silence_peak(const job::ContentWatch& watch) { return std::pow(10.0, watch.silence_level / 20.0); }

}  // namespace worker
