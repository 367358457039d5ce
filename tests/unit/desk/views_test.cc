#include "desk/views.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace desk {
namespace {

using nlohmann::json;

json channel() {
  return json::parse(
      R"({"name": "match", "state": "live", "shown_feed": "primary", "playlist": "/live/match/index.m3u8",
    "counters": {"held_parts": 3}, "economy": {"level": 0, "meaning": "full quality"},
    "left_out": {"reason": "", "rungs": []}, "slate": {"shown": false},
    "feed": {"name": "primary", "score": 98, "video": "H.264 1920x1080", "audio": "AAC 48000 Hz"},
    "feeds": [{"name": "primary", "shown": true, "score": 98, "protocol": "rtmp", "since": "2026-11-30T19:56:34.910Z",
               "video": "H.264 1920x1080", "audio": "AAC 48000 Hz", "encoder": "x", "fault": ""}],
    "renditions": [{"name": "720p", "kind": "video", "ready": true, "media_bytes": 544087,
                    "edge": {"open_segment": 41, "open_parts": 2}}]})");
}
json answer(const json& one) { return {{"channels", json::array({one})}}; }

TEST(Views, AChannelIsALine) {
  EXPECT_EQ(*show_channels(answer(channel())),
            "CHANNEL  STATE  SHOWN    SCORE  VIDEO            AUDIO         HELD  TROUBLE\n"
            "match    live   primary  98     H.264 1920x1080  AAC 48000 Hz  3     -\n");
}

TEST(Views, WhatIsWrongWithAChannelStandsAtItsEnd) {
  json bad = channel();
  bad["feeds"][0]["fault"] = "silent";
  bad["slate"]["shown"] = true;
  bad["economy"] = {{"level", 2}, {"meaning", "half the frame rate"}};
  bad["left_out"]["rungs"] = {"1080p"};
  EXPECT_NE(show_channels(answer(bad))
                ->find("primary: silent, the slate is shown, half the frame rate, left out: [\"1080p\"]\n"),
            std::string::npos);
}

TEST(Views, ASlateThatIsOrderedAndNotShownIsSaidSo) {
  json waiting = channel();
  waiting["slate"] = {{"ordered", true}, {"shown", false}};
  EXPECT_NE(show_channels(answer(waiting))->find("  the slate is ordered\n"), std::string::npos);
}

TEST(Views, AChannelWithoutAFeedHasHyphens) {
  json idle = channel();
  idle["feed"] = nullptr;
  idle["feeds"] = json::array();
  idle["state"] = "idle";
  EXPECT_NE(show_channels(answer(idle))->find("\nmatch    idle   primary  -      -      -      3     -\n"),
            std::string::npos);
}

TEST(Views, NoChannelsAreSaidInWords) { EXPECT_EQ(*show_channels({{"channels", json::array()}}), "no channels\n"); }

TEST(Views, OneChannelIsShownWithItsFeedsAndRenditions) {
  json other = channel();
  other["name"] = "other";
  const auto text = show_channel({{"channels", {other, channel()}}}, "match");
  ASSERT_TRUE(text.ok());
  EXPECT_EQ(*text,
            "CHANNEL  STATE  SHOWN    PLAYLIST                TROUBLE\n"
            "match    live   primary  /live/match/index.m3u8  -\n"
            "\n"
            "FEED     SHOWN  SCORE  PROTOCOL  SINCE                     VIDEO            AUDIO         ENCODER  FAULT\n"
            "primary  yes    98     rtmp      2026-11-30T19:56:34.910Z  H.264 1920x1080  AAC 48000 Hz  x        -\n"
            "\n"
            "RENDITION  KIND   READY  SEGMENT  PARTS  BYTES\n"
            "720p       video  yes    41       2      544087\n");
  const auto none = show_channel(answer(channel()), "mat\x1b[2J");
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.error().code, base::Code::kNotFound);
  EXPECT_EQ(none.error().what, "there is no channel mat\xEF\xBF\xBD[2J");
}

TEST(Views, TheInstanceHasItsHeadroomInPercent) {
  const auto text =
      show_instance({{"headroom", 0.859719}, {"room", {{"loop", 0.994}, {"egress", 1.0}}}, {"connections", 12}});
  ASSERT_TRUE(text.ok());
  EXPECT_TRUE(
      text->starts_with("HEADROOM          86 %\n"
                        "  of loops        99 %\n"
                        "  of connections  -\n"))
      << *text;
  EXPECT_NE(text->find("\n  of egress       100 %\nCONNECTIONS       12\nPARKED REQUESTS   -\n"), std::string::npos);
}

TEST(Views, AnEventIsALine) {
  EXPECT_EQ(
      show_event(json::parse(R"({"id": "42", "type": "live.kickoff.feed.fault", "subject": "channels/match",
              "time": "2026-11-30T19:56:34.910Z", "state": "raised",
              "data": {"feed": "backup", "score": 7, "lag": 1.25, "on": true, "text": "a\nb", "none": null}})")),
      "2026-11-30T19:56:34.910Z  42  feed.fault raised  channels/match  feed=backup  lag=1.2  none=-  on=yes  score=7  "
      "text=a b\n");
  EXPECT_EQ(show_event(json::parse(R"({"id": "7", "type": "other", "time": "t", "data": {}})")), "t  7  other\n");
  EXPECT_EQ(show_event(json::array()), "-  -  -\n");
}

TEST(Views, WebhooksAreLines) {
  const json one = {{"name", "pager"},      {"receiver", "https://a"}, {"state", "failing"}, {"waiting", 3},
                    {"lag_seconds", 12.25}, {"delivered_total", 9},    {"dead", 1}};
  EXPECT_EQ(*show_webhooks({{"webhooks", {one}}}),
            "WEBHOOK  RECEIVER   STATE    WAITING  LAG S  DELIVERED  DEAD\n"
            "pager    https://a  failing  3        12.2   9          1\n");
  EXPECT_EQ(*show_webhooks({{"webhooks", json::array()}}), "no webhooks\n");
}

TEST(Views, AnAnswerOfSomethingElseIsRefusedOrLeftOut) {
  for (const json& bad : {json(), json(1), json::array(), json::object(), json{{"channels", 1}, {"webhooks", 1}}}) {
    EXPECT_FALSE(show_channels(bad).ok());
    EXPECT_FALSE(show_channel(bad, "match").ok());
    EXPECT_FALSE(show_webhooks(bad).ok());
  }
  EXPECT_FALSE(show_instance(json(1)).ok());
  EXPECT_FALSE(show_instance(json::array()).ok());
  // Elements that are not what the API describes.
  for (const json& odd :
       {json(1), json("x"), json::array(), json{{"feeds", 1}, {"renditions", 2}, {"name", "match"}}}) {
    EXPECT_TRUE(show_channels(answer(odd)).ok());
    EXPECT_TRUE(show_webhooks({{"webhooks", {odd}}}).ok());
  }
  EXPECT_TRUE(show_channel(answer({{"feeds", 1}, {"renditions", "x"}, {"name", "match"}}), "match").ok());
}

}  // namespace
}  // namespace desk
