#include "transcode/luma_grid.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "transcode/av.h"

namespace transcode {
namespace {

/// A picture of one luma, in the format's own levels, its padding full of others.
FramePtr picture(int width, int height, int luma, AVPixelFormat format = AV_PIX_FMT_YUV420P) {
  FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->width = width;
  frame->height = height;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 64), 0);
  const bool wide = frame->linesize[0] >= width * 2;
  for (int y = 0; y < height; ++y) {
    std::uint8_t* row = frame->data[0] + std::ptrdiff_t{y} * frame->linesize[0];
    std::fill(row, row + frame->linesize[0], std::uint8_t{99});
    for (int x = 0; x < width; ++x) {
      if (wide) {
        reinterpret_cast<std::uint16_t*>(row)[x] = static_cast<std::uint16_t>(luma);
      } else {
        row[x] = static_cast<std::uint8_t>(luma);
      }
    }
  }
  return frame;
}

/// The only level of the grid; -1 where there are several or none.
int level_of(const AVFrame& frame) {
  Shrinker shrinker;
  LumaGrid made;
  if (!shrinker.shrink(frame, made) || made.luma.empty()) return -1;
  const bool one = std::ranges::all_of(made.luma, [&](std::uint8_t luma) { return luma == made.luma[0]; });
  return one ? made.luma[0] : -1;
}

TEST(LumaGrid, BringsLevelsOfLimitedRangeToBlackAndWhite) {
  EXPECT_EQ(level_of(*picture(640, 360, 16)), 0);
  EXPECT_EQ(level_of(*picture(640, 360, 235)), 255);
  EXPECT_EQ(level_of(*picture(640, 360, 126)), 128);
  EXPECT_EQ(level_of(*picture(640, 360, 0)), 0) << "below black";
  EXPECT_EQ(level_of(*picture(640, 360, 255)), 255) << "above white";
}

TEST(LumaGrid, KeepsLevelsOfFullRange) {
  for (const AVPixelFormat format : {AV_PIX_FMT_YUVJ420P, AV_PIX_FMT_YUV422P}) {
    const FramePtr frame = picture(640, 360, 16, format);
    frame->color_range = AVCOL_RANGE_JPEG;
    EXPECT_EQ(level_of(*frame), 16);
  }
  EXPECT_EQ(level_of(*picture(640, 360, 255, AV_PIX_FMT_YUVJ444P)), 255);
}

TEST(LumaGrid, TakesDeepPicturesAsShallowOnes) {
  for (const AVPixelFormat format : {AV_PIX_FMT_YUV420P10LE, AV_PIX_FMT_YUV422P10LE}) {
    EXPECT_EQ(level_of(*picture(640, 360, 64, format)), 0);
    EXPECT_EQ(level_of(*picture(640, 360, 940, format)), 255);
    EXPECT_EQ(level_of(*picture(640, 360, 502, format)), 128);
  }
  EXPECT_EQ(level_of(*picture(640, 360, 3760, AV_PIX_FMT_YUV420P12LE)), 255);
  EXPECT_EQ(level_of(*picture(640, 360, 940 << 6, AV_PIX_FMT_P010LE)), 255) << "10 bits at the top of 16";
  EXPECT_EQ(level_of(*picture(640, 360, 126, AV_PIX_FMT_NV12)), 128);
}

TEST(LumaGrid, AveragesTheCellsOfAPicture) {
  const FramePtr frame = picture(1920, 1080, 16);
  // The cell of column 2 and row 1 half white: its upper three rows.
  for (int y = 6; y < 9; ++y) {
    for (int x = 12; x < 18; ++x) frame->data[0][std::ptrdiff_t{y} * frame->linesize[0] + x] = 235;
  }
  Shrinker shrinker;
  LumaGrid made;
  ASSERT_TRUE(shrinker.shrink(*frame, made));
  EXPECT_EQ(made.columns, 320);
  EXPECT_EQ(made.rows, 180);
  ASSERT_EQ(made.luma.size(), 320U * 180);
  for (std::size_t i = 0; i < made.luma.size(); ++i) EXPECT_EQ(made.luma[i], i == 320 + 2 ? 128 : 0) << i;
}

TEST(LumaGrid, HasNoMoreCellsThanThePictureHasPixels) {
  Shrinker shrinker;
  LumaGrid made;
  ASSERT_TRUE(shrinker.shrink(*picture(200, 2, 16), made));
  EXPECT_EQ(made.columns, 200);
  EXPECT_EQ(made.rows, 2);
  ASSERT_TRUE(shrinker.shrink(*picture(1, 999, 16), made)) << "and any size after any other";
  EXPECT_EQ(made.luma.size(), 180U);
  EXPECT_EQ(level_of(*picture(853, 479, 126)), 128) << "cells of different sizes";
}

TEST(LumaGrid, RefusesWhatHasNoPlaneOfLuma) {
  EXPECT_EQ(level_of(*picture(640, 360, 16, AV_PIX_FMT_RGB24)), -1);
  EXPECT_EQ(level_of(*picture(640, 360, 16, AV_PIX_FMT_GBRP)), -1);
  EXPECT_EQ(level_of(*picture(640, 360, 16, AV_PIX_FMT_YUYV422)), -1);
  EXPECT_EQ(level_of(*picture(640, 360, 16, AV_PIX_FMT_YUV420P10BE)), -1);
  const FramePtr empty(av_frame_alloc());
  EXPECT_EQ(level_of(*empty), -1);
}

}  // namespace
}  // namespace transcode
