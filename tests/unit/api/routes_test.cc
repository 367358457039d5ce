#include "api/routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "routes_fixture.h"

namespace api {
namespace {

using api_test::ask;
using channel::Channels;

TEST_F(RoutesTest, TellsWhetherTheInstanceIsReady) {
  EXPECT_EQ(get("/livez").body, "alive\n");
  EXPECT_EQ(get("/readyz").status, 200);
  backend_.health.stale_channel = "match";
  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_NE(get("/readyz").body.find("match"), std::string::npos);
  EXPECT_EQ(get("/livez").status, 200) << "a channel that is stale is no reason to restart";
  backend_.health = {true, ""};
  EXPECT_EQ(get("/readyz").status, 503);
  EXPECT_EQ(get("/readyz").body, "stopping\n");
}

TEST_F(RoutesTest, GivesMetricsAndThePage) {
  EXPECT_EQ(get("/metrics").body, "kickoff_x 1\n");
  EXPECT_EQ(get("/metrics").content_type, "text/plain; version=0.0.4; charset=utf-8");  // OP-1
  EXPECT_EQ(get("/").body, "<title>the page</title>");
  EXPECT_EQ(get("/").content_type, "text/html; charset=utf-8");
}

TEST_F(RoutesTest, GivesThePagesFilesAndLetsItRunNoOthers) {
  EXPECT_EQ(get("/operations/main.mjs").body, "run();");
  EXPECT_EQ(get("/operations/main.mjs").content_type, "text/javascript; charset=utf-8");
  EXPECT_EQ(get("/operations/page.css").body, "p {}");
  EXPECT_EQ(get("/operations/page.css").content_type, "text/css; charset=utf-8");
  EXPECT_EQ(get("/operations/other.mjs").status, 404);
  EXPECT_EQ(get("/operations/main.mj").status, 404);
  const Answer page = get("/");
  ASSERT_EQ(page.fields.size(), 1U);
  EXPECT_EQ(page.fields[0].first, "content-security-policy");
  EXPECT_NE(std::string(page.fields[0].second).find("default-src 'none'; script-src 'self';"), std::string::npos);
}

TEST_F(RoutesTest, GivesTheStateAsJson) {
  channel::Report report;
  report.name = "match";
  report.state = channel::Channel::State::kLive;
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  backend_.reports.push_back(report);
  const auto channels = nlohmann::json::parse(get("/api/v1/channels").body);
  ASSERT_EQ(channels["channels"].size(), 1U);
  EXPECT_EQ(channels["channels"][0]["name"], "match");
  EXPECT_EQ(channels["channels"][0]["state"], "live");
  EXPECT_EQ(channels["channels"][0]["feed"], nullptr);
  EXPECT_EQ(channels["channels"][0]["feeds"], nlohmann::json::array());
  const auto instance = nlohmann::json::parse(get("/api/v1/instance").body);
  EXPECT_EQ(instance["time"], "2027-01-15T08:00:00.000Z");
  for (const char* path : {"/api/v1/channels", "/api/v1/instance", "/api/v1/openapi.json"})
    EXPECT_EQ(get(path).content_type, "application/json") << path;
}

TEST_F(RoutesTest, GivesEventsAfterANumberAsCloudEvents) {
  for (const char* channel : {"match", "other"})
    backend_.log.append({.type = events::Type::kFeedSwitch, .channel = channel, .data = {{"to", "backup"}}});
  const Answer answer = get("/api/v1/events");
  EXPECT_EQ(answer.content_type, "application/json");
  const auto page = nlohmann::json::parse(answer.body);
  ASSERT_EQ(page["events"].size(), 2U);
  EXPECT_EQ(page["events"][0]["type"], "live.kickoff.feed.switch");
  EXPECT_EQ(page["events"][0]["subject"], "channels/match");
  EXPECT_EQ(page["events"][0]["source"], "/kickoff/here");
  EXPECT_EQ(page["next"], page["newest"]);
  EXPECT_EQ(page["missed"], false);
  const std::uint64_t newest = page["newest"];
  EXPECT_EQ(page["oldest"], newest - 1);
  const auto rest = nlohmann::json::parse(get("/api/v1/events", "after=" + std::to_string(newest - 1)).body);
  ASSERT_EQ(rest["events"].size(), 1U);
  EXPECT_EQ(rest["events"][0]["subject"], "channels/other");
  EXPECT_EQ(rest["events"][0]["data"]["to"], "backup");
  const std::string padded = rest["events"][0]["sequence"];
  EXPECT_EQ(nlohmann::json::parse(get("/api/v1/events", "after=" + padded).body)["events"].size(), 0U);
}

TEST_F(RoutesTest, GivesAStreamOfEventsToAClientThatAsksForOne) {
  const auto open = [this](const std::string& query, const std::string& last) {
    std::vector<std::pair<std::string, std::string>> fields = {{"accept", "text/event-stream"}};
    if (!last.empty()) fields.emplace_back("last-event-id", last);
    return ask(dispatcher_, {"GET", "/api/v1/events", query, "localhost", fields}).value_or(Answer{0, {}, {}, {}});
  };
  EXPECT_NE(open("channel=match", "").stream, nullptr);
  EXPECT_EQ(backend_.queries.back().channel, "match");
  open("after=7", "");
  EXPECT_EQ(backend_.queries.back().after, 7U);
  open("after=7", "9");
  EXPECT_EQ(backend_.queries.back().after, 9U) << "a client that resumes has the same address as before";
  EXPECT_EQ(open("", "x").status, 400);
  EXPECT_EQ(get("/api/v1/events").stream, nullptr);
  EXPECT_EQ(api_test::field_of(get("/api/v1/events"), "vary"), "accept");
}

TEST_F(RoutesTest, TellsAReaderOfEventsThatItHasMissedSome) {
  for (int i = 0; i < 5; ++i) backend_.log.append({.type = events::Type::kConfigReload});
  const auto page = nlohmann::json::parse(get("/api/v1/events", "after=1").body);
  EXPECT_EQ(page["missed"], true);
  EXPECT_EQ(page["events"].size(), 3U);
}

TEST_F(RoutesTest, PassesTheFiltersOfEventsOn) {
  EXPECT_EQ(get("/api/v1/events", "channel=a%20b&type=feed.&limit=1000&after=7").status, 200);
  EXPECT_EQ(backend_.queries.back().channel, "a b");
  EXPECT_EQ(backend_.queries.back().type, "feed.");
  EXPECT_EQ(backend_.queries.back().limit, 1000U);
  EXPECT_EQ(backend_.queries.back().after, 7U);
  get("/api/v1/events");
  EXPECT_EQ(backend_.queries.back().limit, 100U);
}

TEST_F(RoutesTest, RefusesNumbersOfEventsThatAreNone) {
  for (const char* query : {"after=", "after=-1", "after=x", "after=1x", "after=18446744073709551616", "limit=0",
                            "limit=1001", "limit=many"}) {
    const Answer answer = get("/api/v1/events", query);
    EXPECT_EQ(answer.status, 400) << query;
    EXPECT_EQ(answer.content_type, "application/problem+json");
  }
  EXPECT_TRUE(backend_.queries.empty());
}

TEST_F(RoutesTest, GivesBothFeedsAndWhichIsShown) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  report.feeds[0].protocol = "rtmp";
  report.feeds[0].counters.bytes = 5;
  report.feeds[1].protocol = "srt";
  report.feeds[1].video = "H.264 1280x720";
  report.feeds[1].counters.bytes = 7;
  report.feeds[1].captions = "CC1 SERVICE1";
  report.feeds[1].teletext_pages = {{0x888, "eng", true, true}};
  report.feeds[1].bitmap_subtitles = 2;
  report.feeds[1].merged = true;
  report.feeds[1].only_packets = 8;
  report.shown = feed::Id::kBackup;
  report.priority = govern::Priority::kHigh;
  report.switches = {1, 0, 0, 0, 2};
  report.left_out = {{"v1080", "v720"}, "too little"};
  backend_.reports.push_back(report);
  const auto channel = nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0];
  EXPECT_EQ(channel["shown_feed"], "backup");
  EXPECT_EQ(channel["priority"], "high");
  EXPECT_EQ(channel["left_out"]["rungs"], nlohmann::json({"v1080", "v720"}));
  EXPECT_EQ(channel["left_out"]["reason"], "too little");
  EXPECT_EQ(channel["feed"]["protocol"], "srt") << "the one that is shown";
  ASSERT_EQ(channel["feeds"].size(), 2U);
  EXPECT_EQ(channel["feeds"][0]["name"], "primary");
  EXPECT_EQ(channel["feeds"][0]["shown"], false);
  EXPECT_EQ(channel["feeds"][1]["name"], "backup");
  EXPECT_EQ(channel["feeds"][1]["shown"], true);
  EXPECT_EQ(channel["feeds"][1]["video"], "H.264 1280x720");
  EXPECT_EQ(channel["feeds"][0]["merged"], false);
  EXPECT_EQ(channel["feeds"][1]["merged"], true);
  EXPECT_EQ(channel["feeds"][1]["captions"], "CC1 SERVICE1");
  EXPECT_EQ(channel["feeds"][1]["merged_packets"], 8);
  EXPECT_EQ(channel["feeds"][0]["teletext"], nlohmann::json::array());
  EXPECT_EQ(
      channel["feeds"][1]["teletext"],
      nlohmann::json::parse(R"([{"page": "888", "language": "eng", "subtitles": true, "hard_of_hearing": true}])"));
  EXPECT_EQ(channel["feeds"][1]["bitmap_subtitles"], 2);
  EXPECT_EQ(channel["counters"]["feed_bytes"], 12);
  EXPECT_EQ(channel["counters"]["feed_switches"], 3);
}

TEST_F(RoutesTest, SaysHowLoudAFeedIsWhereThatIsMeasured) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  report.feeds[0].protocol = report.feeds[1].protocol = "rtmp";
  report.feeds[1].loudness = {.momentary = -21.5, .integrated = -23, .true_peak = -3.25};
  backend_.reports = {report};
  const auto feeds = nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0]["feeds"];
  EXPECT_EQ(feeds[0]["loudness"], nullptr);
  EXPECT_EQ(feeds[1]["loudness"], nlohmann::json::parse(R"({"momentary": -21.5, "short_term": null, "integrated": -23.0,
                                                            "range": null, "true_peak": -3.25})"));
}

TEST_F(RoutesTest, SaysHowFarTheFeedsAreApartAndHowThatIsKnown) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  report.feeds[0].protocol = "rtmp";
  report.feeds[0].delay_us = 120'000;
  const auto channel = [&] {
    backend_.reports = {report};
    return nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0];
  };
  EXPECT_EQ(channel()["alignment"],
            nlohmann::json::parse(R"({"method": "none", "offset_ms": null, "confidence": null})"));
  report.alignment = {job::Alignment::kLoudness, -700'500, 0.875};
  EXPECT_EQ(channel()["alignment"],
            nlohmann::json::parse(R"({"method": "loudness", "offset_ms": -700.5, "confidence": 0.875})"));
  report.alignment.method = job::Alignment::kPts;
  EXPECT_EQ(channel()["alignment"]["method"], "pts");
  EXPECT_EQ(channel()["feeds"][0]["delay_ms"], 120);
}

TEST_F(RoutesTest, GivesTheTimeCodeOfAFeed) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  report.feeds[0].protocol = "rtmp";
  const auto feed = [&] {
    backend_.reports = {report};
    return nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0]["feeds"][0];
  };
  const auto time_code = [&] { return feed()["time_code"]; };
  EXPECT_EQ(feed()["anchor"], "arrival");
  EXPECT_EQ(time_code(), nullptr);
  report.feeds[0].time_code = media::TimeCode{.hours = 10, .frames = 12, .source = media::TimeCode::Source::kGroup};
  EXPECT_EQ(time_code(), nlohmann::json::parse(R"({"value": "10:00:00:12", "source": "gop", "offset_ms": null})"));
  report.feeds[0].time_code_offset = -1'200'500;
  EXPECT_EQ(time_code()["offset_ms"], -1200.5);
  report.feeds[0].anchored = job::Anchored::kTimeCode;
  EXPECT_EQ(feed()["anchor"], "timecode");
}

TEST_F(RoutesTest, GivesTheNewestSwitchesWithTheirReasons) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  report.last_switches = {{1'800'000'000'040'000, feed::Id::kBackup, feed::SwitchReason::kFrozen},
                          {1'800'000'031'000'000, feed::Id::kPrimary, feed::SwitchReason::kReturned}};
  backend_.reports.push_back(report);
  const auto channel = nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0];
  EXPECT_EQ(channel["last_switches"], nlohmann::json::parse(R"([
    {"time": "2027-01-15T08:00:00.040Z", "from": "primary", "to": "backup", "reason": "frozen"},
    {"time": "2027-01-15T08:00:31.000Z", "from": "backup", "to": "primary", "reason": "returned"}])"));
}

TEST_F(RoutesTest, DisconnectsAPublisher) {
  const Answer done = kick("match");
  EXPECT_EQ(done.status, 204);
  EXPECT_EQ(done.body, "");
  EXPECT_EQ(kick("other", "feed=primary").status, 204);
  EXPECT_EQ(kick("match", "feed=backup").status, 204);
  EXPECT_EQ(backend_.disconnected, (std::vector<std::string>{"match", "other", "match backup"}));
}

TEST_F(RoutesTest, TellsWhyNobodyWasDisconnected) {
  backend_.outcome = Channels::Disconnect::kNoChannel;
  EXPECT_EQ(kick("match").status, 404);
  EXPECT_NE(kick("match").body.find("no channel match"), std::string::npos);
  backend_.outcome = Channels::Disconnect::kNoPublisher;
  EXPECT_EQ(kick("match").status, 409);
  EXPECT_EQ(kick("match").content_type, "application/problem+json");
}

TEST_F(RoutesTest, ThereIsNoThirdFeed) {
  EXPECT_EQ(kick("match", "feed=third").status, 400);
  EXPECT_EQ(kick("match", "feed=").status, 400);
  EXPECT_TRUE(backend_.disconnected.empty());
}

TEST_F(RoutesTest, SwitchesToAnotherFeed) {
  const Answer done = switch_feed("match", R"({"to": "backup"})");
  EXPECT_EQ(done.status, 204);
  EXPECT_EQ(done.body, "");
  EXPECT_EQ(switch_feed("match", R"({"to":"primary"})").status, 204);
  EXPECT_EQ(backend_.switched, (std::vector<std::string>{"match to backup", "match to primary"}));
}

TEST_F(RoutesTest, TellsWhyItDidNotSwitch) {
  using Outcome = channel::Channel::SwitchOutcome;
  const auto told = [&](Channels::Switch outcome) {
    backend_.switch_outcome = outcome;
    const Answer answer = switch_feed("match", R"({"to": "backup"})");
    return std::to_string(answer.status) + " " + nlohmann::json::parse(answer.body)["title"].get<std::string>() +
           nlohmann::json::parse(answer.body).value("detail", "");
  };
  EXPECT_EQ(told(std::nullopt).substr(0, 3), "404");
  EXPECT_NE(told(Outcome::kShownAlready).find("shown already"), std::string::npos);
  EXPECT_NE(told(Outcome::kNoMedia).find("no publisher that sends media"), std::string::npos);
  EXPECT_NE(told(Outcome::kNotLive).find("not live"), std::string::npos);
  EXPECT_EQ(told(Outcome::kNotLive).substr(0, 3), "409");
}

TEST_F(RoutesTest, SwitchesToNothingThatTheBodyDoesNotName) {
  for (const char* body : {"", "{", "[]", "{}", "null", R"({"to": "third"})", R"({"to": 1})", R"("backup")",
                           R"({"to": "backup", "at": 1})"}) {
    EXPECT_EQ(switch_feed("match", body).status, 400) << body;
  }
  EXPECT_TRUE(backend_.switched.empty());
}

TEST_F(RoutesTest, DisconnectingNeedsAToken) {
  EXPECT_EQ(ask(dispatcher_, {"DELETE", "/api/v1/channels/match/publisher"})->status, 401);
  dispatcher_.set_access({Tokens({make_token("operations", "t", Role::kRead)}), HostRule()});
  EXPECT_EQ(kick("match").status, 403);
  EXPECT_TRUE(backend_.disconnected.empty());
}

TEST_F(RoutesTest, GiveTheThumbnailOfAFeed) {
  const auto thumbnail = [&](const std::string& query) {
    return *ask(dispatcher_, {"GET", "/api/v1/channels/match/thumbnail.jpg", query});
  };
  EXPECT_EQ(thumbnail("").status, 404) << "no such channel";
  backend_.thumbnail.emplace();
  const Answer none = thumbnail("feed=primary");
  EXPECT_EQ(none.status, 404);
  EXPECT_NE(none.body.find(R"(\"thumbnails\")"), std::string::npos) << "the remedy: " << none.body;
  backend_.thumbnail->newest = channel::Thumbnails::Thumbnail{7, base::Bytes::copy_of("\xFF\xD8jpeg")};
  const Answer found = thumbnail("feed=backup");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.content_type, "image/jpeg");
  EXPECT_EQ(found.body, "\xFF\xD8jpeg");
  EXPECT_EQ(found.fields, (http::HeaderBlock::Fields{{"cache-control", "no-store"}}));
  EXPECT_EQ(thumbnail("feed=third").status, 400);
  EXPECT_EQ(backend_.asked_thumbnails, (std::vector<std::string>{"match", "match primary", "match backup"}));
}

TEST_F(RoutesTest, GiveTheThumbnailOfARung) {
  const auto thumbnail = [&](const std::string& query) {
    return *ask(dispatcher_, {"GET", "/api/v1/channels/match/thumbnail.jpg", query});
  };
  backend_.thumbnail.emplace();
  EXPECT_NE(thumbnail("rung=720p").body.find("it has no video"), std::string::npos);
  backend_.thumbnail->rungs = {"source", "720p"};
  const Answer none = thumbnail("rung=480p");
  EXPECT_EQ(none.status, 404);
  EXPECT_EQ(none.content_type, "application/problem+json");
  EXPECT_NE(none.body.find("its rungs are source, 720p\""), std::string::npos) << none.body;
  const Answer early = thumbnail("rung=720p");
  EXPECT_EQ(early.status, 404);
  EXPECT_NE(early.body.find("there is no thumbnail of rung 720p of channel match"), std::string::npos) << early.body;
  backend_.thumbnail->newest = channel::Thumbnails::Thumbnail{7, base::Bytes::copy_of("\xFF\xD8jpeg")};
  const Answer found = thumbnail("rung=720p");
  EXPECT_EQ(found.status, 200);
  EXPECT_EQ(found.body, "\xFF\xD8jpeg");
  EXPECT_EQ(thumbnail("rung=720p&feed=backup").status, 400);
  EXPECT_EQ(thumbnail("rung=").status, 400);
  EXPECT_EQ(backend_.asked_thumbnails.back(), "match rung 720p");
}

TEST_F(RoutesTest, AreThoseOfTheOpenApiDocument) {
  const auto document = nlohmann::json::parse(openapi_json());
  EXPECT_EQ(document["openapi"].get<std::string>().substr(0, 4), "3.1.");
  // Method, path, role.
  std::set<std::string> described;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      const auto& security = operation.contains("security") ? operation["security"] : document["security"];
      std::string line = method + " " + path + " ";
      line += security.empty() ? "nobody" : security[0]["token"][0].get<std::string>();
      described.insert(line);
    }
  }
  std::set<std::string> routed;
  for (const Route& route : dispatcher_.router().routes()) {
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    routed.insert(method + " " + route.path + " " + std::string(to_string(route.role)));
  }
  EXPECT_EQ(described, routed);
  EXPECT_EQ(routed.size(), dispatcher_.router().routes().size()) << "no route twice";
}

TEST_F(RoutesTest, EveryRouteThatNeedsATokenDescribesItsRefusals) {
  const auto document = nlohmann::json::parse(openapi_json());
  for (const Route& route : dispatcher_.router().routes()) {
    if (route.role == Role::kNobody) continue;
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const auto& responses = document["paths"][route.path][method]["responses"];
    for (const char* status : {"401", "403", "421"}) EXPECT_TRUE(responses.contains(status)) << route.path << status;
  }
}

TEST_F(RoutesTest, PutsAMarkerIntoAChannelsPlaylists) {
  const std::string path = "/api/v1/channels/match/markers";
  channel::Channel::Marked taken;
  taken.outcome.ids = {"goal-1"};
  backend_.mark_outcome = taken;
  const Answer answer = post(path, R"({"class": "goal", "id": "goal-1"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(nlohmann::json::parse(answer.body), (nlohmann::json{{"ids", {"goal-1"}}}));
  ASSERT_EQ(backend_.marked.size(), 1U);
  EXPECT_EQ(backend_.marked[0].first, "match");
  EXPECT_EQ(backend_.marked[0].second.own.id, "goal-1");
  EXPECT_EQ(post(path, "{}").status, 400);
  EXPECT_EQ(backend_.marked.size(), 1U);
  EXPECT_EQ(ask(dispatcher_, {"POST", path, "", "localhost", {}, "{}"})->status, 401) << "without a token";
}

TEST_F(RoutesTest, SaysWhyAMarkerIsNotTaken) {
  using Marked = channel::Channel::Marked;
  const auto status = [&](const Channels::Marked& outcome) {
    backend_.mark_outcome = outcome;
    return post("/api/v1/channels/match/markers", R"({"class": "goal"})").status;
  };
  EXPECT_EQ(status(std::nullopt), 404);
  EXPECT_EQ(status(Marked{Marked::Why::kNotLive, {}}), 409);
  EXPECT_EQ(status(Marked{Marked::Why::kNoClock, {}}), 409);
  EXPECT_EQ(status(Marked{Marked::Why::kNoCuts, {}}), 409);
  for (const channel::MarkerRefusal refusal : channel::kMarkerRefusals) {
    const int wanted = refusal == channel::MarkerRefusal::kTooMany ? 429 : 409;
    EXPECT_EQ(status(Marked{Marked::Why::kRefused, {{}, refusal}}), wanted) << channel::to_string(refusal);
  }
}

TEST_F(RoutesTest, TakesACaptionForATextRendition) {
  const std::string path = "/api/v1/channels/match/captions/pt-BR";
  backend_.caption_outcome = channel::LiveCaptions::Outcome{{}, 1'776'000'000'000'000, 1'776'000'002'500'000};
  const Answer answer = post(path, R"({"text": "Gol"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(nlohmann::json::parse(answer.body),
            (nlohmann::json{{"start", "2026-04-12T13:20:00.000Z"}, {"end", "2026-04-12T13:20:02.500Z"}}));
  EXPECT_EQ(backend_.captions, (std::vector<std::string>{"match pt-BR: Gol"}));
  EXPECT_EQ(post(path, "{}").status, 400);
  EXPECT_EQ(ask(dispatcher_, {"POST", path, "", "localhost", {}, "{}"})->status, 401) << "without a token";
  EXPECT_EQ(backend_.captions.size(), 1U);
}

TEST_F(RoutesTest, SaysWhyACaptionIsNotTaken) {
  using Why = channel::CaptionRefusal;
  const auto status = [&](const Channels::Captioned& outcome) {
    backend_.caption_outcome = outcome;
    return post("/api/v1/channels/match/captions/de", R"({"text": "Tor"})").status;
  };
  EXPECT_EQ(status(std::nullopt), 404);
  EXPECT_EQ(status(channel::LiveCaptions::Outcome{Why::kNoRendition}), 404);
  EXPECT_EQ(status(channel::LiveCaptions::Outcome{Why::kTooMany}), 429);
  for (const Why why : {Why::kNotLive, Why::kPast, Why::kFuture})
    EXPECT_EQ(status(channel::LiveCaptions::Outcome{why}), 409) << channel::to_string(why);
}

TEST_F(RoutesTest, TakesMetadataForAChannelsMedia) {
  const std::string path = "/api/v1/channels/match/metadata";
  backend_.metadata_outcome = channel::LiveMetadata::Outcome{{}, 1'776'000'000'000'000};
  const Answer answer = post(path, R"({"name": "score", "data": {"home": 1}})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(nlohmann::json::parse(answer.body), (nlohmann::json{{"start", "2026-04-12T13:20:00.000Z"}}));
  EXPECT_EQ(backend_.metadata, (std::vector<std::string>{R"(match score: {"home":1})"}));
  EXPECT_EQ(post(path, "{}").status, 400);
  EXPECT_EQ(ask(dispatcher_, {"POST", path, "", "localhost", {}, "{}"})->status, 401) << "without a token";
  EXPECT_EQ(backend_.metadata.size(), 1U);
}

TEST_F(RoutesTest, PutsMetadataIntoPlaylistsIfAskedTo) {
  channel::Channel::Marked taken;
  taken.outcome.ids = {"score-1"};
  backend_.mark_outcome = taken;
  const Answer answer =
      post("/api/v1/channels/match/metadata", R"({"name": "score", "data": {"home": 1}, "as": "daterange"})");
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(nlohmann::json::parse(answer.body), (nlohmann::json{{"ids", {"score-1"}}}));
  ASSERT_EQ(backend_.marked.size(), 1U);
  EXPECT_EQ(backend_.marked[0].second.own.kind, "score");
  EXPECT_TRUE(backend_.metadata.empty());
}

TEST_F(RoutesTest, SaysWhyMetadataAreNotTaken) {
  using Why = channel::MetadataRefusal;
  const auto status = [&](const Channels::MetadataAdded& outcome) {
    backend_.metadata_outcome = outcome;
    return post("/api/v1/channels/match/metadata", R"({"name": "score", "data": "1 : 0"})").status;
  };
  EXPECT_EQ(status(std::nullopt), 404);
  EXPECT_EQ(status(channel::LiveMetadata::Outcome{Why::kTooMany}), 429);
  for (const Why why : {Why::kNotLive, Why::kNotCarried, Why::kPast, Why::kFuture})
    EXPECT_EQ(status(channel::LiveMetadata::Outcome{why}), 409) << channel::to_string(why);
}

TEST_F(RoutesTest, TellsOfAChannelsSlate) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  backend_.reports = {report};
  auto channel = nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0];
  EXPECT_EQ(channel["slate"]["shown"], false);
  EXPECT_TRUE(channel["slate"]["seconds_left"].is_null());
  backend_.reports[0].slate = {.shown = true, .ordered = true, .reason = "pause", .text = "Rain", .left = 2'500'000};
  channel = nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0];
  EXPECT_EQ(channel["slate"], (nlohmann::json{{"shown", true},
                                              {"ordered", true},
                                              {"scheduled", false},
                                              {"reason", "pause"},
                                              {"text", "Rain"},
                                              {"seconds_left", 2.5}}));
}

TEST_F(RoutesTest, TellsWhenAChannelsEventIsOn) {
  channel::Report report;
  report.name = "match";
  report.snapshot = std::make_shared<origin::ChannelSnapshot>();
  const auto event = [&] {
    backend_.reports = {report};
    return nlohmann::json::parse(get("/api/v1/channels").body)["channels"][0]["event"];
  };
  EXPECT_TRUE(event().is_null());
  report.schedule.end = 1'795'525'200 * base::kSecond;
  report.phase = channel::Schedule::Phase::kOver;
  EXPECT_EQ(event(), (nlohmann::json{{"start", nullptr}, {"end", "2026-11-24T13:00:00.000Z"}, {"phase", "over"}}));
}

}  // namespace
}  // namespace api
