#include "events/log.h"

#include <gtest/gtest.h>

#include <set>

namespace events {
namespace {

class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now; }
  base::Micros steady() const override { return now; }
  base::Micros now = 5 * base::kSecond;
};

class LogTest : public testing::Test {
 protected:
  static constexpr std::uint64_t kFirst = 5000;  // the millisecond in which the log is made

  void outage(State state, const std::string& channel = "match", const std::string& which = {}) {
    log_.append({Type::kOutage, channel, state, which});
  }
  void moments(int count) {
    for (int i = 0; i < count; ++i) log_.append({.type = Type::kWorkerLost, .channel = "match"});
  }
  /// "5000 5001 next 5001"
  static std::string trace(const Page& page) {
    std::string text;
    for (const auto& event : page.events) text += std::to_string(event->sequence) + " ";
    return text + "next " + std::to_string(page.next) + (page.missed ? " missed" : "");
  }
  std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> ids;
    for (const auto& event : log_.read({}).events) ids.push_back(event->id);
    return ids;
  }

  FakeClock clock_;
  Log log_{clock_, {.most = 4, .most_raised = 3}};
};

TEST_F(LogTest, GivesWhatCameAfterANumberInOrder) {
  moments(3);
  EXPECT_EQ(trace(log_.read({})), "5000 5001 5002 next 5002");
  EXPECT_EQ(trace(log_.read({.after = kFirst})), "5001 5002 next 5002");
  EXPECT_EQ(trace(log_.read({.after = kFirst + 2})), "next 5002");
  EXPECT_EQ(log_.read({}).newest, kFirst + 2);
}

TEST_F(LogTest, ForwardsEachEventAsItIsKept) {
  std::vector<std::shared_ptr<const Event>> got;
  log_.forward([&](const std::shared_ptr<const Event>& event) { got.push_back(event); });
  moments(2);
  log_.forward(nullptr);
  moments(1);
  const auto kept = log_.read({}).events;
  ASSERT_EQ(got.size(), 2u);
  EXPECT_EQ(got[0], kept[0]);
  EXPECT_EQ(got[1], kept[1]);
}

TEST_F(LogTest, WithoutEventsHasNothingToMiss) {
  EXPECT_EQ(trace(log_.read({})), "next 4999");
  EXPECT_EQ(log_.read({}).newest, kFirst - 1);
  moments(1);
  EXPECT_EQ(trace(log_.read({.after = kFirst - 1})), "5000 next 5000");
}

TEST_F(LogTest, GivesAtMostTheLimitAndWhereToContinue) {
  moments(4);
  EXPECT_EQ(trace(log_.read({.limit = 3})), "5000 5001 5002 next 5002");
  EXPECT_EQ(trace(log_.read({.after = 5002, .limit = 3})), "5003 next 5003");
}

TEST_F(LogTest, DropsTheOldestAndTellsAReaderThatMissedThem) {
  moments(6);  // 5000 and 5001 are dropped
  EXPECT_EQ(log_.read({}).oldest, kFirst + 2);
  EXPECT_EQ(trace(log_.read({.after = 5000})), "5002 5003 5004 5005 next 5005 missed");
  EXPECT_EQ(trace(log_.read({.after = 5001})), "5002 5003 5004 5005 next 5005") << "it has seen what was dropped";
  EXPECT_EQ(trace(log_.read({})), "5002 5003 5004 5005 next 5005");
}

TEST_F(LogTest, TellsAReaderOfAnotherRunThatItMissedSomething) {
  moments(2);
  EXPECT_EQ(trace(log_.read({.after = 17})), "5000 5001 next 5001 missed");
  EXPECT_EQ(trace(log_.read({.after = 9000})), "5000 5001 next 5001 missed") << "a number that is still to come";
}

TEST_F(LogTest, NumbersGrowOverARestart) {
  moments(4);
  clock_.now += base::kSecond;
  const Log next(clock_);
  EXPECT_GT(next.read({}).next, log_.read({}).newest);
}

TEST_F(LogTest, FiltersByChannelAndByTheBeginningOfTheType) {
  log_.append({.type = Type::kFeedSwitch, .channel = "match"});
  log_.append({.type = Type::kFeedFault, .channel = "other"});
  log_.append({.type = Type::kConfigReload});
  EXPECT_EQ(trace(log_.read({.channel = "match"})), "5000 next 5002") << "what does not match is behind it too";
  EXPECT_EQ(trace(log_.read({.type = "live.kickoff.feed."})), "5000 5001 next 5002");
  EXPECT_EQ(trace(log_.read({.type = "feed."})), "5000 5001 next 5002");
  EXPECT_EQ(trace(log_.read({.channel = "other", .type = "feed.switch"})), "next 5002");
  EXPECT_EQ(trace(log_.read({.type = "switch"})), "next 5002") << "the beginning, not any part";
}

TEST_F(LogTest, ARaiseAndItsClearHaveOneId) {
  outage(State::kRaised);
  moments(1);
  outage(State::kCleared);
  EXPECT_EQ(ids(), (std::vector<std::uint64_t>{5000, 5001, 5000}));
  outage(State::kRaised);
  EXPECT_EQ(ids().back(), 5003U) << "another outage";
}

TEST_F(LogTest, ConditionsOfOtherTypesChannelsAndKindsAreApart) {
  outage(State::kRaised, "match", "primary");
  outage(State::kCleared, "match", "backup");
  outage(State::kCleared, "other", "primary");
  log_.append({Type::kSlate, "match", State::kCleared, "primary"});
  EXPECT_EQ(ids(), (std::vector<std::uint64_t>{5000, 5001, 5002, 5003})) << "none was raised";
}

TEST_F(LogTest, RemembersABoundedNumberOfConditions) {
  for (const char* channel : {"a", "b", "c", "d"}) outage(State::kRaised, channel);
  outage(State::kCleared, "d");
  outage(State::kCleared, "a");
  const auto all = ids();
  EXPECT_EQ(all[2], 5004U) << "d was one too many";
  EXPECT_EQ(all[3], 5000U);
}

TEST_F(LogTest, StampsTheTimeAndMakesTextPrintable) {
  clock_.now += base::kSecond;
  log_.append({.type = Type::kPublisherRefused, .data = {{"why", "a\nb\xff"}, {"long", std::string(5000, 'x')}}});
  const auto event = log_.read({}).events.at(0);
  EXPECT_EQ(event->time, 6 * base::kSecond);
  EXPECT_EQ(std::get<std::string>(event->fact.data[0].value), "a b\uFFFD");
  EXPECT_LT(std::get<std::string>(event->fact.data[1].value).size(), 2 * Log::kLongestText);
}

TEST_F(LogTest, CountsByTypeWhatItDropsToo) {
  moments(6);
  outage(State::kRaised);
  EXPECT_EQ(log_.counts()[index(Type::kWorkerLost)], 6U);
  EXPECT_EQ(log_.counts()[index(Type::kOutage)], 1U);
  EXPECT_EQ(log_.counts()[index(Type::kSlate)], 0U);
}

TEST_F(LogTest, CallsWhoWatchesOnceTheEventIsThere) {
  std::vector<std::uint64_t> seen;
  log_.watch([&] { seen.push_back(log_.read({}).newest); });
  moments(2);
  log_.watch(nullptr);
  moments(1);
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{5000, 5001}));
}

Kept kept(std::uint64_t sequence, std::uint64_t lost = 0) {
  auto event = std::make_shared<Event>();
  event->sequence = event->id = sequence;
  event->fact = {.type = Type::kWorkerLost, .channel = "match"};
  return {std::move(event), lost};
}

TEST_F(LogTest, GoesOnBehindWhatWasRestored) {
  log_.restore({.events = {kept(100), kept(101)}, .begin = 99, .next = 102});
  EXPECT_EQ(log_.next(), 102 + Log::kLeap) << "the clock's number, 5000, was used before";
  moments(1);
  EXPECT_EQ(trace(log_.read({})), "100 101 20102 next 20102");
  EXPECT_EQ(trace(log_.read({.after = 99})), "100 101 20102 next 20102");
  EXPECT_EQ(trace(log_.read({.after = 98})), "100 101 20102 next 20102 missed");
  EXPECT_EQ(trace(log_.read({.after = 101})), "20102 next 20102");
  EXPECT_EQ(trace(log_.read({.after = 150})), "20102 next 20102") << "it was not written any more";
  EXPECT_EQ(log_.read({}).oldest, 100u);
}

TEST_F(LogTest, TheClocksNumberIsTakenWhereItIsHigher) {
  clock_.now = 90'000 * base::kSecond;
  Log log(clock_);
  log.restore({.events = {kept(100)}, .begin = 99, .next = 101});
  EXPECT_EQ(log.next(), 90'000'000u);
  EXPECT_EQ(trace(log.read({.after = 100})), "next 89999999");
  EXPECT_EQ(trace(log.read({.after = 90'000'000})), "100 next 89999999 missed") << "a number that is still to come";
}

TEST_F(LogTest, WithoutFilesNothingIsRestored) {
  log_.restore({});
  EXPECT_EQ(log_.next(), kFirst);
  EXPECT_EQ(trace(log_.read({})), "next 4999");
}

TEST_F(LogTest, DropsWhatIsRestoredAsItDropsTheRest) {
  log_.restore({.events = {kept(100), kept(101), kept(102), kept(103), kept(104)}, .begin = 99, .next = 105});
  EXPECT_EQ(trace(log_.read({.after = 99})), "101 102 103 104 next 20104 missed");
  moments(1);
  EXPECT_EQ(trace(log_.read({.after = 101})), "102 103 104 20105 next 20105");
  EXPECT_EQ(trace(log_.read({.after = 100})), "102 103 104 20105 next 20105 missed");
}

TEST_F(LogTest, APageEndsBeforeAHoleAndTheNextSaysSo) {
  log_.restore({.events = {kept(100), kept(105, 104), kept(106)}, .begin = 99, .next = 107});
  EXPECT_EQ(trace(log_.read({.after = 99})), "100 next 100");
  EXPECT_EQ(trace(log_.read({.after = 100})), "105 106 next 20106 missed");
  EXPECT_EQ(trace(log_.read({.after = 103})), "105 106 next 20106 missed");
  EXPECT_EQ(trace(log_.read({.after = 104})), "105 106 next 20106") << "it had them before they were lost";
  EXPECT_EQ(trace(log_.read({.after = 105})), "106 next 20106");
  EXPECT_EQ(trace(log_.read({})), "100 next 100");
  EXPECT_EQ(trace(log_.read({.after = 100, .limit = 1})), "105 next 105 missed");
}

TEST_F(LogTest, ClearsWhatAnEarlierRunHasLeftRaised) {
  Restored restored{.events = {kept(100)}, .begin = 99, .next = 101};
  restored.raised.set({Type::kOutage, "match", ""}, 90);
  restored.raised.set({Type::kFeedFault, "match", "backup"}, 100);
  log_.restore(std::move(restored));
  log_.clear_restored();
  const auto events = log_.read({.after = 100}).events;
  ASSERT_EQ(events.size(), 2u);
  EXPECT_EQ(events[0]->id, 100u);
  EXPECT_EQ(events[0]->fact.state, State::kCleared);
  EXPECT_EQ(std::get<std::string>(events[0]->fact.data.at(0).value), "restart");
  EXPECT_EQ(std::get<std::string>(events[0]->fact.data.at(1).value), "backup");
  EXPECT_EQ(events[1]->id, 90u);
  EXPECT_EQ(events[1]->fact.channel, "match");
  EXPECT_EQ(events[1]->fact.data.size(), 1u);
  EXPECT_TRUE(log_.raised().all().empty());
  log_.clear_restored();
  EXPECT_EQ(log_.read({.after = 100}).events.size(), 2u) << "once";
}

TEST_F(LogTest, StoresEachEventBeforeItIsForwarded) {
  std::string calls;
  log_.forward([&](const auto& event) { calls += " forward " + std::to_string(event->sequence); });
  log_.store([&](const auto& event) { calls += " store " + std::to_string(event->sequence); });
  moments(1);
  log_.store(nullptr);
  moments(1);
  EXPECT_EQ(calls, " store 5000 forward 5000 forward 5001");
}

TEST(Types, EachHasANameOfItsOwnBelowThePrefix) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kTypes.size(); ++i) {
    EXPECT_EQ(index(kTypes[i]), i);
    EXPECT_TRUE(to_string(kTypes[i]).starts_with(kPrefix));
    EXPECT_NE(to_string(kTypes[i]), "live.kickoff.unknown");
    names.insert(to_string(kTypes[i]));
  }
  EXPECT_EQ(names.size(), kTypes.size());
}

}  // namespace
}  // namespace events
