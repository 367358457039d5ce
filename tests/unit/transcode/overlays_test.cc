#include "transcode/overlays.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "unit/media/png_file.h"
#include "unit/transcode/font_file.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using media::Overlay;
using testing::luma_at;
using testing::make_picture;
using testing::shared_font;
using testing::white_of;
using Corner = Overlay::Corner;

constexpr media::Rational kRate{25, 1};
constexpr base::Micros kNoon = 1'767'268'800 * base::kSecond;  // 2026-01-01T12:00:00Z

Overlay logo(const std::string& id, std::uint8_t grey, Corner corner = Corner::kTopLeft) {
  return {.id = id,
          .png = base::Bytes::adopt(media::testing::png_of(8, 8, {grey, grey, grey, 255})),
          .corner = corner,
          .margin = 0,
          .width = 250};
}
Overlay text(const std::string& text) {
  return {.id = "text", .text = text, .corner = Corner::kTopLeft, .margin = 10, .line = 120};
}

/// A ladder of two rungs with overlays.
struct OverlaidLadder {
  explicit OverlaidLadder(std::shared_ptr<const base::SharedFile> font = shared_font())
      : overlays(rungs(), cascade.roots(), {}, std::move(font)) {
    cascade.set_finish(overlays);
  }
  static std::vector<Rung> rungs() {
    Rung large;
    large.width = 320;
    large.height = 180;
    Rung small;
    small.width = 160;
    small.height = 90;
    return {large, small};
  }
  /// The next picture, of one luma, in a rung.
  FramePtr show(FramePtr source, std::size_t rung = 0, base::Micros at = kNoon) {
    overlays.next(at, kRate);
    cascade.next(std::move(source), testing::kSquare);
    return cascade.picture(rung);
  }
  FramePtr show(std::size_t rung = 0, base::Micros at = kNoon) {
    return show(make_picture(320, 180, 100, 100), rung, at);
  }

  Cascade cascade{rungs()};
  Overlays overlays;
};

TEST(Overlays, WithoutAnyThePictureIsPassedOnWithoutACopy) {
  OverlaidLadder ladder;
  FramePtr source = make_picture(320, 180, 100, 100);
  const std::uint8_t* const samples = source->data[0];
  EXPECT_EQ(ladder.show(std::move(source))->data[0], samples);
  EXPECT_FALSE(ladder.overlays.next(kNoon, kRate));
}

TEST(Overlays, LeaveTheDecodersPictureAsItIs) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  const FramePtr source = make_picture(320, 180, 100, 100);
  const FramePtr shown = ladder.show(FramePtr(av_frame_clone(source.get())));
  EXPECT_EQ(luma_at(*shown, 10, 10), 235);
  EXPECT_EQ(luma_at(*source, 10, 10), 100);
  EXPECT_EQ(shown->pts, 7) << "and all that is said of the picture";
}

TEST(Overlays, AreOnSmallerRungsToo) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  const FramePtr small = ladder.show(1);
  EXPECT_EQ(luma_at(*small, 20, 20), 235);
  EXPECT_EQ(luma_at(*small, 60, 60), 100);
}

TEST(Overlays, CountThePicturesThatTheyAreOnAndWhatCannotBeShown) {
  OverlaidLadder ladder(nullptr);
  ladder.show();
  EXPECT_EQ(ladder.overlays.counters().pictures, 0U) << "there is nothing to lay over it";
  EXPECT_FALSE(ladder.overlays.put(text("now")).ok()) << "without a font";
  ladder.show();
  EXPECT_EQ(ladder.overlays.counters().pictures, 0U);
  EXPECT_EQ(ladder.overlays.counters().faults, 1U);
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  ladder.show();
  ladder.show(1);
  EXPECT_EQ(ladder.overlays.counters().pictures, 2U) << "the smaller rung is made from the larger one";
  ladder.overlays.remove("a");
  ladder.show();
  EXPECT_EQ(ladder.overlays.counters().pictures, 2U);
  EXPECT_EQ(ladder.overlays.counters().faults, 1U);
}

TEST(Overlays, NeedNoCopyOfAPictureThatWasScaled) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  FramePtr own = make_picture(320, 180, 100, 100);
  const std::uint8_t* const samples = own->data[0];
  ladder.overlays.next(kNoon, kRate);
  EXPECT_EQ(ladder.overlays.finish(0, std::move(own))->data[0], samples);
}

TEST(Overlays, ComeAndGoBetweenTwoPictures) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 235);
  ASSERT_TRUE(ladder.overlays.put(logo("a", 0)).ok());
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 16) << "the new one in the place of the old";
  ladder.overlays.remove("b");
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 16);
  ladder.overlays.remove("a");
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 100);
}

TEST(Overlays, LieOverEachOtherInTheOrderOfTheirIds) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("b", 255)).ok());
  ASSERT_TRUE(ladder.overlays.put(logo("a", 0)).ok());
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 235);
}

TEST(Overlays, TellWhetherAPictureIsToBeMadeAnew) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  EXPECT_TRUE(ladder.overlays.next(kNoon, kRate));
  EXPECT_FALSE(ladder.overlays.next(kNoon + testing::kPictureTime, kRate)) << "a logo stays as it is";
  ASSERT_TRUE(ladder.overlays.put(text("{utc}")).ok());
  EXPECT_TRUE(ladder.overlays.next(kNoon, kRate));
  EXPECT_TRUE(ladder.overlays.next(kNoon + testing::kPictureTime, kRate)) << "a clock does not";
  ladder.overlays.remove("text");
  EXPECT_TRUE(ladder.overlays.next(kNoon, kRate));
  EXPECT_FALSE(ladder.overlays.next(kNoon, kRate));
}

TEST(Overlays, AreOnAPictureThatIsShownAgain) {
  OverlaidLadder ladder;
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 100);
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  ASSERT_TRUE(ladder.overlays.next(kNoon, kRate));
  ladder.cascade.again();
  EXPECT_EQ(luma_at(*ladder.cascade.picture(0), 10, 10), 235);
  ladder.overlays.remove("a");
  ASSERT_TRUE(ladder.overlays.next(kNoon, kRate));
  ladder.cascade.again();
  EXPECT_EQ(luma_at(*ladder.cascade.picture(0), 10, 10), 100);
}

TEST(Overlays, ShowTheTimeOfEachPicture) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(text("{utc}")).ok());
  const FramePtr first = ladder.show();
  EXPECT_GT(white_of(*first), 0.005);
  const FramePtr second = ladder.show(0, kNoon + testing::kPictureTime);
  int differ = 0;
  for (int i = 0; i < 320 * 180; ++i)
    differ += luma_at(*first, i % 320, i / 320) != luma_at(*second, i % 320, i / 320) ? 1 : 0;
  EXPECT_GT(differ, 10);
  EXPECT_LT(differ, 1000) << "the last digits";
  EXPECT_EQ(luma_at(*second, 160, 100), 100) << "nothing below it";
}

TEST(Overlays, HaveTextsOfTheirOpacity) {
  OverlaidLadder ladder;
  Overlay half = text("HHHH");
  half.opacity = 500;
  ASSERT_TRUE(ladder.overlays.put(half).ok());
  const FramePtr picture = ladder.show();
  int brightest = 0;
  int darkest = 255;
  for (int i = 0; i < 320 * 180; ++i) {
    brightest = std::max(brightest, luma_at(*picture, i % 320, i / 320));
    darkest = std::min(darkest, luma_at(*picture, i % 320, i / 320));
  }
  EXPECT_EQ(brightest, 168) << "half of white";
  EXPECT_NEAR(darkest, 58, 2) << "half of its black outline";
}

TEST(Overlays, TakeWhatCannotBeShownAway) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(logo("a", 255)).ok());
  Overlay broken = logo("a", 255);
  broken.png = base::Bytes::of_static("no picture");
  EXPECT_FALSE(ladder.overlays.put(broken).ok());
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 100);
  EXPECT_EQ(OverlaidLadder(nullptr).overlays.put(text("a")).error().code, base::Code::kNotFound) << "without a font";
}

TEST(Overlays, SurviveATextWithoutAShape) {
  OverlaidLadder ladder;
  ASSERT_TRUE(ladder.overlays.put(text(" ")).ok());
  EXPECT_EQ(luma_at(*ladder.show(), 10, 10), 100);
}

TEST(OverlayText, SaysTheTimeAndTheFrame) {
  EXPECT_EQ(overlay_text("{utc}", kNoon + 40'000, kRate), "2026-01-01T12:00:00.040Z");
  EXPECT_EQ(overlay_text("{frame} {frame}", kNoon + 40'000, kRate), "01 01");
  EXPECT_EQ(overlay_text("{frame}", kNoon + 960'000, kRate), "24");
  EXPECT_EQ(overlay_text("{other} {utc", kNoon, kRate), "{other} {utc");
}

TEST(OverlayText, CountsFramesOfRatesThatDoNotDivideASecond) {
  const media::Rational ntsc{30'000, 1001};
  EXPECT_EQ(overlay_text("{frame}", kNoon + 33'367, ntsc), "01");
  EXPECT_EQ(overlay_text("{frame}", kNoon + 33'366, ntsc), "01") << "rounded down";
  EXPECT_EQ(overlay_text("{frame}", kNoon + 999'999, ntsc), "29") << "never a thirtieth";
  EXPECT_EQ(overlay_text("{frame}", kNoon + 500'000, {0, 1}), "00");
}

}  // namespace
}  // namespace transcode
