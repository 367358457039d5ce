#pragma once

#include <functional>
#include <span>

#include "base/clock.h"
#include "record/record.h"
#include "worker/feed.h"
#include "worker/video_lane.h"

namespace worker {

/// Has a thumbnail of each feed made every so often: by what decodes its pictures for the lanes, else of a key frame by
/// its probe. Thread: one.
class Thumbnails {
 public:
  /// `every` 0: none are made.
  explicit Thumbnails(base::Micros every) : every_(every) {}

  bool wanted() const { return every_ > 0; }
  /// It is `utc`: gives `out` those that are made, and asks for the next ones once their time has come. While the CPU
  /// is short none are asked for.
  void tick(base::Micros utc, std::span<Feed> feeds, const VideoLane& lane,
            const std::function<void(const record::Record&)>& out);

 private:
  const base::Micros every_;
  base::Micros due_ = 0;  ///< UTC
};

}  // namespace worker
