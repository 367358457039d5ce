#include "api/overlay_request.h"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

/// A PNG picture of one red sample.
constexpr const char* kRedDot =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4"
    "z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==";

using Corner = media::Overlay::Corner;

std::string png_body(const std::string& more = "") { return std::string(R"({"png": ")") + kRedDot + "\"" + more + "}"; }

TEST(OverlayRequest, ShowsAndHidesWhatIsThere) {
  const auto on = parse_overlay("logo", R"({"on": true})");
  ASSERT_TRUE(on.ok());
  EXPECT_EQ(on->id, "logo");
  EXPECT_TRUE(on->on);
  EXPECT_FALSE(on->overlay);
  EXPECT_FALSE(parse_overlay("logo", R"({"on": false})")->on);
}

TEST(OverlayRequest, HasATextOrAPictureAndItsPlace) {
  const auto clock = parse_overlay(
      "clock", R"({"text": "{utc}", "position": "bottom-left", "margin": 2.5, "line": 8, "opacity": 50})");
  ASSERT_TRUE(clock.ok()) << clock.error().what;
  EXPECT_EQ(
      *clock->overlay,
      (media::Overlay{
          .id = "clock", .text = "{utc}", .corner = Corner::kBottomLeft, .margin = 25, .line = 80, .opacity = 500}));
  const auto logo = parse_overlay("logo", png_body(R"(, "width": 10)"));
  ASSERT_TRUE(logo.ok()) << logo.error().what;
  EXPECT_EQ(logo->overlay->width, 100);
  EXPECT_FALSE(logo->overlay->png.empty());
  EXPECT_EQ(logo->overlay->corner, Corner::kTopRight);
}

TEST(OverlayRequest, RefusesWhatIsNone) {
  for (const std::string& body :
       {std::string(), std::string("{}"), std::string("[]"), std::string(R"({"on": 1})"),
        std::string(R"({"on": true, "text": "a"})"), std::string(R"({"text": ""})"),
        std::string(R"({"text": "a", "x": 1})"), std::string(R"({"text": "a", "opacity": 0})"),
        std::string(R"({"text": "a", "width": 51})"), std::string(R"({"text": "a", "position": "middle"})"),
        std::string(R"({"png": "no base64"})"), std::string(R"({"png": "aGVsbG8="})"), png_body(R"(, "text": "a")")}) {
    EXPECT_FALSE(parse_overlay("logo", body).ok()) << body;
  }
  EXPECT_FALSE(parse_overlay("Logo!", R"({"on": true})").ok());
}

}  // namespace
}  // namespace api
