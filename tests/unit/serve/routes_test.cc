#include "serve/routes.h"

#include <gtest/gtest.h>

namespace {

using serve::parse_route;
using Kind = serve::Route::Kind;

TEST(Routes, KnowTheUrlsOfAChannel) {
  const auto part = parse_route("/live/match/v720/888000000.3.m4s");
  EXPECT_EQ(part.kind, Kind::kPart);
  EXPECT_EQ(part.channel, "match");
  EXPECT_EQ(part.rendition, "v720");
  EXPECT_EQ(part.msn, 888'000'000);
  EXPECT_EQ(part.part, 3u);
  EXPECT_EQ(parse_route("/live/match/v720/888000000.m4s").kind, Kind::kSegment);
  EXPECT_EQ(parse_route("/live/match/v720/index.m3u8").kind, Kind::kPlaylist);
  EXPECT_EQ(parse_route("/live/match/v720/iframes.m3u8").kind, Kind::kIframes);
  EXPECT_EQ(parse_route("/live/match/iframes.m3u8").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/live/match/images/index.m3u8").kind, Kind::kImages);
  EXPECT_EQ(parse_route("/live/match/images/888000000.jpg").kind, Kind::kImage);
  EXPECT_EQ(parse_route("/live/match/images/888000000.jpg").msn, 888'000'000);
  EXPECT_EQ(parse_route("/live/match/images/0888.jpg").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/live/match/images/888.m4s").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/live/match/v720/888.jpg").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/live/match/thumb.jpg").kind, Kind::kThumbnail);
  EXPECT_EQ(parse_route("/live/match/index.m3u8").kind, Kind::kMultivariant);
  const auto init = parse_route("/live/match/v720/init-1a2b3c4d.mp4");
  EXPECT_EQ(init.kind, Kind::kInit);
  EXPECT_EQ(init.file, "init-1a2b3c4d.mp4");
}

TEST(Routes, KnowWhatEdgesAskFor) {
  EXPECT_EQ(parse_route("/relay/v1/match").kind, Kind::kRelay);
  EXPECT_EQ(parse_route("/relay/v1/match").channel, "match");
  EXPECT_EQ(parse_route("/relay/v1/").kind, Kind::kRelay);
  EXPECT_EQ(parse_route("/relay/v1/").channel, "");
  EXPECT_EQ(parse_route("/relay/v1/a/b").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/relay/v1").kind, Kind::kNone);
}

TEST(Routes, KnowThePages) {
  EXPECT_EQ(parse_route("/").kind, Kind::kListing);
  EXPECT_EQ(parse_route("/play/match").kind, Kind::kPlay);
  EXPECT_EQ(parse_route("/play/match/").channel, "match");
  const auto file = parse_route("/web/vendor/hls.min.js");
  EXPECT_EQ(file.kind, Kind::kStatic);
  EXPECT_EQ(file.file, "vendor/hls.min.js");
}

TEST(Routes, HaveOneSpellingForAnObject) {  // CF-8, LL-68
  for (const char* path :
       {"", "*", "/live", "/live/", "/live//index.m3u8", "/live/match", "/live/match/", "/live/match/v720/",
        "/live/match/index.M3U8", "/live/match/v720/01.m4s", "/live/match/v720/1.02.m4s", "/LIVE/match/index.m3u8",
        "/live/match/v720/1.m4s/x", "/live/match/v720/..%2findex.m3u8", "/live/a/b/c/index.m3u8", "/play/", "/play/a/b",
        "/live/match/v720/init-1A2B3C4D.mp4", "/live/match/v720/-1.m4s"}) {
    EXPECT_EQ(parse_route(path).kind, Kind::kNone) << path;
  }
}

TEST(Routes, TakeAFileApartAfterItsLastSlash) {
  const auto part = parse_route("/live/m/v/7.0.m4s");
  EXPECT_EQ(part.channel, "m");
  EXPECT_EQ(part.rendition, "v");
  EXPECT_EQ(part.file, "7.0.m4s");
  EXPECT_EQ(parse_route("/live/m/index.m3u8").channel, "m");
  EXPECT_EQ(parse_route("/live/m//index.m3u8").rendition, "");
  const std::string name(128, 'v');
  EXPECT_EQ(parse_route("/live/m/" + name + "/index.m3u8").rendition, name);
  EXPECT_EQ(parse_route("/live/m/" + name + "v/index.m3u8").kind, Kind::kNone) << "a held request would keep it";
  EXPECT_EQ(parse_route("/play/m/").kind, Kind::kPlay);
  EXPECT_EQ(parse_route("/play/m//").kind, Kind::kNone);
  EXPECT_EQ(parse_route("/web/").kind, Kind::kStatic);
  EXPECT_EQ(parse_route("/web/").file, "");
}

TEST(Routes, KnowTheirPlaylists) {
  for (const char* path :
       {"/live/m/index.m3u8", "/live/m/v/index.m3u8", "/live/m/v/iframes.m3u8", "/live/m/images/index.m3u8"})
    EXPECT_TRUE(serve::is_playlist(parse_route(path).kind)) << path;
  for (const char* path :
       {"/live/m/v/7.m4s", "/live/m/v/7.0.m4s", "/live/m/images/7.jpg", "/live/m/thumb.jpg", "/play/m", "/"})
    EXPECT_FALSE(serve::is_playlist(parse_route(path).kind)) << path;
}

TEST(Routes, CountAsWhatTheyServe) {
  using serve::object_of;
  using serve::ObjectKind;
  EXPECT_EQ(object_of(Kind::kMultivariant), ObjectKind::kMultivariant);
  EXPECT_EQ(object_of(Kind::kPlaylist), ObjectKind::kPlaylist);
  EXPECT_EQ(object_of(Kind::kSegment), ObjectKind::kSegment);
  EXPECT_EQ(object_of(Kind::kPart), ObjectKind::kPart);
  EXPECT_EQ(object_of(Kind::kInit), ObjectKind::kInit);
  for (const Kind page : {Kind::kListing, Kind::kPlay, Kind::kStatic}) EXPECT_EQ(object_of(page), ObjectKind::kPage);
  EXPECT_EQ(object_of(Kind::kReports), ObjectKind::kReport);
  EXPECT_EQ(object_of(Kind::kNone), ObjectKind::kOther);
}

TEST(Routes, TakeReportsOfAChannelOrOfAny) {
  EXPECT_EQ(parse_route("/cmcd").kind, Kind::kReports);
  EXPECT_EQ(parse_route("/cmcd").channel, "");
  EXPECT_EQ(parse_route("/cmcd/match").kind, Kind::kReports);
  EXPECT_EQ(parse_route("/cmcd/match").channel, "match");
  for (const char* path : {"/cmcd/", "/cmcd/match/", "/cmcd/a/b", "/cmcdx", "/CMCD"})
    EXPECT_EQ(parse_route(path).kind, Kind::kNone) << path;
}

}  // namespace
