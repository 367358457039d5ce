#include "events/alarms.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/line.h"
#include "events/log.h"

namespace events {
namespace {

using base::kSecond;
using Outcome = Alarms::Outcome;

class AlarmClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now + 1'800'000'000 * kSecond; }
  base::Micros steady() const override { return now; }
  base::Micros now = 1'000 * kSecond;
};

struct AlarmsTest : testing::Test {
  AlarmsTest() {
    log.observe([this](const std::shared_ptr<const Event>& event) { alarms.take(event); });
    alarms.configure({.raise_after = 2 * kSecond, .clear_after = 15 * kSecond});
  }
  void raise(const std::string& channel = "match", Type type = Type::kOutage, const std::string& which = {}) {
    log.append({type, channel, State::kRaised, which, {{"since", "now"}}});
  }
  void clear(const std::string& channel = "match", Type type = Type::kOutage, const std::string& which = {}) {
    log.append({type, channel, State::kCleared, which, {}});
  }
  void pass(base::Micros time) {
    clock.now += time;
    alarms.advance();
  }
  std::string newest_id() const { return std::to_string(log.next() - 1); }
  /// "silenced match 60", the newest events about silences first.
  std::vector<std::string> audit() const {
    std::vector<std::string> lines;
    for (const Kept& kept : log.events()) {
      const Fact& fact = kept.event->fact;
      if (fact.type != Type::kAlarmSilence) continue;
      std::string line = fact.channel;
      for (const base::Field& field : fact.data) {
        line += " " + std::string(field.name) + "=";
        if (const auto* text = std::get_if<std::string>(&field.value)) line += *text;
        if (const auto* number = std::get_if<std::int64_t>(&field.value)) line += std::to_string(*number);
        if (const auto* flag = std::get_if<bool>(&field.value)) line += *flag ? "true" : "false";
      }
      lines.push_back(line);
    }
    return lines;
  }

  AlarmClock clock;
  Log log{clock};
  Alarms alarms{clock, log};
};

TEST_F(AlarmsTest, AreSetOnceTheirConditionHasLastedAndNotBefore) {
  raise();
  EXPECT_TRUE(alarms.all().empty());
  pass(2 * kSecond - 1);
  EXPECT_TRUE(alarms.all().empty());
  pass(1);
  ASSERT_EQ(alarms.all().size(), 1u);
  const Alarms::Alarm alarm = alarms.all()[0];
  EXPECT_EQ(std::to_string(alarm.id), newest_id());
  EXPECT_EQ(alarm.since, clock.utc() - 2 * kSecond);
  EXPECT_TRUE(alarm.lasts);
  EXPECT_EQ(alarm.raised, 1u);
  EXPECT_FALSE(alarm.silence);
  EXPECT_EQ(alarm.event->fact.channel, "match");
}

TEST_F(AlarmsTest, AreNoneOfAConditionThatIsShort) {
  raise();
  pass(kSecond);
  clear();
  pass(60 * kSecond);
  EXPECT_TRUE(alarms.all().empty());
}

TEST_F(AlarmsTest, AreClearedOnceTheirConditionHasBeenForAWhile) {
  raise();
  pass(2 * kSecond);
  clear();
  pass(15 * kSecond - 1);
  ASSERT_EQ(alarms.all().size(), 1u);
  EXPECT_FALSE(alarms.all()[0].lasts);
  pass(1);
  EXPECT_TRUE(alarms.all().empty());
}

TEST_F(AlarmsTest, AreOneWhileTheirConditionComesAndGoes) {
  raise();
  const std::string id = newest_id();
  pass(2 * kSecond);
  for (int i = 0; i < 5; ++i) {
    clear();
    pass(10 * kSecond);
    raise();
    pass(kSecond);
    ASSERT_EQ(alarms.all().size(), 1u) << i;
  }
  EXPECT_EQ(std::to_string(alarms.all()[0].id), id) << "the first raise names it";
  EXPECT_EQ(alarms.all()[0].raised, 6u);
  EXPECT_TRUE(alarms.all()[0].lasts);
}

TEST_F(AlarmsTest, ARepeatedClearOrRaiseDoesNotBeginTheTimeAnew) {
  raise();
  pass(kSecond);
  raise();
  pass(kSecond);
  EXPECT_EQ(alarms.all().size(), 1u);
  clear();
  pass(10 * kSecond);
  clear();
  pass(5 * kSecond);
  EXPECT_TRUE(alarms.all().empty());
}

TEST_F(AlarmsTest, AreSetAtOnceWhereNothingIsToBeWaitedFor) {
  alarms.configure({.raise_after = 0, .clear_after = 0});
  raise();
  EXPECT_EQ(alarms.all().size(), 1u);
  clear();
  EXPECT_EQ(alarms.all().size(), 1u) << "cleared with the next step";
  alarms.advance();
  EXPECT_TRUE(alarms.all().empty());
}

TEST_F(AlarmsTest, AreNoneOfWhatPeopleHaveOrderedAndOfMoments) {
  raise("match", Type::kSlate);
  raise("match", Type::kOverlay, "logo");
  log.append({.type = Type::kWorkerLost, .channel = "match"});
  pass(10 * kSecond);
  EXPECT_TRUE(alarms.all().empty());
}

TEST_F(AlarmsTest, AreKeptApartByChannelTypeAndWhich) {
  for (const char* feed : {"primary", "backup"}) raise("match", Type::kFeedFault, feed);
  raise("final", Type::kFeedFault, "primary");
  raise("", Type::kJournal);
  pass(2 * kSecond);
  ASSERT_EQ(alarms.all().size(), 4u);
  EXPECT_LT(alarms.all()[0].id, alarms.all()[3].id) << "the oldest first";
  clear("match", Type::kFeedFault, "backup");
  pass(15 * kSecond);
  EXPECT_EQ(alarms.all().size(), 3u);
}

TEST_F(AlarmsTest, OneIsSilencedAlsoWhenItIsSetAgain) {
  raise();
  pass(2 * kSecond);
  const std::string id = newest_id();
  EXPECT_EQ(alarms.order({id, "", 60 * kSecond, "night", "known"}), Outcome::kDone);
  raise("final");
  pass(2 * kSecond);
  ASSERT_EQ(alarms.all().size(), 2u);
  ASSERT_TRUE(alarms.all()[0].silence);
  EXPECT_EQ(alarms.all()[0].silence->by, "night");
  EXPECT_EQ(alarms.all()[0].silence->reason, "known");
  EXPECT_EQ(alarms.all()[0].silence->until, clock.utc() + 58 * kSecond);
  EXPECT_FALSE(alarms.all()[1].silence) << "another channel's";
  clear();
  pass(15 * kSecond);
  raise();
  pass(2 * kSecond);
  EXPECT_TRUE(alarms.all()[1].silence) << "the same alarm, with another id";
}

TEST_F(AlarmsTest, AKindIsSilencedOfOneChannelOrOfAll) {
  raise("match", Type::kFeedFault, "primary");
  raise("final", Type::kFeedFault, "primary");
  pass(2 * kSecond);
  EXPECT_EQ(alarms.order({"feed.fault", "final", 60 * kSecond, "a", ""}), Outcome::kDone);
  EXPECT_FALSE(alarms.all()[0].silence);
  EXPECT_TRUE(alarms.all()[1].silence);
  EXPECT_EQ(alarms.order({"live.kickoff.feed.fault", "", 90 * kSecond, "b", ""}), Outcome::kDone);
  EXPECT_TRUE(alarms.all()[0].silence);
  EXPECT_EQ(alarms.all()[1].silence->by, "b") << "the one that ends last";
  EXPECT_EQ(alarms.silences().size(), 2u);
}

TEST_F(AlarmsTest, ASilenceEndsByItselfOrIsTakenBack) {
  raise();
  pass(2 * kSecond);
  const std::string id = newest_id();
  alarms.order({id, "", 60 * kSecond, "a", "why"});
  pass(60 * kSecond - 1);
  EXPECT_TRUE(alarms.all()[0].silence);
  pass(1);
  EXPECT_FALSE(alarms.all()[0].silence);
  alarms.order({"outage", "", 60 * kSecond, "a", ""});
  EXPECT_EQ(alarms.order({id, "", 0, "b", ""}), Outcome::kNotSilenced) << "it is the kind that is silenced";
  EXPECT_EQ(alarms.order({"outage", "", 0, "b", ""}), Outcome::kDone);
  EXPECT_FALSE(alarms.all()[0].silence);
  EXPECT_EQ(audit(), (std::vector<std::string>{"match alarm=outage kind=false action=silenced for_s=60 reason=why by=a",
                                               "match alarm=outage kind=false action=over by=a",
                                               " alarm=outage kind=true action=silenced for_s=60 reason= by=a",
                                               " alarm=outage kind=true action=lifted by=b"}));
}

TEST_F(AlarmsTest, SilencesAreForWhatIsKnownAloneAndNotForEver) {
  raise();
  EXPECT_EQ(alarms.order({newest_id(), "", kSecond, "a", ""}), Outcome::kUnknown) << "it is not set yet";
  pass(2 * kSecond);
  const std::string id = newest_id();
  for (const std::string& unknown :
       {std::string("slate"), std::string("1"), id + "x", std::string(""), std::string("-1")})
    EXPECT_EQ(alarms.order({unknown, "", kSecond, "a", ""}), Outcome::kUnknown) << unknown;
  EXPECT_EQ(alarms.order({id, "match", kSecond, "a", ""}), Outcome::kUnknown) << "an id has its channel";
  EXPECT_EQ(alarms.order({id, "", 2 * Alarms::kLongestSilence, "a", ""}), Outcome::kDone);
  EXPECT_EQ(alarms.all()[0].silence->until, clock.utc() + Alarms::kLongestSilence);
}

TEST_F(AlarmsTest, SilencesAreBounded) {
  for (std::size_t i = 0; i < Alarms::kMostSilences; ++i)
    ASSERT_EQ(alarms.order({"outage", "c" + std::to_string(i), kSecond, "a", ""}), Outcome::kDone);
  EXPECT_EQ(alarms.order({"outage", "more", kSecond, "a", ""}), Outcome::kTooMany);
  EXPECT_EQ(alarms.order({"outage", "c0", 2 * kSecond, "a", ""}), Outcome::kDone) << "in place of the one before";
}

TEST_F(AlarmsTest, SilencesOutlastARestartThroughTheLog) {
  raise("match", Type::kFeedFault, "primary");
  pass(2 * kSecond);
  alarms.order({newest_id(), "", 100 * kSecond, "night", "known"});
  alarms.order({"journal", "", 10 * kSecond, "night", ""});
  alarms.order({"upload", "", 100 * kSecond, "night", ""});
  alarms.order({"upload", "", 0, "night", ""});
  // As the files have it.
  std::deque<Kept> read;
  for (const Kept& kept : log.events()) {
    auto line = to_line(*kept.event, "/kickoff");
    line.pop_back();
    auto parsed = parse_line(line);
    ASSERT_TRUE(parsed.ok());
    read.push_back({std::get<std::shared_ptr<const Event>>(*parsed)});
  }
  pass(50 * kSecond);
  Log next(clock);
  Alarms again(clock, next);
  again.restore(read);
  EXPECT_EQ(again.silences().size(), 1u);
  const auto& [target, silence] = *again.silences().begin();
  EXPECT_EQ(target, (SilenceTarget{Type::kFeedFault, false, "match", "primary"}));
  EXPECT_EQ(silence.by, "night");
  EXPECT_EQ(silence.reason, "known");
  EXPECT_NEAR(static_cast<double>(silence.until), static_cast<double>(clock.utc() + 50 * kSecond), 1'000.0);
  EXPECT_TRUE(next.events().empty());
}

TEST(AlarmKinds, HaveASeverityAndASectionOfTheRunbook) {
  ASSERT_NE(alarm_kind(Type::kOutage), nullptr);
  EXPECT_EQ(alarm_kind("outage"), alarm_kind(Type::kOutage));
  EXPECT_EQ(alarm_kind("live.kickoff.outage"), alarm_kind(Type::kOutage));
  EXPECT_EQ(alarm_kind("out"), nullptr);
  EXPECT_EQ(alarm_kind(Type::kMarker), nullptr);
  for (const Type type : kTypes) {
    const AlarmKind* const kind = alarm_kind(type);
    EXPECT_TRUE(kind == nullptr || kind->runbook.starts_with("kickoff")) << to_string(type);
  }
  EXPECT_EQ(to_string(Severity::kPage), "page");
  EXPECT_EQ(to_string(Severity::kTicket), "ticket");
}

}  // namespace
}  // namespace events
