#pragma once

#include <gtest/gtest.h>

#include <cstdint>

#include "base/clock.h"
#include "media/time.h"
#include "transcode/av.h"

namespace transcode::testing {

/// The shape of a pixel.
inline constexpr media::Rational kSquare{1, 1};
/// From a picture to the next, at 25 a second.
inline constexpr base::Micros kPictureTime = 40 * base::kMillisecond;

/// A picture of one luma whose left half has another, no colour in it.
inline FramePtr make_picture(int width, int height, int left, int right, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  frame->pts = 7;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  for (int plane = 0; plane < 3; ++plane) {
    const int shift = plane == 0 ? 0 : 1;
    for (int y = 0; y < height >> shift; ++y) {
      for (int x = 0; x < width >> shift; ++x) {
        const int luma = x < width / 2 ? left : right;
        frame->data[plane][std::ptrdiff_t{y} * frame->linesize[plane] + x] =
            static_cast<std::uint8_t>(plane == 0 ? luma : 128);
      }
    }
  }
  return frame;
}

inline int luma_at(const AVFrame& frame, int x, int y) {
  return frame.data[0][std::ptrdiff_t{y} * frame.linesize[0] + x];
}

}  // namespace transcode::testing
