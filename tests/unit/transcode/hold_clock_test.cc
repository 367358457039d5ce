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

}  // namespace
}  // namespace transcode
