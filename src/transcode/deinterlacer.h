#pragma once

#include <cstdint>
#include <deque>
#include <utility>

#include "base/result.h"
#include "transcode/av.h"

namespace transcode {

/// Makes whole frames of interlaced ones (bwdif), in full motion: a frame for each field (MV-27, TS-17). Field order
/// is the pictures' own; pictures coded as progressive go through as they are, and are repeated to keep the cadence.
/// Adds one frame of the source's as delay. Thread: one at a time.
class Deinterlacer {
 public:
  enum class Motion : std::uint8_t { kFrameEachField, kFrameEachFrame };

  /// For pictures like `sample`. Units: `timescale` ticks a second in pts. Errors: kSystem, kUnsupported without bwdif.
  static base::Result<Deinterlacer> make(const AVFrame& sample, std::int64_t timescale, Motion motion, int threads);

  /// True if the graph can take this picture: same size and pixel format.
  bool fits(const AVFrame& frame) const;
  /// Errors: kSystem; the picture is then lost.
  base::Status push(FramePtr frame);
  /// What is still held comes out.
  base::Status end();
  /// The next whole frame, or null.
  FramePtr pull();
  /// Frames repeated since the last call.
  std::uint64_t take_duplicated() { return std::exchange(duplicated_, 0); }

 private:
  Deinterlacer() = default;
  void repeat_until(std::int64_t next_pts);

  FilterGraphPtr graph_;
  AVFilterContext* source_ = nullptr;  ///< in graph_
  AVFilterContext* sink_ = nullptr;    ///< in graph_
  Motion motion_ = Motion::kFrameEachField;
  int width_ = 0;
  int height_ = 0;
  int format_ = 0;
  std::int64_t frame_ticks_ = 0;  ///< newest known duration of a source frame
  FramePtr last_;                 ///< the frame put out last, to be repeated
  std::deque<FramePtr> ready_;
  std::uint64_t duplicated_ = 0;
};

}  // namespace transcode
