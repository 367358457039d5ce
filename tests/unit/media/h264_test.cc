#include "media/h264.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::h264 {
namespace {

Sps sps_of(std::string_view avcc) {
  const auto bytes = hex(avcc);
  const auto config = parse_avcc(bytes);
  EXPECT_TRUE(config.ok());
  const auto sps = parse_sps(config->sps.front());
  EXPECT_TRUE(sps.ok());
  return *sps;
}

TEST(H264Sps, ReadsCroppedSizeRateAndColour) {
  const Sps sps = sps_of(samples::kAvcc1080p50);
  EXPECT_EQ(sps.profile, 100);
  EXPECT_EQ(sps.level, 42);
  EXPECT_EQ(sps.video.width, 1920);
  EXPECT_EQ(sps.video.height, 1080);
  EXPECT_EQ(sps.video.frame_rate, (Rational{50, 1}));
  EXPECT_EQ(sps.video.pixel_aspect, (Rational{1, 1}));
  EXPECT_EQ(sps.video.colour, (Colour{1, 1, 1, false}));
  EXPECT_EQ(sps.max_num_reorder, 2);
  EXPECT_FALSE(sps.video.interlaced);
}

TEST(H264Sps, ReadsInterlacedWithWidePixels) {
  const Sps sps = sps_of(samples::kAvcc576i);
  EXPECT_EQ(sps.video.width, 720);
  EXPECT_EQ(sps.video.height, 576);
  EXPECT_EQ(sps.video.frame_rate, (Rational{25, 1}));
  EXPECT_EQ(sps.video.pixel_aspect, (Rational{64, 45}));
  EXPECT_TRUE(sps.video.interlaced);
}

TEST(H264Sps, ReadsTenBit422AtAFractionalRate) {
  const Sps sps = sps_of(samples::kAvcc720p422);
  EXPECT_EQ(sps.video.height, 720);
  EXPECT_EQ(sps.chroma_format, 2);
  EXPECT_EQ(sps.video.bit_depth, 10);
  EXPECT_EQ(sps.video.frame_rate, (Rational{60000, 1001}));
}

TEST(H264Sps, LosesOnlyTheVuiWhenCutWithinIt) {
  const auto bytes = hex(samples::kAvcc1080p50);
  const auto config = parse_avcc(bytes);
  const base::View nal = config->sps.front();
  std::size_t first_good = nal.size();
  for (std::size_t size = nal.size(); size-- > 0;) {
    const auto sps = parse_sps(nal.first(size));
    if (!sps.ok()) continue;
    first_good = size;
    EXPECT_EQ(sps->video.width, 1920);
    EXPECT_EQ(sps->video.height, 1080);
  }
  EXPECT_GT(first_good, 10u);
  EXPECT_LT(first_good, nal.size());
}

TEST(H264Sps, RefusesAnotherUnitAndAnAbsurdSize) {
  EXPECT_FALSE(parse_sps(hex("68ef8fcb")).ok());
  // Baseline, level 1, id 0, then sizes of 2^31 macroblocks.
  EXPECT_FALSE(parse_sps(hex("6742000a f8 00000001ffffffff 00000001ffffffff ffff")).ok());
  EXPECT_FALSE(parse_sps(std::vector<std::uint8_t>(5000, 0x67)).ok());
}

TEST(Avcc, IsMadeAsX264sMuxerMakesIt) {
  for (const auto text : {samples::kAvcc1080p50, samples::kAvcc576i, samples::kAvcc720p422}) {
    const base::Bytes original = hex_bytes(text);
    const auto config = parse_avcc(original.view());
    ASSERT_TRUE(config.ok());
    EXPECT_EQ(config->length_size, 4);
    const auto made = make_avcc(config->sps, config->pps);
    ASSERT_TRUE(made.ok());
    EXPECT_EQ(*made, original);  // CM-5
  }
}

TEST(Avcc, RefusesEveryTruncation) {
  const auto bytes = hex(samples::kAvcc1080p50);
  // The last four bytes are the optional chroma part.
  for (std::size_t size = 0; size + 4 < bytes.size(); ++size) {
    EXPECT_FALSE(parse_avcc(base::View{bytes}.first(size)).ok()) << size;
  }
}

TEST(Avcc, NeedsBothParameterSets) {
  const auto sps = hex("6764001eacd940b424dff8020001688000000300800000190f8a14cb");
  const base::View view = sps;
  EXPECT_FALSE(make_avcc(std::span{&view, 1}, {}).ok());
}

TEST(H264CodecString, IsProfileConstraintsLevel) {  // CM-27
  EXPECT_EQ(codec_string(*parse_avcc(hex(samples::kAvcc1080p50))), "avc1.64002A");
  EXPECT_EQ(codec_string(*parse_avcc(hex(samples::kAvcc720p422))), "avc1.7A0020");
}

Picture inspect_stream(std::string_view annexb) {
  const auto bytes = hex(annexb);
  return inspect(split_annexb(bytes));
}

TEST(H264Picture, IdrIsAKeyAndClosesTheGop) {
  const Picture picture = inspect_stream("000001 09f0 000001 6588840010");
  EXPECT_TRUE(picture.coded && picture.key && picture.idr);
}

TEST(H264Picture, IntraWithRecoveryPointIsAnOpenKey) {
  const Picture picture = inspect_stream("000001 060601c480 000001 41888400");
  EXPECT_TRUE(picture.key);
  EXPECT_FALSE(picture.idr);
}

TEST(H264Picture, IntraWithItsParameterSetsIsAnOpenKey) {
  const Picture picture =
      inspect_stream("000001 6764001eacd940b424dff8020001688000000300800000190f8a14cb 000001 68ef8fcb 000001 41888400");
  EXPECT_TRUE(picture.key && picture.parameter_sets);
  EXPECT_FALSE(picture.idr);
}

TEST(H264Picture, GradualRefreshIsAKeyThatIsWholeSomeFramesLater) {
  const Picture picture = inspect_stream("000001 06060110 80 000001 419a8400");  // recovery_frame_cnt 7, P
  EXPECT_TRUE(picture.key);
  EXPECT_FALSE(picture.idr);
}

TEST(H264Picture, PlainIntraAndPartlyIntraPicturesAreNoKeys) {
  EXPECT_FALSE(inspect_stream("000001 41888400").key);
  EXPECT_FALSE(inspect_stream("000001 060601c480 000001 41888400 000001 41468400").key);  // its second slice is P
}

TEST(H264Picture, OfTwoFieldsTheFirstDecides) {
  EXPECT_TRUE(inspect_stream("000001 060601c480 000001 41888400 000001 419a8400").key);
  EXPECT_FALSE(inspect_stream("000001 060601c480 000001 419a8400 000001 41888400").key);
}

TEST(H264Picture, UnreferencedIsDisposable) {
  EXPECT_TRUE(inspect_stream("000001 019e8400").disposable);
  EXPECT_FALSE(inspect_stream("000001 419a8400").disposable);
  EXPECT_FALSE(inspect_stream("000001 09f0").disposable);
}

TEST(H264ParameterSets, ReportsWhatIsNewOrChanged) {
  const auto bytes = hex(samples::kAvcc1080p50);
  const auto config = parse_avcc(bytes);
  ParameterSets sets;
  EXPECT_FALSE(sets.complete());
  EXPECT_TRUE(sets.feed(config->sps[0]));
  EXPECT_FALSE(sets.complete());
  EXPECT_TRUE(sets.feed(config->pps[0]));
  EXPECT_TRUE(sets.complete());
  EXPECT_FALSE(sets.feed(config->sps[0]));
  EXPECT_EQ(*sets.config(), base::Bytes::copy_of(bytes));
  const auto other = hex(samples::kAvcc576i);
  const auto changed = parse_avcc(other);
  EXPECT_TRUE(sets.feed(changed->sps[0]));
  EXPECT_TRUE(sets.feed(changed->pps[0]));
  EXPECT_EQ(*sets.config(), base::Bytes::copy_of(other));
  EXPECT_FALSE(sets.feed(hex("6742")));
  sets.clear();
  EXPECT_FALSE(sets.config().ok());
}

}  // namespace
}  // namespace media::h264
