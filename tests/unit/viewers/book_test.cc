#include "viewers/book.h"

#include <gtest/gtest.h>

#include "base/hash.h"
#include "viewers/tally.h"

namespace viewers {
namespace {

std::string body(int first, int count, const std::string& more = "") {
  std::string out = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) + "\n";
  for (int i = first; i < first + count; ++i) out += "#EXTINF:2.0,\n" + std::to_string(i) + ".m4s\n";
  return out + more;
}

const Rendition::Reading& read(Rendition& rendition, const std::string& text,
                               const Rendition::List& previous = nullptr) {
  return rendition.read(base::hash64(base::view_of(text)), text, previous);
}

TEST(Rendition, ReadsABodyOnceHoweverManyAreSentIt) {
  Rendition rendition("/v/index.m3u8");
  const auto first = read(rendition, body(0, 3)).list;
  EXPECT_EQ(read(rendition, body(0, 3)).list, first);
  EXPECT_NE(read(rendition, body(0, 4)).list, first);
}

TEST(Rendition, TellsWhereTwoPlaylistsDisagreeOnASegment) {
  Rendition rendition("/v/index.m3u8");
  EXPECT_EQ(read(rendition, body(0, 3)).fault, "");
  EXPECT_EQ(read(rendition, body(1, 3)).fault, "");
  std::string other = body(2, 2);
  other.replace(other.find("3.m4s"), 5, "x.m4s");
  EXPECT_EQ(read(rendition, other).fault, kWrongBytesFault);
}

TEST(Rendition, CannotReadADeltaUpdateWithoutAPlaylist) {
  Rendition rendition("/v/index.m3u8");
  const std::string delta = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n#EXTINF:2.0,\n2.m4s\n";
  EXPECT_EQ(read(rendition, delta).fault, kProtocolFault);
  const auto whole = read(rendition, body(0, 2)).list;
  const auto& merged = read(rendition, delta, whole);
  EXPECT_EQ(merged.fault, "");
  EXPECT_TRUE(merged.delta);
  EXPECT_EQ(merged.list->segments.size(), 3u);
}

TEST(Rendition, GivesSegmentsWithoutDatesATimeThatStays) {
  Rendition rendition("/v/index.m3u8");
  const auto first = read(rendition, body(4, 3)).list;
  const auto later = read(rendition, body(6, 3)).list;
  EXPECT_EQ(first->segment(4)->start, 8 * base::kSecond);
  EXPECT_EQ(first->segment(6)->start, later->segment(6)->start);
}

}  // namespace
}  // namespace viewers
