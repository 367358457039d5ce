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
