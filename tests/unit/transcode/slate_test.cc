#include "transcode/slate.h"

#include <gtest/gtest.h>

#include "unit/transcode/picture.h"
#include "unit/transcode/slate_file.h"

namespace transcode {
namespace {

using base::kMillisecond;
using base::kSecond;
using testing::counting_film;
using testing::kPictureTime;
using testing::luma_of;
using testing::png;

/// Which picture of a counting film it is.
double number_of(const AVFrame& frame) { return (luma_of(frame) - 40) / 20; }

int sample(const AVFrame& frame, int plane) { return frame.data[plane][0]; }

TEST(Slate, ShowsAStillForGood) {
  const auto file = png(64, 36, 255, 0, 0);
  const auto slate = Slate::make(file, {});
  ASSERT_TRUE(slate.ok()) << slate.error().message();
  EXPECT_EQ((*slate)->picture().width, 64);
  EXPECT_EQ((*slate)->picture().height, 36);
  const AVFrame* const first = &(*slate)->picture();
  EXPECT_FALSE((*slate)->move_to(0));
  EXPECT_FALSE((*slate)->move_to(3600 * kSecond));
  EXPECT_EQ(&(*slate)->picture(), first);
}

TEST(Slate, HasRedInTheColoursOfTheLadder) {
  const auto file = png(64, 36, 255, 0, 0);
  // H.273 matrix 1: BT.709; 6: BT.601. Red in limited range by the two matrices.
  const auto hd = Slate::make(file, {.matrix = 1});
  EXPECT_NEAR(sample((*hd)->picture(), 0), 63, 2);
  EXPECT_NEAR(sample((*hd)->picture(), 2), 240, 2);
  const auto sd = Slate::make(file, {.matrix = 6});
  EXPECT_NEAR(sample((*sd)->picture(), 0), 81, 2);
  const auto unknown = Slate::make(file, {});
  EXPECT_NEAR(sample((*unknown)->picture(), 0), 63, 2) << "BT.709";
}

TEST(Slate, HasWhiteAndBlackInTheRangeOfTheLadder) {
  const auto white = png(16, 16, 255, 255, 255);
  const auto black = png(16, 16, 0, 0, 0);
  EXPECT_NEAR(sample((*Slate::make(white, {}))->picture(), 0), 235, 1);
  EXPECT_NEAR(sample((*Slate::make(black, {}))->picture(), 0), 16, 1);
  const media::Colour full{.full_range = true};
  EXPECT_NEAR(sample((*Slate::make(white, full))->picture(), 0), 255, 1);
  EXPECT_NEAR(sample((*Slate::make(black, full))->picture(), 0), 0, 1);
}

TEST(Slate, TakesAJpegWhoseSizeIsOdd) {
  const FramePtr picture = testing::make_picture(62, 34, 255, 255, AV_PIX_FMT_YUVJ420P);
  const auto file = testing::coded_picture(AV_CODEC_ID_MJPEG, *picture);
  const auto slate = Slate::make(file, {});
  ASSERT_TRUE(slate.ok()) << slate.error().message();
  EXPECT_NEAR(luma_of((*slate)->picture()), 235, 3) << "full range in the file, limited in the ladder";
}

TEST(Slate, ConvertsAFilmOnlyWhereItsColoursAreNotTheLadders) {
  testing::VideoSpec spec{.width = 160, .height = 90, .frames = 3, .gop = 3, .first_pts = 90000};
  spec.colour = {.primaries = 1, .transfer = 1, .matrix = 1};
  spec.luma = [](int, int, int) { return 200; };
  const auto file = testing::film(testing::make_video(spec));
  for (const bool full : {false, true}) {
    const auto slate = Slate::make(file, {.matrix = 1, .full_range = full});
    ASSERT_TRUE(slate.ok()) << slate.error().message();
    // Limited 200 is 214 in full range: (200 - 16) * 255 / 219.
    EXPECT_NEAR(luma_of((*slate)->picture()), full ? 214 : 200, 2);
    EXPECT_EQ((*slate)->picture().format, AV_PIX_FMT_YUV420P);
  }
}

TEST(Slate, PlaysAFilmByItsTimeStamps) {
  for (const char* format : {"matroska", "mpegts"}) {
    const auto file = counting_film(5, format);
    const auto slate = Slate::make(file, {});
    ASSERT_TRUE(slate.ok()) << format << ": " << slate.error().message();
    EXPECT_NEAR(number_of((*slate)->picture()), 0, 0.2) << format;
    for (int n = 0; n < 5; ++n) {
      (*slate)->move_to(n * kPictureTime + kMillisecond);
      EXPECT_NEAR(number_of((*slate)->picture()), n, 0.2) << format;
    }
  }
}

TEST(Slate, SaysWhetherAPictureIsAnother) {
  const auto file = counting_film(5);
  const auto slate = Slate::make(file, {}).take();
  slate->move_to(0);
  EXPECT_FALSE(slate->move_to(kPictureTime / 2));
  EXPECT_TRUE(slate->move_to(kPictureTime + kMillisecond));
  EXPECT_FALSE(slate->move_to(kPictureTime + 2 * kMillisecond));
}

TEST(Slate, RepeatsAFilmWithoutAPause) {
  const auto file = counting_film(5);
  const auto slate = Slate::make(file, {}).take();
  for (int n = 0; n < 23; ++n) {
    slate->move_to(n * kPictureTime + kMillisecond);
    EXPECT_NEAR(number_of(slate->picture()), n % 5, 0.2) << n;
  }
}

TEST(Slate, RepeatsAFilmWithReorderedPicturesInEveryContainer) {
  testing::VideoSpec spec{.width = 160, .height = 90, .frames = 9, .gop = 9, .b_frames = 2, .first_pts = 90000};
  spec.luma = [](int, int, int picture) { return 40 + 20 * picture; };
  for (const char* format : {"matroska", "mpegts"}) {
    const auto file = testing::film(testing::make_video(spec), format);
    const auto slate = Slate::make(file, {});
    ASSERT_TRUE(slate.ok()) << format << ": " << slate.error().message();
    for (int n = 0; n < 30; ++n) {
      (*slate)->move_to(n * kPictureTime + kMillisecond);
      EXPECT_NEAR(number_of((*slate)->picture()), n % 9, 0.3) << format << " " << n;
    }
  }
}

TEST(Slate, PlaysOnOverTimeStampsThatJumpBack) {
  auto file = counting_film(10, "mpegts");
  const auto once = file;
  file.insert(file.end(), once.begin(), once.end());
  const auto slate = Slate::make(file, {}).take();
  for (int n = 0; n < 40; ++n) {
    slate->move_to(n * kPictureTime + kMillisecond);
    EXPECT_NEAR(number_of(slate->picture()), n % 10, 1.2) << n;
  }
}

TEST(Slate, BeginsAnewWhereItIsShownAgain) {
  const auto file = counting_film(5);
  const auto slate = Slate::make(file, {}).take();
  slate->move_to(8 * kPictureTime);
  EXPECT_TRUE(slate->move_to(0));
  EXPECT_NEAR(number_of(slate->picture()), 0, 0.2);
  slate->move_to(2 * kPictureTime + kMillisecond);
  EXPECT_NEAR(number_of(slate->picture()), 2, 0.2);
}

TEST(Slate, GoesOnWhereItWasAfterTimeInWhichNobodyAsked) {
  const auto file = counting_film(10);
  const auto slate = Slate::make(file, {}).take();
  slate->move_to(2 * kPictureTime + kMillisecond);
  slate->move_to(3600 * kSecond);
  EXPECT_NEAR(number_of(slate->picture()), 3, 0.2) << "instead of 9,000 turns of the film";
  slate->move_to(3600 * kSecond + kPictureTime);
  EXPECT_NEAR(number_of(slate->picture()), 4, 0.2);
}

TEST(Slate, RefusesWhatHasNoPictureAndNamesWhatHas) {
  const std::string text = "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n";
  for (const base::View file : {base::View{}, base::view_of(text), base::view_of("concat:a|b")}) {
    const auto slate = Slate::make(file, {});
    ASSERT_FALSE(slate.ok());
    EXPECT_EQ(slate.error().code, base::Code::kMalformed);
    EXPECT_NE(slate.error().what.find("PNG"), std::string::npos) << slate.error().what;
  }
}

TEST(Slate, RefusesAFileThatEndsInItsFirstPicture) {
  auto file = png(640, 360, 1, 2, 3);
  file.resize(60);
  EXPECT_FALSE(Slate::make(file, {}).ok());
}

TEST(Slate, ShowsWhatThereIsOfAFilmThatIsCutOff) {
  auto file = counting_film(10);
  file.resize(file.size() * 3 / 4);
  const auto slate = Slate::make(file, {});
  ASSERT_TRUE(slate.ok()) << slate.error().message();
  for (int n = 0; n < 20; ++n) (*slate)->move_to(n * kPictureTime);
  EXPECT_LT(number_of((*slate)->picture()), 9.5);
}

}  // namespace
}  // namespace transcode
