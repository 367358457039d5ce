#include "transcode/economy.h"

#include <gtest/gtest.h>

#include <string>

#include "transcode/video_encoder.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

std::vector<Rung> ladder(const std::vector<int>& heights) {
  std::vector<Rung> rungs;
  for (const int height : heights) {
    rungs.push_back(testing::ladder_rung(height));
    rungs.back().width = height * 16 / 9;
  }
  return rungs;
}

TEST(Economy, ItsBaseIsTheSmallestRungWhereverItStands) {
  EXPECT_EQ(base_rung(ladder({720, 480, 360})), 2U);
  EXPECT_EQ(base_rung(ladder({360, 720, 480})), 0U);
  EXPECT_EQ(base_rung(ladder({720})), 0U);
  auto rungs = ladder({360, 360});
  rungs[0].bitrate = rungs[1].bitrate / 2;
  EXPECT_EQ(base_rung(rungs), 0U) << "of one size the one of fewer bits";
}

TEST(Economy, ItsBaseIsARungThatEveryPlayerDecodes) {
  auto rungs = ladder({720, 480, 360});
  rungs[2].codec = media::Codec::kHevc;
  EXPECT_EQ(base_rung(rungs), 1U);
  rungs[0].codec = rungs[1].codec = media::Codec::kHevc;
  EXPECT_EQ(base_rung(rungs), 2U);
}

TEST(Economy, TheLargerARungTheLessCpuItAsksFor) {
  const auto rungs = ladder({1080, 720, 480, 360});
  EXPECT_EQ(nice_of(rungs, 3), 0);
  EXPECT_EQ(nice_of(rungs, 2), 2);
  EXPECT_EQ(nice_of(rungs, 1), 4);
  EXPECT_EQ(nice_of(rungs, 0), 6);
  const auto twins = ladder({360, 360});
  EXPECT_EQ(nice_of(twins, 0), 0);
  EXPECT_EQ(nice_of(twins, 1), 2) << "only one is the base";
}

std::string efforts(int level, const std::vector<Rung>& rungs) {
  std::string text;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const Effort effort = effort_at(level, rungs, i);
    const char* rate = effort.rate == Effort::Rate::kFull   ? "full"
                       : effort.rate == Effort::Rate::kHalf ? "half"
                                                            : "stills";
    text += std::string(i == 0 ? "" : " ") + rate + (effort.fast ? "+" : "");
  }
  return text;
}

TEST(Economy, ItsLevelsGiveUpTheLargestRungFirstAndTheBaseNever) {
  const auto rungs = ladder({1080, 720, 360});
  EXPECT_EQ(most_economy(3), 4);
  EXPECT_EQ(efforts(0, rungs), "full full full");
  EXPECT_EQ(efforts(1, rungs), "full+ full+ full");
  EXPECT_EQ(efforts(2, rungs), "half+ half+ full");
  EXPECT_EQ(efforts(3, rungs), "stills+ half+ full");
  EXPECT_EQ(efforts(4, rungs), "stills+ stills+ full");
  EXPECT_EQ(efforts(3, ladder({360, 720, 1080})), "full half+ stills+") << "whatever their order";
}

TEST(Economy, ASingleRungHasNothingToSave) {
  EXPECT_EQ(most_economy(1), 0);
  EXPECT_EQ(most_economy(0), 0);
  Economy economy(ladder({360}), 375'000);
  economy.ask(5);
  economy.on_picture({.key = true, .source_rate = {25, 1}});
  EXPECT_EQ(economy.level(), 0);
  EXPECT_EQ(economy.changes(), 0U);
}

/// An economy and a source of 25 pictures a second, of a rate that it tells or not.
struct Shown {
  Shown(const std::vector<Rung>& rungs, media::Rational told = {25, 1})
      : count(rungs.size()), rate(told), economy(rungs, 400 * base::kMillisecond) {}

  /// How many of the pictures of the next two seconds, a slot, each rung shows.
  std::vector<int> next() {
    std::vector<int> counts(count);
    for (int i = 0; i < 50; ++i) {
      economy.on_picture({pts, 90000, i == 0, rate});
      for (std::size_t rung = 0; rung < count; ++rung) {
        counts[rung] += economy.keep(rung, pts / 180'000 * 180'000) ? 1 : 0;
      }
      pts += 3600;
    }
    return counts;
  }

  const std::size_t count;
  const media::Rational rate;
  std::int64_t pts = 1'800'000;
  Economy economy;
};

TEST(Economy, ShowsFewerPicturesOfTheRungsThatSave) {
  Shown ladder_of(ladder({720, 480, 360}));
  Economy& economy = ladder_of.economy;
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 50, 50}));
  economy.ask(2);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{25, 25, 50}));
  economy.ask(3);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{5, 25, 50}));
  economy.ask(99);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{5, 5, 50}));
  EXPECT_EQ(economy.level(), 4);
  economy.ask(-1);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 50, 50}));
  EXPECT_EQ(economy.changes(), 4U);
}

TEST(Economy, HalvesTheRungsOwnRateWhereThatIsLower) {
  auto rungs = ladder({720, 480, 360});
  rungs[0].frame_rate = {50, 1};
  rungs[1].frame_rate = {25, 2};
  Shown ladder_of(rungs);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 25, 50}));
  ladder_of.economy.ask(2);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{25, 13, 50}));
}

TEST(Economy, TakesALevelAtTheNextKeyFrame) {
  Shown ladder_of(ladder({720, 360}));
  Economy& economy = ladder_of.economy;
  ladder_of.next();
  economy.ask(3);
  economy.on_picture({ladder_of.pts, 90000, false, {25, 1}});
  EXPECT_TRUE(economy.keep(0, 1'800'000));
  EXPECT_EQ(economy.level(), 0);
  EXPECT_FALSE(economy.fast(0));
  economy.on_picture({ladder_of.pts + 3600, 90000, true, {25, 1}});
  EXPECT_EQ(economy.level(), 3);
  EXPECT_TRUE(economy.fast(0));
  EXPECT_FALSE(economy.fast(1));
}

TEST(Economy, MeasuresARateThatTheSourceDoesNotTell) {
  Shown ladder_of(ladder({720, 360}), {0, 1});
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 50}));
  ladder_of.economy.ask(2);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{25, 50}));
  ladder_of.economy.ask(3);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{5, 50}));
  ladder_of.economy.ask(0);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 50}));
}

TEST(Economy, ShowsEveryPictureUntilTheRateIsMeasuredButForStills) {
  Shown ladder_of(ladder({720, 360}), {0, 1});
  ladder_of.economy.ask(2);
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{50, 50}));
  EXPECT_EQ(ladder_of.next(), (std::vector<int>{25, 50}));
}

/// Whether x264's fast encoder needs no other parameter sets.
TEST(Economy, AFastEncoderHasTheParameterSetsOfEveryPreset) {
  media::Track source;
  source.timescale = 90000;
  source.video.width = 1280;
  source.video.height = 720;
  source.video.frame_rate = {25, 1};
  for (const char* preset : {"ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow"}) {
    for (const char* profile : {"baseline", "main", "high"}) {
      for (const bool quality : {false, true}) {
        Rung rung = testing::ladder_rung(720);
        rung.preset = preset;
        rung.profile = profile;
        rung.quality = quality;
        rung = resolve(rung, source);
        const auto usual = VideoEncoder::make(rung, source, {1, false}).take();
        const auto fast = VideoEncoder::make(rung, source, {1, true}).take();
        EXPECT_TRUE(media::same_format(usual->track(), fast->track())) << preset << " " << profile << " " << quality;
      }
    }
  }
}

}  // namespace
}  // namespace transcode
