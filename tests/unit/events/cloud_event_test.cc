#include "events/cloud_event.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace events {
namespace {

constexpr base::Micros kTime = 1'800'000'000 * base::kSecond;

TEST(CloudEvent, IsOneLineWithItsAttributesAndData) {
  const Event event{17, 17, kTime, {.type = Type::kFeedSwitch, .channel = "match", .data = {{"to", "backup"}}}};
  EXPECT_EQ(to_cloud_event(event, "/kickoff/a"),
            R"({"specversion":"1.0","id":"17","source":"/kickoff/a","type":"live.kickoff.feed.switch",)"
            R"("subject":"channels/match","time":"2027-01-15T08:00:00.000Z","sequence":"00000000000000000017",)"
            R"("datacontenttype":"application/json","data":{"to":"backup"}})");
}

TEST(CloudEvent, OfAConditionSaysWhichEndItIsAndIsUniqueBySourceAndId) {
  const auto raised =
      nlohmann::json::parse(to_cloud_event({17, 17, kTime, {Type::kOutage, "m", State::kRaised}}, "/k"));
  const auto cleared =
      nlohmann::json::parse(to_cloud_event({19, 17, kTime, {Type::kOutage, "m", State::kCleared}}, "/k"));
  EXPECT_EQ(raised["state"], "raised");
  EXPECT_EQ(cleared["state"], "cleared");
  EXPECT_EQ(raised["id"], cleared["id"]);
  EXPECT_EQ(raised["source"], "/k");
  EXPECT_EQ(cleared["source"], "/k#cleared");
  EXPECT_EQ(cleared["sequence"], "00000000000000000019");
}

TEST(CloudEvent, OfTheInstanceHasNoSubjectAndOfAMomentNoState) {
  const auto event = nlohmann::json::parse(to_cloud_event({1, 1, kTime, {.type = Type::kConfigReload}}, "/k"));
  EXPECT_FALSE(event.contains("subject"));
  EXPECT_FALSE(event.contains("state"));
  EXPECT_EQ(event["data"], nlohmann::json::object());
}

TEST(CloudEvent, KeepsTheKindsOfValues) {
  const Fact fact{.type = Type::kWorkerLost,
                  .data = {{"text", "say \"hi\""}, {"number", -3}, {"share", 0.5}, {"yes", true}}};
  const auto data = nlohmann::json::parse(to_cloud_event({1, 1, kTime, fact}, "/k"))["data"];
  EXPECT_EQ(data, nlohmann::json({{"text", "say \"hi\""}, {"number", -3}, {"share", 0.5}, {"yes", true}}));
}

TEST(CloudEvent, ReplacesWhatIsNotUtf8) {
  const Event event{1, 1, kTime, {.type = Type::kSlate, .data = {{"reason", std::string("\xff")}}}};
  EXPECT_EQ(nlohmann::json::parse(to_cloud_event(event, "/k"))["data"]["reason"], "\uFFFD");
}

}  // namespace
}  // namespace events
