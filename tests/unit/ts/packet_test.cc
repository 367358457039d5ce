#include "ts/packet.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

/// A packet of PID 0x100 whose adaptation field has these bytes behind its length.
Blob packet_with(const Blob& field, bool payload = true) {
  Blob bytes = {0x47, 0x01, 0x00, static_cast<std::uint8_t>(payload ? 0x35 : 0x25),
                static_cast<std::uint8_t>(field.size())};
  bytes.insert(bytes.end(), field.begin(), field.end());
  bytes.resize(kPacketSize, 0x55);
  return bytes;
}

TEST(TsPacket, GivesWhatStandsInItsHeader) {
  Blob bytes = {0x47, 0x5f, 0xfe, 0x17};
  bytes.resize(kPacketSize);
  const Packet plain = parse_packet(bytes);
  EXPECT_EQ(plain.pid, 0x1ffe);
  EXPECT_EQ(plain.continuity, 7);
  EXPECT_TRUE(plain.unit_start && plain.has_payload);
  EXPECT_FALSE(plain.transport_error || plain.scrambled || plain.discontinuity || plain.stuffed || plain.pcr);
  EXPECT_EQ(plain.payload.size(), 184U);
  bytes[1] = 0x81;
  bytes[3] = 0x97;
  const Packet bad = parse_packet(bytes);
  EXPECT_TRUE(bad.transport_error && bad.scrambled);
  EXPECT_FALSE(bad.unit_start);
}

TEST(TsPacket, HasAPcrOf33BitsWhereTheFieldHasRoomForIt) {
  const Blob bytes = packet_with(hex("10 ffffffff 80 00"));
  const Packet packet = parse_packet(bytes);
  EXPECT_EQ(packet.pcr, 0x1ffffffffU);
  EXPECT_EQ(packet.payload.size(), 176U);
  EXPECT_EQ(parse_packet(packet_with(hex("90 00000001 7e 00 ff"))).pcr, 2U);
  EXPECT_TRUE(parse_packet(packet_with(hex("90 00000001 7e 00 ff"))).discontinuity);
  EXPECT_FALSE(parse_packet(packet_with(hex("10 ffffffff 80"))).pcr);
  EXPECT_FALSE(parse_packet(packet_with(hex("00 ffffffff 80 00"))).pcr);
}

TEST(TsPacket, IsStuffedWhereItsFieldHoldsMoreThanItsFlagsNeed) {
  const Blob six(6, 0);
  const Blob ff = {0xff};
  for (const Blob& field : {hex("00"), hex("10") + six, hex("08") + six, hex("18") + six + six, hex("0400"),
                            hex("0203aabbcc"), hex("010100"), hex("1f") + six + six + hex("00 01aa 0200bb")}) {
    EXPECT_FALSE(parse_packet(packet_with(field)).stuffed) << static_cast<int>(field[0]);
    EXPECT_TRUE(parse_packet(packet_with(field + ff)).stuffed) << static_cast<int>(field[0]);
  }
  EXPECT_TRUE(parse_packet(packet_with({})).stuffed) << "its length is the stuffing";
  EXPECT_FALSE(parse_packet(packet_with(hex("0209"))).stuffed) << "promises more than is there";
}

TEST(TsPacket, IsBrokenWhereItsFieldDoesNotFit) {
  const Packet most = parse_packet(packet_with(Blob(182, 0)));
  EXPECT_FALSE(most.transport_error);
  const Packet alone = parse_packet(packet_with(Blob(183, 0), false));
  EXPECT_FALSE(alone.transport_error || alone.has_payload);
  const Blob too_long = packet_with(Blob(183, 0));
  const Packet broken = parse_packet(too_long);
  EXPECT_TRUE(broken.transport_error);
  EXPECT_TRUE(!broken.has_payload && broken.payload.empty());
  Blob beyond = packet_with({}, false);
  beyond[4] = 184;
  EXPECT_TRUE(parse_packet(beyond).transport_error);
}

}  // namespace
}  // namespace ts
