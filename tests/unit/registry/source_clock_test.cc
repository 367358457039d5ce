#include "registry/source_clock.h"

#include <gtest/gtest.h>

#include "media/stamp_wrap.h"
#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kSecond;
using feed::Format;

TEST(SourceClock, AreWrittenAndReadAgain) {
  const SourceClocks clocks{{kZero, Format::kMpegTs}, {-5, Format::kRtmp}};
  EXPECT_EQ(write_clocks(clocks),
            R"({"clocks":[{"stamps":"mpegts","zero_us":1796000000000000},{"stamps":"rtmp","zero_us":-5}]})");
  EXPECT_EQ(*parse_clocks(write_clocks(clocks)), clocks);
  EXPECT_TRUE(parse_clocks(R"({"clocks":[]})")->empty());
}

TEST(SourceClock, WhatOthersWroteMayBeAnything) {
  for (const char* text : {"", "7", "{}", R"({"clocks":7})", R"({"clocks":[7]})", R"({"clocks":[{"zero_us":1}]})",
                           R"({"clocks":[{"stamps":"rtmp"}]})", R"({"clocks":[{"stamps":"rtmp","zero_us":"1"}]})",
                           R"({"clocks":[{"stamps":"rtmp","zero_us":1.5}]})",
                           R"({"clocks":[{"stamps":"rtmp","zero_us":288230376151711745}]})",
                           R"({"clocks":[{"stamps":"rtmp","zero_us":-288230376151711745}]})"})
    EXPECT_FALSE(parse_clocks(text).ok()) << text;
  EXPECT_TRUE(parse_clocks(R"({"clocks":[{"stamps":"rtmp","zero_us":288230376151711744}]})").ok());
  EXPECT_TRUE(parse_clocks(R"({"clocks":[{"stamps":"later","zero_us":1}]})")->empty());
  EXPECT_TRUE(parse_clocks(write_clocks(SourceClocks(kMostClocks, {1, Format::kRtmp}))).ok());
  EXPECT_FALSE(parse_clocks(write_clocks(SourceClocks(kMostClocks + 1, {1, Format::kRtmp}))).ok());
}

TEST(SourceClock, IsOfTheSameRunIfItIsNear) {
  const SourceClocks clocks{{kZero, Format::kMpegTs}};
  for (const base::Micros off : {-8 * kSecond, base::Micros{0}, 8 * kSecond})
    EXPECT_EQ(clock_near(clocks, {kZero + off, Format::kMpegTs}), clocks[0]) << off;
  for (const base::Micros off : {-8 * kSecond - 1, 8 * kSecond + 1})
    EXPECT_FALSE(clock_near(clocks, {kZero + off, Format::kMpegTs})) << off;
}

TEST(SourceClock, OfOtherStampsIsAnotherOne) {
  EXPECT_FALSE(clock_near({{kZero, Format::kMpegTs}}, {kZero, Format::kRtmp}));
  EXPECT_TRUE(clock_near({{kZero, Format::kMpegTs}, {kZero, Format::kRtmp}}, {kZero, Format::kRtmp}));
}

TEST(SourceClock, TheNearestCounts) {
  const SourceClocks clocks{
      {kZero, Format::kRtmp}, {kZero + 3 * kSecond, Format::kRtmp}, {kZero + 9 * kSecond, Format::kRtmp}};
  EXPECT_EQ(clock_near(clocks, {kZero + 2 * kSecond, Format::kRtmp}), clocks[1]);
  EXPECT_EQ(clock_near(clocks, {kZero + 1 * kSecond, Format::kRtmp}), clocks[0]);
  EXPECT_EQ(clock_near(clocks, {kZero + 7 * kSecond, Format::kRtmp}), clocks[2]);
}

TEST(SourceClock, IsTheSameAfterItsStampsHaveWrapped) {
  for (const Format stamps : {Format::kMpegTs, Format::kRtmp}) {
    const base::Micros wrap = wrap_of(stamps).micros();
    for (const int wraps : {-2, -1, 1, 40}) {
      const SourceClocks clocks{{kZero, stamps}};
      EXPECT_TRUE(clock_near(clocks, {kZero + wraps * wrap + 7 * kSecond, stamps})) << wraps;
      EXPECT_FALSE(clock_near(clocks, {kZero + wraps * wrap + 9 * kSecond, stamps})) << wraps;
    }
  }
  EXPECT_EQ(wrap_of(Format::kMpegTs).micros(), 95'443'717'689);
  EXPECT_EQ(wrap_of(Format::kRtmp).micros(), 4'294'967'296'000);
}

TEST(SourceClock, WrapsAreCountedExactly) {
  using media::kMpegTsWrap;
  const base::Micros ten = media::rescale(10 * kMpegTsWrap.ticks, kMpegTsWrap.scale, kSecond);
  EXPECT_EQ(media::wraps_between(kZero + ten, kZero, kMpegTsWrap), 10);
  EXPECT_EQ(media::wraps_between(kZero, kZero + ten, kMpegTsWrap), -10);
  EXPECT_EQ(media::clock_distance(kZero + ten + 7, kZero, kMpegTsWrap), 7);
  EXPECT_EQ(media::clock_distance(kZero, kZero + ten + 7, kMpegTsWrap), -7);
}

TEST(SourceClock, OfMoreThanAreKeptTheOldestGoes) {
  SourceClocks clocks;
  for (base::Micros i = 0; i <= static_cast<base::Micros>(kMostClocks); ++i) add_clock(clocks, {i, Format::kRtmp});
  EXPECT_EQ(clocks.size(), kMostClocks);
  EXPECT_EQ(clocks.front().zero, 1);
  EXPECT_EQ(clocks.back().zero, static_cast<base::Micros>(kMostClocks));
}

}  // namespace
}  // namespace registry
