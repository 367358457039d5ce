#include "viewers/playlist.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

const std::string kHead =
    "#EXTM3U\n#EXT-X-VERSION:9\n#EXT-X-TARGETDURATION:2\n"
    "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL=12.0,PART-HOLD-BACK=1.5\n#EXT-X-PART-INF:PART-TARGET=0."
    "5\n";

std::string segment(int msn, int parts, bool closed = true) {
  std::string out = "#EXT-X-PROGRAM-DATE-TIME:2026-11-26T06:00:" + std::to_string(10 + 2 * msn) + ".250Z\n";
  for (int i = 0; i < parts; ++i) {
    out += "#EXT-X-PART:DURATION=0.50000,URI=\"" + std::to_string(msn) + "." + std::to_string(i) + ".m4s\"";
    out += i == 0 ? ",INDEPENDENT=YES\n" : "\n";
  }
  if (closed) out += "#EXTINF:2.00000,\n" + std::to_string(msn) + ".m4s\n";
  return out;
}

MediaPlaylist read(const std::string& text) {
  auto list = parse_media_playlist(text);
  EXPECT_TRUE(list.ok()) << (list.ok() ? "" : list.error().what);
  return list.ok() ? list.take() : MediaPlaylist{};
}

TEST(Playlist, ReadsWhatAPlayerNeeds) {
  const MediaPlaylist list =
      read(kHead + "#EXT-X-MEDIA-SEQUENCE:3\n#EXT-X-MAP:URI=\"init.mp4\"\n" + segment(3, 0) + segment(4, 4) +
           segment(5, 2, false) + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"5.2.m4s\"\n" +
           "#EXT-X-RENDITION-REPORT:URI=\"../a/index.m3u8\",LAST-MSN=5,LAST-PART=1\n");
  EXPECT_EQ(list.target, 2 * base::kSecond);
  EXPECT_EQ(list.part_hold_back, 1'500'000);
  EXPECT_EQ(list.end(), (Position{5, 2}));
  EXPECT_EQ(list.newest(), (Position{5, 1}));
  EXPECT_EQ(list.hint, "5.2.m4s");
  ASSERT_EQ(list.reports.size(), 1u);
  EXPECT_EQ(list.reports[0].last, (Position{5, 1}));
  EXPECT_EQ(list.segment(4)->map, "init.mp4");
  EXPECT_TRUE(list.segment(4)->parts[0].independent);
  EXPECT_EQ(list.segment(6), nullptr);
  EXPECT_EQ(list.edge() - list.segment(3)->start, 5 * base::kSecond);
}

TEST(Playlist, KnowsWhenABlockedRequestIsSatisfied) {
  const MediaPlaylist open = read(kHead + segment(0, 4) + segment(1, 2, false));
  EXPECT_TRUE(open.contains({1, 1}));
  EXPECT_FALSE(open.contains({1, 2}));
  EXPECT_TRUE(open.contains({0, 9})) << "a part beyond the segment's last is the next one's first (LL-99)";
  const MediaPlaylist closed = read(kHead + segment(0, 4));
  EXPECT_FALSE(closed.contains({0, 4})) << "segment 1 has no part yet (LL-98)";
  EXPECT_FALSE(closed.contains({1, 0}));
  EXPECT_EQ(closed.end(), (Position{1, 0}));
}

TEST(Playlist, MergesADeltaUpdateToTheWholePlaylist) {
  const std::string begin = "#EXT-X-MEDIA-SEQUENCE:1\n";
  const std::string rest = segment(2, 0) + segment(3, 4) + segment(4, 1, false);
  const std::string map = "#EXT-X-MAP:URI=\"init.mp4\"\n";
  const MediaPlaylist before =
      read(kHead + "#EXT-X-MEDIA-SEQUENCE:0\n" + map + segment(0, 0) + segment(1, 0) + segment(2, 4) + segment(3, 4));
  const MediaPlaylist whole = read(kHead + begin + map + segment(1, 0) + rest);
  MediaPlaylist delta = read(kHead + begin + "#EXT-X-SKIP:SKIPPED-SEGMENTS=1\n" + rest);
  const auto merged = merge(before, std::move(delta));
  ASSERT_TRUE(merged.ok());
  ASSERT_EQ(merged->segments.size(), whole.segments.size());
  for (std::size_t i = 0; i < whole.segments.size(); ++i) {
    EXPECT_EQ(merged->segments[i].uri, whole.segments[i].uri);
    EXPECT_EQ(merged->segments[i].msn, whole.segments[i].msn);
    EXPECT_EQ(merged->segments[i].map, whole.segments[i].map);
    EXPECT_EQ(merged->segments[i].start, whole.segments[i].start);
    EXPECT_EQ(merged->segments[i].parts, whole.segments[i].parts);
  }
}

TEST(Playlist, RefusesADeltaUpdateThatSkipsWhatWasNotKnown) {
  const MediaPlaylist before = read(kHead + "#EXT-X-MEDIA-SEQUENCE:5\n" + segment(5, 4));
  EXPECT_FALSE(
      merge(before, read(kHead + "#EXT-X-MEDIA-SEQUENCE:4\n#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n" + segment(6, 4))).ok());
}

TEST(Playlist, RefusesWhatNoPlayerTakes) {
  EXPECT_FALSE(parse_media_playlist("").ok());
  EXPECT_FALSE(parse_media_playlist("<html>").ok());
  EXPECT_FALSE(parse_media_playlist("#EXTM3U\n#EXT-X-TARGETDURATION:2\n").ok());
  EXPECT_FALSE(parse_media_playlist("#EXTM3U\n" + segment(0, 0)).ok());
  const std::string hint = "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"1.0.m4s\"\n";
  EXPECT_FALSE(parse_media_playlist(kHead + segment(0, 4) + hint + hint).ok());
}

TEST(Playlist, ReadsDates) {
  EXPECT_EQ(parse_date("1970-01-01T00:00:01.250Z"), 1'250'000);
  EXPECT_EQ(parse_date("1970-01-01T02:00:01.5+02:00"), 1'500'000);
  EXPECT_EQ(parse_date("1969-12-31T22:30:00-0130"), 0);
  EXPECT_EQ(parse_date("yesterday"), std::nullopt);
}

TEST(Playlist, FindsTheSoundOfAVariant) {
  const auto list = parse_multivariant(
      "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x, y\",URI=\"a1/index.m3u8\"\n"
      "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"z\",DEFAULT=YES,URI=\"a2/index.m3u8\"\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=1000,CODECS=\"avc1,mp4a\",AUDIO=\"a\"\nv1/index.m3u8\n"
      "#EXT-X-STREAM-INF:BANDWIDTH=500\r\nv2/index.m3u8\r\n");
  ASSERT_TRUE(list.ok());
  ASSERT_EQ(list->variants.size(), 2u);
  EXPECT_EQ(list->audio_of(list->variants[0])->uri, "a2/index.m3u8");
  EXPECT_EQ(list->audio_of(list->variants[1]), nullptr);
  EXPECT_EQ(list->variants[1].uri, "v2/index.m3u8");
}

}  // namespace
}  // namespace viewers
