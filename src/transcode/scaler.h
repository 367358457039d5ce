#pragma once

#include "base/result.h"
#include "media/time.h"
#include "transcode/av.h"

namespace transcode {

/// Turns pictures of any size, shape and pixel format into 8-bit 4:2:0 pictures of square pixels in one size. A picture
/// of another shape keeps it, between black bars. A picture that already fits is passed on without a copy. Thread: one
/// at a time; the frames it makes may go anywhere.
class Scaler {
 public:
  Scaler(int width, int height) : width_(width), height_(height) {}

  /// The picture in this size, with pts, marks, colour tags and side data (captions) of `frame`. Null when the
  /// conversion is impossible or memory is out. `aspect` is that of the source's pixels where the frame does not know.
  FramePtr scale(const AVFrame& frame, media::Rational aspect);

 private:
  struct Box {
    int x = 0;
    int y = 0;
    int width = 0;
    int height = 0;
  };
  Box fit(const AVFrame& frame, media::Rational aspect) const;
  /// `range`: what the bars are black in.
  FramePtr blank(bool bars, AVColorRange range);

  int width_;
  int height_;
  SwsContextPtr context_;
  std::unique_ptr<AVBufferPool, FreeByAddress<av_buffer_pool_uninit>> pool_;
};

}  // namespace transcode
