#include "webhook/courier.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "unit/webhook/events.h"

namespace webhook {
namespace {

using base::kMillisecond;
using base::kSecond;

Endpoint named(const std::string& name) { return {.name = name, .url = "https://" + name + ".example/hook"}; }

std::string header_of(const client::Request& request, const std::string& name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return "";
}

/// Receivers with their own ways. Answers come a while after the requests.
class Receivers {
 public:
  struct Way {
    int status = 200;
    base::Micros delay = 0;
  };

  void take(const Dispatch& dispatch, base::Micros now) {
    const std::string& name = dispatch.endpoint->name;
    on_way_.emplace(now + ways[name].delay, std::pair(dispatch.id, name));
    if (ways[name].status == 200) got[name][dispatch.event->fact.channel].push_back(dispatch.event->sequence);
    ++asked[name];
  }
  std::vector<client::Exchange::Arrival> answers(base::Micros now) {
    std::vector<client::Exchange::Arrival> arrivals;
    while (!on_way_.empty() && on_way_.begin()->first <= now) {
      const auto& [id, name] = on_way_.begin()->second;
      arrivals.push_back({id, {.status = ways[name].status, .error = "dead"}});
      on_way_.erase(on_way_.begin());
    }
    return arrivals;
  }

  std::map<std::string, Way> ways;
  std::map<std::string, std::map<std::string, std::vector<std::uint64_t>>> got;  ///< by receiver and channel
  std::map<std::string, int> asked;

 private:
  std::multimap<base::Micros, std::pair<std::uint64_t, std::string>> on_way_;
};

class CourierTest : public testing::Test {
 protected:
  void turn() {
    for (Change& change : courier_.take_answers(receivers_.answers(now_), now_)) changes_.push_back(std::move(change));
    for (const Dispatch& dispatch : courier_.take_due(now_)) receivers_.take(dispatch, now_);
  }
  /// Milliseconds pass.
  void run(base::Micros span) {
    for (const base::Micros end = now_ + span; now_ < end; now_ += kMillisecond) turn();
  }

  base::Micros now_ = 1000 * kSecond;
  Courier courier_{[] { return 0.5; }};
  Receivers receivers_;
  std::vector<Change> changes_;
};

TEST_F(CourierTest, ADeadReceiverAndASlowOneCostTheOthersNoEvent) {
  courier_.configure({named("one"), named("two"), named("slow"), named("three"), named("dead")});
  receivers_.ways["dead"] = {0, 10 * kSecond};
  receivers_.ways["slow"].delay = 30 * kMillisecond;
  constexpr std::uint64_t kSeconds = 5;
  for (std::uint64_t sequence = 1; sequence <= kSeconds * 1000; ++sequence) {
    courier_.offer(event_of(sequence, "channel" + std::to_string(sequence % 40)), now_);
    run(kMillisecond);
  }
  run(60 * kSecond);
  for (const char* name : {"one", "two", "three", "slow"}) {
    std::size_t count = 0;
    for (const auto& [channel, sequences] : receivers_.got[name]) {
      count += sequences.size();
      EXPECT_TRUE(std::is_sorted(sequences.begin(), sequences.end())) << name << " " << channel;
    }
    EXPECT_EQ(count, kSeconds * 1000) << name;
  }
  const auto reports = courier_.reports(now_);
  EXPECT_EQ(reports[4].delivered, 0u);
  EXPECT_EQ(reports[4].waiting, kSeconds * 1000);
  EXPECT_TRUE(reports[4].failing);
  EXPECT_LE(receivers_.asked["dead"], 100) << "it is not pressed";
}

TEST_F(CourierTest, TellsOnceThatAWebhookFailsAndOnceThatItWorks) {
  courier_.configure({named("ops")});
  receivers_.ways["ops"].status = 503;
  courier_.offer(event_of(1, "a"), now_);
  run(120 * kSecond);
  ASSERT_EQ(changes_.size(), 1u);
  EXPECT_EQ(changes_[0].name, "ops");
  EXPECT_TRUE(changes_[0].failing);
  EXPECT_EQ(changes_[0].why, "HTTP 503");
  receivers_.ways["ops"].status = 200;
  run(120 * kSecond);
  ASSERT_EQ(changes_.size(), 2u);
  EXPECT_FALSE(changes_[1].failing);
  EXPECT_EQ(changes_[1].why, "works_again");
}

TEST_F(CourierTest, AReplayThatIsNotTakenDoesNotMakeAWebhookWork) {
  courier_.configure({named("ops")});
  receivers_.ways["ops"].status = 410;
  courier_.offer(event_of(1, "a"), now_);
  run(10 * kMillisecond);
  receivers_.ways["ops"].status = 500;
  courier_.replay("ops", now_);
  run(10 * kMillisecond);
  EXPECT_EQ(changes_.size(), 1u);
  receivers_.ways["ops"].status = 200;
  run(2 * kSecond);
  ASSERT_EQ(changes_.size(), 2u);
  EXPECT_FALSE(changes_[1].failing);
}

TEST_F(CourierTest, OneThatFailedAndIsRemovedFailsNoMore) {
  courier_.configure({named("fails"), named("works")});
  receivers_.ways["fails"].status = 410;
  courier_.offer(event_of(1, "a"), now_);
  run(10 * kMillisecond);
  const auto changes = courier_.configure({});
  ASSERT_EQ(changes.size(), 1u);
  EXPECT_EQ(changes[0].name, "fails");
  EXPECT_FALSE(changes[0].failing);
  EXPECT_EQ(changes[0].why, "removed");
  EXPECT_TRUE(courier_.configure({}).empty());
}

TEST_F(CourierTest, AReloadKeepsWhatWaitsForANameAndThrowsAwayTheRest) {
  courier_.configure({named("stays"), named("goes")});
  for (std::uint64_t sequence : {1u, 2u}) courier_.offer(event_of(sequence, "a"), now_);
  EXPECT_EQ(courier_.take_due(now_).size(), 2u);
  Endpoint elsewhere = named("stays");
  elsewhere.url = "https://elsewhere.example/";
  courier_.configure({named("new"), elsewhere});
  const auto reports = courier_.reports(now_);
  ASSERT_EQ(reports.size(), 2u);
  EXPECT_EQ(reports[0].name, "new");
  EXPECT_EQ(reports[0].waiting, 0u);
  EXPECT_EQ(reports[1].waiting, 2u);
  courier_.take_answers({{1, {.status = 200}}, {2, {.status = 200}}}, now_);
  EXPECT_EQ(courier_.reports(now_)[1].delivered, 1u);
  const auto due = courier_.take_due(now_);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].endpoint->url, "https://elsewhere.example/");
}

TEST_F(CourierTest, AnAnswerToAWebhookThatWasRemovedIsNotOneToItsSuccessor) {
  courier_.configure({named("ops")});
  courier_.offer(event_of(1, "a"), now_);
  const auto before = courier_.take_due(now_);
  courier_.configure({});
  EXPECT_FALSE(courier_.busy());
  courier_.configure({named("ops")});
  courier_.offer(event_of(2, "a"), now_);
  EXPECT_EQ(courier_.take_due(now_).size(), 1u);
  courier_.take_answers({{before[0].id, {.status = 200}}}, now_);
  EXPECT_EQ(courier_.reports(now_)[0].delivered, 0u);
  EXPECT_TRUE(courier_.busy());
}

TEST_F(CourierTest, ReplaysByName) {
  courier_.configure({named("one"), named("two")});
  receivers_.ways["two"].status = 410;
  courier_.offer(event_of(1, "a"), now_);
  run(10 * kMillisecond);
  EXPECT_EQ(courier_.replay("none", now_), std::nullopt);
  EXPECT_EQ(courier_.replay("one", now_), 0u);
  receivers_.ways["two"].status = 200;
  EXPECT_EQ(courier_.replay("two", now_), 1u);
  run(10 * kMillisecond);
  EXPECT_EQ(courier_.reports(now_)[1].delivered, 1u);
}

TEST_F(CourierTest, SaysWhenItHasSomethingToDo) {
  EXPECT_EQ(courier_.next_due(), INT64_MAX);
  EXPECT_FALSE(courier_.offer(event_of(1, "a"), now_));
  courier_.configure({named("one"), named("two")});
  EXPECT_TRUE(courier_.offer(event_of(1, "a"), now_));
  EXPECT_LE(courier_.next_due(), now_);
  receivers_.ways["two"].status = 500;
  run(2 * kMillisecond);
  EXPECT_EQ(courier_.next_due(), 1000 * kSecond + kMillisecond + 750 * kMillisecond);
}

TEST(WebhookRequest, IsACloudEventSignedAsTheStandardSays) {
  Endpoint endpoint = named("ops");
  endpoint.timeout = 3 * kSecond;
  endpoint.secrets = {Secret(24, 1)};
  auto event = std::make_shared<events::Event>(*event_of(42, "match", events::Type::kOutage));
  event->id = 40;
  event->fact.state = events::State::kCleared;
  const client::Request request =
      request_of({1, event, std::make_shared<const Endpoint>(endpoint)}, "/kickoff/origin-1.example", 1796042345);
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.url, "https://ops.example/hook");
  EXPECT_EQ(request.timeout, 3 * kSecond);
  EXPECT_EQ(header_of(request, "content-type"), "application/cloudevents+json; charset=utf-8");
  EXPECT_EQ(header_of(request, "webhook-id"), "kickoff-origin-1-example_42") << "not that of the raise";
  EXPECT_EQ(header_of(request, "webhook-timestamp"), "1796042345");
  EXPECT_EQ(header_of(request, "webhook-signature"),
            sign(endpoint.secrets, "kickoff-origin-1-example_42", 1796042345, request.body.text()));
  const auto body = nlohmann::json::parse(request.body.text());
  EXPECT_EQ(body["specversion"], "1.0");
  EXPECT_EQ(body["id"], "40");
  EXPECT_EQ(body["source"], "/kickoff/origin-1.example#cleared");
  EXPECT_EQ(body["subject"], "channels/match");
}

TEST(WebhookRequest, HasAnIdOfLettersDigitsAndHyphens) {
  const auto endpoint = std::make_shared<const Endpoint>(named("ops"));
  EXPECT_EQ(header_of(request_of({1, event_of(7, ""), endpoint}, "//azAZ09_`{@[/:.%\xC3\xBC", 5), "webhook-id"),
            "azAZ09_----------_7");
}

TEST(WebhookRequest, HasNoSignatureWithoutASecret) {
  const auto endpoint = std::make_shared<const Endpoint>(named("ops"));
  EXPECT_EQ(header_of(request_of({1, event_of(1, ""), endpoint}, "/kickoff", 5), "webhook-signature"), "");
}

TEST(RestartedCourier, GivesEachWebhookWhatItHasSavedAndNewOnesNothing) {
  Courier before([] { return 1.0; });
  before.configure({named("a"), named("b")});
  const auto event = event_of(7, "match");
  before.offer(event, 0);
  std::vector<Saved> saved;
  for (std::size_t i = 0; auto one = before.saved(i, 0, 0); ++i) saved.push_back(*one);
  ASSERT_EQ(saved.size(), 2u);
  EXPECT_EQ(saved[1].name, "b");
  EXPECT_EQ(saved[1].up_to, 7u);
  Courier after([] { return 1.0; }, 50);
  after.configure({named("b"), named("fresh")});
  after.restore(saved, {{7, event}}, 0, 0);
  const auto due = after.take_due(0);
  ASSERT_EQ(due.size(), 1u);
  EXPECT_EQ(due[0].endpoint->name, "b");
  EXPECT_EQ(after.saved(1, 0, 0)->up_to, 50u) << "a webhook begins with what comes";
  EXPECT_EQ(after.saved(2, 0, 0), std::nullopt);
}

}  // namespace
}  // namespace webhook
