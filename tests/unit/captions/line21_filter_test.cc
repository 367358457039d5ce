#include "captions/line21_filter.h"

#include <gtest/gtest.h>

#include <bit>
#include <string>

namespace captions {
namespace {

using Kind = Triplet::Kind;

std::uint8_t with_parity(int code) {
  return static_cast<std::uint8_t>(std::popcount(static_cast<unsigned>(code)) % 2 == 1 ? code : code | 0x80);
}

Triplet pair(int first, int second, Kind field = Kind::kField1) {
  return {true, field, with_parity(first), with_parity(second)};
}

/// What comes out of the filter of `channel`, without parity: "14 25" for a control code, "He" for characters.
class Filtered {
 public:
  explicit Filtered(int channel) : filter_(channel) {}

  Filtered& feed(int first, int second, Kind field = Kind::kField1) {
    const auto out = filter_.take(pair(first, second, field));
    if (!out) return *this;
    EXPECT_TRUE(out->valid);
    EXPECT_EQ(out->kind, Kind::kField1);
    EXPECT_EQ(std::popcount(out->first) % 2, 1);
    EXPECT_EQ(std::popcount(out->second) % 2, 1);
    const int a = out->first & 0x7f;
    const int b = out->second & 0x7f;
    if (a >= 0x20) {
      text += std::string{static_cast<char>(a), static_cast<char>(b)};
    } else {
      codes.push_back(a << 8 | b);
    }
    return *this;
  }

  std::string text;
  std::vector<int> codes;

 private:
  Line21Filter filter_;
};

TEST(Line21Filter, PassesTheCaptionsOfItsChannel) {
  Filtered cc1(1);
  cc1.feed(0x14, 0x25).feed(0x14, 0x2d).feed('H', 'e').feed(0x11, 0x37);
  EXPECT_EQ(cc1.text, "He");
  EXPECT_EQ(cc1.codes, (std::vector{0x1425, 0x142d, 0x1137}));
}

TEST(Line21Filter, LeavesOutTheOtherChannelOfTheField) {
  Filtered cc1(1);
  cc1.feed(0x14, 0x25).feed('a', 'b').feed(0x1c, 0x25).feed('x', 'y').feed(0x14, 0x2d).feed('c', 'd');
  EXPECT_EQ(cc1.text, "abcd");
}

TEST(Line21Filter, TurnsTheSecondChannelIntoTheFirst) {
  Filtered cc2(2);
  cc2.feed(0x14, 0x25).feed('a', 'b').feed(0x1c, 0x25).feed('x', 'y').feed(0x19, 0x37);
  EXPECT_EQ(cc2.text, "xy");
  EXPECT_EQ(cc2.codes, (std::vector{0x1425, 0x1137}));
}

TEST(Line21Filter, TakesEachFieldForItself) {
  Filtered cc3(3);
  cc3.feed(0x14, 0x25).feed('a', 'b').feed(0x15, 0x25, Kind::kField2).feed('x', 'y', Kind::kField2);
  EXPECT_EQ(cc3.text, "xy");
  EXPECT_EQ(cc3.codes, (std::vector{0x1425}));
}

TEST(Line21Filter, LeavesOutCharactersBeforeTheModeIsKnown) { EXPECT_EQ(Filtered(1).feed('a', 'b').text, ""); }

TEST(Line21Filter, LeavesOutTextMode) {
  Filtered cc1(1);
  cc1.feed(0x14, 0x2a).feed('a', 'b').feed(0x14, 0x2d).feed(0x14, 0x29).feed('c', 'd');
  EXPECT_EQ(cc1.text, "cd");
  EXPECT_EQ(cc1.codes, (std::vector{0x1429}));
}

TEST(Line21Filter, LeavesOutXdsThatInterruptsCaptions) {
  Filtered cc3(3);
  const Kind field = Kind::kField2;
  cc3.feed(0x15, 0x25, field).feed('a', 'b', field).feed(0x01, 0x03, field).feed('S', 't', field);
  cc3.feed(0x0f, 0x20, field).feed(0x15, 0x25, field).feed('c', 'd', field);
  EXPECT_EQ(cc3.text, "abcd");
}

TEST(Line21Filter, LeavesOutPairsWithWrongParityAndPaddingTriplets) {
  Line21Filter filter(1);
  Triplet wrong = pair(0x14, 0x25);
  wrong.first ^= 0x80;
  EXPECT_FALSE(filter.take(wrong));
  Triplet invalid = pair(0x14, 0x25);
  invalid.valid = false;
  EXPECT_FALSE(filter.take(invalid));
  EXPECT_FALSE(filter.take({true, Kind::kPacketData, 0x94, 0x25}));
}

}  // namespace
}  // namespace captions
