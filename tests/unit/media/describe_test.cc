#include "media/describe.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media {
namespace {

Track described(Codec codec, std::string_view config) {
  Track track;
  track.codec = codec;
  track.config = hex_bytes(config);
  auto result = describe(track);
  EXPECT_TRUE(result.ok());
  return result.ok() ? result.take() : Track{};
}

TEST(Describe, NamesCodecsForPeople) {
  EXPECT_EQ(name_of(Codec::kH264), "H.264");
  EXPECT_EQ(name_of(Codec::kMpeg2Video), "MPEG-2");
  EXPECT_EQ(name_of(Codec::kEac3), "E-AC-3");
  for (int i = 0; i <= static_cast<int>(kLastCodec); ++i) EXPECT_NE(name_of(static_cast<Codec>(i)), "unknown") << i;
  EXPECT_EQ(name_of(static_cast<Codec>(static_cast<int>(kLastCodec) + 1)), "unknown");
}

TEST(Describe, FillsVideo) {
  const Track h264 = described(Codec::kH264, samples::kAvcc1080p50);
  EXPECT_EQ(h264.codec_string, "avc1.64002A");
  EXPECT_EQ(h264.video.height, 1080);
  const Track hevc = described(Codec::kHevc, samples::kHvccHdr10);
  EXPECT_EQ(hevc.codec_string, "hvc1.2.4.L123.90");
  EXPECT_EQ(hevc.video.colour.transfer, 16);
  EXPECT_EQ(hevc.video.frame_rate, (Rational{60000, 1001})) << "the SPS tells it, its VPS does not";
  const Track av1 = described(Codec::kAv1, samples::kAv1c);
  EXPECT_EQ(av1.codec_string, "av01.0.01M.10");
  EXPECT_EQ(av1.video.width, 640);
  EXPECT_EQ(described(Codec::kVp9, samples::kVpcc).codec_string, "vp09.00.21.08");
}

TEST(Describe, FillsAudio) {
  const Track aac = described(Codec::kAac, samples::kAac51);
  EXPECT_EQ(aac.codec_string, "mp4a.40.2");
  EXPECT_EQ(aac.audio, (AudioParams{48000, 6, 1024, 0}));
  const Track opus = described(Codec::kOpus, samples::kDopsStereo);
  EXPECT_EQ(opus.codec_string, "Opus");
  EXPECT_EQ(opus.audio, (AudioParams{48000, 2, 0, 312}));
  EXPECT_EQ(described(Codec::kAc3, samples::kDac3Stereo44).audio, (AudioParams{44100, 2, 1536, 0}));
  EXPECT_EQ(described(Codec::kEac3, samples::kDec351).codec_string, "ec-3");
  EXPECT_EQ(described(Codec::kFlac, samples::kDflaStereo48).audio, (AudioParams{48000, 2, 4608, 0}));
}

TEST(Describe, KindIsATableOfItsOwn) {
  for (const Codec codec : {Codec::kH264, Codec::kHevc, Codec::kAv1, Codec::kVp9, Codec::kMpeg2Video}) {
    EXPECT_EQ(kind_of(codec), Kind::kVideo);
  }
  for (const Codec codec :
       {Codec::kAac, Codec::kOpus, Codec::kAc3, Codec::kEac3, Codec::kMp2, Codec::kMp3, Codec::kFlac}) {
    EXPECT_EQ(kind_of(codec), Kind::kAudio);
  }
  EXPECT_EQ(kind_of(Codec::kWebVtt), Kind::kText);
  EXPECT_EQ(to_string(Kind::kText), "text");
}

TEST(Describe, FillsText) {
  Track track;
  track.codec = Codec::kWebVtt;
  ASSERT_TRUE(describe(track).ok());
  EXPECT_EQ(describe(track)->codec_string, "wvtt");
}

TEST(Describe, CountsTheOutputOfSbrAndPs) {
  const Track track = described(Codec::kAac, "eb098800");
  EXPECT_EQ(track.audio, (AudioParams{48000, 2, 2048, 0}));
}

TEST(Describe, KeepsAFrameRateThatOnlyTheContainerTells) {
  Track track;
  track.codec = Codec::kAv1;
  track.config = hex_bytes(samples::kAv1c);
  track.video.frame_rate = {25, 1};
  EXPECT_EQ(describe(track)->video.frame_rate, (Rational{25, 1}));
}

TEST(Describe, RefusesAMissingOrBrokenConfiguration) {
  for (const Codec codec : {Codec::kH264, Codec::kHevc, Codec::kAv1, Codec::kVp9, Codec::kAac, Codec::kOpus,
                            Codec::kAc3, Codec::kEac3, Codec::kFlac}) {
    Track track;
    track.codec = codec;
    EXPECT_FALSE(describe(track).ok());
    track.config = base::Bytes::copy_of("\xff\xff\xff");
    EXPECT_FALSE(describe(track).ok());
  }
  // No SPS inside.
  Track track;
  track.config = hex_bytes("0164002affe000");
  EXPECT_FALSE(describe(track).ok());
}

TEST(Describe, LeavesCodecsWithoutConfigurationAsTheyWere) {
  Track track;
  track.codec = Codec::kMp2;
  track.audio = {48000, 2, 1152, 0};
  const auto result = describe(track);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->audio, track.audio);
  EXPECT_EQ(result->codec_string, "");
}

}  // namespace
}  // namespace media
