#pragma once

#include <functional>
#include <span>

#include "base/clock.h"
#include "record/record.h"
#include "worker/feed.h"
#include "worker/video_lane.h"

namespace worker {

/// Has thumbnails made: of each feed every so often, by what decodes its pictures for the lanes, else of a key frame by
/// its probe; as often of each rung, and of a copy where its feed has one; and of what viewers see, of each segment: of
/// the rungs, or, where nothing is encoded, of the feed that is shown. Thread: one.
class Thumbnails {
 public:
  struct Options {
    base::Micros every = 0;    ///< of each feed; 0: none are made
    base::Micros segment = 0;  ///< of what viewers see, once each; 0: none are made
  };
  explicit Thumbnails(const Options& options) : options_(options) {}

  bool wanted() const { return options_.every > 0 || options_.segment > 0; }

  struct Shown {
    const Feed* feed = nullptr;
    bool hidden = false;  ///< an operator has something else shown
  };
  /// It is `utc`: gives `out` those that are made, and asks for the next ones once their time has come. While the CPU
  /// is short none of feeds and rungs are asked for, and those of rungs that wait are given up.
  void tick(base::Micros utc, std::span<Feed> feeds, const Shown& shown, VideoLane& lane,
            const std::function<void(const record::Record&)>& out);

 private:
  void tick_rungs(bool due, VideoLane& lane, const std::function<void(const record::Record&)>& out) const;

  const Options options_;
  base::Micros due_ = 0;        ///< of feeds. UTC
  base::Micros shown_due_ = 0;  ///< of what viewers see, where nothing is encoded. UTC
};

}  // namespace worker
