#include "serve/server.h"

#include <gtest/gtest.h>

#include "serving.h"

namespace {

using serve_test::Answer;
using serve_test::Client;
using serve_test::part_path;
using serve_test::playlist_path;
using serve_test::Serving;

/// What every answer has, whatever it says (CF-9, CF-12, CF-17, CF-23, LL-119).
void expect_common_fields(const Answer& answer) {
  EXPECT_NE(answer.fields.count("cache-control"), 0u) << answer.status;
  EXPECT_NE(answer.fields.count("date"), 0u) << answer.status;
  EXPECT_EQ(answer.fields.count("age"), 0u) << answer.status;
  EXPECT_EQ(answer.fields.at("access-control-allow-origin"), "*") << answer.status;
  EXPECT_EQ(answer.fields.at("access-control-expose-headers"),
            "Age, Date, Content-Length, Content-Range, ETag, CMSD-Static, CMSD-Dynamic, Retry-After");
  const bool bodiless = answer.status == 304 || answer.status == 204;
  EXPECT_EQ(answer.fields.count("content-length"), bodiless ? 0u : 1u) << answer.status;
}

TEST(Server, GivesTheWholeWayOfAPlayerOnOneConnection) {
  Serving serving;
  serving.go_live();
  serving.publish();
  Client client(serving.port());
  const Answer multivariant = client.get("/live/match/index.m3u8");
  EXPECT_EQ(multivariant.status, 200);
  EXPECT_EQ(multivariant.fields.at("content-type"), "application/vnd.apple.mpegurl");
  EXPECT_NE(multivariant.body.find("v720/index.m3u8"), std::string::npos);
  const Answer playlist = client.get("/live/match/v720/index.m3u8");
  EXPECT_EQ(playlist.status, 200);
  EXPECT_NE(playlist.body.find("#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + std::to_string(Serving::kOpen) + ".2.m4s\""),
            std::string::npos);
  const std::size_t at = playlist.body.find("init-");
  const Answer init = client.get("/live/match/v720/" + playlist.body.substr(at, playlist.body.find('"', at) - at));
  EXPECT_EQ(init.body, "init of v720");
  EXPECT_EQ(client.get(part_path(1)).body, "0:" + std::to_string(Serving::kOpen) + ".1");
  for (const auto& answer : {multivariant, playlist, init}) expect_common_fields(answer);
  EXPECT_EQ(serving.counters().joins.get(), 1u);
  EXPECT_EQ(serving.counters().connections_total.get(), 1u);
}

TEST(Server, ReadsATimeAndAViewOutOfTheQueryOfAPlaylist) {  // CF-30, CF-32, LL-108
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const auto status = [&](const std::string& path) { return client.get("/live/match/" + path).status; };
  const Answer delayed = client.get("/live/match/index.m3u8?CMCD=x&delay=2");
  EXPECT_NE(delayed.body.find("v720/index.m3u8?delay=2\n"), std::string::npos);
  expect_common_fields(delayed);
  const Answer playlist = client.get("/live/match/v720/index.m3u8?delay=2");
  EXPECT_EQ(playlist.status, 200);
  EXPECT_EQ(playlist.body.find("#EXT-X-PART"), std::string::npos);
  const Answer refused = client.get("/live/match/v720/index.m3u8?delay=02");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("delay=30"), std::string::npos);
  expect_common_fields(refused);
  EXPECT_EQ(status("index.m3u8?view=unknown"), 404);
  EXPECT_EQ(client.get(part_path(1) + "?delay=02").status, 200) << "media has no time but its own";
  using serve::ObjectKind;
  const auto& counted = serving.counters().requests[static_cast<std::size_t>(ObjectKind::kShifted)];
  EXPECT_EQ(counted[0].get(), 2u);
  EXPECT_EQ(counted[2].get(), 1u);
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kTimeShift)].get(), 1u);
}

TEST(Server, HoldsTheHintedPartAndThePlaylistUntilTheyExist) {  // LL-79, LL-98, LL-104, LL-105
  Serving serving;
  serving.go_live();
  Client for_part(serving.port());
  Client for_playlist(serving.port());
  for_part.get("/live/match/index.m3u8");
  for_part.ask(part_path(2));
  for_playlist.ask(playlist_path(2));
  serving.wait_parked(2);
  serving.clock.advance(300 * base::kMillisecond);
  serving.add_part(2);
  EXPECT_EQ(for_part.answer().body, "0:" + std::to_string(Serving::kOpen) + ".2");
  const Answer playlist = for_playlist.answer();
  EXPECT_EQ(playlist.status, 200);
  EXPECT_NE(playlist.body.find(std::to_string(Serving::kOpen) + ".2.m4s\""), std::string::npos);
  EXPECT_EQ(playlist.fields.at("cache-control"), "max-age=1, s-maxage=12, stale-if-error=0");  // CC-4
  serving.settle();
  const auto& waits = serving.counters().blocked_wait;
  EXPECT_EQ(waits.sum(), 600 * base::kMillisecond);
}

TEST(Server, WakesAllWaitersOfAPartInOnePass) {  // LL-105
  Serving serving;
  serving.go_live();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 200; ++i) {
    clients.push_back(std::make_unique<Client>(serving.port()));
    clients.back()->ask(i % 2 == 0 ? part_path(2) : playlist_path(2));
  }
  serving.wait_parked(200);
  serving.add_part(2);
  for (auto& client : clients) EXPECT_EQ(client->answer().status, 200);
  serving.settle();
  std::uint64_t passes = 0;
  const auto& histogram = serving.counters().wake_pass;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) passes += histogram.count(i);
  EXPECT_EQ(passes, 1u);
}

TEST(Server, EndsAHeldRequestWith503InTime) {  // LL-103, LL-83, CF-3, CC-11
  Serving serving;
  serving.go_live();
  Client part(serving.port());
  Client playlist(serving.port());
  part.ask(part_path(2));
  playlist.ask(playlist_path(2));
  serving.wait_parked(2);
  serving.clock.advance(6 * base::kSecond + 1);  // three target durations of 2 s
  for (Client* client : {&part, &playlist}) {
    const Answer answer = client->answer();
    EXPECT_EQ(answer.status, 503);
    EXPECT_EQ(answer.fields.at("cache-control"), "no-store");
    EXPECT_EQ(answer.fields.at("retry-after"), "1");
    expect_common_fields(answer);
  }
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kHeldTooLong)].get(), 2u);
}

TEST(Server, HoldsAStartingChannelThenSays404) {  // LL-111
  Serving serving;
  serving.publish();
  Client first(serving.port());
  Client second(serving.port());
  first.ask("/live/match/index.m3u8");
  second.ask("/live/match/v720/index.m3u8");
  serving.wait_parked(2);
  serving.go_live();
  EXPECT_EQ(first.answer().status, 200);
  EXPECT_EQ(second.answer().status, 200);

  Serving never;
  never.publish();
  Client third(never.port());
  third.ask("/live/match/index.m3u8");
  never.wait_parked(1);
  never.clock.advance(6 * base::kSecond + 1);
  const Answer answer = third.answer();
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.fields.at("cache-control"), "max-age=1");
}

TEST(Server, FreesTheWaiterOfAViewerWhoLeaves) {  // LL-106
  Serving serving;
  serving.go_live();
  {
    Client client(serving.port());
    client.ask(part_path(2));
    serving.wait_parked(1);
  }
  serving.wait_parked(0);
  serving.add_part(2);
  Client other(serving.port());
  EXPECT_EQ(other.get(part_path(2)).status, 200);
}

TEST(Server, Answers404WhenTheChannelGoes) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  client.ask(part_path(2));
  serving.wait_parked(1);
  serving.server().remove("match");
  EXPECT_EQ(client.answer().status, 404);
  EXPECT_EQ(client.get("/live/match/index.m3u8").status, 404);
}

TEST(Server, CompressesPlaylistsWhereAsked) {  // LL-115, CF-14, CF-15
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const Answer plain = client.get("/live/match/v720/index.m3u8", "Accept-Encoding: identity\r\n");
  const Answer gzip = client.get("/live/match/v720/index.m3u8", "Accept-Encoding: br,gzip\r\n");
  EXPECT_EQ(plain.fields.count("content-encoding"), 0u);
  EXPECT_EQ(gzip.fields.at("content-encoding"), "gzip");
  EXPECT_LT(gzip.body.size(), plain.body.size());
  EXPECT_EQ(gzip.fields.at("vary"), "Accept-Encoding");
  EXPECT_EQ(plain.fields.at("vary"), "Accept-Encoding");
  client.ask(playlist_path(2), "Accept-Encoding: gzip\r\n");
  serving.wait_parked(1);
  serving.add_part(2);
  EXPECT_EQ(client.answer().fields.at("content-encoding"), "gzip");  // blocked ones too
}

TEST(Server, Answers304AndRanges) {  // CF-16, CF-24
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const Answer part = client.get(part_path(1));
  const Answer same = client.get(part_path(1), "If-None-Match: W/" + part.fields.at("etag") + "\r\n");
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.fields.at("cache-control"), part.fields.at("cache-control"));
  expect_common_fields(same);
  const Answer range = client.get(part_path(1), "Range: bytes=2-3\r\n");
  EXPECT_EQ(range.status, 206);
  EXPECT_EQ(range.body, part.body.substr(2, 2));
  EXPECT_EQ(range.fields.at("content-range"), "bytes 2-3/" + std::to_string(part.body.size()));
  const Answer beyond = client.get(part_path(1), "Range: bytes=1000-\r\n");
  EXPECT_EQ(beyond.status, 416);
  expect_common_fields(beyond);
  // A held request keeps its conditions.
  client.ask(part_path(2), "Range: bytes=0-1\r\n");
  serving.wait_parked(1);
  serving.add_part(2);
  EXPECT_EQ(client.answer().body, "0:");
}

TEST(Server, HoldsNoConditionsThatCannotBeMet) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const Answer part = client.get(part_path(1));
  const std::string& tag = part.fields.at("etag");
  const std::string padding(300, ' ');
  EXPECT_EQ(client.get(part_path(1), "If-None-Match: \"x\"," + padding + tag + "\r\n").status, 200);
  EXPECT_EQ(client.get(part_path(1), "Range: bytes=0-1," + padding + "3-4\r\n").status, 200);
  const std::string longer = tag + padding + "\"";
  EXPECT_EQ(client.get(part_path(1), "Range: bytes=0-1\r\nIf-Range: " + longer + "\r\n").status, 200);
  EXPECT_EQ(client.get(part_path(1), "Range: bytes=0-1\r\nIf-Range: " + tag + "\r\n").status, 206);
}

TEST(Server, TakesConditionsOf256BytesAndNoLongerOnes) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const std::string tag = client.get(part_path(1)).fields.at("etag");
  const auto status_of = [&](const std::string& name, const std::string& begin, const std::string& end,
                             std::size_t size) {
    return client
        .get(part_path(1), name + ": " + begin + std::string(size - begin.size() - end.size(), ' ') + end + "\r\n")
        .status;
  };
  EXPECT_EQ(status_of("Range", "bytes=", "2-3", 256), 206);
  EXPECT_EQ(status_of("Range", "bytes=", "2-3", 257), 200);
  EXPECT_EQ(status_of("If-None-Match", "\"x\",", tag, 256), 304);
  EXPECT_EQ(status_of("If-None-Match", "\"x\",", tag, 257), 200);
}

TEST(Server, HeadEqualsGetWithoutABody) {  // CF-25, LL-107
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  for (const std::string& path : {std::string("/live/match/index.m3u8"), std::string("/live/match/v720/index.m3u8"),
                                  part_path(1), std::string("/nothing"), std::string("/")}) {
    const Answer get = client.get(path);
    const Answer head = client.get(path, "", "HEAD");
    EXPECT_EQ(head.status, get.status);
    EXPECT_EQ(head.fields, get.fields) << path;
    EXPECT_EQ(head.body, "");
  }
  client.ask(playlist_path(2), "", "HEAD");
  serving.wait_parked(1);
  serving.add_part(2);
  EXPECT_EQ(client.answer().status, 200);
}

TEST(Server, AnswersPreflightAndRefusesOtherMethods) {  // CF-23
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const Answer preflight = client.get(
      part_path(1),
      "Origin: http://a\r\nAccess-Control-Request-Method: GET\r\nAccess-Control-Request-Headers: range\r\n", "OPTIONS");
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(preflight.fields.at("access-control-allow-methods"), "GET, HEAD, OPTIONS");
  EXPECT_NE(preflight.fields.at("access-control-allow-headers").find("Range"), std::string::npos);
  expect_common_fields(preflight);
  const Answer post = client.get("/live/match/index.m3u8", "Content-Length: 0\r\n", "POST");
  EXPECT_EQ(post.status, 405);
  EXPECT_EQ(post.fields.at("allow"), "GET, HEAD, OPTIONS");
  expect_common_fields(post);
}

TEST(Server, NeverRedirectsAndNamesEveryError) {  // LL-117, CF-22, CF-9
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  for (const char* path :
       {"/live/match", "/live/match/", "/live/other/index.m3u8", "/live/match/v1/index.m3u8", "/x",
        "/live/match/v720/1.m4s", "/live/match/v720/init-00000000.mp4", "/play/match", "/web/play.js"}) {
    const Answer answer = client.get(path);
    EXPECT_EQ(answer.status, 404) << path;
    expect_common_fields(answer);
  }
  const Answer bad = client.get("/live/match/v720/index.m3u8?_HLS_part=1");
  EXPECT_EQ(bad.status, 400);
  expect_common_fields(bad);
  const Answer long_url = client.get("/" + std::string(20'000, 'x'));
  EXPECT_EQ(long_url.status, 414);  // CF-20
  expect_common_fields(long_url);
  EXPECT_EQ(long_url.fields.at("connection"), "close");
}

TEST(Server, ListsWhatIsLive) {
  Serving serving;
  Client client(serving.port());
  EXPECT_NE(client.get("/").body.find("Nothing is live"), std::string::npos);
  serving.go_live();
  const Answer page = client.get("/");
  EXPECT_EQ(page.fields.at("content-type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("href=\"/play/match\""), std::string::npos);
  serving.server().remove("match");
  serve_test::wait_until([&] { return client.get("/").body.find("Nothing is live") != std::string::npos; });
}

TEST(Server, AnswersPipelinedRequestsInOrder) {  // CF-1
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  std::string all;
  for (const auto& path : {part_path(2), part_path(0), part_path(1)})
    all += "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send(all);
  serving.wait_parked(1);
  serving.add_part(2);
  for (const char* suffix : {".2", ".0", ".1"})
    EXPECT_EQ(client.answer().body, "0:" + std::to_string(Serving::kOpen) + suffix);
}

}  // namespace
