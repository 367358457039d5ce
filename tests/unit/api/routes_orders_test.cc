// Orders for what lies over a channel's pictures, or stands in their place.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "routes_fixture.h"

namespace api {
namespace {

using channel::Channels;

TEST_F(RoutesTest, OrdersASlateForATimeWithAReason) {
  EXPECT_EQ(slate("match", R"({"on": true, "for": 1.5, "reason": "pause"})").status, 204);
  EXPECT_EQ(slate("match", R"({"on": true})").status, 204);
  EXPECT_EQ(slate("match", R"({"on": false})").status, 204);
  EXPECT_EQ(slate("match", R"({"on": true, "for": 86400})").status, 204);
  EXPECT_EQ(slate("match", R"({"on": true, "for": 1e-9})").status, 204);
  EXPECT_EQ(backend_.slates,
            (std::vector<std::string>{"match on for 1500 ms: pause", "match on for 0 ms: ", "match off for 0 ms: ",
                                      "match on for 86400000 ms: ", "match on for 0 ms: "}));
  EXPECT_EQ(backend_.shortest, 1) << "a short time is not for ever";
}

TEST_F(RoutesTest, ShowsWebhooksAndReplaysTheirDeadLetters) {
  EXPECT_EQ(get("/api/v1/webhooks").body, "{\n  \"webhooks\": []\n}\n");
  backend_.webhooks.resize(2);
  const Answer all = get("/api/v1/webhooks");
  EXPECT_EQ(all.content_type, "application/json");
  EXPECT_EQ(nlohmann::json::parse(all.body)["webhooks"].size(), 2u);
  backend_.replay_outcome = 12;
  const Answer replayed = post("/api/v1/webhooks/ops/replay", "");
  EXPECT_EQ(replayed.status, 200);
  EXPECT_EQ(replayed.body, "{\"replayed\":12}\n");
  EXPECT_EQ(backend_.replayed, std::vector<std::string>{"ops"});
  backend_.replay_outcome = std::nullopt;
  EXPECT_EQ(post("/api/v1/webhooks/none/replay", "").status, 404);
}

TEST_F(RoutesTest, OrdersOverlays) {
  EXPECT_EQ(
      send("PUT", "/api/v1/channels/match/overlays/clock", R"({"text": "{utc}", "position": "bottom-left"})").status,
      204);
  ASSERT_TRUE(backend_.overlay.has_value());
  EXPECT_EQ(backend_.overlay->text, "{utc}");
  EXPECT_EQ(send("PUT", "/api/v1/channels/match/overlays/logo", R"({"on": false})").status, 204);
  EXPECT_EQ(send("DELETE", "/api/v1/channels/match/overlays/clock", "").status, 204);
  EXPECT_EQ(backend_.overlays,
            (std::vector<std::string>{"match clock on", "match logo off", "match clock taken back"}));
  EXPECT_EQ(send("PUT", "/api/v1/channels/match/overlays/logo", "{}").status, 400);
  EXPECT_EQ(backend_.overlays.size(), 3U);
}

TEST_F(RoutesTest, SaysWhyAnOverlayIsNotShown) {
  using Outcome = channel::Overlays::Outcome;
  const auto answer = [&](channel::Channels::Overlaid outcome) {
    backend_.overlay_outcome = outcome;
    return send("PUT", "/api/v1/channels/match/overlays/logo", R"({"on": true})");
  };
  EXPECT_EQ(answer(std::nullopt).status, 404);
  EXPECT_EQ(answer(Outcome::kUnknown).status, 404);
  for (const Outcome outcome : {Outcome::kTooMany, Outcome::kNoFont, Outcome::kNotEncoded, Outcome::kNotLive}) {
    EXPECT_EQ(answer(outcome).status, 409);
  }
  EXPECT_NE(answer(Outcome::kNoFont).body.find("fonts-dejavu-core"), std::string::npos);
  EXPECT_NE(answer(Outcome::kNotEncoded).body.find("give it a ladder"), std::string::npos);
  EXPECT_EQ(answer(Outcome::kBesideCopy).status, 202);
}

TEST_F(RoutesTest, OrdersATextToBeSeen) {
  EXPECT_EQ(slate("match", R"({"on": true, "text": "We'll be\nright back"})").status, 204);
  EXPECT_EQ(slate("match", R"({"on": true, "text": "\u0633\u0646\u0639\u0648\u062f", "reason": "rain"})").status, 204);
  EXPECT_EQ(backend_.slates,
            (std::vector<std::string>{"match on for 0 ms: ; We'll be\nright back", "match on for 0 ms: rain; سنعود"}));
}

TEST_F(RoutesTest, SaysWhatIsShownWhereCopiedVideoHoldsItsPictureUnderASlate) {
  using Outcome = channel::Channel::SlateOutcome;
  backend_.slate_outcome = Outcome::kCopyHeld;
  const Answer both = slate("match", R"({"on": true})");
  EXPECT_EQ(both.status, 202);
  EXPECT_EQ(both.content_type, "application/json");
  EXPECT_EQ(nlohmann::json::parse(both.body)["shown"], nlohmann::json::array({"slate", "last_picture"}));
  backend_.slate_outcome = Outcome::kHeldAlone;
  const Answer alone = slate("match", R"({"on": true})");
  EXPECT_EQ(alone.status, 202);
  EXPECT_EQ(nlohmann::json::parse(alone.body)["shown"], nlohmann::json::array({"last_picture"}));
  EXPECT_NE(alone.body.find("give the channel a ladder"), std::string::npos) << "the remedy";
}

TEST_F(RoutesTest, SaysWhyASlateIsNotShown) {
  using Outcome = channel::Channel::SlateOutcome;
  backend_.slate_outcome = std::nullopt;
  EXPECT_EQ(slate("match", R"({"on": true})").status, 404);
  backend_.slate_outcome = Outcome::kNoSlate;
  const Answer none = slate("match", R"({"on": true})");
  EXPECT_EQ(none.status, 409);
  EXPECT_NE(none.body.find("slate: FILE"), std::string::npos) << "the remedy";
  backend_.slate_outcome = Outcome::kNoFont;
  const Answer no_font = slate("match", R"({"on": true, "text": "x"})");
  EXPECT_EQ(no_font.status, 409);
  EXPECT_NE(no_font.body.find("fonts-dejavu-core"), std::string::npos) << "the remedy";
  backend_.slate_outcome = Outcome::kNotLive;
  EXPECT_EQ(slate("match", R"({"on": true})").status, 409);
}

TEST_F(RoutesTest, RefusesAnOrderForASlateThatIsNone) {
  const std::string text_of_201(201, 'x');
  for (const std::string& body : std::vector<std::string>{
           "", "on", "[]", "{}", R"({"on": 1})", R"({"on": true, "for": 0})", R"({"on": true, "for": -1})",
           R"({"on": true, "for": 86401})", R"({"on": true, "for": "1s"})", R"({"on": true, "reason": 5})",
           R"({"on": true, "until": 5})", R"({"on": true, "text": ""})", R"({"on": true, "text": 5})",
           R"({"on": true, "text": "a\u0007"})", "{\"on\": true, \"text\": \"\xff\"}",
           R"({"on": true, "text": ")" + std::string(501, 'x') + "\"}",
           R"({"on": true, "reason": ")" + text_of_201 + "\"}"}) {
    EXPECT_EQ(slate("match", body).status, 400) << body;
  }
  EXPECT_TRUE(backend_.slates.empty());
}

}  // namespace
}  // namespace api
