#include "worker/transport_watch.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

/// A transport stream that is looked at ten times a second.
struct Looking {
  /// `a_second`: what happens in each, spread over its looks.
  void pass(base::Micros time, std::uint64_t pictures_a_second) {
    for (const base::Micros end = now + time; now < end;) {
      now += 100 * kMillisecond;
      pictures_tenths += pictures_a_second;
      watch.look(counters, pictures_tenths / 10, now);
    }
  }
  ts::Counters counters;
  std::uint64_t pictures_tenths = 0;
  base::Micros now = 1'800'000'000 * kSecond;
  TransportWatch watch;
};

TEST(TransportWatch, CountsTheErrorsOfTheLastSecond) {
  Looking at;
  at.counters.cc_gaps = 1000;
  at.pass(kSecond, 25);
  EXPECT_EQ(at.watch.errors(), 0U) << "those before it looked";
  at.counters.cc_gaps += 1;
  at.counters.transport_errors += 2;
  at.counters.crc_errors += 3;
  at.counters.sync_losses += 4;
  at.pass(100 * kMillisecond, 25);
  EXPECT_EQ(at.watch.errors(), 10U);
  at.pass(800 * kMillisecond, 25);
  EXPECT_EQ(at.watch.errors(), 10U);
  at.pass(200 * kMillisecond, 25);
  EXPECT_EQ(at.watch.errors(), 0U);
}

TEST(TransportWatch, WhatIsLostWithAPacketIsNotCountedTwice) {
  Looking at;
  at.pass(kSecond, 25);
  at.counters.cc_gaps += 1;
  at.counters.pes_damaged += 1;
  at.counters.frames_bad += 1;
  at.counters.duplicates += 1;
  at.counters.discontinuities += 1;
  at.pass(100 * kMillisecond, 25);
  EXPECT_EQ(at.watch.errors(), 1U);
}

TEST(TransportWatch, AScrambledPictureLastsUntilOneIsClear) {
  Looking at;
  at.pass(3 * kSecond, 25);
  EXPECT_EQ(at.watch.scrambled_for(), 0);
  for (int i = 0; i < 30; ++i) {
    at.counters.scrambled_video += 50;
    at.pass(100 * kMillisecond, 0);
  }
  EXPECT_GE(at.watch.scrambled_for(), 2 * kSecond);
  EXPECT_LE(at.watch.scrambled_for(), 3 * kSecond);
  at.pass(kSecond + 100 * kMillisecond, 25);
  EXPECT_EQ(at.watch.scrambled_for(), 0);
}

TEST(TransportWatch, AFeedThatIsScrambledFromTheStartIsToo) {
  Looking at;
  for (int i = 0; i < 20; ++i) {
    at.counters.scrambled_video += 50;
    at.pass(100 * kMillisecond, 0);
  }
  EXPECT_GE(at.watch.scrambled_for(), 1800 * kMillisecond);
}

TEST(TransportWatch, SomeScrambledPacketsAmongPicturesAreNoScrambledPicture) {
  Looking at;
  for (int i = 0; i < 100; ++i) {
    if (i % 3 == 0) at.counters.scrambled_video += 1;
    at.pass(100 * kMillisecond, 25);
    EXPECT_EQ(at.watch.scrambled_for(), 0);
  }
}

TEST(TransportWatch, AStreamThatStopsIsNotScrambledAnyMore) {
  Looking at;
  for (int i = 0; i < 20; ++i) {
    at.counters.scrambled_video += 50;
    at.pass(100 * kMillisecond, 0);
  }
  at.pass(3 * kSecond, 0);
  EXPECT_EQ(at.watch.scrambled_for(), 0);
}

}  // namespace
}  // namespace worker
