#include "transcode/picture_health.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "transcode/picture_watch.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

constexpr base::Micros kLook = 250 * base::kMillisecond;

using Luma = std::function<int(int x, int y)>;

LumaGrid cells(const Luma& luma, int columns = LumaGrid::kColumns, int rows = LumaGrid::kRows) {
  LumaGrid made{columns, rows, {}};
  for (int y = 0; y < rows; ++y) {
    for (int x = 0; x < columns; ++x) made.luma.push_back(static_cast<std::uint8_t>(luma(x, y)));
  }
  return made;
}

LumaGrid flat(int luma) {
  return cells([luma](int, int) { return luma; });
}

/// Looks at a picture every 250 ms.
struct Eye {
  void see(const LumaGrid& picture, int times = 1) {
    for (int i = 0; i < times; ++i) {
      health.look(picture, at);
      at += kLook;
    }
  }
  const PictureHealth::Report& report() const { return health.report(); }

  PictureHealth health;
  base::Micros at = 0;
};

TEST(PictureHealth, IsBlackFromTheFirstBlackPictureOn) {
  Eye eye;
  eye.see(flat(100), 2);
  EXPECT_EQ(eye.report().black_since, std::nullopt);
  eye.see(flat(12), 3);
  EXPECT_EQ(eye.report().black_since, 2 * kLook);
  EXPECT_EQ(eye.report().newest, 4 * kLook);
  EXPECT_EQ(eye.report().looked, 5U);
  eye.see(flat(13));
  EXPECT_EQ(eye.report().black_since, std::nullopt) << "more than a twentieth of white";
}

/// So many of a thousand columns' worth of the picture are black.
LumaGrid black_share(int per_mille) {
  return cells([per_mille](int x, int y) { return (y * 320 + x) * 1000 / (320 * 180) < per_mille ? 0 : 200; });
}

TEST(PictureHealth, StaysBlackUntilMoreThanALogoIsSeen) {
  Eye eye;
  eye.see(black_share(970));
  EXPECT_EQ(eye.report().black_since, std::nullopt);
  eye.see(black_share(981));
  EXPECT_EQ(eye.report().black_since, kLook);
  eye.see(black_share(951));
  EXPECT_EQ(eye.report().black_since, kLook);
  eye.see(black_share(949));
  EXPECT_EQ(eye.report().black_since, std::nullopt);
}

/// Everything stands still but a clock in the upper right corner.
LumaGrid with_clock(int luma, int second) {
  return cells([=](int x, int y) { return x >= 240 && y < 20 ? 60 * (1 + second % 3) : luma; });
}

TEST(PictureHealth, DoesNotLookAtAreasThatAreIgnored) {
  Eye eye;
  Eye ignoring{PictureHealth({.ignore = {{0.75, 0, 1, 0.12}}})};
  for (int i = 0; i < 12; ++i) {
    eye.see(with_clock(i < 6 ? 0 : 90, i));
    ignoring.see(with_clock(i < 6 ? 0 : 90, i));
    if (i != 5) continue;
    EXPECT_EQ(ignoring.report().black_since, 0);
    EXPECT_EQ(eye.report().black_since, std::nullopt) << "a clock of more than a fiftieth of the picture";
  }
  ignoring.see(with_clock(90, 3), 4);
  eye.see(with_clock(90, 3));
  EXPECT_EQ(ignoring.report().frozen_since, 6 * kLook);
  EXPECT_EQ(ignoring.report().black_since, std::nullopt);
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, LooksBesideAnAreaThatIsIgnoredOnAllSides) {
  using Range = std::pair<int, int>;
  for (const auto& [columns, rows] :
       {std::pair{Range{0, 80}, Range{45, 135}}, std::pair{Range{240, 320}, Range{45, 135}},
        std::pair{Range{80, 240}, Range{0, 45}}, std::pair{Range{80, 240}, Range{135, 180}}}) {
    Eye ignoring{PictureHealth({.ignore = {{0.25, 0.25, 0.75, 0.75}}})};
    const auto inside = [](int at, Range range) { return at >= range.first && at < range.second; };
    ignoring.see(cells(
        [&, columns = columns, rows = rows](int x, int y) { return inside(x, columns) && inside(y, rows) ? 200 : 0; }));
    EXPECT_EQ(ignoring.report().black_since, std::nullopt) << columns.first << " " << rows.first;
  }
  Eye ignoring{PictureHealth({.ignore = {{0.25, 0.25, 0.75, 0.75}}})};
  ignoring.see(cells([](int x, int y) { return x >= 80 && x < 240 && y >= 45 && y < 135 ? 200 : 0; }));
  EXPECT_EQ(ignoring.report().black_since, 0) << "all of what is seen lies in the area";
}

TEST(PictureHealth, SaysNothingWhereAllOfThePictureIsIgnored) {
  Eye ignoring{PictureHealth({.ignore = {{0, 0, 0.5, 1}, {0.5, 0, 1, 1}}})};
  ignoring.see(flat(0), 20);
  EXPECT_EQ(ignoring.report().looked, 0U);
  EXPECT_EQ(ignoring.report().black_since, std::nullopt);
}

TEST(PictureHealth, IsFrozenOnceAPictureHasStoodForTwoSeconds) {
  Eye eye;
  eye.see(flat(50));
  eye.see(flat(100), 8);
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
  eye.see(flat(100));
  EXPECT_EQ(eye.report().frozen_since, kLook);
  eye.see(flat(100), 100);
  EXPECT_EQ(eye.report().frozen_since, kLook);
  eye.see(flat(105));
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, TakesAnEncodersNoiseForNoMotion) {
  Eye eye;
  // Every cell off by up to 7, as a new key frame makes it: 4 in the mean would be motion.
  int round = 0;
  for (; round < 20; ++round) {
    eye.see(cells([round](int x, int y) { return 100 + ((x * 7 + y * 13 + round * 5) % 15 - 7) / 2; }));
  }
  EXPECT_EQ(eye.report().frozen_since, 0);
}

TEST(PictureHealth, TakesASingleCellThatChangesMuchForMotion) {
  const auto clock = [](int second, int change) {
    return cells([=](int x, int y) { return x == 300 && y == 5 && second % 2 == 1 ? 100 + change : 100; });
  };
  Eye ticking;
  Eye flicker;
  for (int second = 0; second < 30; ++second) {
    ticking.see(clock(second, 24), 4);
    EXPECT_EQ(ticking.report().frozen_since, std::nullopt);
    flicker.see(clock(second, 23), 4);
  }
  EXPECT_EQ(flicker.report().frozen_since, 0);
}

TEST(PictureHealth, MeasuresASingleCellByTheChangeOfAllOthers) {
  // Half of all cells change by 4: 2.8 in the mean, and a cell must change by 15 times that, 42.
  const auto starved = [](int round, int spot) {
    return cells([=](int x, int y) {
      if (x == 300 && y == 5) return round % 2 == 1 ? 100 + spot : 100;
      return (x + y) % 2 == 0 && round % 2 == 1 ? 104 : 100;
    });
  };
  Eye noisy;
  Eye moving;
  for (int round = 0; round < 20; ++round) {
    noisy.see(starved(round, 40));
    moving.see(starved(round, 50));
  }
  EXPECT_EQ(noisy.report().frozen_since, 0);
  EXPECT_EQ(moving.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, AddsUpSlowMotion) {
  Eye eye;
  for (int i = 0; i < 80; ++i) {
    eye.see(flat(40 + i));
    EXPECT_EQ(eye.report().frozen_since, std::nullopt) << i;
  }
}

TEST(PictureHealth, SeesMotionInAPictureOfAnotherSize) {
  Eye eye;
  eye.see(flat(100), 20);
  EXPECT_EQ(eye.report().frozen_since, 0);
  eye.see(cells([](int, int) { return 100; }, 200, 100));
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, SaysNothingOfTheTimeOfAHole) {
  Eye eye;
  eye.see(flat(0), 20);
  ASSERT_TRUE(eye.report().black_since && eye.report().frozen_since);
  eye.at += 20 * base::kSecond - kLook;
  eye.see(flat(0));
  EXPECT_EQ(eye.report().black_since, 0) << "20 s without a picture";
  EXPECT_EQ(eye.report().frozen_since, 0);
  eye.at += 20 * base::kSecond - kLook + 1;
  const base::Micros after = eye.at;
  eye.see(flat(0));
  EXPECT_EQ(eye.report().black_since, after);
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, BeginsAnewWhereTimeGoesBack) {
  Eye eye;
  eye.at = 3600 * base::kSecond;
  eye.see(flat(0), 20);
  eye.at = 5;
  EXPECT_TRUE(eye.health.due(5));
  eye.see(flat(0));
  EXPECT_EQ(eye.report().black_since, 5);
  EXPECT_EQ(eye.report().frozen_since, std::nullopt);
}

TEST(PictureHealth, LooksAtFourPicturesASecond) {
  PictureHealth health;
  EXPECT_TRUE(health.due(0));
  health.look(flat(0), 0);
  EXPECT_FALSE(health.due(kLook - 1));
  EXPECT_TRUE(health.due(kLook));
}

/// Pictures of 720p as x264 gives them at 1 Mbit/s and 25 frames a second: here 160 kbit/s at 4.
struct Sample {
  const char* name;
  std::function<int(int x, int y, int picture)> luma;
  bool black;
  bool frozen;
};

/// Noise of up to 16 levels, the same for the same arguments.
int noise(int x, int y, int picture) {
  auto bits = static_cast<std::uint32_t>(x) * 73'856'093U ^ static_cast<std::uint32_t>(y) * 19'349'663U ^
              static_cast<std::uint32_t>(picture) * 83'492'791U;
  bits = (bits ^ (bits >> 13)) * 1'274'126'177U;
  return static_cast<int>((bits ^ (bits >> 16)) % 17) - 8;
}

int texture(int x, int y) { return 40 + (x / 3 + y / 2) % 150 + noise(x, y, 0); }

/// A digit of 19 lines in a corner: one of two shapes of seven strokes.
int clock(int x, int y, int picture) {
  const int across = x - 1180;
  const int down = y - 30;
  if (across < 0 || across >= 11 || down < 0 || down >= 19) return texture(x, y);
  const bool stroke = picture / 4 % 2 == 0 ? across < 3 || across >= 8 || down < 3 || down >= 16
                                           : down < 3 || (down >= 8 && down < 11) || across >= 8;
  return stroke ? 235 : 60;
}

class Encoded : public ::testing::TestWithParam<Sample> {};

TEST_P(Encoded, PicturesAreJudgedRight) {
  const Sample& sample = GetParam();
  const testing::Feed feed = testing::make_video({.width = 1280,
                                                  .height = 720,
                                                  .rate = {4, 1},
                                                  .frames = 17,
                                                  .gop = 8,
                                                  .parameters = "bitrate=160:vbv-maxrate=160:vbv-bufsize=160",
                                                  .luma = sample.luma});
  PictureWatch watch({});
  int black = 0;
  int frozen = 0;
  for (const FramePtr& frame : testing::decode(feed.track, feed.packets)) {
    watch.look(*frame, media::rescale(frame->pts, 90'000, base::kSecond));
    black += watch.report().black_since ? 1 : 0;
    frozen += watch.report().frozen_since ? 1 : 0;
  }
  EXPECT_EQ(watch.report().looked, 17U);
  EXPECT_EQ(black, sample.black ? 17 : 0);
  // The first two seconds say nothing yet, and the encoder may need some pictures to become clear.
  EXPECT_GE(frozen, sample.frozen ? 5 : 0);
  EXPECT_LE(frozen, sample.frozen ? 9 : 0);
}

INSTANTIATE_TEST_SUITE_P(
    PictureHealth, Encoded,
    ::testing::Values(Sample{"Black", [](int, int, int) { return 16; }, true, true},
                      Sample{"BlackWithNoise", [](int x, int y, int i) { return 16 + noise(x, y, i) / 2; }, true, true},
                      Sample{"DarkWithNoise", [](int x, int y, int i) { return 34 + noise(x, y, i); }, false, true},
                      Sample{"Still", [](int x, int y, int) { return texture(x, y); }, false, true},
                      Sample{"StillWithAClock", clock, false, false},
                      Sample{"Moving", [](int x, int y, int i) { return texture(x + i * 2, y); }, false, false}),
    [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace transcode
