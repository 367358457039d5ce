#include "origin/waiters.h"

#include <gtest/gtest.h>

#include <ctime>
#include <deque>
#include <memory>

#include "channel.h"

namespace origin {
namespace {

using namespace origin::testing;

hls::Decision ask(const RenditionSnapshot& rendition, std::uint64_t msn, std::uint64_t part) {
  hls::Directives directives;
  directives.msn = msn;
  directives.part = part;
  return rendition.decide(directives);
}

std::size_t count(Ready& ready) {
  std::size_t popped = 0;
  while (ready.pop() != nullptr) ++popped;
  return popped;
}

struct WaitersTest : ::testing::Test {
  WaitersTest() {
    channel.begin();
    channel.segments(kFirst, kFirst);
    channel.log.apply(part(kVideo, kFirst + 1, 0));
  }
  WaitCondition next_part_listed() { return WaitCondition::playlist(kVideo, ask(channel.rendition(), kFirst + 1, 1)); }
  std::size_t woken() {
    Ready ready;
    waiters.take_ready(*channel.log.snapshot(), ready);
    return count(ready);
  }
  Channel channel;
  Waiters waiters{{}};
};

TEST_F(WaitersTest, WakesEveryoneWhenThePartIsListed) {  // LL-98, LL-105
  std::deque<Waiter> held(3);
  for (Waiter& waiter : held) ASSERT_TRUE(waiters.add(waiter, next_part_listed(), 100));
  EXPECT_EQ(woken(), 0U);
  channel.log.apply(part(kAudio, kFirst + 1, 0));
  EXPECT_EQ(woken(), 0U);
  EXPECT_EQ(waiters.size(), 3U);
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  EXPECT_EQ(woken(), 3U);
  EXPECT_EQ(waiters.size(), 0U);
  EXPECT_FALSE(held[0].waiting());
}

TEST_F(WaitersTest, WakesForAPartAGapASegmentAndTheChannel) {  // LL-79, LL-34
  Waiter for_part, for_gap, for_segment;
  ASSERT_TRUE(waiters.add(for_part, WaitCondition::object(kVideo, kFirst + 1, 1), 100));
  ASSERT_TRUE(waiters.add(for_gap, WaitCondition::object(kVideo, kFirst + 1, 2), 100));
  ASSERT_TRUE(waiters.add(for_segment, WaitCondition::segment(kVideo, kFirst + 1), 100));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  EXPECT_EQ(woken(), 1U);
  EXPECT_FALSE(for_part.waiting());
  channel.log.apply(gap(kVideo, kFirst + 1, 2));
  EXPECT_EQ(woken(), 1U);
  EXPECT_FALSE(for_gap.waiting());
  channel.log.apply(end(kVideo, kFirst + 1));
  EXPECT_EQ(woken(), 1U);
  EXPECT_FALSE(for_segment.waiting());
}

TEST_F(WaitersTest, ThoseThatAreReadyAreSeenInTheOrderInWhichTheyAreTaken) {
  std::deque<Waiter> held(3);
  for (Waiter& waiter : held) ASSERT_TRUE(waiters.add(waiter, next_part_listed(), 100));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  Ready ready;
  waiters.take_ready(*channel.log.snapshot(), ready);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(ready.peek(i), &held[static_cast<std::size_t>(i)]) << i;
  EXPECT_EQ(ready.peek(3), nullptr);
  EXPECT_EQ(ready.peek(9), nullptr);
  EXPECT_EQ(ready.pop(), &held[0]);
  EXPECT_EQ(ready.peek(0), &held[1]);
  EXPECT_EQ(ready.peek(2), nullptr);
}

TEST_F(WaitersTest, WakesForTheFirstPlaylist) {  // LL-111
  Channel fresh;
  fresh.begin();
  Waiter for_channel, for_playlist;
  Waiters held{{}};
  ASSERT_TRUE(held.add(for_channel, WaitCondition::channel(), 100));
  ASSERT_TRUE(held.add(for_playlist, WaitCondition::playlist(kVideo, fresh.rendition().decide({})), 100));
  for (std::uint32_t i = 0; i < 3; ++i) {
    Ready none;
    held.take_ready(*fresh.log.snapshot(), none);
    EXPECT_TRUE(none.empty());
    fresh.log.apply(part(kVideo, kFirst, i));
  }
  Ready begun;
  held.take_ready(*fresh.log.snapshot(), begun);
  EXPECT_EQ(count(begun), 1U);
  EXPECT_FALSE(for_channel.waiting());
  // Shaka and video.js cannot start from parts alone: the playlist has a whole segment.
  fresh.log.apply(part(kVideo, kFirst, 3, true));
  fresh.log.apply(end(kVideo, kFirst));
  Ready ready;
  held.take_ready(*fresh.log.snapshot(), ready);
  EXPECT_EQ(count(ready), 1U);
}

TEST_F(WaitersTest, TheEndWakesEveryone) {  // LL-44
  std::deque<Waiter> held(3);
  ASSERT_TRUE(waiters.add(held[0], next_part_listed(), 100));
  ASSERT_TRUE(waiters.add(held[1], WaitCondition::object(kVideo, kFirst + 1, 1), 100));
  ASSERT_TRUE(waiters.add(held[2], WaitCondition::segment(kVideo, kFirst + 1), 100));
  channel.log.apply(record::End{});
  EXPECT_EQ(woken(), 3U);
}

TEST_F(WaitersTest, ExpiresInTheOrderOfDeadlines) {  // LL-103, LL-83
  Waiter late, early, middle;
  ASSERT_TRUE(waiters.add(late, next_part_listed(), 300));
  ASSERT_TRUE(waiters.add(early, next_part_listed(), 100));
  ASSERT_TRUE(waiters.add(middle, WaitCondition::segment(kVideo, kFirst + 1), 200));
  EXPECT_EQ(waiters.next_deadline(), 100);
  Ready ready;
  waiters.take_expired(99, ready);
  EXPECT_TRUE(ready.empty());
  waiters.take_expired(200, ready);
  EXPECT_EQ(ready.pop(), &early);
  EXPECT_EQ(ready.pop(), &middle);
  EXPECT_EQ(ready.pop(), nullptr);
  EXPECT_EQ(waiters.next_deadline(), 300);
}

TEST_F(WaitersTest, ADisconnectFreesItsPlace) {  // LL-106
  auto gone = std::make_unique<Waiter>();
  Waiter stays;
  ASSERT_TRUE(waiters.add(*gone, next_part_listed(), 100));
  ASSERT_TRUE(waiters.add(stays, next_part_listed(), 100));
  gone.reset();
  EXPECT_EQ(waiters.size(), 1U);
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  EXPECT_EQ(woken(), 1U);
}

TEST_F(WaitersTest, ADisconnectWhileOthersAreAnsweredIsNotAnswered) {
  auto first = std::make_unique<Waiter>();
  auto second = std::make_unique<Waiter>();
  ASSERT_TRUE(waiters.add(*first, next_part_listed(), 100));
  ASSERT_TRUE(waiters.add(*second, next_part_listed(), 100));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  Ready ready;
  waiters.take_ready(*channel.log.snapshot(), ready);
  EXPECT_EQ(ready.pop(), first.get());
  second.reset();
  EXPECT_EQ(ready.pop(), nullptr);
}

TEST_F(WaitersTest, AnAnsweredRequestCanWaitAgainAtOnce) {
  Waiter waiter;
  ASSERT_TRUE(waiters.add(waiter, next_part_listed(), 100));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  Ready ready;
  waiters.take_ready(*channel.log.snapshot(), ready);
  ASSERT_EQ(ready.pop(), &waiter);
  ASSERT_TRUE(waiters.add(waiter, WaitCondition::playlist(kVideo, ask(channel.rendition(), kFirst + 1, 2)), 200));
  EXPECT_TRUE(waiter.waiting());
  EXPECT_EQ(woken(), 0U);
}

TEST_F(WaitersTest, RefusesMoreThanItsMost) {  // bounded
  Waiters few{{2}};
  Waiter one, two, three;
  EXPECT_TRUE(few.add(one, next_part_listed(), 100));
  EXPECT_TRUE(few.add(two, next_part_listed(), 100));
  EXPECT_FALSE(few.add(three, next_part_listed(), 100));
  EXPECT_FALSE(three.waiting());
  one.leave();
  EXPECT_TRUE(few.add(three, next_part_listed(), 100));
}

TEST_F(WaitersTest, LetsEveryoneGoWhenItIsDestroyed) {
  Waiter waiter;
  {
    Waiters gone{{}};
    ASSERT_TRUE(gone.add(waiter, next_part_listed(), 100));
  }
  EXPECT_FALSE(waiter.waiting());
}

TEST_F(WaitersTest, WakesTenThousandInOnePass) {  // LL-105
  std::deque<Waiter> held(10'000);
  for (Waiter& waiter : held) ASSERT_TRUE(waiters.add(waiter, next_part_listed(), 100));
  channel.log.apply(part(kVideo, kFirst + 1, 1));
  const auto snapshot = channel.log.snapshot();
  const std::clock_t begin = std::clock();  // of this process alone: the machine may have other work
  Ready ready;
  waiters.take_ready(*snapshot, ready);
  const std::clock_t spent = std::clock() - begin;
  EXPECT_EQ(count(ready), 10'000U);
  // A look or a search for each would take seconds; this is 0.04 ms where optimised, and 13 with sanitizers and
  // company.
  EXPECT_LT(spent, 3 * CLOCKS_PER_SEC / 10);
}

}  // namespace
}  // namespace origin
