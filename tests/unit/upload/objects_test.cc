#include "upload/objects.h"

#include <gtest/gtest.h>

namespace upload {
namespace {

std::string names(std::string_view text) {
  std::string all;
  for (const std::string& name : references_of(text).names) all += (all.empty() ? "" : " ") + name;
  return all;
}

TEST(PlaylistReferences, AreItsSegmentsAndInits) {
  const std::string text =
      "#EXTM3U\n#EXT-X-MAP:URI=\"init-1a2b3c4d.mp4\"\n#EXTINF:2,\n880000000.m4s\n#EXTINF:2,\n880000001.m4s\n";
  EXPECT_EQ(names(text), "init-1a2b3c4d.mp4 880000000.m4s 880000001.m4s");
  EXPECT_EQ(references_of(text).newest, 880000001);
  EXPECT_TRUE(references_of(text).playlist);
  EXPECT_FALSE(references_of(text).ended);
}

TEST(PlaylistReferences, AGapIsNoneButTheNewest) {
  const std::string text =
      "#EXTM3U\n#EXTINF:2,\n8.m4s\n#EXT-X-GAP\n#EXT-X-MAP:URI=\"init-1.mp4\"\n#EXTINF:2,\n9.m4s\n#EXT-X-ENDLIST";
  EXPECT_EQ(names(text), "8.m4s init-1.mp4");
  EXPECT_EQ(references_of(text).newest, 9);
  EXPECT_TRUE(references_of(text).ended);
}

TEST(PlaylistReferences, OfTheMultivariantOneArePlaylists) {
  const std::string text =
      "#EXTM3U\r\n#EXT-X-MEDIA:TYPE=CLOSED-CAPTIONS,INSTREAM-ID=\"CC1\"\r\n#EXT-X-MEDIA:TYPE=AUDIO,URI=\"a1/"
      "index.m3u8\"\r\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1\r\nv1/index.m3u8\r\n";
  EXPECT_EQ(names(text), "a1/index.m3u8 v1/index.m3u8");
  EXPECT_EQ(references_of(text).newest, -1);
}

TEST(PlaylistReferences, WhatLeavesTheDirectoryIsNotFollowed) {
  for (const char* uri : {"../x.m4s", "/x.m4s", "http://h/x.m4s", "a?b", "a\x01"}) {
    const References found = references_of("#EXTM3U\n" + std::string(uri) + "\n8.m4s\n");
    EXPECT_FALSE(found.playlist) << uri;
    EXPECT_EQ(found.names.size(), 1u) << uri;
  }
  EXPECT_FALSE(references_of("").playlist);
  EXPECT_FALSE(references_of("8.m4s").playlist);
  EXPECT_TRUE(references_of("#EXTM3U").playlist);
}

TEST(PlaylistHeaders, HaveAnyLifetime) {
  const s3::Object made = playlist_object("match/index.m3u8", "#EXTM3U\n", 5);
  EXPECT_EQ(made.cache_control, "public, max-age=2");
  EXPECT_EQ(playlist_object("", "", 1).cache_control, "public, max-age=1");
  EXPECT_TRUE(has_playlist_headers(made));
  EXPECT_TRUE(has_playlist_headers({"", {}, made.content_type, "public, max-age=90"}));
  EXPECT_FALSE(has_playlist_headers({"", {}, made.content_type, "public, max-age=1, x"}));
  EXPECT_FALSE(has_playlist_headers({"", {}, made.content_type, ""}));
  EXPECT_FALSE(has_playlist_headers({"", {}, "video/mp4", made.cache_control}));
}

TEST(PlaylistName, HasTheRenditionIfThereIsOne) {
  EXPECT_EQ(playlist_name("match"), "match/index.m3u8");
  EXPECT_EQ(playlist_name("match", "v1"), "match/v1/index.m3u8");
}

}  // namespace
}  // namespace upload
