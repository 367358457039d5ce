#include "captions/digital.h"

#include <gtest/gtest.h>

#include <span>
#include <string_view>

#include "unit/captions/sample.h"

namespace captions {
namespace {

using testing::packet;
using testing::service_block;

std::vector<std::uint8_t> text(int service, std::string_view characters) {
  return service_block(service, {characters.begin(), characters.end()});
}

void feed(DigitalChannel& channel, std::span<const Triplet> triplets) {
  ServiceSet brought;
  for (const Triplet& triplet : triplets) channel.feed(triplet, brought);
}

int services(const DigitalChannel& channel) {
  int count = 0;
  for (int i = 1; i <= DigitalChannel::kServices; ++i) count += channel.carries(i) ? 1 : 0;
  return count;
}

TEST(DigitalChannel, FindsAServiceByItsCharacters) {
  DigitalChannel channel;
  feed(channel, packet(text(1, "GOAL")));
  EXPECT_TRUE(channel.carries(1));
  EXPECT_EQ(services(channel), 1);
}

TEST(DigitalChannel, SaysWhichServicesAPacketBringsTextFor) {
  DigitalChannel channel;
  auto blocks = text(1, "G");
  for (const auto& more : {text(63, "T"), text(2, "  "), service_block(3, {0x89, 'A'})})
    blocks.insert(blocks.end(), more.begin(), more.end());
  const auto triplets = packet(blocks);
  ServiceSet brought;
  for (std::size_t i = 0; i + 1 < triplets.size(); ++i) channel.feed(triplets[i], brought);
  EXPECT_TRUE(brought.none()) << "the packet is not whole";
  channel.feed(triplets.back(), brought);
  ServiceSet both;
  both.set(Service::digital(1).index());
  both.set(Service::digital(63).index());
  EXPECT_EQ(brought, both) << "neither blanks nor commands are text";
  EXPECT_FALSE(channel.carries(1)) << "one character";
}

TEST(DigitalChannel, AddsUpWhatPacketsBring) {
  DigitalChannel channel;
  for (const char* character : {"G", "O", "A"}) feed(channel, packet(text(1, character)));
  EXPECT_FALSE(channel.carries(1));
  feed(channel, packet(text(1, "L")));
  EXPECT_TRUE(channel.carries(1));
}

TEST(DigitalChannel, ReadsSeveralServicesInAPacket) {
  DigitalChannel channel;
  auto blocks = text(1, "GOAL");
  for (const auto& more : {text(2, "TOOR"), text(63, "GOLO"), text(6, "...")}) {
    blocks.insert(blocks.end(), more.begin(), more.end());
  }
  feed(channel, packet(blocks));
  EXPECT_TRUE(channel.carries(1) && channel.carries(2) && channel.carries(63)) << "63 has the extended header";
  EXPECT_EQ(services(channel), 3);
}

TEST(DigitalChannel, StopsAtANullBlock) {
  DigitalChannel channel;
  auto blocks = service_block(0, {});
  const auto behind = text(1, "GOAL");
  blocks.insert(blocks.end(), behind.begin(), behind.end());
  feed(channel, packet(blocks));
  EXPECT_EQ(services(channel), 0);
}

TEST(DigitalChannel, TakesTheParametersOfCommandsForNoCharacters) {
  DigitalChannel channel;
  // Display windows, define window, pen colour, window attributes, pen attributes, delay, reset.
  feed(channel, packet(service_block(1, {0x89, 'A',  0x98, 'A', 'B', 'C', 'D',  'E', 'F', 0x91, 'A', 'B',
                                         'C',  0x97, 'A',  'B', 'C', 'D', 0x90, 'A', 'B', 0x8d, 'A', 0x8f})));
  EXPECT_FALSE(channel.carries(1));
  // Backspace, a code of two and one of three bytes; of the extended sets: none, one to three, four and five bytes.
  feed(channel, packet(service_block(1, {0x08, 0x11, 'A', 0x18, 'A',  'B',  0x10, 0x00, 0x10, 0x08, 'A', 0x10,
                                         0x1f, 'A',  'B', 'C',  0x10, 0x80, 'A',  'B',  'C',  'D',  0x0d})));
  EXPECT_FALSE(channel.carries(1));
  feed(channel, packet(service_block(1, {0x10, 0x30, 0x10, 0xa0, 0xe9, 'x'})));
  EXPECT_TRUE(channel.carries(1)) << "two extended characters, one of Latin-1, one of ASCII";
}

TEST(DigitalChannel, BlanksAreNoCharacters) {
  DigitalChannel channel;
  feed(channel, packet(service_block(1, {' ', ' ', 0xa0, 0x10, 0x20, 0x10, 0x21, ' ', 'A', 'B', 'C'})));
  EXPECT_FALSE(channel.carries(1));
}

TEST(DigitalChannel, CountsCharactersOfTwoBytes) {
  DigitalChannel channel;
  const std::vector<std::uint8_t> korean{0x18, 0xd5, 0x5c, 0x18, 0xae, 0x00, 0x18, 0x20, 0xac, 0x18, 0x4e};
  feed(channel, packet(service_block(2, korean)));
  EXPECT_FALSE(channel.carries(2)) << "the fourth is cut off";
  feed(channel, packet(service_block(2, {0x18, 0x4e, 0x2d})));
  EXPECT_TRUE(channel.carries(2));
}

TEST(DigitalChannel, LeavesPaddingAndLine21Out) {
  DigitalChannel channel;
  auto triplets = packet(text(1, "GOAL"));
  triplets.insert(triplets.begin() + 1, {false, Triplet::Kind::kPacketData, 0, 0});
  triplets.insert(triplets.begin() + 1, testing::field1('H', 'I'));
  feed(channel, triplets);
  EXPECT_TRUE(channel.carries(1));
}

TEST(DigitalChannel, BeginsWithTheStartOfAPacket) {
  DigitalChannel channel;
  auto triplets = packet(text(1, "GOAL"));
  const std::vector<Triplet> rest(triplets.begin() + 1, triplets.end());
  feed(channel, rest);
  feed(channel, std::span(triplets).first(2));
  feed(channel, packet(text(2, "TOOR")));
  EXPECT_EQ(services(channel), 1) << "the cut packet counts for nothing";
  EXPECT_TRUE(channel.carries(2));
}

TEST(DigitalChannel, ReadsTheLongestPacketAndNoByteMore) {
  DigitalChannel channel;
  std::vector<Triplet> triplets{{true, Triplet::Kind::kPacketStart, 0x00, 0x20 | 4}};
  for (int i = 0; i < 63; ++i)
    triplets.push_back({true, Triplet::Kind::kPacketData, i < 2 ? std::uint8_t{'A'} : std::uint8_t{0},
                        i < 2 ? std::uint8_t{'B'} : std::uint8_t{0}});
  feed(channel, std::span(triplets).first(63));
  EXPECT_FALSE(channel.carries(1)) << "not whole yet";
  feed(channel, std::span(triplets).subspan(63));
  EXPECT_TRUE(channel.carries(1));
  for (int i = 0; i < 200; ++i) feed(channel, std::vector<Triplet>{{true, Triplet::Kind::kPacketData, 0x44, 'x'}});
  EXPECT_EQ(services(channel), 1) << "what follows no start";
}

TEST(DigitalChannel, SurvivesBlocksThatReachPastTheEnd) {
  const std::vector<std::uint8_t> whole = text(9, "GOAL");
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    DigitalChannel channel;
    std::vector<std::uint8_t> cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size));
    if (cut.size() % 2 == 0) cut.push_back(0xe0 | 31);  // one that says more than there is
    cut.insert(cut.begin(), static_cast<std::uint8_t>((cut.size() + 1) / 2));
    for (std::size_t i = 0; i + 1 < cut.size(); i += 2) {
      feed(channel, std::vector<Triplet>{
                        {true, i == 0 ? Triplet::Kind::kPacketStart : Triplet::Kind::kPacketData, cut[i], cut[i + 1]}});
    }
    EXPECT_EQ(channel.carries(9), size == whole.size()) << size;
  }
}

}  // namespace
}  // namespace captions
