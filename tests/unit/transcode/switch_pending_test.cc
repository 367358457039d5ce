#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <thread>
#include <tuple>

#include "transcode/switch.h"

// switch_to(): what passes while one side takes over from another. One tick is a millisecond.
namespace transcode {
namespace {

constexpr base::Micros kHour = 3600 * base::kSecond;
constexpr Switch::Patience kForEver{kHour, kHour};

/// A switch with two sides, of which `a` is selected, and the thread that takes what passes.
struct Desk {
  explicit Desk(Switch::Patience patience = kForEver) : entry(1000, patience), a(entry.add()), b(entry.add()) {
    entry.select(a);
    taker = std::thread([this] { take(); });
  }
  ~Desk() {
    entry.close();
    if (taker.joinable()) taker.join();
    for (std::thread& side : waiting) side.join();
  }
  void take() {
    std::vector<std::int64_t> forced;
    while (auto item = entry.take(forced)) {
      if (std::holds_alternative<Switch::Finish>(*item)) return;
      if (const auto* shown = std::get_if<Switch::Picture>(&*item)) {
        passed.emplace_back(static_cast<Switch::Side>(shown->frame->width), shown->frame->pts);
      }
    }
  }
  void put(Switch::Side side, std::int64_t pts) {
    Switch::Picture made;
    made.frame.reset(av_frame_alloc());
    made.frame->pts = pts;
    made.frame->width = static_cast<int>(side);
    made.rate = side == a ? rate_a : rate_b;
    entry.put(side, std::move(made));
  }
  void put(Switch::Side side, std::initializer_list<std::int64_t> pts) {
    for (const std::int64_t each : pts) put(side, each);
  }
  /// Puts from a thread of its own, and returns once it waits for the other side.
  void put_and_wait(Switch::Side side, std::initializer_list<std::int64_t> pts) {
    waiting.emplace_back([this, side, list = std::vector(pts)] {
      for (const std::int64_t each : list) put(side, each);
    });
    while (!entry.waiting(side)) std::this_thread::yield();
  }
  /// Everything that passed, as "a0 a40 b80 ".
  std::string trace() {
    for (std::thread& side : waiting) side.join();
    waiting.clear();
    entry.finish();
    taker.join();
    std::string text;
    for (const auto& [side, pts] : passed) text += (side == a ? "a" : "b") + std::to_string(pts) + " ";
    return text;
  }

  Switch entry;
  const Switch::Side a;
  const Switch::Side b;
  media::Rational rate_a{25, 1};
  media::Rational rate_b{25, 1};
  std::vector<std::pair<Switch::Side, std::int64_t>> passed;
  std::vector<std::thread> waiting;
  std::thread taker;
};

TEST(SwitchTo, TakesEffectAtThePictureThatFollowsWhatHasPassed) {
  Desk desk;
  desk.put(desk.a, {0, 40});
  desk.entry.switch_to(desk.b);
  EXPECT_EQ(desk.entry.pending(), desk.b);
  desk.put(desk.b, 40);
  EXPECT_EQ(desk.entry.selected(), desk.a);
  desk.put(desk.b, 80);
  EXPECT_EQ(desk.entry.selected(), desk.b);
  EXPECT_EQ(desk.entry.pending(), Switch::kNone);
  desk.put(desk.a, 80);
  desk.put(desk.b, 120);
  EXPECT_EQ(desk.trace(), "a0 a40 b80 b120 ");
}

TEST(SwitchTo, LetsANewSideThatIsAheadWaitUntilTheOldOneHasComeUp) {
  Desk desk;
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.put_and_wait(desk.b, {120, 160});
  desk.put(desk.a, 40);
  EXPECT_EQ(desk.entry.selected(), desk.a);
  desk.put(desk.a, 80);
  EXPECT_EQ(desk.entry.selected(), desk.b) << "before the old side can put a picture for the same time";
  desk.put(desk.a, 120);
  EXPECT_EQ(desk.trace(), "a0 a40 a80 b120 b160 ");
}

TEST(SwitchTo, LetsTheOldSideWaitForANewOneThatIsBehind) {
  Desk desk;
  desk.put(desk.a, {0, 40, 80, 120, 160});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 80);
  desk.put_and_wait(desk.a, {200, 240});
  desk.put(desk.b, {120, 160});
  EXPECT_EQ(desk.entry.selected(), desk.a);
  desk.put(desk.b, {200, 240});
  EXPECT_EQ(desk.trace(), "a0 a40 a80 a120 a160 b200 b240 ");
}

TEST(SwitchTo, LetsTheOldSideGoOnUntilTheNewOnesNextPictureIsDue) {
  Desk desk;
  desk.rate_a = {50, 1};
  desk.put(desk.a, {0, 20, 40});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 40);
  desk.put(desk.a, 60);
  desk.put_and_wait(desk.a, {80});
  desk.put(desk.b, {80, 120});
  EXPECT_EQ(desk.trace(), "a0 a20 a40 a60 b80 b120 ");
}

TEST(SwitchTo, ToleratesTimeStampsThatAreRounded) {
  Desk desk;
  desk.rate_a = desk.rate_b = {30, 1};
  desk.put(desk.a, {0, 33});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 67);
  EXPECT_EQ(desk.entry.selected(), desk.b);
  desk.entry.switch_to(desk.a);
  desk.put(desk.a, 66);
  desk.put_and_wait(desk.b, {99});
  desk.put(desk.a, 100);
  EXPECT_EQ(desk.trace(), "a0 a33 b67 a100 ");
}

TEST(SwitchTo, MeasuresTheFrameWhereTheRateIsNotKnown) {
  Desk desk;
  desk.rate_a = {0, 1};
  desk.put(desk.a, {0, 200});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 400);
  EXPECT_EQ(desk.trace(), "a0 a200 b400 ") << "200 ms is a frame of the old side";
}

TEST(SwitchTo, TakesEffectBetweenFeedsThatHaveFewerPicturesThanTheySay) {
  Desk desk;
  desk.rate_a = desk.rate_b = {50, 1};
  desk.put(desk.a, {0, 40});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, {40, 80});
  EXPECT_EQ(desk.entry.selected(), desk.b);
  EXPECT_EQ(desk.trace(), "a0 a40 b80 ");
}

TEST(SwitchTo, DoesNotTakeAHoleForAFrame) {
  Desk desk;
  desk.rate_a = {0, 1};
  desk.put(desk.a, {0, 40, 2000});
  desk.entry.switch_to(desk.b);
  desk.put_and_wait(desk.b, {2400});
  desk.put(desk.a, 2360);
  EXPECT_EQ(desk.trace(), "a0 a40 a2000 a2360 b2400 ");
}

TEST(SwitchTo, IsAsSelectWhereNothingIsSelectedOrShown) {
  Desk none;
  none.entry.select(Switch::kNone);
  none.entry.switch_to(none.b);
  EXPECT_EQ(none.entry.selected(), none.b);
  Desk silent;
  silent.entry.switch_to(silent.b);
  silent.put(silent.b, 5000);
  EXPECT_EQ(silent.trace(), "b5000 ");
}

TEST(SwitchTo, LetsTheOldSideGoOnWhereTheNewOneNeverGivesAPicture) {
  Desk desk;
  desk.entry.switch_to(desk.b);
  for (std::int64_t i = 0; i < 100; ++i) desk.put(desk.a, i * 40);
  EXPECT_EQ(desk.entry.pending(), desk.b);
  desk.trace();
  EXPECT_EQ(desk.passed.size(), 100U);
}

TEST(SwitchTo, LetsTheOldSideGoOnWhereTheNewOneGivesNothingMore) {
  Desk desk({kHour, 0});
  desk.rate_b = {1'000'000, 1};
  desk.put(desk.a, {0, 40});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 0);
  desk.put(desk.a, {80, 120});
  EXPECT_EQ(desk.trace(), "a0 a40 a80 a120 ");
}

TEST(SwitchTo, WaitsForNoOldSideThatGivesNothingMore) {
  Desk desk({kHour, 0});
  desk.rate_a = {1'000'000, 1};
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 400);
  EXPECT_EQ(desk.trace(), "a0 b400 ");
}

TEST(SwitchTo, WaitsNoLongerThanItsPatience) {
  Desk desk({0, kHour});
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 400);
  desk.entry.switch_to(desk.a);
  desk.put(desk.a, 400);
  desk.put(desk.b, {440, 480});
  EXPECT_EQ(desk.trace(), "a0 b400 b440 b480 ");
}

TEST(SwitchTo, DoesNotLetTheOldSideWaitForOneThatIsFarBehind) {
  Desk desk;
  desk.put(desk.a, {0, 4'000'000});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 40);
  desk.put(desk.a, 4'000'040);
  EXPECT_EQ(desk.entry.pending(), desk.b);
  EXPECT_EQ(desk.trace(), "a0 a4000000 a4000040 ");
}

TEST(SwitchTo, GivesWayAtOnceWhenTheOldSideIsRemoved) {
  Desk desk;
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.put_and_wait(desk.b, {400});
  desk.entry.remove(desk.a);
  EXPECT_EQ(desk.entry.selected(), desk.b);
  EXPECT_EQ(desk.trace(), "a0 b400 ");
}

TEST(SwitchTo, IsCancelledWhenTheNewSideIsRemoved) {
  Desk desk;
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.put_and_wait(desk.b, {400});
  desk.entry.remove(desk.b);
  EXPECT_EQ(desk.entry.pending(), Switch::kNone);
  desk.put(desk.a, 40);
  EXPECT_EQ(desk.trace(), "a0 a40 ");
}

TEST(SwitchTo, LetsTheOldSideGoWhenTheNewOneThatItWaitsForIsRemoved) {
  Desk desk;
  desk.put(desk.a, {0, 40});
  desk.entry.switch_to(desk.b);
  desk.put(desk.b, 0);
  desk.put_and_wait(desk.a, {80});
  desk.entry.remove(desk.b);
  EXPECT_EQ(desk.trace(), "a0 a40 a80 ");
}

TEST(SwitchTo, IsCancelledBySelectAndByAnotherOne) {
  Desk desk;
  const auto pend = [&](std::int64_t pts) {
    desk.entry.switch_to(desk.b);
    desk.put_and_wait(desk.b, {pts});
  };
  desk.put(desk.a, 0);
  pend(400);
  desk.entry.select(desk.a);
  EXPECT_EQ(desk.entry.pending(), Switch::kNone);
  pend(400);
  desk.entry.switch_to(desk.a);
  EXPECT_EQ(desk.entry.pending(), Switch::kNone);
  pend(400);
  const Switch::Side c = desk.entry.add();
  desk.entry.switch_to(c);
  EXPECT_EQ(desk.entry.pending(), c);
  desk.put(desk.a, 40);
  EXPECT_EQ(desk.trace(), "a0 a40 ");
}

TEST(SwitchTo, PassesHoldsOfTheSideThatIsSelected) {
  Switch entry{1000, kForEver};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  entry.switch_to(b);
  entry.hold(b, {1, {}});
  entry.hold(a, {2, {}});
  entry.remove(a);
  std::vector<std::int64_t> forced;
  EXPECT_EQ(std::get<Switch::Hold>(*entry.take(forced)).until, 2);
  entry.hold(a, {3, {}});
  entry.hold(b, {4, {}});
  EXPECT_EQ(std::get<Switch::Hold>(*entry.take(forced)).until, 4);
}

TEST(SwitchTo, LetsBothSidesGoWhenTheSwitchIsClosed) {
  Desk ahead;
  ahead.put(ahead.a, 0);
  ahead.entry.switch_to(ahead.b);
  ahead.put_and_wait(ahead.b, {400});
  ahead.entry.close();
  Desk behind;
  behind.put(behind.a, {0, 40});
  behind.entry.switch_to(behind.b);
  behind.put(behind.b, 0);
  behind.put_and_wait(behind.a, {80});
  behind.entry.close();
}

/// Both sides as fast as they can, so that either is ahead at times: milliseconds of a frame, and of the new side's
/// offset.
class Live : public ::testing::TestWithParam<std::tuple<std::int64_t, std::int64_t, std::int64_t>> {};

TEST_P(Live, SidesLoseNoPictureAndShowNoneTwice) {
  const auto [step_a, step_b, offset] = GetParam();
  constexpr std::int64_t kEnd = 4000;
  Desk desk;
  desk.rate_a = {1000, step_a};
  desk.rate_b = {1000, step_b};
  const auto run = [&](Switch::Side side, std::int64_t first, std::int64_t step) {
    return std::thread([&desk, side, first, step] {
      for (std::int64_t pts = first; pts < kEnd; pts += step) desk.put(side, pts);
    });
  };
  desk.put(desk.a, 0);
  desk.entry.switch_to(desk.b);
  desk.waiting.push_back(run(desk.b, offset, step_b));
  desk.waiting.push_back(run(desk.a, step_a, step_a));
  desk.trace();
  ASSERT_FALSE(desk.passed.empty());
  const auto first_b = std::ranges::find(desk.passed, desk.b, [](const auto& shown) { return shown.first; });
  for (auto shown = desk.passed.begin() + 1; shown != desk.passed.end(); ++shown) {
    const std::int64_t step = shown->second - (shown - 1)->second;
    EXPECT_GT(step, 0);
    if (shown == first_b) {
      EXPECT_LE(step, step_a + step_a / 8) << "nothing of the old side is left out between";
    } else {
      EXPECT_EQ(step, shown < first_b ? step_a : step_b);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(SwitchTo, Live,
                         ::testing::Values(std::tuple{40, 40, 0}, std::tuple{40, 40, 480}, std::tuple{40, 40, 13},
                                           std::tuple{20, 40, 0}, std::tuple{40, 20, 0}, std::tuple{20, 40, 480},
                                           std::tuple{40, 20, 500}, std::tuple{33, 40, 7}));

}  // namespace
}  // namespace transcode
