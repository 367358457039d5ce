#include "transcode/hold_clock.h"

#include <gtest/gtest.h>

namespace transcode {
namespace {

constexpr base::Micros kMs = base::kMillisecond;
constexpr base::Micros kNow = 1'795'000'000 * base::kSecond;

/// A feed and the worker's ticks, ten a second.
struct World {
  /// A second of media, a picture every `frame`, each `delay` late.
  void play(base::Micros seconds, base::Micros delay, base::Micros frame = 40 * kMs) {
    for (const base::Micros end = utc + seconds * base::kSecond; utc < end; utc += 100 * kMs) {
      newest = kNow + (utc - delay - kNow) / frame * frame;
      tick();
    }
  }
  void pass(base::Micros time) {
    for (const base::Micros end = utc + time; utc < end; utc += 100 * kMs) tick();
  }
  void tick() {
    std::optional<media::Instant> came;
    if (newest) came = media::Instant{*newest};
    until.reset();
    if (const auto said = clock.on_tick(utc, came)) until = said->micros();
    if (until && newest) ahead = std::min(ahead, *newest - *until);
  }

  HoldClock clock;
  base::Micros utc = kNow;
  std::optional<base::Micros> newest;
  std::optional<base::Micros> until;
  base::Micros ahead = base::kSecond * 100;  ///< least that media was ahead of what is held
};

TEST(HoldClock, SaysNothingBeforeTheFirstMedia) {
  World world;
  world.pass(base::kSecond);
  EXPECT_FALSE(world.until.has_value());
}

TEST(HoldClock, StaysBehindMediaOfAnyUsualDelay) {
  for (const base::Micros delay : {0 * kMs, 80 * kMs, 900 * kMs, 4000 * kMs, -2000 * kMs}) {
    World world;
    world.play(20, delay);
    EXPECT_GE(world.ahead, 200 * kMs) << delay;
  }
}

TEST(HoldClock, StaysBehindOnePictureASecond) {
  World world;
  world.play(3, 100 * kMs, base::kSecond);
  world.ahead = 100 * base::kSecond;
  world.play(17, 100 * kMs, base::kSecond);
  EXPECT_LE(world.ahead, 0) << "held pictures stand between two real ones";
  const base::Micros next = *world.newest + base::kSecond;
  EXPECT_LT(*world.until, next) << "and never where the next real one belongs";
}

TEST(HoldClock, CoversAnOutageWithinHalfASecond) {
  World world;
  world.play(10, 100 * kMs);
  const base::Micros last = *world.newest;
  world.pass(3 * base::kSecond);
  EXPECT_GE(*world.until, last + 3 * base::kSecond - 500 * kMs);
  EXPECT_LE(*world.until, world.utc - 350 * kMs);
}

TEST(HoldClock, LearnsADelayThatGrewAtOnceAndForgetsItLater) {
  World world;
  world.play(10, 100 * kMs);
  world.play(1, 1500 * kMs);
  EXPECT_GE(*world.newest - *world.until, 200 * kMs);
  world.play(4, 100 * kMs);
  EXPECT_GE(*world.newest - *world.until, 1500 * kMs) << "the old delay may come back";
  world.play(12, 100 * kMs);
  EXPECT_LE(*world.newest - *world.until, 400 * kMs);
}

TEST(HoldClock, GivesUpMediaThatIsTenSecondsLate) {
  World world;
  world.play(10, 100 * kMs);
  world.play(3, 11 * base::kSecond);
  EXPECT_GE(*world.until, world.utc - 600 * kMs);
}

TEST(HoldClock, KeepsTheUsualDelayOverALongOutage) {
  World world;
  world.play(10, 2000 * kMs);
  world.pass(60 * base::kSecond);
  EXPECT_LE(*world.until, world.utc - 2200 * kMs);
  world.ahead = 100 * base::kSecond;
  world.play(1, 2000 * kMs);
  EXPECT_GE(world.ahead, 200 * kMs) << "nothing of what comes again is covered";
}

/// What the clock says of media that came with this delay, in microseconds before now.
base::Micros behind(HoldClock& clock, base::Micros utc, base::Micros delay) {
  const auto until = clock.on_tick(utc, media::Instant{utc - delay});
  return until ? utc - until->micros() : -1;
}

TEST(HoldClock, IsTheUsualDelayAndAMarginBehindNow) {
  HoldClock clock({250 * kMs, 5 * base::kSecond, 10 * base::kSecond});
  EXPECT_EQ(behind(clock, kNow, 100 * kMs), 350 * kMs);
  EXPECT_EQ(behind(clock, kNow + 1, 50 * kMs), 350 * kMs) << "the longest of the window";
  EXPECT_EQ(behind(clock, kNow + 2, 300 * kMs), 550 * kMs);
}

TEST(HoldClock, TakesADelayOfTenSecondsAndNoLongerOne) {
  HoldClock clock;
  EXPECT_EQ(behind(clock, kNow, 10 * base::kSecond + 1), -1) << "as if nothing had come";
  EXPECT_EQ(behind(clock, kNow + 1, 10 * base::kSecond), 10'250 * kMs);
}

TEST(HoldClock, ForgetsADelayWhenTwoWindowsHaveEnded) {
  HoldClock clock({0, 1000, 10 * base::kSecond});
  EXPECT_EQ(behind(clock, kNow, 500), 500);
  EXPECT_EQ(behind(clock, kNow + 999, 10), 500) << "the same window";
  EXPECT_EQ(behind(clock, kNow + 1000, 10), 500) << "the window before";
  EXPECT_EQ(behind(clock, kNow + 1999, 20), 500);
  EXPECT_EQ(behind(clock, kNow + 2000, 5), 20);
  EXPECT_EQ(behind(clock, kNow + 3000, 5), 5);
}

TEST(HoldClock, LearnsNothingFromMediaThatItHasSeen) {
  HoldClock clock({0, 1000, 10 * base::kSecond});
  const media::Instant came{kNow - 100};
  EXPECT_EQ(clock.on_tick(kNow, came)->micros(), kNow - 100);
  EXPECT_EQ(clock.on_tick(kNow + 5000, came)->micros(), kNow + 4900) << "it did not get later, it stopped";
  EXPECT_EQ(clock.on_tick(kNow + 6000, std::nullopt)->micros(), kNow + 5900);
}

TEST(HoldClock, ReadsMediaInItsOwnTimescale) {
  HoldClock clock({0, 1000, 10 * base::kSecond});
  const media::Instant came{(kNow / base::kSecond - 1) * 90'000, 90'000};
  EXPECT_EQ(clock.on_tick(kNow, came)->micros(), kNow - base::kSecond);
  EXPECT_EQ(clock.on_tick(kNow + 1, came.to(30'000))->micros(), kNow + 1 - base::kSecond)
      << "the same instant in other ticks is nothing new";
}

}  // namespace
}  // namespace transcode
