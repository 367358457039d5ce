#include "channel/spawn_queue.h"

#include <gtest/gtest.h>

#include <string>

namespace channel {
namespace {

SpawnOrder from(const std::string& turn) { return {false, turn}; }
SpawnOrder replacing(const std::string& turn) { return {true, turn}; }

/// Serves everything that waits: "1 3 2".
std::string served(SpawnQueue& queue) {
  std::string order;
  while (const auto id = queue.next()) {
    order += (order.empty() ? "" : " ") + std::to_string(*id);
    queue.remove(*id);
  }
  return order;
}

TEST(SpawnQueue, ServesTheRequestsOfOneTurnAsTheyCame) {
  SpawnQueue queue;
  for (const std::uint64_t id : {3U, 1U, 2U}) EXPECT_TRUE(queue.push(id, from("a")));
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(served(queue), "3 1 2");
  EXPECT_EQ(queue.size(), 0U);
}

TEST(SpawnQueue, AnAddressWithManyRequestsMakesAnotherWaitForOneOfThem) {
  SpawnQueue queue;
  for (std::uint64_t id = 1; id <= 4; ++id) EXPECT_TRUE(queue.push(id, from("flood")));
  EXPECT_TRUE(queue.push(5, from("honest")));
  EXPECT_TRUE(queue.push(6, from("channel")));
  EXPECT_TRUE(queue.push(7, from("honest")));
  EXPECT_EQ(served(queue), "1 5 6 2 7 3 4");
}

TEST(SpawnQueue, ReplacementsGoBeforeWhateverBegins) {
  SpawnQueue queue;
  EXPECT_TRUE(queue.push(1, from("a")));
  EXPECT_TRUE(queue.push(2, replacing("b")));
  EXPECT_TRUE(queue.push(3, replacing("a")));
  EXPECT_EQ(served(queue), "2 3 1");
}

TEST(SpawnQueue, WhatIsWithdrawnIsGoneAndCostsNobodyATurn) {
  SpawnQueue queue;
  for (std::uint64_t id = 1; id <= 3; ++id) EXPECT_TRUE(queue.push(id, from("a")));
  EXPECT_TRUE(queue.push(4, from("b")));
  EXPECT_TRUE(queue.push(5, replacing("c")));
  queue.remove(2);
  queue.remove(5);
  queue.remove(77);
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(served(queue), "1 4 3");
}

TEST(SpawnQueue, IsBoundedForWhatBeginsAndNotForReplacements) {
  SpawnQueue queue;
  std::uint64_t id = 0;
  while (queue.size() < SpawnQueue::kMost) {
    ++id;
    ASSERT_TRUE(queue.push(id, from(std::to_string(id % 7))));
  }
  EXPECT_FALSE(queue.push(++id, from("late")));
  EXPECT_TRUE(queue.push(++id, replacing("live")));
  EXPECT_EQ(queue.next(), id);
  queue.remove(1);
  EXPECT_TRUE(queue.push(++id, from("late")));
}

}  // namespace
}  // namespace channel
