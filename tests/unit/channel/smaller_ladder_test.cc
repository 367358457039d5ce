#include "channel/smaller_ladder.h"

#include <gtest/gtest.h>

#include "channel/ladder_weight.h"
#include "ladders.h"

namespace channel {
namespace {

/// In which order the rungs go, and then those that are left: "v1080 v720, v360".
std::string taken_apart(job::Options options) {
  std::string text;
  while (const auto name = first_to_leave_out(options)) {
    leave_out(*name, options);
    text += *name + " ";
  }
  for (const job::Rung& rung : rungs_of(options)) text += ", " + rung.name;
  return text;
}

TEST(SmallerLadder, OfADefaultLadderGoesWithoutItsLargestRungs) {
  EXPECT_EQ(taken_apart({}), "v1080 v720 v480 , v360");
  job::Options below_a_copy;
  below_a_copy.copy_video = true;
  EXPECT_EQ(taken_apart(below_a_copy), "v720 v480 , v360") << "a copy costs nothing";
}

TEST(SmallerLadder, OfTheOperatorsRungsGoesWithoutTheLargest) {
  EXPECT_EQ(taken_apart(ladder({{.name = "source", .height = 0, .bitrate = 6},
                                {.name = "high", .height = 720, .bitrate = 4},
                                {.name = "low", .height = 720, .bitrate = 2},
                                {.name = "sd", .height = 480, .bitrate = 1}})),
            "source high low , sd");
}

TEST(SmallerLadder, KeepsARungThatEveryPlayerHas) {
  EXPECT_EQ(taken_apart(ladder({{.name = "hevc", .codec = media::Codec::kHevc, .height = 1080, .bitrate = 4},
                                {.name = "avc", .height = 1080, .bitrate = 6},
                                {.name = "avc-low", .height = 480, .bitrate = 6},
                                {.name = "hevc-low", .codec = media::Codec::kHevc, .height = 360, .bitrate = 1}})),
            "hevc hevc-low avc , avc-low");
}

TEST(SmallerLadder, OfNoRungAndOfOneIsTheSame) {
  EXPECT_EQ(taken_apart(ladder({})), "");
  EXPECT_EQ(taken_apart(ladder({{.name = "only", .height = 720, .bitrate = 1}})), ", only");
}

TEST(SmallerLadder, CostsLess) {
  job::Options options;
  const double whole = weight_of(options);
  leave_out("v1080", options);
  EXPECT_NEAR(weight_of(options), whole - 1, 1e-9);
}

TEST(SmallerLadder, LeavesOutWhatThereIs) {
  job::Options options =
      ladder({{.name = "a", .height = 720, .bitrate = 1}, {.name = "b", .height = 480, .bitrate = 1}});
  leave_out("c", options);
  EXPECT_EQ(options.ladder.size(), 2U);
  leave_out("a", options);
  leave_out("b", options);
  ASSERT_EQ(options.ladder.size(), 1U) << "the last one stays";
  EXPECT_EQ(options.ladder[0].name, "b");
  job::Options preset;
  leave_out("v360", preset);
  EXPECT_EQ(preset.most_lines, 0) << "the smallest stays";
}

}  // namespace
}  // namespace channel
