#include "api/alarm_routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "routes_fixture.h"

namespace api {
namespace {

using base::kSecond;
using events::Alarms;

constexpr const char* kPath = "/api/v1/alarms/7/silence";

Alarms::Alarm fault_of(const std::string& channel) {
  auto event = std::make_shared<events::Event>();
  event->id = 9;
  event->fact = {events::Type::kFeedFault, channel, events::State::kRaised, "primary", {{"fault", "black"}}};
  Alarms::Alarm alarm;
  alarm.event = event;
  alarm.id = 7;
  alarm.since = 1'800'000'000 * kSecond;
  alarm.lasts = true;
  alarm.raised = 2;
  return alarm;
}

TEST_F(RoutesTest, GivesAlarmsWithTheirSeverityAndRunbook) {
  backend_.alarms.runbook = "https://wiki.example/runbook";
  backend_.alarms.alarms = {fault_of("match")};
  const Answer answer = get("/api/v1/alarms");
  EXPECT_EQ(answer.content_type, "application/json");
  const auto all = nlohmann::json::parse(answer.body);
  EXPECT_EQ(all["time"], "2027-01-15T08:00:00.000Z");
  ASSERT_EQ(all["alarms"].size(), 1U);
  EXPECT_EQ(all["alarms"][0], nlohmann::json::parse(R"({"id": "7", "alarm": "feed.fault", "channel": "match",
      "which": "primary", "severity": "page", "runbook": "https://wiki.example/runbook#kickofffeedpoor",
      "since": "2027-01-15T08:00:00.000Z", "lasts": true, "raised": 2, "event": "9", "data": {"fault": "black"},
      "silence": null})"));
  EXPECT_EQ(all["silences"].size(), 0U);
  EXPECT_NE(std::find(all["kinds"].begin(), all["kinds"].end(), "outage"), all["kinds"].end());
  EXPECT_EQ(std::find(all["kinds"].begin(), all["kinds"].end(), "slate"), all["kinds"].end());
}

TEST_F(RoutesTest, GivesSilencesAndWhatTheyAreFor) {
  const events::Silence silence{1'800'000'060 * kSecond, "night", "known"};
  auto alarm = fault_of("");
  alarm.silence = silence;
  backend_.alarms.alarms = {alarm};
  backend_.alarms.silences[{events::Type::kFeedFault, true, "match", ""}] = silence;
  backend_.alarms.silences[{events::Type::kOutage, false, "", "x"}] = silence;
  const auto all = nlohmann::json::parse(get("/api/v1/alarms").body);
  EXPECT_FALSE(all["alarms"][0].contains("channel")) << "the instance's";
  EXPECT_EQ(all["alarms"][0]["silence"],
            nlohmann::json::parse(R"({"until": "2027-01-15T08:01:00.000Z", "by": "night", "reason": "known"})"));
  ASSERT_EQ(all["silences"].size(), 2U);
  EXPECT_EQ(all["silences"][0], nlohmann::json::parse(R"({"alarm": "feed.fault", "kind": true, "channel": "match",
      "until": "2027-01-15T08:01:00.000Z", "by": "night", "reason": "known"})"));
  EXPECT_EQ(all["silences"][1]["which"], "x");
}

TEST_F(RoutesTest, SilencesAnAlarmOrAKindForATime) {
  EXPECT_EQ(post(kPath, R"({"for": 3600.9, "reason": "encoder is being changed"})").status, 204);
  EXPECT_EQ(post("/api/v1/alarms/feed.fault/silence", R"({"for": 604800, "channel": "match"})").status, 204);
  EXPECT_EQ(post(kPath, R"({"for": 1})").status, 204);
  ASSERT_EQ(backend_.silences.size(), 3U);
  EXPECT_EQ(backend_.silences[0].id, "7");
  EXPECT_EQ(backend_.silences[0].duration, 3600 * kSecond);
  EXPECT_EQ(backend_.silences[0].by, "operations");
  EXPECT_EQ(backend_.silences[0].reason, "encoder is being changed");
  EXPECT_EQ(backend_.silences[1].id, "feed.fault");
  EXPECT_EQ(backend_.silences[1].channel, "match");
  EXPECT_EQ(backend_.silences[1].duration, Alarms::kLongestSilence);
}

TEST_F(RoutesTest, TakesASilenceBack) {
  EXPECT_EQ(send("DELETE", kPath, "").status, 204);
  ASSERT_EQ(backend_.silences.size(), 1U);
  EXPECT_EQ(backend_.silences[0].duration, 0);
  EXPECT_EQ(backend_.silences[0].by, "operations");
  EXPECT_EQ(
      api_test::ask(
          dispatcher_,
          {"DELETE", "/api/v1/alarms/outage/silence", "channel=a%20b", "localhost", {{"authorization", "Bearer t"}}})
          ->status,
      204);
  EXPECT_EQ(backend_.silences[1].channel, "a b");
}

TEST_F(RoutesTest, RefusesSilencesThatAreNone) {
  const std::string long_reason(201, 'x');
  const std::string long_channel(65, 'x');
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"for": 0})"),
        std::string(R"({"for": 0.99})"), std::string(R"({"for": 604801})"), std::string(R"({"for": "1h"})"),
        std::string(R"({"for": 60, "reason": 1})"), std::string(R"({"for": 60, "who": "me"})"),
        R"({"for": 60, "reason": ")" + long_reason + "\"}", R"({"for": 60, "channel": ")" + long_channel + "\"}"}) {
    const Answer answer = post(kPath, body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.body.find("seconds from 1 to 604800"), std::string::npos) << body;
  }
  EXPECT_TRUE(backend_.silences.empty());
  EXPECT_EQ(post(kPath, R"({"for": 60, "reason": ")" + std::string(200, 'x') + "\"}").status, 204);
}

TEST_F(RoutesTest, NeedsATokenToSilence) {
  EXPECT_EQ(api_test::ask(dispatcher_, {"POST", kPath, "", "localhost", {}, R"({"for": 60})"})->status, 401);
  EXPECT_TRUE(backend_.silences.empty());
}

TEST_F(RoutesTest, SaysWhyNothingWasSilenced) {
  backend_.silence_outcome = Alarms::Outcome::kUnknown;
  EXPECT_EQ(post(kPath, R"({"for": 60})").status, 404);
  EXPECT_NE(post(kPath, R"({"for": 60})").body.find("/api/v1/alarms"), std::string::npos);
  backend_.silence_outcome = Alarms::Outcome::kNotSilenced;
  EXPECT_EQ(send("DELETE", kPath, "").status, 409);
  backend_.silence_outcome = Alarms::Outcome::kTooMany;
  EXPECT_EQ(post(kPath, R"({"for": 60})").status, 409);
}

}  // namespace
}  // namespace api
