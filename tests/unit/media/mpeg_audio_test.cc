#include "media/mpeg_audio.h"

#include <gtest/gtest.h>

#include "hex.h"

namespace media::mpeg_audio {
namespace {

TEST(MpegAudio, ReadsLayersTwoAndThree) {
  const auto mp2 = parse_frame(hex("fffde404"));
  ASSERT_TRUE(mp2.ok());
  EXPECT_EQ(*mp2, (Frame{1, 2, 384, 48000, 2, 1152, 1152}));
  const auto mp3 = parse_frame(hex("fffb9064"));
  ASSERT_TRUE(mp3.ok());
  EXPECT_EQ(*mp3, (Frame{1, 3, 128, 44100, 2, 1152, 417}));
  const auto padded = parse_frame(hex("fffb9264"));
  ASSERT_TRUE(padded.ok());
  EXPECT_EQ(padded->frame_size, 418u);
}

TEST(MpegAudio, ReadsLowSampleRates) {
  const auto frame = parse_frame(hex("fff380c4"));  // MPEG-2 layer III, 64 kbit/s, 22.05 kHz, mono
  ASSERT_TRUE(frame.ok());
  EXPECT_EQ(*frame, (Frame{2, 3, 64, 22050, 1, 576, 208}));
}

TEST(MpegAudio, RefusesWhatIsNone) {
  EXPECT_EQ(parse_frame(hex("fffde4")).error().code, base::Code::kTruncated);
  EXPECT_FALSE(parse_frame(hex("fe fde404")).ok());
  EXPECT_FALSE(parse_frame(hex("fff9f404")).ok());  // bit rate index 15
  EXPECT_FALSE(parse_frame(hex("fffdec04")).ok());  // reserved sample rate
  EXPECT_FALSE(parse_frame(hex("ffe9e404")).ok());  // reserved version
  EXPECT_EQ(parse_frame(hex("fffd0404")).error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace media::mpeg_audio
