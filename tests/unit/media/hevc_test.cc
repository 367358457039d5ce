#include "media/hevc.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "exp_golomb.h"
#include "hex.h"
#include "media/bit_reader.h"
#include "samples.h"

namespace media::hevc {
namespace {

TEST(HevcSps, ReadsSizeRateAndDepth) {
  const auto bytes = hex(samples::kHvcc720p25);
  const auto sps = parse_sps(parse_hvcc(bytes)->sps.front());
  ASSERT_TRUE(sps.ok());
  EXPECT_EQ(sps->video.width, 1280);
  EXPECT_EQ(sps->video.height, 720);
  EXPECT_EQ(sps->video.frame_rate, (Rational{25, 1}));
  EXPECT_EQ(sps->video.bit_depth, 8);
  EXPECT_EQ(sps->ptl.profile, 1);
  EXPECT_EQ(sps->ptl.level, 93);
  EXPECT_EQ(sps->max_num_reorder, 2);
}

TEST(HevcSps, ReadsMain10WithHdrColour) {
  const auto bytes = hex(samples::kHvccHdr10);
  const auto sps = parse_sps(parse_hvcc(bytes)->sps.front());
  ASSERT_TRUE(sps.ok());
  EXPECT_EQ(sps->video.width, 1920);
  EXPECT_EQ(sps->video.height, 1080);
  EXPECT_EQ(sps->video.bit_depth, 10);
  EXPECT_EQ(sps->video.frame_rate, (Rational{60000, 1001}));
  EXPECT_EQ(sps->video.colour, (Colour{9, 16, 9, false}));
}

TEST(HevcSps, LosesOnlyTheVuiWhenCutWithinIt) {
  const auto bytes = hex(samples::kHvccHdr10);
  const auto config = parse_hvcc(bytes);
  const base::View nal = config->sps.front();
  bool refused = false;
  for (std::size_t size = nal.size(); size-- > 0;) {
    const auto sps = parse_sps(nal.first(size));
    EXPECT_FALSE(sps.ok() && refused) << "a shorter one is fine though a longer one is not: " << size;
    refused = refused || !sps.ok();
    EXPECT_TRUE(!sps.ok() || sps->video.height == 1080);
  }
  EXPECT_TRUE(refused);
}

TEST(HevcSps, SurvivesEveryFlippedBit) {
  const auto bytes = hex(samples::kHvccHdr10);
  const auto config = parse_hvcc(bytes);
  const base::View nal = config->sps.front();
  int good = 0;
  for (std::size_t bit = 0; bit < nal.size() * 8; ++bit) {
    std::vector<std::uint8_t> flipped(nal.begin(), nal.end());
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (0x80u >> (bit % 8)));
    const auto sps = parse_sps(flipped);
    if (!sps.ok()) continue;
    ++good;
    EXPECT_GT(sps->video.width, 0);
    EXPECT_LE(sps->video.width, 16448);
  }
  EXPECT_GT(good, 0);
}

struct Written {
  std::uint32_t luma_depth = 8;
  std::uint32_t chroma_depth = 8;
  std::vector<std::uint32_t> long_term;  ///< picture order counts, of 8 bits
};

/// An SPS of Main 4:2:0 with 320x180 at 50 pictures a second, which stands at its end.
std::vector<std::uint8_t> write_sps(const Written& written) {
  BitWriter out;
  out.bits(16, 0x4201);
  out.bits(8, 1);            // VPS 0, one layer, nested
  out.bits(8, 1);            // Main
  out.bits(32, 0x60000000);  // compatible with Main and Main 10
  out.bits(32, 0x90000000);  // progressive frames
  out.bits(16, 0);
  out.bits(8, 93);  // level 3.1
  for (const std::uint32_t value : {0U, 1U, 320U, 180U}) ue(out, value);
  out.flag(false);
  for (const std::uint32_t value : {written.luma_depth - 8, written.chroma_depth - 8, 4U}) ue(out, value);
  out.flag(true);
  for (const std::uint32_t value : {4U, 2U, 0U}) ue(out, value);
  for (int size = 0; size < 6; ++size) ue(out, 1);
  out.bits(4, 0);  // no scaling lists, no tools
  ue(out, 0);      // no short-term reference sets
  out.flag(!written.long_term.empty());
  if (!written.long_term.empty()) ue(out, static_cast<std::uint32_t>(written.long_term.size()));
  for (const std::uint32_t order : written.long_term) {
    out.bits(8, order);
    out.flag(true);
  }
  out.bits(2, 0);
  out.flag(true);  // VUI
  out.bits(8, 0);  // nothing of the display, frames
  out.flag(true);  // timing
  out.bits(32, 1);
  out.bits(32, 50);
  out.bits(4, 1);
  return escape(out.take());
}

TEST(HevcSps, ReadsWhatFollowsLongTermReferences) {
  for (const auto& long_term : {std::vector<std::uint32_t>{}, {7}, {7, 9, 200}}) {
    const auto sps = parse_sps(write_sps({.long_term = long_term}));
    ASSERT_TRUE(sps.ok()) << long_term.size();
    EXPECT_EQ(sps->video.frame_rate, (Rational{50, 1})) << long_term.size();
  }
}

TEST(HevcSps, RefusesSamplesOfMoreThan16Bits) {
  EXPECT_EQ(parse_sps(write_sps({.luma_depth = 16, .chroma_depth = 16}))->video.bit_depth, 16);
  EXPECT_FALSE(parse_sps(write_sps({.luma_depth = 17})).ok());
  EXPECT_FALSE(parse_sps(write_sps({.chroma_depth = 17})).ok());
}

TEST(HevcVps, TellsNoRateWithoutTiming) {
  const auto bytes = hex(samples::kHvcc720p25);
  const auto rate = parse_vps_frame_rate(parse_hvcc(bytes)->vps.front());
  ASSERT_TRUE(rate.ok());
  EXPECT_FALSE(rate->known());
}

TEST(HevcVps, TellsItsRate) {
  // The VPS above up to its level, then with timing: 1001 units in a tick, 60000 a second.
  std::vector<std::uint8_t> nal = hex("40010c01ffff 01600000 00900000000000 5d");
  BitWriter tail;
  tail.bits(1, 1);  // for every layer: 4 pictures held, 2 reordered, no latency limit
  tail.bits(5, 5);
  tail.bits(3, 3);
  tail.bits(1, 1);
  tail.bits(6, 0);
  tail.bits(1, 1);  // no layer sets but the base's
  tail.bits(1, 1);  // timing
  tail.bits(32, 1001);
  tail.bits(32, 60000);
  tail.bits(1, 0);
  tail.bits(1, 1);
  const auto tail_bytes = tail.take();
  nal.insert(nal.end(), tail_bytes.begin(), tail_bytes.end());
  const auto rate = parse_vps_frame_rate(escape(nal));
  ASSERT_TRUE(rate.ok());
  EXPECT_EQ(*rate, (Rational{60000, 1001}));
}

TEST(Hvcc, RoundTripsParameterSets) {
  const base::Bytes original = hex_bytes(samples::kHvccHdr10);
  const auto config = parse_hvcc(original.view());
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->length_size, 4);
  EXPECT_EQ(config->sei.size(), 2u);
  const auto made = make_hvcc(config->vps, config->sps, config->pps, config->sei);
  ASSERT_TRUE(made.ok());
  const auto again = parse_hvcc(made->view());
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(codec_string(again->ptl), codec_string(config->ptl));
  EXPECT_TRUE(std::ranges::equal(again->sps[0], config->sps[0]));
  EXPECT_TRUE(std::ranges::equal(again->pps[0], config->pps[0]));
  EXPECT_TRUE(std::ranges::equal(again->vps[0], config->vps[0]));
  // What stands before the arrays is as FFmpeg wrote it, chroma format and depths included.
  EXPECT_TRUE(std::ranges::equal(made->view().first(22), original.view().first(22)));
}

TEST(Hvcc, RefusesEveryTruncation) {
  const auto bytes = hex(samples::kHvccHdr10);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_hvcc(base::View{bytes}.first(size)).ok()) << size;
  }
}

TEST(HevcCodecString, CutsTrailingZeros) {  // CM-28
  EXPECT_EQ(codec_string(parse_hvcc(hex(samples::kHvcc720p25))->ptl), "hvc1.1.6.L93.90");
  EXPECT_EQ(codec_string(parse_hvcc(hex(samples::kHvccHdr10))->ptl), "hvc1.2.4.L123.90");
  EXPECT_EQ(codec_string(ProfileTierLevel{0, true, 2, 0x20000000, {0xb0, 0, 0, 0, 0, 0}, 153}), "hvc1.2.4.H153.B0");
  EXPECT_EQ(codec_string(ProfileTierLevel{1, false, 1, 0x60000000, {0, 0x10, 0, 0, 0, 0}, 120}), "hvc1.A1.6.L120.0.10");
}

TEST(HevcHdr, FindsMasteringDisplayAndLightLevel) {  // CM-4
  const auto bytes = hex(samples::kHvccHdr10);
  const HdrMetadata metadata = parse_hdr_sei(parse_hvcc(bytes)->sei);
  EXPECT_EQ(metadata.content_light, hex("03e8 0190"));
  EXPECT_EQ(metadata.mastering_display, hex("33c286c4 1d4c0bb8 84d03e80 3d134042 00989680 00000032"));
}

Picture inspect_stream(std::string_view annexb) {
  const auto bytes = hex(annexb);
  return inspect(split_annexb(bytes));
}

TEST(HevcPicture, TellsIrapAndLeadingPictures) {
  EXPECT_TRUE(inspect_stream("000001 2601af").idr);  // IDR_W_RADL
  EXPECT_TRUE(inspect_stream("000001 2801af").idr);  // IDR_N_LP
  const Picture cra = inspect_stream("000001 4601 10 000001 2a01af");
  EXPECT_TRUE(cra.key);
  EXPECT_FALSE(cra.idr);
  EXPECT_TRUE(inspect_stream("000001 1001af").skipped_leading);  // RASL_N
  EXPECT_TRUE(inspect_stream("000001 1001af").disposable);
  const Picture trail = inspect_stream("000001 0201af");
  EXPECT_TRUE(trail.coded);
  EXPECT_FALSE(trail.key || trail.disposable || trail.skipped_leading);
}

TEST(HevcParameterSets, KeepsHdrMessagesApartFromTheirNeighbours) {
  const auto bytes = hex(samples::kHvccHdr10);
  const auto config = parse_hvcc(bytes);
  ParameterSets sets;
  EXPECT_TRUE(sets.feed(config->vps[0]));
  EXPECT_TRUE(sets.feed(config->sps[0]));
  EXPECT_FALSE(sets.complete());
  EXPECT_TRUE(sets.feed(config->pps[0]));
  EXPECT_TRUE(sets.complete());
  EXPECT_TRUE(sets.feed(config->sei[0]));
  EXPECT_TRUE(sets.feed(config->sei[1]));
  EXPECT_FALSE(sets.feed(config->sei[1]));
  // The same light level after another message: nothing new.
  EXPECT_FALSE(sets.feed(hex("4e01 0101ff 900403e80190 80")));
  const auto made = sets.config();
  ASSERT_TRUE(made.ok());
  const HdrMetadata metadata = parse_hdr_sei(parse_hvcc(made->view())->sei);
  EXPECT_EQ(metadata.mastering_display.size(), 24u);
  EXPECT_EQ(metadata.content_light.size(), 4u);
}

}  // namespace
}  // namespace media::hevc
