#include "job/rung.h"

#include <gtest/gtest.h>

namespace job {
namespace {

media::Track source(int width, int height, media::Rational rate, bool interlaced = false,
                    media::Rational pixel_aspect = {1, 1}) {
  media::Track track;
  track.video.width = width;
  track.video.height = height;
  track.video.frame_rate = rate;
  track.video.interlaced = interlaced;
  track.video.pixel_aspect = pixel_aspect;
  return track;
}

/// "v720 1280x720 50/1 3500k, …"
std::string text_of(const std::vector<Rung>& ladder) {
  std::string text;
  for (const Rung& rung : ladder) {
    if (!text.empty()) text += ", ";
    text += rung.name + " " + std::to_string(rung.width) + "x" + std::to_string(rung.height) + " " +
            std::to_string(rung.frame_rate.num) + "/" + std::to_string(rung.frame_rate.den) + " " +
            std::to_string(rung.bitrate / 1000) + "k";
  }
  return text;
}

TEST(DefaultLadder, KeepsFiftyFramesOnTheUpperRungsOf1080p50) {
  EXPECT_EQ(text_of(default_ladder(source(1920, 1080, {50, 1}))),
            "v1080 1920x1080 50/1 6300k, v720 1280x720 50/1 3500k, v480 854x480 25/1 1200k, v360 640x360 25/1 700k");
}

TEST(DefaultLadder, HasThreeRungsOfOneRateFor720p30) {
  EXPECT_EQ(text_of(default_ladder(source(1280, 720, {30000, 1001}))),
            "v720 1280x720 30000/1001 2500k, v480 854x480 30000/1001 1200k, v360 640x360 30000/1001 700k");
}

// MV-27: 25i is shown as 50p; square pixels of a wide-screen picture.
TEST(DefaultLadder, Makes50SquarePixelFramesOf576i) {
  EXPECT_EQ(text_of(default_ladder(source(720, 576, {25, 1}, true, {64, 45}))),
            "v576 1024x576 50/1 2320k, v360 640x360 25/1 700k");
}

TEST(DefaultLadder, NeverScalesUp480p) {
  EXPECT_EQ(text_of(default_ladder(source(854, 480, {25, 1}))), "v480 854x480 25/1 1200k, v360 640x360 25/1 700k");
  EXPECT_EQ(text_of(default_ladder(source(320, 240, {25, 1}))), "v240 320x240 25/1 230k");
}

TEST(DefaultLadder, CountsTheShortSideOfAPortraitSource) {
  EXPECT_EQ(text_of(default_ladder(source(360, 640, {30, 1}))), "v360 360x640 30/1 700k");
  EXPECT_EQ(text_of(default_ladder(source(1080, 1920, {30, 1}))),
            "v1080 1080x1920 30/1 4500k, v720 720x1280 30/1 2500k, v480 480x854 30/1 1200k, v360 360x640 30/1 700k");
}

TEST(DefaultLadder, LosesTheOddLineOfAnOddSource) {
  EXPECT_EQ(text_of(default_ladder(source(1279, 719, {25, 1}))),
            "v718 1278x718 25/1 2490k, v480 854x480 25/1 1200k, v360 640x360 25/1 700k");
}

TEST(DefaultLadder, CapsAt1080AndKeepsAnUnknownRateUnknown) {
  EXPECT_EQ(text_of(default_ladder(source(3840, 2160, {0, 1}))),
            "v1080 1920x1080 0/1 4500k, v720 1280x720 0/1 2500k, v480 854x480 0/1 1200k, v360 640x360 0/1 700k");
}

TEST(DefaultLadder, HasNoRungAboveEightyPercentOfTheOneBefore) {
  EXPECT_EQ(text_of(default_ladder(source(1600, 900, {25, 1}))),
            "v900 1600x900 25/1 3400k, v720 1280x720 25/1 2500k, v480 854x480 25/1 1200k, v360 640x360 25/1 700k");
  EXPECT_EQ(text_of(default_ladder(source(1596, 898, {25, 1}))),
            "v898 1596x898 25/1 3390k, v480 854x480 25/1 1200k, v360 640x360 25/1 700k");
}

// MV-3: max_bitrate over a 2 s segment plus a full buffer stays within 125 % of max_bitrate.
TEST(DefaultLadder, LeavesOutTheRungsAboveSoManyLinesButTheSmallest) {
  const auto names = [](const media::Track& of, int most_lines) {
    std::string text;
    for (const Rung& rung : default_ladder(of, most_lines)) text += rung.name + " ";
    return text;
  };
  const media::Track hd = source(1920, 1080, {25, 1});
  EXPECT_EQ(names(hd, 0), "v1080 v720 v480 v360 ");
  EXPECT_EQ(names(hd, 1080), "v1080 v720 v480 v360 ");
  EXPECT_EQ(names(hd, 720), "v720 v480 v360 ");
  EXPECT_EQ(names(hd, 1), "v360 ");
  EXPECT_EQ(names(source(1080, 1920, {25, 1}), 480), "v480 v360 ") << "the shorter side of a portrait";
  EXPECT_EQ(names(source(720, 576, {25, 1}), 480), "v360 ") << "v576";
}

TEST(DefaultLadder, CapsEveryRungsPeak) {
  for (const Rung& rung : default_ladder(source(1920, 1080, {60, 1}))) {
    EXPECT_EQ(rung.max_bitrate, rung.bitrate / 10 * 11) << rung.name;
    const std::int64_t segment_bits = std::int64_t{rung.max_bitrate} * 2 + rung.buffer_bits;
    EXPECT_LE(segment_bits * 100, std::int64_t{rung.max_bitrate} * 2 * 125) << rung.name;
  }
}

TEST(ResolvedRung, TakesWhatIsMissingFromTheSource) {
  Rung rung;
  rung.height = 360;
  rung.frame_rate = {60, 1};
  rung.bitrate = 1'000'000;
  const Rung resolved = resolve(rung, source(1440, 1080, {25, 1}, false, {4, 3}));
  EXPECT_EQ(resolved.width, 640);
  EXPECT_EQ(resolved.frame_rate, (media::Rational{25, 1})) << "never more frames than the source has";
  EXPECT_EQ(resolved.max_bitrate, 1'100'000);
  EXPECT_EQ(resolved.buffer_bits, 550'000) << "half a second";
}

TEST(ResolvedRung, KeepsWhatIsGiven) {
  const Rung given{
      .width = 600, .height = 600, .frame_rate = {25, 2}, .bitrate = 10, .max_bitrate = 30, .buffer_bits = 7};
  const Rung resolved = resolve(given, source(1920, 1080, {25, 1}));
  EXPECT_EQ(resolved.width, 600);
  EXPECT_EQ(resolved.height, 600);
  EXPECT_EQ(resolved.frame_rate, (media::Rational{25, 2}));
  EXPECT_EQ(resolved.max_bitrate, 30);
  EXPECT_EQ(resolved.buffer_bits, 7);
}

TEST(ResolvedRung, OfOneSideOrNoneKeepsTheShapeOfItsSourceInEvenNumbers) {
  const auto size = [](int width, int height, const media::Track& from) {
    const Rung resolved = resolve(Rung{.width = width, .height = height}, from);
    return std::to_string(resolved.width) + "x" + std::to_string(resolved.height);
  };
  const media::Track wide = source(1920, 1080, {25, 1});
  EXPECT_EQ(size(0, 0, wide), "1920x1080");
  EXPECT_EQ(size(640, 0, wide), "640x360");
  EXPECT_EQ(size(0, 480, wide), "854x480");
  EXPECT_EQ(size(0, 0, source(1279, 719, {25, 1})), "1278x718");
  EXPECT_EQ(size(0, 0, source(720, 576, {25, 1}, false, {64, 45})), "1024x576") << "square pixels";
  EXPECT_EQ(size(0, 480, source(0, 0, {25, 1})), "0x480") << "a source of unknown size has no shape";
  EXPECT_EQ(size(0, 480, source(1920, 0, {25, 1})), "0x480");
  EXPECT_EQ(size(0, 480, source(0, 1080, {25, 1})), "0x480");
}

TEST(ResolvedRung, HasItsOwnFrameRateOnlyBelowThatOfTheSource) {
  const auto rate = [](media::Rational own, media::Rational of_source) {
    return resolve(Rung{.frame_rate = own}, source(640, 360, of_source)).frame_rate;
  };
  EXPECT_EQ(rate({24, 1}, {25, 1}), (media::Rational{24, 1}));
  EXPECT_EQ(rate({50, 2}, {25, 1}), (media::Rational{25, 1})) << "equal: as the source writes it";
  EXPECT_EQ(rate({0, 1}, {25, 1}), (media::Rational{25, 1}));
  EXPECT_EQ(rate({50, 1}, {0, 1}), (media::Rational{50, 1})) << "the source's is not known";
}

}  // namespace
}  // namespace job
