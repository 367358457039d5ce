#include "api/marker_request.h"

#include <gtest/gtest.h>

namespace api {
namespace {

constexpr const char* kInsert = "/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=";

std::string fault(const std::string& body) {
  const auto order = parse_marker(body);
  return order.ok() ? "" : order.error().what;
}
channel::Markers::Request own(const std::string& body) {
  auto order = parse_marker(body);
  EXPECT_TRUE(order.ok()) << body << (order.ok() ? "" : order.error().what);
  return order.ok() ? order->own : channel::Markers::Request{};
}

TEST(MarkerRequest, TakesASectionInBase64) {
  const auto order = parse_marker(R"({"scte35": ")" + std::string(kInsert) + "\"}");
  ASSERT_TRUE(order.ok());
  EXPECT_EQ(order->section.size(), 50U);
  EXPECT_FALSE(order->start.has_value());
  const auto timed =
      parse_marker(R"({"scte35": ")" + std::string(kInsert) + R"(", "start": "2026-04-12T13:20:00.250Z"})");
  ASSERT_TRUE(timed.ok());
  EXPECT_EQ(timed->start, 1'776'000'000'250'000);
}

TEST(MarkerRequest, TakesAMarkerOfOnesOwn) {
  const auto marker = own(R"({"class": "com.example.goal", "id": "g1", "start": "2026-04-12T15:20:00+02:00",
      "duration": 2.5, "attributes": {"X-TEAM": "Grün", "X-MINUTE": 73, "X-SPEED": 27.25, "X-RAW": "0xCAFE", "X-OFF": -0.5}})");
  EXPECT_EQ(marker.kind, "com.example.goal");
  EXPECT_EQ(marker.id, "g1");
  EXPECT_EQ(marker.start, 1'776'000'000'000'000);
  EXPECT_EQ(marker.duration, 2'500'000);
  std::string attributes;
  for (const auto& at : marker.attributes) attributes += at.name + "=" + at.value + (at.bare ? " " : "\" ");
  EXPECT_EQ(attributes, "X-MINUTE=73 X-OFF=-0.500000 X-RAW=0xCAFE X-SPEED=27.250000 X-TEAM=Grün\" ");
}

TEST(MarkerRequest, TakesAClassAlone) {
  const auto marker = own(R"({"class": "a"})");
  EXPECT_TRUE(marker.id.empty());
  EXPECT_FALSE(marker.start.has_value());
  EXPECT_FALSE(marker.duration.has_value());
}

TEST(MarkerRequest, ACutNeedsAStart) {
  const auto order = parse_marker(R"({"class": "a", "cut": true, "start": "2026-04-12T15:20:00Z"})");
  ASSERT_TRUE(order.ok());
  EXPECT_TRUE(order->cut);
  EXPECT_FALSE(parse_marker(R"({"class": "a", "cut": false})")->cut);
  EXPECT_NE(fault(R"({"class": "a", "cut": true})").find("\"start\""), std::string::npos);
  EXPECT_NE(fault(R"({"class": "a", "cut": "yes"})"), "");
}

TEST(MarkerRequest, SaysWhatIsWrongWithASection) {
  EXPECT_NE(fault(R"({"scte35": 5})"), "");
  EXPECT_NE(fault(R"({"scte35": ""})"), "");
  EXPECT_NE(fault(R"({"scte35": "no base64!"})"), "");
  EXPECT_NE(fault(R"({"scte35": "aGVsbG8gd29ybGQhISEhISEhISE="})").find("table_id"), std::string::npos);
  EXPECT_NE(fault(R"({"scte35": ")" + std::string(kInsert) + R"(", "id": "a"})"), "");
  EXPECT_NE(fault(R"({"scte35": ")" + std::string(kInsert) + R"(", "class": "a"})"), "");
}

TEST(MarkerRequest, RefusesWhatNoPlaylistCanHold) {
  const std::string long_text(1025, 'x');
  for (const std::string& body :
       std::vector<std::string>{"",
                                "5",
                                "[]",
                                "{}",
                                R"({"id": "a"})",
                                R"({"class": ""})",
                                R"({"class": 5})",
                                R"({"class": "a\"b"})",
                                R"({"class": "a\nb"})",
                                R"({"class": "a", "id": ""})",
                                R"({"class": "a", "id": 7})",
                                R"({"class": "a", "start": "tomorrow"})",
                                R"({"class": "a", "start": 5})",
                                R"({"class": "a", "duration": -1})",
                                R"({"class": "a", "duration": 86401})",
                                R"({"class": "a", "duration": "1s"})",
                                R"({"class": "a", "until": 1})",
                                R"({"class": "a", "attributes": []})",
                                R"({"class": "a", "attributes": {"TEAM": "x"}})",
                                R"({"class": "a", "attributes": {"X-": "x"}})",
                                R"({"class": "a", "attributes": {"X-a": "x"}})",
                                R"({"class": "a", "attributes": {"X-A,B": "x"}})",
                                R"({"class": "a", "attributes": {"X-A": true}})",
                                R"({"class": "a", "attributes": {"X-A": "a\"b"}})",
                                R"({"class": "a", "attributes": {"X-A": 1e300}})",
                                R"({"class": "a", "attributes": {"X-A": ")" + long_text + "\"}}"}) {
    EXPECT_NE(fault(body), "") << body;
  }
  std::string many = R"({"class": "a", "attributes": {)";
  for (int i = 0; i < 33; ++i) many += (i > 0 ? ",\"X-" : "\"X-") + std::to_string(i) + "\": 1";
  EXPECT_NE(fault(many + "}}"), "");
}

TEST(MarkerRequest, LeavesTheServersOwnClassesToIt) {
  for (const char* kind : {"scte35", "outage", "switch"})
    EXPECT_NE(fault(R"({"class": ")" + std::string(kind) + "\"}").find("server's own"), std::string::npos) << kind;
}

TEST(MarkerRequest, WantsAnInterstitialToBeWhole) {  // DR-12
  const auto interstitial = [](const std::string& attributes) {
    return fault(R"({"class": "com.apple.hls.interstitial", "attributes": {)" + attributes + "}}");
  };
  EXPECT_EQ(interstitial(R"("X-ASSET-URI": "https://a/b.m3u8", "X-RESUME-OFFSET": 0)"), "");
  EXPECT_EQ(interstitial(R"("X-ASSET-LIST": "https://a/b.json")"), "");
  EXPECT_NE(interstitial(""), "");
  EXPECT_NE(interstitial(R"("X-ASSET-LIST": "https://a/b.json", "X-ASSET-URI": "https://a/b.m3u8")"), "");
}

}  // namespace
}  // namespace api
