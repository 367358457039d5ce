#include "transcode/slate_show.h"

#include <gtest/gtest.h>

#include "unit/transcode/font_file.h"
#include "unit/transcode/picture.h"
#include "unit/transcode/slate_file.h"

namespace transcode {
namespace {

using base::kMillisecond;
using testing::kPictureTime;
using testing::ladder_rung;
using testing::luma_of;
using What = SlateFade::What;

std::vector<Rung> two_rungs() {
  std::vector<Rung> rungs{ladder_rung(180), ladder_rung(90)};
  rungs[0].width = 320;
  rungs[1].width = 160;
  return rungs;
}

/// A slate in front of a feed whose picture is grey of luma 100.
struct Stage {
  explicit Stage(std::vector<std::uint8_t> given, base::Micros after = 0, const std::string& text = "")
      : file(std::move(given)),
        show({file.empty() ? nullptr : std::shared_ptr<Slate>(Slate::make(file, {}).take()), text,
              testing::shared_font(), after},
             two_rungs()),
        feed(two_rungs()) {
    feed.next(testing::make_picture(320, 180, 100, 100), {1, 1});
  }
  void run(int frames, What what) {
    for (int i = 0; i < frames; ++i) show.next(at += kPictureTime, what, feed);
  }
  double luma(std::size_t rung) { return luma_of(*show.picture(rung, feed)); }
  /// Of what is seen at the edge, beside any text.
  int ground(std::size_t rung) { return testing::luma_at(*show.picture(rung, feed), 4, 4); }
  /// Share of the picture's samples that are text.
  double white(std::size_t rung) { return testing::white_of(*show.picture(rung, feed)); }

  std::vector<std::uint8_t> file;  ///< outlives the slate
  SlateShow show;
  Cascade feed;
  base::Micros at = 0;
};

TEST(SlateShow, PassesThePicturesOfTheFeedUntouched) {
  Stage stage(testing::png(320, 180, 255, 255, 255));
  stage.run(5, What::kPicture);
  EXPECT_EQ(stage.show.picture(0, stage.feed)->data[0], stage.feed.picture(0)->data[0]) << "the same memory";
  EXPECT_FALSE(stage.show.shown());
  EXPECT_EQ(stage.show.shows(), 0U);
}

TEST(SlateShow, TakesTheirPlaceInEveryRung) {
  Stage stage(testing::png(320, 180, 255, 255, 255));
  stage.run(5, What::kPicture);
  stage.run(10, What::kAbsent);
  EXPECT_NEAR(stage.luma(0), 235, 1);
  EXPECT_NEAR(stage.luma(1), 235, 1);
  EXPECT_EQ(stage.show.picture(1, stage.feed)->width, 160);
  EXPECT_TRUE(stage.show.shown());
}

TEST(SlateShow, MixesBothOnTheWay) {
  Stage stage(testing::png(320, 180, 255, 255, 255));
  stage.run(5, What::kPicture);
  stage.run(2, What::kAbsent);
  EXPECT_NEAR(stage.luma(0), 100 + 0.4 * 135, 2);
  EXPECT_NEAR(stage.luma(1), 100 + 0.4 * 135, 2);
  EXPECT_NEAR(luma_of(*stage.feed.picture(0)), 100, 0.1) << "the feed's picture itself is not painted over";
}

TEST(SlateShow, IsShownInARungOfHdrAsBrightAsHdrsWhite) {
  std::vector<Rung> rungs = two_rungs();
  rungs[0].range = Rung::Range::kHdr;
  const media::Colour pq{9, 16, 9, false};
  const auto file = testing::png(320, 180, 255, 255, 255);
  SlateShow show({std::shared_ptr<Slate>(Slate::make(file, {1, 1, 1, false}).take()), "", nullptr, 0}, rungs, pq);
  Cascade feed(rungs, pq);
  feed.next(testing::make_picture(320, 180, 16, 16), {1, 1});
  base::Micros at = 0;
  const auto deep = [&] {
    const FramePtr picture = show.picture(0, feed);
    EXPECT_EQ(picture->format, AV_PIX_FMT_YUV420P10LE);
    return reinterpret_cast<const std::uint16_t*>(picture->data[0])[1000 % 320];
  };
  for (int i = 0; i < 3; ++i) show.next(at += kPictureTime, What::kPicture, feed);
  EXPECT_EQ(deep(), 64);
  for (int i = 0; i < 2; ++i) show.next(at += kPictureTime, What::kAbsent, feed);
  EXPECT_NEAR(deep(), 64 + 0.4 * 876 * 0.5807, 4) << "on the way";
  for (int i = 0; i < 10; ++i) show.next(at += kPictureTime, What::kAbsent, feed);
  EXPECT_NEAR(deep(), 64 + 876 * 0.5807, 4) << "203 cd/m2";
  EXPECT_NEAR(luma_of(*show.picture(1, feed)), 235, 1) << "and in SDR white";
}

TEST(SlateShow, KeepsTheShapeOfTheSlateBetweenBars) {
  Stage stage(testing::png(180, 180, 255, 255, 255));
  stage.run(1, What::kPicture);
  stage.run(10, What::kAbsent);
  const FramePtr picture = stage.show.picture(0, stage.feed);
  EXPECT_EQ(testing::luma_at(*picture, 2, 90), 16);
  EXPECT_NEAR(testing::luma_at(*picture, 160, 90), 235, 1);
}

TEST(SlateShow, CountsEachTimeAndEachPicture) {
  Stage stage(testing::png(320, 180, 255, 255, 255));
  stage.run(5, What::kPicture);
  stage.run(10, What::kAbsent);
  stage.run(10, What::kPicture);
  stage.run(3, What::kAbsent);
  EXPECT_EQ(stage.show.shows(), 2U);
  EXPECT_EQ(stage.show.pictures(), 10U + 4U + 3U) << "with those of the mixes";
}

TEST(SlateShow, PlaysItsFilmFromTheBeginningEachTime) {
  Stage stage(testing::counting_film(5));
  stage.run(5, What::kPicture);
  stage.run(8, What::kAbsent);
  EXPECT_NEAR(stage.luma(1), 40 + 20 * 2, 4) << "the third picture of its second turn";
  stage.run(10, What::kPicture);
  stage.run(5, What::kAbsent);
  EXPECT_NEAR(stage.luma(1), 40 + 20 * 4, 4);
}

TEST(SlateShow, SaysWhereItsFilmIs) {
  Stage stage(testing::counting_film(5));
  stage.run(5, What::kPicture);
  EXPECT_FALSE(stage.show.course().on);
  stage.run(8, What::kAbsent);
  EXPECT_TRUE(stage.show.course().on);
  EXPECT_EQ(stage.show.course().since, 6 * kPictureTime);
  EXPECT_EQ(stage.show.course().turn, (6 + 5) * kPictureTime) << "the second turn";
  stage.run(1, What::kPicture);
  EXPECT_FALSE(stage.show.course().on);
  EXPECT_EQ(stage.show.course().since, 14 * kPictureTime);
  stage.run(20, What::kPicture);
  stage.run(2, What::kAbsent);
  EXPECT_EQ(stage.show.course().turn, 35 * kPictureTime) << "it began anew";
}

TEST(SlateShow, OfATextAloneHasNoFilm) {
  Stage stage({}, 0, "soon");
  stage.run(5, What::kPicture);
  stage.run(10, What::kAbsent);
  EXPECT_TRUE(stage.show.shown());
  EXPECT_FALSE(stage.show.course().on);
}

TEST(SlateShow, IsShownWhileItIsAskedFor) {
  Stage stage(testing::png(320, 180, 255, 255, 255), SlateFade::kNever);
  stage.show.ask(true, "");
  EXPECT_TRUE(stage.show.asked());
  stage.run(6, What::kPicture);
  EXPECT_NEAR(stage.luma(0), 235, 1);
  stage.show.ask(false, "");
  stage.run(6, What::kPicture);
  EXPECT_NEAR(stage.luma(0), 100, 1);
}

TEST(SlateShow, ShowsTheLastPictureInAnOutageWhereThereIsNoSlate) {
  Stage stage({});
  stage.run(5, What::kPicture);
  stage.run(50, What::kAbsent);
  EXPECT_NEAR(stage.luma(0), 100, 0.1);
  EXPECT_FALSE(stage.show.shown());
}

TEST(SlateShow, HidesTheFeedBehindAPictureOfItWhereAnOperatorWantsASlateAndThereIsNone) {
  Stage stage({});
  stage.run(5, What::kPicture);
  stage.show.ask(true, "");
  stage.run(1, What::kPicture);
  stage.feed.next(testing::make_picture(320, 180, 200, 200), {1, 1});
  stage.run(10, What::kPicture);
  EXPECT_NEAR(stage.luma(0), 100, 1) << "the picture of when it was ordered";
  EXPECT_NEAR(stage.luma(1), 100, 1);
  EXPECT_TRUE(stage.show.shown());
  stage.show.ask(false, "");
  stage.run(10, What::kPicture);
  EXPECT_NEAR(stage.luma(0), 200, 1);
}

TEST(SlateShow, HidesTheFeedOnceNothingOfItIsSeenBecauseAnOperatorWantsThat) {
  Stage stage({}, 0, "HELLO");
  stage.run(5, What::kPicture);
  stage.run(20, What::kAbsent);
  EXPECT_TRUE(stage.show.shown());
  EXPECT_FALSE(stage.show.hides_feed()) << "nobody asked for it";
  stage.show.ask(true, "");
  stage.run(10, What::kPicture);
  EXPECT_TRUE(stage.show.hides_feed());
  stage.show.ask(false, "");
  EXPECT_FALSE(stage.show.hides_feed());
}

TEST(SlateShow, WritesATextOverTheLastPictureDarkenedInEveryRung) {
  Stage stage({}, 0, "HELLO");
  stage.run(5, What::kPicture);
  EXPECT_EQ(stage.white(0), 0);
  EXPECT_EQ(stage.ground(0), 100);
  stage.run(10, What::kAbsent);
  for (const std::size_t rung : {std::size_t{0}, std::size_t{1}}) {
    EXPECT_NEAR(stage.ground(rung), 58, 1) << "half way from 100 to black";
    EXPECT_GT(stage.white(rung), 0.001);
  }
  EXPECT_TRUE(stage.show.shown());
  EXPECT_EQ(stage.feed.picture(0)->data[0][4], 100) << "the feed's picture itself is not painted over";
}

TEST(SlateShow, MixesTheTextInWithItsPicture) {
  Stage stage({}, 0, "HELLO");
  stage.run(5, What::kPicture);
  stage.run(2, What::kAbsent);
  EXPECT_NEAR(stage.ground(0), 100 - 0.4 * 42, 2);
  EXPECT_EQ(stage.white(0), 0) << "not white yet";
}

TEST(SlateShow, WritesATextOverAFileThatStaysAsItIs) {
  Stage stage(testing::png(320, 180, 0, 0, 0), 0, "HELLO");
  stage.run(5, What::kPicture);
  stage.run(10, What::kAbsent);
  EXPECT_EQ(stage.ground(0), 16);
  EXPECT_GT(stage.white(0), 0.001);
}

TEST(SlateShow, WritesTheTextOverEachPictureOfAFilm) {
  Stage stage(testing::counting_film(5), 0, "HELLO");
  stage.run(5, What::kPicture);
  stage.run(8, What::kAbsent);
  const int before = stage.ground(1);
  EXPECT_GT(stage.white(1), 0.001);
  stage.run(1, What::kAbsent);
  EXPECT_NEAR(stage.ground(1), before + 20, 3);
  EXPECT_GT(stage.white(1), 0.001);
}

TEST(SlateShow, ShowsTheTextOfAnOrderWhileItHolds) {
  Stage stage({}, SlateFade::kNever, "HELLO");
  stage.run(5, What::kPicture);
  stage.show.ask(true, "I");
  stage.run(8, What::kPicture);
  const double little = stage.white(0);
  EXPECT_GT(little, 0);
  stage.show.ask(true, "MUCH MORE");
  stage.run(1, What::kPicture);
  EXPECT_GT(stage.white(0), 3 * little) << "a second order takes the place of the first at once";
  stage.show.ask(false, "");
  stage.run(1, What::kPicture);
  EXPECT_LT(stage.ground(0), 100) << "on its way out";
  EXPECT_GT(stage.ground(0), 58);
  stage.run(8, What::kPicture);
  EXPECT_EQ(stage.ground(0), 100);
}

TEST(SlateShow, GoesOnWithItsOwnTextWhereAnOutageOutlastsTheOrder) {
  Stage stage({}, 0, "HELLO");
  stage.run(5, What::kPicture);
  stage.show.ask(true, "I");
  stage.run(8, What::kAbsent);
  const double little = stage.white(0);
  stage.show.ask(false, "");
  stage.run(2, What::kAbsent);
  EXPECT_GT(stage.white(0), 2 * little);
}

}  // namespace
}  // namespace transcode
