#include "align/envelope.h"

#include <gtest/gtest.h>

namespace align {
namespace {

TEST(Envelope, KnowsTheAveragePowerOfEachHop) {
  Envelope heard;
  heard.add(100, 0.5, 2);
  heard.add(101, 1.0, 4);
  heard.add(101, 2.0, 2);
  EXPECT_EQ(heard.power(100), 0.25F);
  EXPECT_EQ(heard.power(101), 0.5F) << "both calls";
  EXPECT_EQ(heard.end(), 101) << "more may come of the newest";
}

TEST(Envelope, HasNothingWhereNothingWasHeard) {
  Envelope heard;
  EXPECT_FALSE(heard.end());
  EXPECT_FALSE(heard.power(0));
  heard.add(100, 0.5, 2);
  heard.add(104, 0.5, 2);
  EXPECT_FALSE(heard.power(99));
  EXPECT_FALSE(heard.power(102)) << "a hole";
  EXPECT_FALSE(heard.power(105));
  heard.add(102, 1, 1);
  EXPECT_EQ(heard.power(102), 1.0F) << "it came late";
}

TEST(Envelope, ForgetsWhatIsTooOld) {
  Envelope heard;
  heard.add(100, 1, 1);
  heard.add(101, 1, 1);
  heard.add(100 + Envelope::kHops, 1, 1);
  EXPECT_FALSE(heard.power(100));
  EXPECT_TRUE(heard.power(101));
  heard.add(100, 1, 1);
  EXPECT_EQ(heard.power(100 + Envelope::kHops), 1.0F) << "what is too late takes nobody's place";
  EXPECT_FALSE(heard.power(100));
}

TEST(Envelope, AHoleLongerThanItselfLeavesNothingBehind) {
  Envelope heard;
  for (std::int64_t hop = 0; hop < Envelope::kHops; ++hop) heard.add(hop, 1, 1);
  const std::int64_t later = 10 * Envelope::kHops;
  heard.add(later, 1, 1);
  for (std::int64_t hop = later - Envelope::kHops + 1; hop < later; ++hop) ASSERT_FALSE(heard.power(hop)) << hop;
}

TEST(Envelope, BeginsAnewWithoutWhatWasBefore) {
  Envelope heard;
  for (std::int64_t hop = 0; hop < Envelope::kHops; ++hop) heard.add(hop, 1, 1);
  heard.restart();
  EXPECT_FALSE(heard.end());
  heard.add(Envelope::kHops, 1, 1);
  EXPECT_FALSE(heard.power(Envelope::kHops - 1));
}

TEST(Envelope, CountsHopsFromTheZeroOfTime) {
  EXPECT_EQ(Envelope::hop_of(0), 0);
  EXPECT_EQ(Envelope::hop_of(9'999), 0);
  EXPECT_EQ(Envelope::hop_of(10'000), 1);
  EXPECT_EQ(Envelope::hop_of(-5), 0);
}

}  // namespace
}  // namespace align
