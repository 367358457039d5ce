#include "api/metadata_request.h"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

std::string error_in(const std::string& body) {
  const auto order = parse_metadata(body);
  return order.ok() ? "" : order.error().what;
}

channel::LiveMetadata::Request id3(const std::string& body) {
  const auto order = parse_metadata(body);
  EXPECT_TRUE(order.ok()) << body;
  if (!order.ok()) return {};
  const auto* request = std::get_if<channel::LiveMetadata::Request>(&order.value());
  EXPECT_NE(request, nullptr) << body;
  return request == nullptr ? channel::LiveMetadata::Request{} : *request;
}

channel::Channel::MarkerOrder date_range(const std::string& body) {
  const auto order = parse_metadata(body);
  EXPECT_TRUE(order.ok()) << body << (order.ok() ? "" : order.error().what);
  if (!order.ok()) return {};
  const auto* marker = std::get_if<channel::Channel::MarkerOrder>(&order.value());
  EXPECT_NE(marker, nullptr) << body;
  return marker == nullptr ? channel::Channel::MarkerOrder{} : *marker;
}

TEST(MetadataRequest, ATextStaysAsItIsAndAllElseIsJson) {
  EXPECT_EQ(id3(R"({"name": "score", "data": "1 : 0"})").text, "1 : 0");
  EXPECT_EQ(id3(R"({"name": "score", "data": {"home": 1, "away": [0, null]}})").text, R"({"away":[0,null],"home":1})");
  EXPECT_EQ(id3(R"({"name": "score", "data": 2.5})").text, "2.5");
  EXPECT_EQ(id3(R"({"name": "score", "data": ""})").name, "score");
}

TEST(MetadataRequest, IsForNowOrForAnInstant) {
  EXPECT_FALSE(id3(R"({"name": "a", "data": 1})").start);
  EXPECT_FALSE(id3(R"({"name": "a", "data": 1, "start": "now", "as": "id3"})").start);
  EXPECT_EQ(id3(R"({"name": "a", "data": 1, "start": "2026-04-12T13:20:00.250Z"})").start, 1'776'000'000'250'000);
}

TEST(MetadataRequest, MayBeADateRangeWithAttributes) {
  const auto order = date_range(R"({"name": "com.example.chapter", "as": "daterange", "id": "c2", "duration": 5,
      "start": "2026-04-12T13:20:00Z", "data": {"title": "Second half", "chapterNumber": 2, "is live": true}})");
  EXPECT_EQ(order.own.kind, "com.example.chapter");
  EXPECT_EQ(order.own.id, "c2");
  EXPECT_EQ(order.own.duration, 5 * base::kSecond);
  EXPECT_EQ(order.own.start, 1'776'000'000'000'000);
  std::string all;
  for (const auto& at : order.own.attributes) all += at.name + "=" + at.value + (at.bare ? " " : "\" ");
  EXPECT_EQ(all, "X-CHAPTERNUMBER=2 X-IS-LIVE=true\" X-TITLE=Second half\" ");
  const auto plain = date_range(R"({"name": "odds", "as": "daterange", "start": "now", "data": "2.1"})");
  EXPECT_EQ(plain.own.attributes.at(0).name, "X-DATA");
  EXPECT_FALSE(plain.own.start);
}

TEST(MetadataRequest, SaysWhatABodyHasToBe) {
  const std::string name129(129, 'n');
  const std::string text4097(4097, 't');
  for (const std::string& body :
       {std::string(), std::string("[]"), std::string("{}"), std::string(R"({"name": "a"})"),
        std::string(R"({"data": "a"})"), std::string(R"({"name": "", "data": 1})"),
        std::string(R"({"name": 5, "data": 1})"), std::string(R"({"name": "a\u0000", "data": 1})"),
        R"({"data": 1, "name": ")" + name129 + "\"}", R"({"name": "a", "data": ")" + text4097 + "\"}",
        std::string(R"({"name": "a", "data": "\u0000"})"), std::string(R"({"name": "a", "data": 1, "as": "emsg"})"),
        std::string(R"({"name": "a", "data": 1, "start": 5})"),
        std::string(R"({"name": "a", "data": 1, "start": "yesterday"})"),
        std::string(R"({"name": "a", "data": 1, "id": "b"})"), std::string(R"({"name": "a", "data": 1, "more": 1})")})
    EXPECT_NE(error_in(body).find("\"name\""), std::string::npos) << body.substr(0, 60);
}

TEST(MetadataRequest, ADateRangeHasTheLimitsOfMarkers) {
  const auto refused = [](const std::string& data) {
    return error_in(R"({"name": "a", "as": "daterange", "data": )" + data + "}") != "";
  };
  EXPECT_TRUE(refused(R"({"a": {"b": 1}})"));
  EXPECT_TRUE(refused(R"({"a": "say \"what\""})"));
  EXPECT_TRUE(refused(R"({"a b": 1, "a-b": 2})")) << "two attributes of one name";
  EXPECT_TRUE(refused("[1]"));
  EXPECT_NE(error_in(R"({"name": "scte35", "as": "daterange", "data": {}})"), "") << "the server's own class";
}

TEST(MetadataRequest, AMegabyteIsRefusedHoweverItIsNested) {
  EXPECT_NE(error_in(R"({"name": "a", "data": ")" + std::string(1 << 20, 'x') + "\"}"), "");
  EXPECT_NE(error_in(R"({"name": "a", "data": )" + std::string(1 << 20, '[') + std::string(1 << 20, ']') + "}"), "");
}

TEST(MetadataRequest, ValuesAreThirtyLevelsDeepAtMost) {  // they are written by recursion
  const auto nested = [](std::size_t levels, const std::string& more) {
    return R"({"name": "a", "data": )" + std::string(levels, '[') + std::string(levels, ']') + more + "}";
  };
  EXPECT_EQ(id3(nested(30, "")).text.size(), 60U);
  for (const std::string& more : {std::string(), std::string(R"(, "as": "daterange")")}) {
    EXPECT_NE(error_in(nested(40, more)), "") << more;
    EXPECT_NE(error_in(nested(16'000, more)), "") << more;
  }
}

}  // namespace
}  // namespace api
