#include "transcode/rung_snapshots.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "unit/transcode/picture.h"

namespace transcode {
namespace {

FramePtr key_picture() { return testing::make_picture(64, 36, 100, 100); }

/// The times of those that are made, by rung; waits until there are `count`.
std::map<std::size_t, base::Micros> made(RungSnapshots& snapshots, std::size_t count) {
  std::map<std::size_t, base::Micros> times;
  while (times.size() < count) {
    if (const auto one = snapshots.take()) {
      EXPECT_EQ(one->thumbnail.jpeg.text().substr(0, 2), "\xFF\xD8");
      times[one->rung] = one->thumbnail.at;
    }
    std::this_thread::yield();
  }
  return times;
}

using Times = std::map<std::size_t, base::Micros>;

TEST(RungSnapshots, AreOfTheNextKeyFrameOfEachRung) {
  RungSnapshots snapshots(3);
  snapshots.ask();
  for (const base::Micros at : {7, 8}) {
    for (const std::size_t rung : {0U, 2U}) snapshots.look(rung, *key_picture(), at);
  }
  EXPECT_EQ(made(snapshots, 2), (Times{{0, 7}, {2, 7}}));
  snapshots.look(1, *key_picture(), 9);
  EXPECT_EQ(made(snapshots, 1), (Times{{1, 9}})) << "a rung that had left out its key frame";
  EXPECT_FALSE(snapshots.take()) << "each once";
}

TEST(RungSnapshots, AreNotMadeUnasked) {
  RungSnapshots snapshots(1);
  snapshots.look(0, *key_picture(), 7);
  EXPECT_FALSE(snapshots.take());
  snapshots.ask();
  snapshots.look(0, *key_picture(), 8);
  EXPECT_EQ(made(snapshots, 1), (Times{{0, 8}}));
  snapshots.look(0, *key_picture(), 9);
  snapshots.ask();
  snapshots.look(0, *key_picture(), 10);
  EXPECT_EQ(made(snapshots, 1), (Times{{0, 10}}));
}

TEST(RungSnapshots, AreGivenUpWhileTheCpuIsShort) {
  RungSnapshots snapshots(2);
  snapshots.ask();
  snapshots.give_up();
  for (const std::size_t rung : {0U, 1U}) snapshots.look(rung, *key_picture(), 7);
  snapshots.ask();
  for (const std::size_t rung : {0U, 1U}) snapshots.look(rung, *key_picture(), 8);
  EXPECT_EQ(made(snapshots, 2), (Times{{0, 8}, {1, 8}}));
}

TEST(RungSnapshots, WhatWaitsGoesWithThem) {
  RungSnapshots snapshots(2);
  snapshots.ask();
  for (const std::size_t rung : {0U, 1U}) snapshots.look(rung, *key_picture(), 7);
}

}  // namespace
}  // namespace transcode
