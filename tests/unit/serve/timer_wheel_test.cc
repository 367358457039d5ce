#include "serve/timer_wheel.h"

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <vector>

namespace {

using base::kSecond;
using serve::TimerWheel;

struct Place final : TimerWheel::Place {
  explicit Place(std::function<void(base::Micros)> f) : fire(std::move(f)) {}
  void on_deadline(base::Micros now) override { fire(now); }
  std::function<void(base::Micros)> fire;
};

/// Runs from `from` to `to` in ticks.
void run(TimerWheel& wheel, base::Micros from, base::Micros to) {
  for (base::Micros now = from; now <= to; now += TimerWheel::kTick) wheel.advance(now);
}

TEST(TimerWheel, FiresWithinATickOfTheDeadlineNeverBefore) {
  for (const base::Micros deadline : {kSecond, 10 * kSecond, 130 * kSecond, 1000 * kSecond}) {
    TimerWheel wheel;
    const base::Micros start = 5'000'000 * kSecond;
    wheel.advance(start);
    base::Micros fired = 0;
    Place place([&](base::Micros now) { fired = now; });
    wheel.set(place, start + deadline);
    run(wheel, start, start + deadline + kSecond);
    EXPECT_GE(fired, start + deadline);
    EXPECT_LE(fired, start + deadline + 2 * TimerWheel::kTick);
  }
}

TEST(TimerWheel, MovesLaterAndEarlier) {
  TimerWheel wheel;
  int fired = 0;
  Place place([&](base::Micros) { ++fired; });
  wheel.set(place, 10 * kSecond);
  wheel.set(place, 20 * kSecond);
  run(wheel, 0, 19 * kSecond);
  EXPECT_EQ(fired, 0);
  run(wheel, 19 * kSecond, 21 * kSecond);
  EXPECT_EQ(fired, 1);
  wheel.set(place, 100 * kSecond);
  wheel.set(place, 30 * kSecond);
  run(wheel, 21 * kSecond, 31 * kSecond);
  EXPECT_EQ(fired, 2);
}

TEST(TimerWheel, LetsAPlaceSetItselfAgainOrDisappear) {
  TimerWheel wheel;
  int fired = 0;
  std::unique_ptr<Place> other = std::make_unique<Place>([](base::Micros) { FAIL(); });
  Place place([&](base::Micros now) {
    ++fired;
    other.reset();
    wheel.set(place, now + kSecond);
  });
  wheel.set(place, kSecond);
  wheel.set(*other, kSecond);
  run(wheel, 0, 10 * kSecond + kSecond / 2);
  EXPECT_GE(fired, 7);
  EXPECT_LE(fired, 10);
}

TEST(TimerWheel, CatchesUpAfterALongSleep) {
  TimerWheel wheel;
  std::vector<int> fired;
  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < 500; ++i) {
    places.push_back(std::make_unique<Place>([&fired, i](base::Micros) { fired.push_back(i); }));
    wheel.set(*places.back(), i * kSecond);
  }
  wheel.advance(2000 * kSecond);
  EXPECT_EQ(fired.size(), 500u);
}

TEST(TimerWheel, FiresAtTheFirstTickAtOrAfterTheDeadline) {
  for (base::Micros deadline = kSecond; deadline <= kSecond + TimerWheel::kTick; deadline += TimerWheel::kTick / 5) {
    TimerWheel wheel;
    base::Micros fired = 0;
    Place place([&](base::Micros now) { fired = now; });
    wheel.set(place, deadline);
    run(wheel, 0, 3 * kSecond);
    EXPECT_EQ(fired, (deadline / TimerWheel::kTick + 1) * TimerWheel::kTick) << deadline;
  }
}

TEST(TimerWheel, ADeadlineThatHasPassedFiresAtTheNextTick) {
  TimerWheel wheel;
  run(wheel, 0, 10 * kSecond);
  base::Micros fired = 0;
  Place place([&](base::Micros now) { fired = now; });
  wheel.set(place, 3 * kSecond);
  run(wheel, 10 * kSecond, 12 * kSecond);
  EXPECT_EQ(fired, 10 * kSecond + TimerWheel::kTick);
}

TEST(TimerWheel, LooksAtWhatIsMoreThanARoundAheadOnceARound) {
  TimerWheel wheel;
  int fired = 0;
  Place place([&](base::Micros now) {
    ++fired;
    EXPECT_GE(now, 600 * kSecond);
    EXPECT_LE(now, 600 * kSecond + TimerWheel::kTick);
  });
  wheel.set(place, 600 * kSecond);
  run(wheel, 0, 700 * kSecond);
  EXPECT_EQ(fired, 1);
}

TEST(TimerWheel, ManyInOneSlotAllFireAndOneThatLeavesDoesNot) {
  TimerWheel wheel;
  std::vector<int> fired;
  std::vector<std::unique_ptr<Place>> places;
  for (int i = 0; i < 5; ++i) {
    places.push_back(std::make_unique<Place>([&fired, i](base::Micros) { fired.push_back(i); }));
    wheel.set(*places.back(), kSecond);
  }
  places[0].reset();
  places[2].reset();
  places[4].reset();
  run(wheel, 0, 2 * kSecond);
  EXPECT_EQ(fired, (std::vector<int>{1, 3}));
}

TEST(TimerWheel, MayGoBeforeItsPlacesDo) {
  auto wheel = std::make_unique<TimerWheel>();
  Place first([](base::Micros) { FAIL(); }), second([](base::Micros) { FAIL(); });
  wheel->set(first, kSecond);
  wheel->set(second, kSecond);
  wheel.reset();
}

}  // namespace
