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

}  // namespace
