#include "transcode/video_encoder.h"

#include <gtest/gtest.h>

#include "media/describe.h"
#include "media/hdr.h"
#include "unit/media/hex.h"
#include "unit/media/samples.h"
#include "unit/transcode/colours.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::kHlg;
using testing::kPq;

/// HEVC of HDR10, with a mastering display and light levels.
media::Track hdr10() {
  media::Track track;
  track.codec = media::Codec::kHevc;
  track.config = media::hex_bytes(media::samples::kHvccHdr10);
  return media::describe(std::move(track)).take();
}

media::Track of_colour(const media::Colour& colour) {
  media::Track track;
  track.video.width = 320;
  track.video.height = 180;
  track.video.colour = colour;
  return track;
}

Rung rung_of(media::Codec codec, Rung::Range range) {
  Rung rung = testing::ladder_rung(180, {25, 1});
  rung.width = 320;
  rung.codec = codec;
  rung.range = range;
  if (codec == media::Codec::kAv1) rung.preset = "10";
  return resolve(rung, of_colour({}));
}

media::Track made(const Rung& rung, const media::Track& source) {
  auto encoder = VideoEncoder::make(rung, source, {});
  EXPECT_TRUE(encoder.ok()) << (encoder.ok() ? "" : encoder.error().message());
  return encoder.ok() ? encoder.take()->track() : media::Track{};
}

class HdrRung : public ::testing::TestWithParam<media::Codec> {
 protected:
  Rung hdr() const { return rung_of(GetParam(), Rung::Range::kHdr); }
  Rung sdr() const { return rung_of(GetParam(), Rung::Range::kSdr); }
};

TEST_P(HdrRung, HasTheRangeOfItsSourceInTenBits) {
  for (const media::Colour& colour : {kPq, kHlg}) {
    const media::Track track = made(hdr(), of_colour(colour));
    EXPECT_EQ(track.video.colour, colour) << "as its own parameter sets say";
    EXPECT_EQ(track.video.bit_depth, 10);
  }
}

TEST_P(HdrRung, NamesItsProfileInItsCodecString) {  // CM-28, CM-29
  const std::string text = made(hdr(), of_colour(kPq)).codec_string;
  if (GetParam() == media::Codec::kHevc) {
    EXPECT_EQ(text.substr(0, 9), "hvc1.2.4.") << text;
  } else {
    EXPECT_EQ(text.substr(0, 7), "av01.0.") << text;
    EXPECT_EQ(text.substr(text.size() - 3), ".10") << text;
  }
}

TEST_P(HdrRung, SaysOfItsLightWhatTheSourceSays) {  // CM-4
  const media::Track source = hdr10();
  const media::HdrMetadata metadata = media::hdr_metadata(made(hdr(), source));
  EXPECT_EQ(metadata.mastering_display, media::hdr_metadata(source).mastering_display);
  EXPECT_EQ(metadata.content_light, media::hdr_metadata(source).content_light);
  EXPECT_FALSE(metadata.empty());
  EXPECT_TRUE(media::hdr_metadata(made(hdr(), of_colour(kPq))).empty()) << "of a source that says nothing";
}

TEST_P(HdrRung, OfAnSdrSourceIsSdr) {
  const media::Track track = made(hdr(), of_colour({1, 1, 1, false}));
  EXPECT_EQ(track.video.colour, (media::Colour{1, 1, 1, false}));
  EXPECT_EQ(track.video.bit_depth, 10);
}

TEST_P(HdrRung, IsNotWhatARungOfSdrIs) {
  const media::Track track = made(sdr(), hdr10());
  EXPECT_EQ(track.video.colour, (media::Colour{1, 1, 1, false}));
  EXPECT_EQ(track.video.bit_depth, 8);
  EXPECT_TRUE(media::hdr_metadata(track).empty());
}

INSTANTIATE_TEST_SUITE_P(VideoEncoder, HdrRung, ::testing::Values(media::Codec::kHevc, media::Codec::kAv1),
                         [](const auto& test) { return test.param == media::Codec::kHevc ? "Hevc" : "Av1"; });

TEST(VideoEncoder, RefusesHdrInH264) {
  const Rung rung = rung_of(media::Codec::kH264, Rung::Range::kHdr);
  const auto encoder = VideoEncoder::make(rung, of_colour(kPq), {});
  ASSERT_FALSE(encoder.ok());
  EXPECT_EQ(encoder.error().what, "rung v180: H.264 is SDR alone");
}

}  // namespace
}  // namespace transcode
