#include "transcode/switch.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>

namespace transcode {
namespace {

Switch::Picture picture(std::int64_t pts) {
  Switch::Picture made;
  made.frame.reset(av_frame_alloc());
  made.frame->pts = pts;
  return made;
}

/// What waits: pictures by their pts, = for a hold, k for a forced key frame before the item it came with.
std::string take_all(Switch& entry) {
  std::string text;
  entry.finish();
  std::vector<std::int64_t> forced;
  while (auto item = entry.take(forced)) {
    for (const std::int64_t pts : std::exchange(forced, {})) text += "k" + std::to_string(pts) + " ";
    if (std::holds_alternative<Switch::Finish>(*item)) break;
    if (const auto* shown = std::get_if<Switch::Picture>(&*item)) text += std::to_string(shown->frame->pts) + " ";
    if (const auto* hold = std::get_if<Switch::Hold>(&*item)) text += "=" + std::to_string(hold->until) + " ";
  }
  return text;
}

TEST(Switch, PassesPicturesOfTheSelectedSideOnly) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.put(a, picture(1));
  entry.select(a);
  entry.put(a, picture(2));
  entry.put(b, picture(3));
  entry.select(b);
  entry.put(a, picture(4));
  entry.put(b, picture(5));
  EXPECT_EQ(entry.selected(), b);
  EXPECT_EQ(take_all(entry), "2 5 ");
}

TEST(Switch, DropsPicturesOfTheTimeThatTheLastOneStaysFor) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  entry.put(a, picture(1000));
  entry.put(a, picture(1040));
  std::vector<std::int64_t> forced;
  entry.take(forced);
  entry.take(forced);
  entry.select_after(b, 120);
  for (std::int64_t pts = 1000; pts <= 1240; pts += 40) {
    // Time stamps that are rounded differ a little.
    entry.put(b, picture(pts == 1160 ? 1161 : pts));
    if (pts == 1080) entry.hold(b, {1090, {}});
  }
  EXPECT_EQ(take_all(entry), "=1160 1200 1240 ")
      << "its end is held though pictures come ahead of the clock that asks for holds";
}

TEST(Switch, TellsWhichHoldsAreOfAPause) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  entry.put(a, picture(1040));
  entry.hold(a, {1100, {}});
  std::vector<std::int64_t> forced;
  entry.take(forced);
  EXPECT_FALSE(std::get<Switch::Hold>(*entry.take(forced)).paused);
  entry.select_after(b, 120);
  entry.hold(b, {1120, {}});
  EXPECT_TRUE(std::get<Switch::Hold>(*entry.take(forced)).paused);
  entry.hold(b, {1200, {}});
  EXPECT_FALSE(std::get<Switch::Hold>(*entry.take(forced)).paused) << "the side has no picture yet";
  entry.put(b, picture(1240));
  EXPECT_TRUE(std::get<Switch::Hold>(*entry.take(forced)).paused) << "its end";
}

TEST(Switch, DropsNothingMoreOnceAnotherSideIsSelected) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select_after(b, 1000);
  entry.put(b, picture(1000));
  entry.select_after(b, 1000);
  entry.select(a);
  entry.put(a, picture(1040));
  EXPECT_EQ(take_all(entry), "1000 1040 ") << "and nothing where nothing has passed";
}

TEST(Switch, GoesOnDroppingAfterASwitchThatWasGivenUp) {
  for (const int how : {0, 1, 2}) {
    Switch entry{1000};
    const Switch::Side a = entry.add();
    const Switch::Side b = entry.add();
    const Switch::Side c = entry.add();
    entry.select(a);
    entry.put(a, picture(1000));
    EXPECT_EQ(take_all(entry), "1000 ");
    entry.select_after(b, 120);
    entry.switch_to(c);
    if (how == 0) entry.remove(c);
    if (how == 1) entry.switch_to(b);
    if (how == 2) entry.select(b);
    entry.put(b, picture(1080));
    entry.put(b, picture(1160));
    EXPECT_EQ(take_all(entry), "=1120 1160 ") << how << ": 1080 was shown of the other side";
  }
}

TEST(Switch, KeepsHoldsInOrderAndOnlyTheLastInARow) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  entry.hold(a, {1, {}});
  entry.put(a, picture(2));
  entry.hold(a, {3, {}});
  entry.hold(a, {4, {}});
  entry.hold(Switch::kNone, {9, {}});
  EXPECT_EQ(take_all(entry), "=1 2 =4 ");
}

TEST(Switch, HoldsForTheOwnerWhereNoSideIsSelected) {
  Switch entry{1000};
  entry.hold(Switch::kNone, {9, {}});
  EXPECT_EQ(take_all(entry), "=9 ");
}

TEST(Switch, TellsForcedKeysBeforeThePictureThatComesNextAndBoundsThem) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  entry.force_key(7);
  entry.put(a, picture(7));
  EXPECT_EQ(take_all(entry), "k7 7 ");
  for (int i = 0; i < 10'000; ++i) entry.force_key(i);
  std::vector<std::int64_t> forced;
  entry.finish();
  entry.take(forced);
  ASSERT_EQ(forced.size(), 256U);
  EXPECT_EQ(forced.back(), 9'999);
}

TEST(Switch, LetsASideWaitWhileTwoPicturesDo) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  std::atomic<int> put{0};
  std::thread side([&] {
    for (int i = 0; i < 100; ++i) {
      entry.put(a, picture(i));
      ++put;
    }
  });
  std::vector<std::int64_t> forced;
  for (int i = 0; i < 100; ++i) {
    const auto item = entry.take(forced);
    EXPECT_EQ(std::get<Switch::Picture>(*item).frame->pts, i);
    EXPECT_LE(put.load(), i + 3);
  }
  side.join();
}

TEST(Switch, LetsAWaitingSideGoThatIsNotSelectedAnyLonger) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  std::thread side([&] {
    for (int i = 1; i <= 100; ++i) entry.put(a, picture(i));
  });
  std::vector<std::int64_t> forced;
  EXPECT_EQ(std::get<Switch::Picture>(*entry.take(forced)).frame->pts, 1);
  entry.select(b);
  side.join();
}

TEST(Switch, LetsEverybodyGoWhenClosed) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  std::thread taker([&] {
    std::vector<std::int64_t> forced;
    EXPECT_FALSE(entry.take(forced).has_value());
  });
  entry.close();
  taker.join();
  std::thread side([&] {
    for (int i = 0; i < 100; ++i) entry.put(a, picture(i));
  });
  side.join();
}

TEST(Switch, DropsTheHoldOfASideThatIsNotSelected) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  EXPECT_NE(a, b);
  EXPECT_NE(a, Switch::kNone);
  EXPECT_EQ(entry.selected(), Switch::kNone);
  entry.select(a);
  entry.hold(b, {1, {}});
  entry.hold(a, {2, {}});
  EXPECT_EQ(take_all(entry), "=2 ");
}

TEST(Switch, CountsPicturesOnlyAgainstItsRoom) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  // Were holds counted the second picture would wait for ever.
  entry.hold(a, {1, {}});
  entry.put(a, picture(2));
  entry.hold(a, {3, {}});
  entry.put(a, picture(4));
  entry.hold(a, {5, {}});
  EXPECT_EQ(take_all(entry), "=1 2 =3 4 =5 ");
}

TEST(Switch, GivesOutWhatTheSideBeforeHadPut) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  entry.put(a, picture(1));
  entry.put(a, picture(2));
  entry.select(b);
  EXPECT_EQ(take_all(entry), "1 2 ");
}

TEST(Switch, KeepsTheNewestForcedKeys) {
  Switch entry{1000};
  for (int i = 0; i < 257; ++i) entry.force_key(i);
  entry.finish();
  std::vector<std::int64_t> forced{-5};
  entry.take(forced);
  ASSERT_EQ(forced.size(), 257U) << "256, behind what was there";
  EXPECT_EQ(forced[0], -5);
  EXPECT_EQ(forced[1], 1);
}

TEST(Switch, TellsAForcedKeyOnce) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  entry.put(a, picture(1));
  entry.put(a, picture(2));
  entry.force_key(1);
  EXPECT_EQ(take_all(entry), "k1 1 2 ");
}

TEST(Switch, ForgetsTheSelectedSideThatIsRemovedAndNoOther) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  entry.select(a);
  entry.remove(b);
  EXPECT_EQ(entry.selected(), a);
  entry.remove(a);
  EXPECT_EQ(entry.selected(), Switch::kNone);
}

TEST(Switch, MarksPicturesWhoseTimeAnotherSideHasShown) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  const Switch::Side b = entry.add();
  std::vector<std::int64_t> forced;
  const auto overlaps = [&](Switch::Side side, std::int64_t pts) {
    entry.put(side, picture(pts));
    return std::get<Switch::Picture>(*entry.take(forced)).overlap;
  };
  entry.select(a);
  EXPECT_FALSE(overlaps(a, 40));
  EXPECT_FALSE(overlaps(a, 0)) << "of the side itself: a fault";
  entry.select(b);
  EXPECT_TRUE(overlaps(b, 0));
  EXPECT_TRUE(overlaps(b, 40));
  EXPECT_FALSE(overlaps(b, 80));
  EXPECT_FALSE(overlaps(b, 40));
}

TEST(Switch, TakesNothingAnyMoreOnceItIsClosed) {
  Switch entry{1000};
  const Switch::Side a = entry.add();
  entry.select(a);
  entry.put(a, picture(1));
  entry.close();
  entry.put(a, picture(2));
  entry.hold(a, {3, {}});
  entry.finish();
  std::vector<std::int64_t> forced;
  EXPECT_FALSE(entry.take(forced).has_value());
}

}  // namespace
}  // namespace transcode
