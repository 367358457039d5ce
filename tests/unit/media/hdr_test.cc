#include "media/hdr.h"

#include <gtest/gtest.h>

#include "base/byte_writer.h"
#include "hex.h"
#include "media/av1.h"
#include "samples.h"

namespace media {
namespace {

/// BT.2020 on a display of 1000 to 0.005 cd/m2, as mdcv has it.
std::vector<std::uint8_t> bt2020_display() {
  base::ByteWriter writer;
  for (const unsigned value : {8500u, 39850u, 6550u, 2300u, 35400u, 14600u, 15635u, 16450u}) writer.u16(value);
  writer.u32(10'000'000);
  writer.u32(50);
  return {writer.view().begin(), writer.view().end()};
}

TEST(DynamicRange, IsThatOfTheTransferCharacteristics) {  // MV-8
  EXPECT_EQ(dynamic_range({9, 16, 9, false}), DynamicRange::kPq);
  EXPECT_EQ(dynamic_range({9, 18, 9, false}), DynamicRange::kHlg);
  for (const int sdr : {1, 2, 6, 13, 14, 15}) {
    EXPECT_EQ(dynamic_range({9, static_cast<std::uint8_t>(sdr), 9, false}), DynamicRange::kSdr) << sdr;
  }
}

TEST(HdrMetadata, IsReadFromTheSeiOfHevc) {
  Track track;
  track.codec = Codec::kHevc;
  track.config = hex_bytes(samples::kHvccHdr10);
  EXPECT_EQ(hdr_metadata(track).mastering_display.size(), 24u);
  EXPECT_EQ(hdr_metadata(track).content_light.size(), 4u);
  track.config = base::Bytes::copy_of(track.config.view().first(20));
  EXPECT_TRUE(hdr_metadata(track).empty()) << "cut short";
}

TEST(HdrMetadata, IsNothingOfCodecsThatHaveNone) {
  Track track;
  track.codec = Codec::kH264;
  track.config = hex_bytes(samples::kHvccHdr10);
  EXPECT_TRUE(hdr_metadata(track).empty());
}

TEST(HdrObus, SayWhatTheBoxesSay) {
  const HdrMetadata metadata{bt2020_display(), {0x03, 0xe8, 0x01, 0x90}};
  const auto obus = av1::make_hdr_obus(metadata);
  const auto split = av1::split_obus(obus);
  ASSERT_TRUE(split.ok());
  ASSERT_EQ(split->size(), 2u);
  for (const av1::Obu& obu : *split) EXPECT_EQ(obu.type, av1::kMetadata);
  const HdrMetadata back = av1::parse_hdr_obus(obus);
  EXPECT_EQ(back.content_light, metadata.content_light);
  EXPECT_EQ(back.mastering_display, metadata.mastering_display) << "2^-16 is finer than 0.00002";
}

TEST(HdrObus, CountPrimariesFromRedOnAndLightInPartsOfTwo) {
  const auto obus = av1::make_hdr_obus({bt2020_display(), {}});
  const auto split = av1::split_obus(obus);
  const base::View payload = split->at(0).payload;
  const auto u16 = [&](std::size_t at) { return payload[at] * 256 + payload[at + 1]; };
  EXPECT_EQ(payload[0], 2);
  EXPECT_EQ(u16(1), 46399) << "red's x, 0.708 of 65536";
  EXPECT_EQ(u16(5), 11141) << "green's x, 0.170";
  EXPECT_EQ(u16(9), 8585) << "blue's x, 0.131";
  EXPECT_EQ(u16(17) * 65536 + u16(19), 256'000) << "1000 cd/m2";
  EXPECT_EQ(u16(21) * 65536 + u16(23), 82) << "0.005 cd/m2";
  EXPECT_EQ(payload.size(), 26u);
}

TEST(HdrObus, ThatAreCutShortOrOfAnotherKindSayNothing) {
  const auto obus = av1::make_hdr_obus({bt2020_display(), {0x03, 0xe8, 0x01, 0x90}});
  for (std::size_t size = 0; size < obus.size(); ++size) {
    const HdrMetadata part = av1::parse_hdr_obus(base::View{obus}.first(size));
    EXPECT_TRUE(part.mastering_display.empty()) << size;
  }
  auto other = obus;
  other[2] = 4;
  EXPECT_TRUE(av1::parse_hdr_obus(other).content_light.empty());
  EXPECT_TRUE(av1::make_hdr_obus({}).empty());
}

TEST(HdrObus, BearAnyNumbers) {
  const HdrMetadata wild{std::vector<std::uint8_t>(24, 0xff), {0xff, 0xff, 0xff, 0xff}};
  const HdrMetadata back = av1::parse_hdr_obus(av1::make_hdr_obus(wild));
  EXPECT_EQ(back.mastering_display.size(), 24u);
  EXPECT_EQ(back.content_light, wild.content_light);
}

TEST(HdrMetadata, IsReadFromTheObusThatStandBehindASequenceHeader) {
  Track track;
  track.codec = Codec::kAv1;
  const auto config = hex_bytes(samples::kAv1c);
  track.config = config;
  EXPECT_TRUE(hdr_metadata(track).empty());
  std::vector<std::uint8_t> more(config.begin(), config.end());
  const auto obus = av1::make_hdr_obus({bt2020_display(), {0x03, 0xe8, 0x01, 0x90}});
  more.insert(more.end(), obus.begin(), obus.end());
  track.config = base::Bytes::copy_of(more);
  EXPECT_EQ(hdr_metadata(track).mastering_display, bt2020_display());
}

}  // namespace
}  // namespace media
