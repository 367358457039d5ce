#include "captions/queue.h"

#include <gtest/gtest.h>

namespace captions {
namespace {

/// A pair that says which one it is.
Triplet numbered(int number, bool valid = true) {
  return {valid, Triplet::Kind::kField1, static_cast<std::uint8_t>(number / 100),
          static_cast<std::uint8_t>(number % 100)};
}

std::vector<Triplet> run(int from, int to) {
  std::vector<Triplet> triplets;
  for (int i = from; i < to; ++i) triplets.push_back(numbered(i));
  return triplets;
}

std::vector<Triplet> take(Queue& queue, std::int64_t until, std::size_t most = kMostTriplets) {
  std::vector<Triplet> taken;
  queue.take(until, most, taken);
  return taken;
}

TEST(Queue, GivesEachTripletOnce) {
  Queue queue(100);
  queue.put(10, run(0, 3));
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(take(queue, 10), run(0, 3));
  EXPECT_TRUE(queue.empty());
  EXPECT_TRUE(take(queue, 20).empty());
}

TEST(Queue, KeepsBackWhatIsShownLater) {
  Queue queue(100);
  queue.put(10, run(0, 2));
  queue.put(20, run(2, 4));
  EXPECT_TRUE(take(queue, 9).empty());
  EXPECT_EQ(take(queue, 19), run(0, 2));
  EXPECT_EQ(take(queue, 20), run(2, 4));
}

TEST(Queue, PutsPicturesInOrderOfPresentation) {
  Queue queue(100);
  queue.put(40, run(6, 8));
  queue.put(10, run(0, 2));
  queue.put(30, run(4, 6));
  queue.put(20, run(2, 3));
  queue.put(20, run(3, 4));
  EXPECT_EQ(take(queue, 100), run(0, 8)) << "those of one picture in their own order";
}

TEST(Queue, GivesTheRestWithTheNextPicture) {
  Queue queue(100);
  queue.put(10, run(0, 50));
  EXPECT_EQ(take(queue, 10), run(0, 31));
  queue.put(20, run(50, 60));
  EXPECT_EQ(take(queue, 20), run(31, 60));
}

TEST(Queue, LeavesPaddingOutWhereThereIsNoRoomForIt) {
  Queue queue(100);
  for (int picture = 0; picture < 2; ++picture) {
    queue.put(picture, run(picture * 20, picture * 20 + 2));
    queue.put(picture, std::vector<Triplet>(18, numbered(99, false)));
  }
  const auto first = run(0, 2);
  const auto second = run(20, 22);
  EXPECT_EQ(take(queue, 1), (std::vector<Triplet>{first[0], first[1], second[0], second[1]}));
  queue.put(2, std::vector<Triplet>(18, numbered(99, false)));
  EXPECT_EQ(take(queue, 2).size(), 18U) << "one picture's own padding stays";
}

TEST(Queue, LeavesPaddingOfLaterPicturesAlone) {
  Queue queue(100);
  queue.put(0, run(0, 40));
  queue.put(1, std::vector<Triplet>(5, numbered(99, false)));
  take(queue, 0);
  EXPECT_EQ(take(queue, 0), run(31, 40));
  EXPECT_EQ(take(queue, 1).size(), 5U);
}

TEST(Queue, DropsTheOldestBeyondItsBound) {
  Queue queue(10);
  queue.put(0, run(0, 8));
  queue.put(1, run(8, 12));
  EXPECT_EQ(queue.lost(), 2U);
  EXPECT_EQ(take(queue, 1), run(2, 12));
}

}  // namespace
}  // namespace captions
