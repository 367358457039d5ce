#include "ts/packet_sync.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

/// Packets that can be told apart: the fourth byte is their number.
Blob numbered(int count, std::size_t before = 0, std::size_t after = 0) {
  Blob out;
  for (int i = 0; i < count; ++i) {
    Blob packet(kPacketSize, 0x11);
    packet[0] = kSyncByte;
    packet[3] = static_cast<std::uint8_t>(i);
    out = std::move(out) + Blob(before, 0x22) + packet + Blob(after, 0x33);
  }
  return out;
}

struct Read {
  Counters counters;
  PacketSync sync{counters};
  std::string numbers;
  int losses = 0;

  explicit Read(const Blob& bytes, std::size_t chunk = SIZE_MAX) {
    const auto on_packet = [this](base::View packet) {
      EXPECT_EQ(packet.size(), kPacketSize);
      numbers += std::to_string(packet[3]) + " ";
    };
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min(chunk, bytes.size() - at);
      sync.feed(base::View(bytes).subspan(at, size), on_packet, [this] { ++losses; });
      at += size;
    }
    sync.flush(on_packet);
  }
};

TEST(PacketSync, HandsOnEveryPacketOfACleanStream) {  // TS-1
  const Read read(numbered(5));
  EXPECT_EQ(read.numbers, "0 1 2 3 4 ");
  EXPECT_EQ(read.losses, 0);
  EXPECT_EQ(read.counters.bytes_skipped, 0U);
}

TEST(PacketSync, HandsPacketsOnWithoutWaitingForMoreOnceLocked) {
  Counters counters;
  PacketSync sync(counters);
  int packets = 0;
  sync.feed(numbered(7), [&](base::View) { ++packets; }, [] {});
  EXPECT_EQ(packets, 7);
}

TEST(PacketSync, PassesOverBytesBeforeTheFirstPacket) {  // SR-16
  const Read read(Blob(100, 0x47) + Blob(33, 0) + numbered(4));
  EXPECT_EQ(read.numbers, "0 1 2 3 ");
  EXPECT_EQ(read.counters.bytes_skipped, 133U);
}

TEST(PacketSync, FindsTheStrideAgainAfterLostBytes) {  // TS-1, SR-16
  Blob bytes = numbered(10);
  bytes.erase(bytes.begin() + 188 * 3 + 50, bytes.begin() + 188 * 3 + 90);
  const Read read(bytes);
  EXPECT_EQ(read.numbers, "0 1 2 3 5 6 7 8 9 ");
  EXPECT_EQ(read.losses, 1);
  EXPECT_EQ(read.counters.sync_losses, 1U);
}

TEST(PacketSync, Reads192And204BytePackets) {  // TS-1
  const Read m2ts(numbered(6, 4, 0));
  EXPECT_EQ(m2ts.numbers, "0 1 2 3 4 5 ");
  const Read parity(numbered(6, 0, 16));
  EXPECT_EQ(parity.numbers, "0 1 2 3 4 5 ");
}

TEST(PacketSync, TakesFewerThanThreePacketsAtTheEnd) {
  EXPECT_EQ(Read(numbered(1)).numbers, "0 ");
  EXPECT_EQ(Read(numbered(2)).numbers, "0 1 ");
}

TEST(PacketSync, FindsNothingInGarbage) {
  Blob garbage;
  for (int i = 0; i < 5000; ++i) garbage.push_back(static_cast<std::uint8_t>(i * i % 71));
  const Read read(garbage);
  EXPECT_EQ(read.numbers, "");
}

TEST(PacketSync, EveryCutOfTheBytesGivesTheSamePackets) {
  Blob bytes = Blob(10, 0x47) + numbered(4) + Blob(77, 0) + numbered(3, 4, 0) + numbered(5, 0, 16) + numbered(3);
  const Read whole(bytes);
  for (const std::size_t chunk : {1U, 2U, 3U, 187U, 188U, 189U, 500U}) {
    const Read cut(bytes, chunk);
    EXPECT_EQ(cut.numbers, whole.numbers) << chunk;
    EXPECT_EQ(cut.losses, whole.losses) << chunk;
    EXPECT_EQ(cut.counters.bytes_skipped, whole.counters.bytes_skipped) << chunk;
  }
}

}  // namespace
}  // namespace ts
