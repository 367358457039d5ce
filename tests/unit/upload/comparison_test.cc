#include "upload/comparison.h"

#include <filesystem>

#include "unit/upload/uploaded.h"

namespace upload {
namespace {

using namespace testing;

class Comparing : public Uploaded {
 protected:
  Comparing() { upload(); }
};

TEST_F(Comparing, WhatWasUploadedIsRight) {
  EXPECT_EQ(faults(), "");
  EXPECT_TRUE(found_.begun);
  EXPECT_EQ(found_.objects, 15u);  // two renditions of five segments, an init and a playlist, and the multivariant one
  std::uint64_t bytes = 0;
  for (const auto& [path, object] : server_.objects) bytes += object.body.size();
  EXPECT_EQ(found_.bytes, bytes);
  EXPECT_EQ(found_.waiting, 0u);
}

TEST_F(Comparing, WhatTheUploadHasNotReachedWaits) {
  journal_.segments(kFirst + 5, kFirst + 6);
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(found_.waiting, 4u);
}

TEST_F(Comparing, WithoutAStateAllWaits) {
  std::filesystem::remove(of_.state);
  EXPECT_EQ(faults(), "");
  EXPECT_FALSE(found_.begun);
  EXPECT_EQ(found_.waiting, 10u);
  server_.next = {s3::testing::FakeServer::error(403, "AccessDenied")};
  EXPECT_EQ(faults(), "denied: 403 AccessDenied: no");
}

TEST_F(Comparing, AStateOfAnotherPlaceIsNone) {
  of_.place = "s3://else";
  faults();
  EXPECT_FALSE(found_.begun);
}

TEST_F(Comparing, FindsWhatIsMissing) {
  const std::string init = "match/a1/" + hls::init_uri(base::view_of("sound init"));
  lose(name(0));
  lose(name(4, "a1"));
  lose(init);
  lose("match/v720/index.m3u8");
  lose("match/index.m3u8");
  EXPECT_EQ(faults(), "match/v720/index.m3u8 missing, match/index.m3u8 missing, " + name(4, "a1") + " missing, " +
                          init + " missing, " + name(0) + " missing");
}

TEST_F(Comparing, FindsOtherBytes) {
  stored(name(1)).body += "x";
  stored(name(2)).body[0] ^= 1;
  EXPECT_EQ(faults(), name(1) + " bytes, " + name(2) + " bytes");
  EXPECT_EQ(found_.findings[0].detail, "21 bytes, not 20");
}

TEST_F(Comparing, AnEtagThatIsNoMd5IsNoFault) {
  server_.etags["/edge/live/" + name(1)] = "0123456789abcdef0123456789abcdef-2";
  server_.seen.clear();
  EXPECT_EQ(faults(), "");
  // Three playlists, a list and the newest segment of each rendition, and that object.
  EXPECT_EQ(seen("GET"), 8u);
  EXPECT_EQ(server_.seen.size(), 8u);
  stored(name(1)).body[0] ^= 1;
  EXPECT_EQ(faults(), name(1) + " bytes");
}

TEST_F(Comparing, FindsOtherHeadersOfPlaylistsAndOfTheNewestSegments) {
  stored("match/v720/index.m3u8").content_type = "text/plain";
  stored("match/index.m3u8").cache_control = "no-store";
  stored(name(4)).cache_control = "";
  stored(name(3)).cache_control = "";
  EXPECT_EQ(faults(), "match/v720/index.m3u8 headers, match/index.m3u8 headers, " + name(4) + " headers");
  of_.fetch_all = true;
  EXPECT_EQ(faults(), "match/v720/index.m3u8 headers, match/index.m3u8 headers, " + name(3) + " headers, " + name(4) +
                          " headers");
}

TEST_F(Comparing, FetchesAllWhereThatIsAskedFor) {
  stored(name(1)).body[0] ^= 1;
  server_.etags["/edge/live/" + name(1)] = crypto::md5_hex(base::view_of("v1.0 v1.1 v1.2 v1.3 "));
  EXPECT_EQ(faults(), "");
  of_.fetch_all = true;
  EXPECT_EQ(faults(), name(1) + " bytes");
}

TEST_F(Comparing, APlaylistThatEndsBeforeWhatWasUploadedIsOld) {
  const std::string before = stored("match/v720/index.m3u8").body;
  journal_.segment(kFirst + 5);
  upload();
  stored("match/v720/index.m3u8").body = before;
  EXPECT_EQ(faults(), "match/v720/index.m3u8 old");
  EXPECT_EQ(found_.findings[0].detail,
            "it ends with " + std::to_string(kFirst + 4) + ", not " + std::to_string(kFirst + 5));
}

TEST_F(Comparing, APlaylistWithoutTheEndIsOld) {
  const std::string before = stored("match/a1/index.m3u8").body;
  journal_.add(record::End{});
  upload();
  EXPECT_EQ(faults(), "");
  stored("match/a1/index.m3u8").body = before;
  EXPECT_EQ(faults(), "match/a1/index.m3u8 old");
}

TEST_F(Comparing, APlaylistThatIsNoneHasOtherBytes) {
  stored("match/a1/index.m3u8").body = "<html>";
  EXPECT_EQ(faults(), "match/a1/index.m3u8 bytes");
}

TEST_F(Comparing, WhatPlaylistsNameAndTheJournalNoLongerHasIsLost) {
  journal_.begin(10, true, kFirst + 4);
  journal_.segments(kFirst + 5, kFirst + 6);
  upload();
  std::filesystem::remove(of_.journal + "/" + archive::file_name(kJournalStart));
  EXPECT_EQ(faults(), "");
  lose(name(3));
  lose(name(6));
  EXPECT_EQ(faults(), name(3) + " lost, " + name(6) + " missing");
}

TEST_F(Comparing, ASegmentThatAServerHasPutSinceIsSoughtToo) {
  stored("match/v720/index.m3u8").body += "#EXTINF:2,\n" + std::to_string(kFirst + 9) + ".m4s\n";
  EXPECT_EQ(faults(), name(9) + " lost");
}

TEST_F(Comparing, ListsFromTheOldestNameOn) {
  for (int i = 1; i <= 50; ++i) server_.objects["/edge/live/" + name(-i)] = {"old", "", ""};
  server_.page = 5;
  server_.seen.clear();
  EXPECT_EQ(faults(), "");
  // Three playlists, the newest segments, and six names of each rendition on two pages.
  EXPECT_EQ(server_.seen.size(), 9u);
}

TEST_F(Comparing, ABucketThatRefusesIsAnError) {
  server_.next = {s3::testing::FakeServer::error(403, "AccessDenied")};
  EXPECT_EQ(faults(), "denied: 403 AccessDenied: no");
  server_.next = {{200}, {200}, {200}, s3::testing::FakeServer::error(403, "AccessDenied")};
  EXPECT_EQ(faults(), "denied: 403 AccessDenied: no");
}

TEST_F(Comparing, AnObjectThatCannotBeReadIsToldAndNoError) {
  server_.etags["/edge/live/" + name(1)] = "other";
  server_.next = {{200}, {200}, {200}, {200}, {200}, {200}, s3::testing::FakeServer::error(403, "InvalidObjectState")};
  EXPECT_EQ(faults(), name(1) + " unreadable");
  EXPECT_FALSE(repairable(Fault::kUnreadable));
}

}  // namespace
}  // namespace upload
