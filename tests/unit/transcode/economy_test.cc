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
  economy.on_key({25, 1});
  EXPECT_EQ(economy.level(), 0);
  EXPECT_EQ(economy.changes(), 0U);
}

/// How many of the pictures of two seconds at 25 a second each rung shows.
std::vector<int> shown(Economy& economy, std::size_t rungs) {
  std::vector<int> counts(rungs);
  for (std::int64_t i = 0; i < 50; ++i) {
    if (i == 0) economy.on_key({25, 1});
    for (std::size_t rung = 0; rung < rungs; ++rung) {
      counts[rung] += economy.keep(rung, i * 3600, 0, i == 0, {25, 1}, 90000) ? 1 : 0;
    }
  }
  return counts;
}

TEST(Economy, ShowsFewerPicturesOfTheRungsThatSave) {
  const auto rungs = ladder({720, 480, 360});
  Economy economy(rungs, 400 * base::kMillisecond);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{50, 50, 50}));
  economy.ask(2);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{25, 25, 50}));
  economy.ask(3);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{5, 25, 50}));
  economy.ask(99);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{5, 5, 50}));
  EXPECT_EQ(economy.level(), 4);
  economy.ask(-1);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{50, 50, 50}));
  EXPECT_EQ(economy.changes(), 4U);
}

TEST(Economy, HalvesTheRungsOwnRateWhereThatIsLower) {
  auto rungs = ladder({720, 480, 360});
  rungs[0].frame_rate = {50, 1};
  rungs[1].frame_rate = {25, 2};
  Economy economy(rungs, 400 * base::kMillisecond);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{50, 25, 50}));
  economy.ask(2);
  EXPECT_EQ(shown(economy, 3), (std::vector<int>{25, 13, 50}));
}

TEST(Economy, TakesALevelAtTheNextKeyFrame) {
  Economy economy(ladder({720, 360}), 400 * base::kMillisecond);
  shown(economy, 2);
  economy.ask(3);
  EXPECT_TRUE(economy.keep(0, 50 * 3600, 0, false, {25, 1}, 90000));
  EXPECT_EQ(economy.level(), 0);
  EXPECT_FALSE(economy.fast(0));
  economy.on_key({25, 1});
  EXPECT_EQ(economy.level(), 3);
  EXPECT_TRUE(economy.fast(0));
  EXPECT_FALSE(economy.fast(1));
}

TEST(Economy, ShowsEveryPictureOfAnUnknownRateButForStills) {
  Economy economy(ladder({720, 360}), 400 * base::kMillisecond);
  economy.ask(2);
  economy.on_key({0, 1});
  EXPECT_TRUE(economy.keep(0, 0, 0, true, {0, 1}, 90000));
  EXPECT_TRUE(economy.keep(0, 3600, 0, false, {0, 1}, 90000));
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
