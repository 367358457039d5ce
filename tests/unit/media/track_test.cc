#include "media/track.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace media {
namespace {

Track aac(const char* config) {
  Track track;
  track.codec = Codec::kAac;
  track.config = base::Bytes::adopt(hex(config));
  track.audio = {48'000, 2, 1024, 0};
  return track;
}

TEST(SameFormat, IsThatOfEqualConfigurations) {
  EXPECT_TRUE(same_format(aac("1190"), aac("1190")));
  EXPECT_FALSE(same_format(aac("1190"), aac("1188"))) << "mono";
  EXPECT_FALSE(same_format(aac("1190"), aac("119000")));
  Track other = aac("1190");
  other.audio.sample_rate = 44'100;
  EXPECT_FALSE(same_format(aac("1190"), other));
  other = aac("1190");
  other.codec = Codec::kMp3;
  EXPECT_FALSE(same_format(aac("1190"), other));
  other = aac("1190");
  other.video.height = 1;
  EXPECT_FALSE(same_format(aac("1190"), other));
  other = aac("1190");
  other.id = 5;
  other.timescale = 1000;
  other.language = "eng";
  EXPECT_TRUE(same_format(aac("1190"), other)) << "these are not part of it";
}

TEST(SameFormat, IsNotChangedByAnExtensionThatIsSaidToBeAbsent) {
  EXPECT_TRUE(same_format(aac("119056e500"), aac("1190"))) << "FFmpeg over RTMP and over a transport stream";
  EXPECT_TRUE(same_format(aac("1190"), aac("119056e500")));
  EXPECT_FALSE(same_format(aac("119056e580"), aac("1190"))) << "SBR is there";
  EXPECT_FALSE(same_format(aac("118856e500"), aac("1190")));
  EXPECT_FALSE(same_format(aac("2b9056e500"), aac("2b90"))) << "not AAC-LC";
  EXPECT_FALSE(same_format(aac("119056e400"), aac("1190"))) << "another extension";
}

}  // namespace
}  // namespace media
