#include "ingest/ts_media.h"

#include <gtest/gtest.h>

#include <initializer_list>
#include <vector>

namespace ingest {
namespace {

/// A transport packet of `pid`; `start` begins a unit whose first bytes are `payload`, behind `stuffing` bytes of
/// adaptation field.
std::vector<std::uint8_t> ts_packet(int pid, bool start, const std::vector<std::uint8_t>& payload, int stuffing = 0) {
  std::vector<std::uint8_t> bytes{0x47, static_cast<std::uint8_t>((start ? 0x40 : 0) | pid >> 8),
                                  static_cast<std::uint8_t>(pid),
                                  static_cast<std::uint8_t>(stuffing > 0 ? 0x30 : 0x10)};
  if (stuffing > 0) {
    bytes.push_back(static_cast<std::uint8_t>(stuffing - 1));
    bytes.insert(bytes.end(), static_cast<std::size_t>(stuffing - 1), 0xFF);
  }
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  bytes.resize(188, 0xFF);
  return bytes;
}

std::vector<std::uint8_t> joined(std::initializer_list<std::vector<std::uint8_t>> packets) {
  std::vector<std::uint8_t> all;
  for (const auto& one : packets) all.insert(all.end(), one.begin(), one.end());
  return all;
}

const std::vector<std::uint8_t> kPes = ts_packet(256, true, {0, 0, 1, 0xE0, 0, 0});
const std::vector<std::uint8_t> kPat = ts_packet(0, true, {0, 0, 0xB0, 13});
const std::vector<std::uint8_t> kNull = ts_packet(0x1FFF, false, {});

TEST(TransportStream, IsKnownByItsSyncBytesWhereverADatagramIsCut) {
  const std::vector<std::uint8_t> seven = joined({kPat, kPes, kNull, kNull, kNull, kNull, kNull});
  EXPECT_TRUE(is_transport_stream(seven));
  EXPECT_TRUE(is_transport_stream(kNull));
  for (const std::ptrdiff_t cut : {1, 40, 187, 188}) {
    EXPECT_TRUE(is_transport_stream({seven.data() + cut, seven.size() - static_cast<std::size_t>(cut)})) << cut;
  }
  EXPECT_TRUE(is_transport_stream({seven.data(), 1300})) << "the last packet is cut";
  for (const std::size_t more : {std::size_t{4}, std::size_t{16}}) {
    std::vector<std::uint8_t> wide = kPat;
    wide.insert(wide.end(), more, 0xEE);
    EXPECT_TRUE(is_transport_stream(joined({wide, wide, wide}))) << more;
  }
}

TEST(TransportStream, IsNotWhatHasNone) {
  EXPECT_FALSE(is_transport_stream({}));
  EXPECT_FALSE(is_transport_stream(std::vector<std::uint8_t>{0x47}));
  EXPECT_FALSE(is_transport_stream({kNull.data(), 187}));
  EXPECT_FALSE(is_transport_stream(std::vector<std::uint8_t>(1316, 0x55)));
  std::vector<std::uint8_t> broken = joined({kPat, kPes, kNull});
  broken[376] = 0;
  EXPECT_FALSE(is_transport_stream(broken));
}

TEST(TsMedia, TheBeginningOfAPesPacketIsMedia) {
  EXPECT_TRUE(carries_media(kPes));
  EXPECT_TRUE(carries_media(joined({kNull, kPat, kPes})));
  EXPECT_TRUE(carries_media(ts_packet(256, true, {0, 0, 1, 0xC0}, 100)));
  EXPECT_TRUE(carries_media(ts_packet(256, true, {0, 0, 1, 0xBD}, 180)));  // the last bytes of the packet
}

TEST(TsMedia, TablesStuffingAndClocksAreNone) {
  EXPECT_FALSE(carries_media(kPat));
  EXPECT_FALSE(carries_media(joined({kNull, kPat, kNull})));
  std::vector<std::uint8_t> clock = ts_packet(256, false, {}, 184);
  clock[3] = 0x20;  // an adaptation field alone
  EXPECT_FALSE(carries_media(clock));
  EXPECT_FALSE(carries_media(ts_packet(256, false, {0, 0, 1, 0xE0})));      // continues, does not begin
  EXPECT_FALSE(carries_media(ts_packet(256, true, {0, 0, 1, 0xBC})));       // no stream's id
  EXPECT_FALSE(carries_media(ts_packet(256, true, {0, 0, 1, 0xE0}, 181)));  // cut short
  std::vector<std::uint8_t> wild = ts_packet(256, true, {}, 10);
  wild[4] = 0xFF;  // an adaptation field past the packet's end
  EXPECT_FALSE(carries_media(wild));
  EXPECT_FALSE(carries_media({}));
}

TEST(TsMedia, WhatIsNotWholePacketsIsLeftToTheDemuxer) {
  EXPECT_TRUE(carries_media(base::View(kNull).first(187)));
  std::vector<std::uint8_t> shifted = kNull;
  shifted[0] = 0;
  EXPECT_TRUE(carries_media(shifted));
}

}  // namespace
}  // namespace ingest
