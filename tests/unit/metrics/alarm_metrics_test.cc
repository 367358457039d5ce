#include "metrics/alarm_metrics.h"

#include <gtest/gtest.h>

#include <string>

#include "metrics/exposition.h"

namespace metrics {
namespace {

events::Alarms::Alarm alarm_of(events::Type type, const std::string& channel, bool silenced) {
  auto event = std::make_shared<events::Event>();
  event->fact = {type, channel, events::State::kRaised};
  events::Alarms::Alarm alarm;
  alarm.event = event;
  if (silenced) alarm.silence.emplace();
  return alarm;
}

TEST(AlarmMetrics, CountWhatIsSetByKindChannelAndSilence) {
  Instance instance;
  instance.alarms = {alarm_of(events::Type::kFeedFault, "match", false),
                     alarm_of(events::Type::kFeedFault, "match", false),
                     alarm_of(events::Type::kFeedFault, "final", true), alarm_of(events::Type::kUpload, "match", false),
                     alarm_of(events::Type::kJournal, "", true)};
  const std::string page = write_exposition(instance, {}, {});
  for (const char* line :
       {"kickoff_alarm_set{alarm=\"feed.fault\",channel=\"match\",severity=\"page\",silenced=\"false\"} 2\n",
        "kickoff_alarm_set{alarm=\"feed.fault\",channel=\"final\",severity=\"page\",silenced=\"true\"} 1\n",
        "kickoff_alarm_set{alarm=\"upload\",channel=\"match\",severity=\"ticket\",silenced=\"false\"} 1\n",
        "kickoff_alarm_set{alarm=\"journal\",channel=\"\",severity=\"page\",silenced=\"true\"} 1\n",
        "kickoff_alarms{severity=\"page\",silenced=\"false\"} 2\n",
        "kickoff_alarms{severity=\"page\",silenced=\"true\"} 2\n",
        "kickoff_alarms{severity=\"ticket\",silenced=\"false\"} 1\n",
        "kickoff_alarms{severity=\"ticket\",silenced=\"true\"} 0\n"}) {
    EXPECT_NE(page.find(line), std::string::npos) << line;
  }
}

TEST(AlarmMetrics, AreZeroWhileNothingIsWrong) {
  const std::string page = write_exposition({}, {}, {});
  EXPECT_NE(page.find("kickoff_alarms{severity=\"page\",silenced=\"false\"} 0\n"), std::string::npos);
  EXPECT_EQ(page.find("kickoff_alarm_set{"), std::string::npos);
}

}  // namespace
}  // namespace metrics
