#include "transcode/thumbnail.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "transcode/av.h"
#include "transcode/picture_watch.h"

namespace transcode {
namespace {

struct Colour {
  int y = 0;
  int u = 128;
  int v = 128;
};

/// A picture of one colour, in levels of limited range.
FramePtr picture(int width, int height, Colour colour = {126, 128, 128}) {
  FramePtr frame(av_frame_alloc());
  frame->format = AV_PIX_FMT_YUV420P;
  frame->width = width;
  frame->height = height;
  frame->colorspace = AVCOL_SPC_BT709;
  frame->color_range = AVCOL_RANGE_MPEG;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 64), 0);
  const std::array<int, 3> levels{colour.y, colour.u, colour.v};
  for (std::size_t plane = 0; plane < levels.size(); ++plane) {
    const std::ptrdiff_t rows = plane == 0 ? height : (height + 1) / 2;
    std::fill_n(frame->data[plane], rows * frame->linesize[plane], static_cast<std::uint8_t>(levels[plane]));
  }
  return frame;
}

FramePtr decoded(const Thumbnail& thumbnail) {
  const AVCodec* codec = avcodec_find_decoder(AV_CODEC_ID_MJPEG);
  const CodecContextPtr context(avcodec_alloc_context3(codec));
  EXPECT_EQ(avcodec_open2(context.get(), codec, nullptr), 0);
  const AvPacketPtr packet(av_packet_alloc());
  EXPECT_EQ(av_new_packet(packet.get(), static_cast<int>(thumbnail.jpeg.size())), 0);
  std::copy_n(thumbnail.jpeg.data(), thumbnail.jpeg.size(), packet->data);
  EXPECT_EQ(avcodec_send_packet(context.get(), packet.get()), 0);
  FramePtr frame(av_frame_alloc());
  EXPECT_EQ(avcodec_receive_frame(context.get(), frame.get()), 0);
  return frame;
}

/// "320x180" of the thumbnail of such a picture.
std::string size_of(int width, int height, AVRational pixel = {1, 1}) {
  ThumbnailMaker maker;
  const FramePtr from = picture(width, height);
  from->sample_aspect_ratio = pixel;
  const auto made = maker.make(*from, 0);
  if (!made) return "none";
  const FramePtr frame = decoded(*made);
  return std::to_string(frame->width) + "x" + std::to_string(frame->height);
}

TEST(Thumbnail, FitsIntoASquareAndIsNoLargerThanThePicture) {
  EXPECT_EQ(size_of(1920, 1080), "320x180");
  EXPECT_EQ(size_of(1080, 1920), "180x320");
  EXPECT_EQ(size_of(160, 90), "160x90");
  EXPECT_EQ(size_of(15, 9), "16x10") << "even";
  EXPECT_EQ(size_of(2, 2000), "2x320");
}

TEST(Thumbnail, HasSquarePixels) {
  EXPECT_EQ(size_of(720, 576, {16, 11}), "320x176");
  EXPECT_EQ(size_of(720, 576, {0, 1}), "320x256") << "unknown";
}

TEST(Thumbnail, ShowsTheColoursOfThePicture) {
  ThumbnailMaker maker;
  // BT.709, limited: white, black, and a red whose luma is 63 there and 76 of full range in JPEG's BT.601.
  const auto level = [&](Colour colour, int plane) {
    const FramePtr frame = decoded(*maker.make(*picture(640, 360, colour), 0));
    return int{frame->data[plane][0]};
  };
  EXPECT_NEAR(level({235, 128, 128}, 0), 255, 2);
  EXPECT_NEAR(level({16, 128, 128}, 0), 0, 2);
  const Colour red{63, 102, 240};
  EXPECT_NEAR(level(red, 0), 76, 4);
  EXPECT_NEAR(level(red, 1), 85, 4);
  EXPECT_NEAR(level(red, 2), 255, 4);
}

TEST(Thumbnail, IsMadeOfPicturesWhoseSizeChanges) {
  ThumbnailMaker maker;
  for (const int height : {180, 360, 180}) {
    const auto made = maker.make(*picture(320, height), height);
    ASSERT_TRUE(made);
    EXPECT_EQ(made->at, height);
    EXPECT_EQ(decoded(*made)->height, std::min(height, ThumbnailMaker::kMostSize));
  }
}

TEST(Thumbnail, IsNotMadeOfWhatIsNoPicture) {
  ThumbnailMaker maker;
  const FramePtr none(av_frame_alloc());
  EXPECT_EQ(maker.make(*none, 0), std::nullopt);
  const FramePtr hardware(av_frame_alloc());
  hardware->format = AV_PIX_FMT_CUDA;
  hardware->width = hardware->height = 64;
  EXPECT_EQ(maker.make(*hardware, 0), std::nullopt);
  EXPECT_TRUE(maker.make(*picture(64, 64), 0)) << "afterwards";
}

TEST(PictureWatch, MakesOneThumbnailEachTimeThatItIsAsked) {
  PictureWatch watch{{}};
  watch.look(*picture(64, 36), 1);
  EXPECT_EQ(watch.take_thumbnail(), std::nullopt) << "not asked";
  watch.ask_thumbnail();
  EXPECT_EQ(watch.take_thumbnail(), std::nullopt) << "there was no picture yet";
  watch.look(*picture(64, 36), 2);
  watch.look(*picture(64, 36), 3);
  const auto made = watch.take_thumbnail();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->at, 2) << "whether the picture's health is looked at or not";
  EXPECT_EQ(watch.take_thumbnail(), std::nullopt) << "taken";
}

}  // namespace
}  // namespace transcode
