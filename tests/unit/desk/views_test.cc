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

TEST(Views, AlarmsAreLinesWithTheirRunbookAndWhatSilencedThem) {
  const json set = json::parse(R"({"id": "7", "alarm": "feed.fault", "channel": "match", "which": "backup",
    "severity": "page", "runbook": "docs/runbook.md#kickofffeedpoor", "since": "at", "lasts": true, "raised": 3,
    "silence": null})");
  json over = set;
  over["lasts"] = false;
  over.erase("channel");
  json quiet = set;
  quiet["silence"] = {{"until", "then"}, {"by", "desk"}, {"reason", "rain"}};
  EXPECT_EQ(*show_alarms({{"alarms", {set, over, quiet}}}),
            "ID  SINCE  SEVERITY  ALARM       CHANNEL  WHICH   RAISED  NOTE                               RUNBOOK\n"
            "7   at     page      feed.fault  match    backup  3       -                                  "
            "docs/runbook.md#kickofffeedpoor\n"
            "7   at     page      feed.fault  -        backup  3       is over                            "
            "docs/runbook.md#kickofffeedpoor\n"
            "7   at     page      feed.fault  match    backup  3       silenced until then by desk: rain  "
            "docs/runbook.md#kickofffeedpoor\n");
  EXPECT_EQ(*show_alarms({{"alarms", json::array()}}), "no alarms\n");
}

TEST(Views, JobsAreLinesWithTheNumberOfTheirHoles) {
  const json done = json::parse(R"({"id": "9", "state": "done", "channel": "match", "start": "a", "end": "b",
    "bytes": 1000, "location": "s3://b/k", "result": {"holes": [{}, {}]}})");
  json waits = done;
  waits.erase("result");
  waits["state"] = "waiting";
  EXPECT_EQ(*show_jobs({{"jobs", {done, waits}}}),
            "JOB  STATE    CHANNEL  START  END  BYTES  HOLES  LOCATION\n"
            "9    done     match    a      b    1000   2      s3://b/k\n"
            "9    waiting  match    a      b    1000   -      s3://b/k\n");
  EXPECT_EQ(*show_job(waits), *show_jobs({{"jobs", {waits}}}));
  EXPECT_EQ(*show_jobs({{"jobs", json::array()}}), "no jobs\n");
}

TEST(Views, ACheckIsATableWithAdviceBelow) {
  const json check = json::parse(R"({"channel": "match", "feed": "backup", "seconds": 10, "began": "t",
    "verdict": "fail", "lines": [
      {"property": "gop_length", "verdict": "fail", "measured": "above 10.00 s", "wanted": "at most 2.00 s",
       "advice": "set 2 s"},
      {"property": "jitter", "verdict": "not_measured", "measured": "why", "wanted": "-", "advice": ""}]})");
  EXPECT_EQ(*show_check(check),
            "The backup feed of channel match, 10 s from t: fail\n\n"
            "VERDICT  PROPERTY    MEASURED       WANTED\n"
            "fail     gop_length  above 10.00 s  at most 2.00 s\n"
            "-        jitter      why            -\n"
            "\ngop_length: set 2 s\n");
  EXPECT_FALSE(show_check({{"lines", 1}}).ok());
  EXPECT_FALSE(show_check(json(1)).ok());
  EXPECT_TRUE(show_check({{"lines", {1, json::array()}}}).ok());
}

TEST(Views, DeclarationsAreLinesBesideTheFilesEntries) {
  EXPECT_EQ(*show_declarations(json::parse(R"({"file": "/etc/k.yaml", "in_file": ["*"], "declarations": [
              {"channel": "a", "in_force": true, "problems": []},
              {"channel": "b", "in_force": false, "problems": ["one", "two"]}]})")),
            "CHANNEL  DECLARED BY  IN FORCE  PROBLEMS\n"
            "*        /etc/k.yaml  yes       -\n"
            "a        the API      yes       -\n"
            "b        the API      no        one; two\n");
}

TEST(Views, ADeclarationIsShownWithItsTagAndSettings) {
  const json answer = json::parse(R"({"channel": "a", "in_force": true, "problems": [], "etag": "\"0f\"",
                                      "settings": {"title": "\u001b[2J"}})");
  EXPECT_EQ(*show_declaration(answer),
            "CHANNEL  IN FORCE  ETAG  PROBLEMS\n"
            "a        yes       \"0f\"  -\n\n{\n  \"title\": \"\\u001b[2J\"\n}\n");
}

TEST(Views, AChangeIsToldKeyByKey) {
  json answer = json::parse(R"({"channel": "a", "action": "changed", "dry_run": false, "etag": "\"0f\"",
                                "changes": [{"key": "keys", "when": "next_publisher"}]})");
  EXPECT_EQ(*show_change(answer), "channel a: changed, ETag \"0f\"\n\nKEY   TAKES EFFECT\nkeys  next publisher\n");
  answer["dry_run"] = true;
  answer["changes"] = json::array();
  EXPECT_EQ(*show_change(answer), "channel a: nothing is changed; it would be changed, ETag \"0f\"\n");
}

TEST(Views, AnAnswerOfSomethingElseIsRefusedOrLeftOut) {
  for (const json& bad : {json(), json(1), json::array(), json::object(),
                          json{{"channels", 1}, {"webhooks", 1}, {"alarms", 1}, {"jobs", 1}}}) {
    EXPECT_FALSE(show_channels(bad).ok());
    EXPECT_FALSE(show_channel(bad, "match").ok());
    EXPECT_FALSE(show_webhooks(bad).ok());
    EXPECT_FALSE(show_alarms(bad).ok());
    EXPECT_FALSE(show_jobs(bad).ok());
    EXPECT_FALSE(show_declarations(bad).ok());
    EXPECT_FALSE(show_change(bad).ok());
  }
  EXPECT_FALSE(show_instance(json(1)).ok());
  EXPECT_FALSE(show_declaration(json(1)).ok());
  EXPECT_FALSE(show_instance(json::array()).ok());
  // Elements that are not what the API describes.
  for (const json& odd :
       {json(1), json("x"), json::array(), json{{"feeds", 1}, {"renditions", 2}, {"name", "match"}}}) {
    EXPECT_TRUE(show_channels(answer(odd)).ok());
    EXPECT_TRUE(show_webhooks({{"webhooks", {odd}}}).ok());
    EXPECT_TRUE(show_alarms({{"alarms", {odd}}}).ok());
    EXPECT_TRUE(show_job(odd).ok());
    EXPECT_TRUE(show_declarations({{"declarations", {odd}}}).ok());
    EXPECT_TRUE(show_change({{"changes", {odd}}}).ok());
  }
  EXPECT_TRUE(show_channel(answer({{"feeds", 1}, {"renditions", "x"}, {"name", "match"}}), "match").ok());
}

}  // namespace
}  // namespace desk
