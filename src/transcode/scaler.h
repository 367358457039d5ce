#pragma once

#include <memory>

#include "base/result.h"
#include "media/time.h"
#include "transcode/av.h"
#include "transcode/frame_pool.h"
#include "transcode/sdr_converter.h"

namespace transcode {

/// Turns pictures of any size, shape, pixel format and dynamic range into 8-bit 4:2:0 pictures of square pixels in one
/// size, of standard dynamic range (SdrConverter). A picture of another shape keeps it, between black bars. A picture
/// that already fits is passed on without a copy. Thread: one at a time; the frames it makes may go anywhere.
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
  /// The picture in the size of `box`, in `format`: into `planes`.
  bool convert(const AVFrame& frame, const Box& box, AVPixelFormat format, std::uint8_t* const* planes,
               const int* strides);
  /// The same in 8 bits of BT.709, for a picture that needs_sdr_conversion().
  bool convert_to_sdr(const AVFrame& frame, const Box& box, const SdrConverter::Target& to);

  int width_;
  int height_;
  SwsContextPtr context_;
  FramePool pool_;
  FramePool deep_pool_;                ///< of 10 bits, on the way to SDR
  std::unique_ptr<SdrConverter> sdr_;  ///< there once a picture needed it
};

}  // namespace transcode
