#include "captions/service_blocks.h"

#include <gtest/gtest.h>

#include <string>

#include "unit/captions/sample.h"

namespace captions {
namespace {

using testing::characters;
using testing::codes;
using testing::service_block;

/// "1:AB 9:C " of the packets that are whole.
std::string blocks_of(const std::vector<Triplet>& triplets) {
  ServiceBlocks reader;
  std::string found;
  for (const Triplet& triplet : triplets) {
    for (const ServiceBlock& block : reader.feed(triplet))
      found += std::to_string(block.service) + ":" + std::string(block.bytes.begin(), block.bytes.end()) + " ";
  }
  return found;
}

TEST(ServiceBlocks, ComeWithTheTripletThatMakesTheirPacketWhole) {
  const auto triplets = testing::packet(codes({service_block(1, characters("AB")), service_block(9, characters("C"))}));
  ServiceBlocks reader;
  for (std::size_t i = 0; i + 1 < triplets.size(); ++i) EXPECT_TRUE(reader.feed(triplets[i]).empty()) << i;
  EXPECT_EQ(reader.feed(triplets.back()).size(), 2U);
  EXPECT_TRUE(reader.feed({true, Triplet::Kind::kPacketData, 0x21, 'x'}).empty()) << "of no packet";
  EXPECT_EQ(blocks_of(triplets), "1:AB 9:C ");
}

TEST(ServiceBlocks, AreLeftOutBehindWhatDoesNotParse) {
  const auto of = [](const std::vector<std::uint8_t>& bytes) { return blocks_of(testing::packet(bytes)); };
  const auto good = service_block(1, characters("AB"));
  EXPECT_EQ(of(codes({good, {0x00}, good})), "1:AB ") << "a null block";
  EXPECT_EQ(of(codes({good, {0xe1, 0x06, 'C'}, good})), "1:AB ") << "6 has no extended header";
  EXPECT_EQ(of(codes({good, {0xe1, 0x07, 'C'}, good})), "1:AB 7:C 1:AB ");
  EXPECT_EQ(of(codes({good, {0x46, 'C', 'D', 'E', 'F'}})), "1:AB ") << "longer than the packet";
  EXPECT_EQ(of(codes({good, {0x20}, service_block(2, characters("C"))})), "1:AB 1: 2:C ") << "an empty one";
}

TEST(ServiceBlocks, OfAPacketThatIsCutOffAreLeftOut) {
  auto triplets = testing::packet(service_block(1, characters("ABCD")));
  triplets.pop_back();
  const auto next = testing::packet(service_block(1, characters("E")));
  triplets.insert(triplets.end(), next.begin(), next.end());
  EXPECT_EQ(blocks_of(triplets), "1:E ");
}

TEST(ServiceBlocks, PaddingAndLine21LieBetween) {
  auto triplets = testing::packet(service_block(63, characters("ABC")));
  triplets.insert(triplets.begin() + 1, {false, Triplet::Kind::kPacketStart, 0x01, 0x21});
  triplets.insert(triplets.begin() + 2, testing::field2('A', 'B'));
  EXPECT_EQ(blocks_of(triplets), "63:ABC ");
}

}  // namespace
}  // namespace captions
