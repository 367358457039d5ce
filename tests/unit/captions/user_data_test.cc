#include "captions/user_data.h"

#include <gtest/gtest.h>

#include "unit/media/hex.h"

namespace captions {
namespace {

using media::hex;
using Kind = Triplet::Kind;

std::vector<Triplet> read(base::View message) {
  std::vector<Triplet> triplets;
  read_user_data(message, triplets);
  return triplets;
}

const std::vector<Triplet> kThree{
    {true, Kind::kField1, 0x94, 0x2c}, {false, Kind::kField2, 0x80, 0x80}, {true, Kind::kPacketStart, 0x42, 0x21}};

TEST(UserData, ReadsTheFourKindsAndWhatIsPadding) {
  EXPECT_EQ(read(hex("b50031 47413934 03 c4 ff fc942c f98080 ff4221 fe4869 ff")),
            (std::vector<Triplet>{{true, Kind::kField1, 0x94, 0x2c},
                                  {false, Kind::kField2, 0x80, 0x80},
                                  {true, Kind::kPacketStart, 0x42, 0x21},
                                  {true, Kind::kPacketData, 0x48, 0x69}}));
}

TEST(UserData, ReadsNothingOfOtherMessages) {
  EXPECT_TRUE(read(hex("b50031 47413934 06 c1 ff fc942c ff")).empty()) << "bar data";
  EXPECT_TRUE(read(hex("b50031 44544731 03 c1 ff fc942c ff")).empty()) << "active format";
  EXPECT_TRUE(read(hex("b5002f 47413934 03 c1 ff fc942c ff")).empty()) << "another provider";
  EXPECT_TRUE(read(hex("2600 31 47413934 03 c1 ff fc942c ff")).empty()) << "another country";
  EXPECT_TRUE(read(hex("b50031 47413934 03 81 ff fc942c ff")).empty()) << "process_cc_data_flag is not set";
}

TEST(UserData, ReadsWhatIsWholeOfEveryTruncation) {
  const auto message = hex("b50031 47413934 03 c3 ff fc942c f98080 ff4221 ff");
  for (std::size_t size = 0; size <= message.size(); ++size) {
    const auto triplets = read(base::View(message).first(size));
    const std::size_t whole = size < 10 ? 0 : std::min<std::size_t>((size - 10) / 3, 3);
    EXPECT_EQ(triplets, std::vector<Triplet>(kThree.begin(), kThree.begin() + static_cast<std::ptrdiff_t>(whole)))
        << size;
  }
}

TEST(UserData, AppendsToWhatIsThere) {
  std::vector<Triplet> triplets{kThree[2]};
  read_user_data(hex("b50031 47413934 03 c1 ff fc942c ff"), triplets);
  EXPECT_EQ(triplets, (std::vector<Triplet>{kThree[2], kThree[0]}));
}

TEST(UserData, WritesWhatItReads) {
  std::vector<std::uint8_t> message;
  write_user_data(kThree, message);
  EXPECT_EQ(message, hex("b50031 47413934 03 c3 ff fc942c f98080 ff4221 ff"));
}

TEST(UserData, WritesNoMoreThanTheCountCanSay) {
  std::vector<std::uint8_t> message;
  write_user_data(std::vector<Triplet>(40, kThree[0]), message);
  EXPECT_EQ(read(message).size(), kMostTriplets);
  EXPECT_EQ(message.size(), 10 + 3 * kMostTriplets + 1);
}

TEST(UserData, ReadsTripletsWithoutAHeader) {
  std::vector<Triplet> triplets;
  read_triplets(hex("fc942c f98080 ff4221 fe48"), triplets);
  EXPECT_EQ(triplets, kThree);
  std::vector<std::uint8_t> bytes;
  write_triplets(triplets, bytes);
  EXPECT_EQ(bytes, hex("fc942c f98080 ff4221"));
}

}  // namespace
}  // namespace captions
