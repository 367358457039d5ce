#include "app/alarm_watch.h"

#include <gtest/gtest.h>

#include "unit/app/fake_clock.h"

namespace app {
namespace {

TEST(AlarmWatch, FollowsTheLogAsTimePasses) {
  testing::FakeClock clock;
  loop::Loop loop;
  events::Log log(clock);
  AlarmWatch watch(loop, clock, log);
  watch.start({.raise_after = 2 * base::kSecond, .clear_after = 15 * base::kSecond, .runbook = "r"});
  log.append({events::Type::kJournal, "", events::State::kRaised});
  EXPECT_TRUE(watch.report().alarms.empty());
  loop::Timer until(loop, [&] {
    clock.now += base::kSecond;
    if (!watch.report().alarms.empty()) loop.stop();
  });
  until.start(1, base::kMillisecond);
  loop.run();
  ASSERT_EQ(watch.report().alarms.size(), 1u);
  EXPECT_EQ(watch.report().runbook, "r");
  EXPECT_EQ(watch.order({.id = "journal", .duration = base::kSecond, .by = "a"}), events::Alarms::Outcome::kDone);
  EXPECT_EQ(watch.report().silences.size(), 1u);
  EXPECT_TRUE(watch.report().alarms[0].silence.has_value());
  watch.configure({.runbook = "other"});
  EXPECT_EQ(watch.report().runbook, "other");
}

TEST(AlarmWatch, TakesUpTheSilencesOfTheLogThatItBeginsWith) {
  testing::FakeClock clock;
  loop::Loop loop;
  events::Log log(clock);
  log.append({events::Type::kAlarmSilence,
              "match",
              events::State::kMoment,
              {},
              {{"alarm", "outage"}, {"kind", true}, {"action", "silenced"}, {"for_s", 60}, {"by", "a"}}});
  AlarmWatch watch(loop, clock, log);
  watch.start({});
  ASSERT_EQ(watch.report().silences.size(), 1u);
  EXPECT_EQ(watch.report().silences.begin()->first.channel, "match");
}

TEST(AlarmWatch, LetsGoOfTheLogAtItsEnd) {
  testing::FakeClock clock;
  loop::Loop loop;
  events::Log log(clock);
  {
    const AlarmWatch watch(loop, clock, log);
  }
  log.append({events::Type::kJournal, "", events::State::kRaised});
  EXPECT_EQ(log.events().size(), 1u);
}

}  // namespace
}  // namespace app
