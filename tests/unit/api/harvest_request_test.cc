#include "api/harvest_request.h"

#include <gtest/gtest.h>

#include "base/date.h"

namespace api {
namespace {

constexpr const char* kHour = R"("start": "2026-11-30T18:00:00Z", "end": "2026-11-30T19:00:00Z")";

base::Micros at(const char* utc) { return base::parse_utc(utc).value_or(0); }

base::Result<harvest::Order> parse_at_eight(const std::string& body) {
  return parse_harvest("{" + body + "}", at("2026-11-30T20:00:00Z"));
}
std::string why(const std::string& body) {
  const auto parsed = parse_at_eight(body);
  return parsed.ok() ? "" : parsed.error().what;
}

TEST(HarvestRequest, HasATimeAndADestination) {
  const auto order = parse_at_eight(std::string(kHour) + R"(, "destination": "disk:half", "mp4": true)");
  ASSERT_TRUE(order.ok()) << order.error().what;
  EXPECT_EQ(order->from, at("2026-11-30T18:00:00Z"));
  EXPECT_EQ(order->to, at("2026-11-30T19:00:00Z"));
  EXPECT_EQ(order->destination.text(), "disk:half");
  EXPECT_TRUE(order->mp4);
  EXPECT_TRUE(order->channel.empty());
  const auto plain = parse_at_eight(std::string(kHour) + R"(, "destination": "s3:half")");
  ASSERT_TRUE(plain.ok());
  EXPECT_EQ(plain->destination.place, harvest::Place::kS3);
  EXPECT_FALSE(plain->mp4);
}

TEST(HarvestRequest, OtherBodiesAreToldWhatABodyHasToBe) {
  for (const std::string& body :
       {std::string(), std::string(kHour), std::string(R"("destination": "disk:half")"),
        std::string(kHour) + R"(, "destination": "half")", std::string(kHour) + R"(, "destination": "disk:../x")",
        std::string(kHour) + R"(, "destination": 1)", std::string(kHour) + R"(, "destination": "disk:a", "mp4": 1)",
        std::string(kHour) + R"(, "destination": "disk:a", "codec": "av1")",
        std::string(R"("start": 7, "end": "2026-11-30T19:00:00Z", "destination": "disk:a")"),
        std::string(R"("start": "soon", "end": "2026-11-30T19:00:00Z", "destination": "disk:a")")})
    EXPECT_TRUE(why(body).starts_with("the body has to be an object")) << body;
  EXPECT_FALSE(parse_harvest("[]", INT64_MAX).ok());
  EXPECT_FALSE(parse_harvest("", INT64_MAX).ok());
}

TEST(HarvestRequest, ATimeThatCannotBeIsTold) {
  const auto between = [](const std::string& start, const std::string& end) {
    return why(R"("destination": "disk:a", "start": ")" + start + R"(", "end": ")" + end + "\"");
  };
  EXPECT_EQ(between("2026-11-30T18:00:00Z", "2026-11-30T18:00:00Z"), "\"end\" has to be after \"start\"");
  EXPECT_EQ(between("2026-11-30T18:00:00Z", "2026-11-30T18:00:00.001Z"), "");
  EXPECT_EQ(between("2026-11-30T18:00:00Z", "2026-11-30T20:00:00Z"), "");
  EXPECT_TRUE(between("2026-11-30T18:00:00Z", "2026-11-30T20:00:00.001Z").starts_with("\"end\" is later than now"));
  EXPECT_EQ(between("2026-11-16T20:00:00Z", "2026-11-30T20:00:00Z"), "");
  EXPECT_EQ(between("2026-11-16T19:59:59Z", "2026-11-30T20:00:00Z"), "a harvest is of 14 days at the most");
}

TEST(HarvestRequest, AnMp4IsMadeOnDiskAlone) {
  EXPECT_EQ(why(std::string(kHour) + R"(, "destination": "s3:half", "mp4": true)"), "\"mp4\" is made on disk alone");
  EXPECT_EQ(why(std::string(kHour) + R"(, "destination": "s3:half", "mp4": false)"), "");
}

}  // namespace
}  // namespace api
