#include "captions/line21.h"

#include <gtest/gtest.h>

#include <span>

#include "unit/captions/sample.h"

namespace captions {
namespace {

using testing::typed;

void feed(Line21Field& field, std::span<const Triplet> pairs) {
  for (const Triplet& pair : pairs) field.feed(pair.first, pair.second);
}
void feed(Line21Field& field, std::uint8_t first, std::uint8_t second) {
  feed(field, std::vector{testing::field1(first, second)});
}
void type(Line21Field& field, std::string_view text) { feed(field, typed(Triplet::Kind::kField1, text)); }

TEST(Line21Field, FindsCaptionsOfEveryStyle) {
  for (const int style : {0x20, 0x25, 0x26, 0x27, 0x29, 0x2f}) {
    Line21Field field;
    feed(field, 0x14, static_cast<std::uint8_t>(style));
    type(field, "GOAL");
    EXPECT_TRUE(field.carries(0)) << style;
    EXPECT_FALSE(field.carries(1));
  }
}

TEST(Line21Field, TellsTheTwoChannelsApart) {
  Line21Field field;
  feed(field, 0x14, 0x25);
  type(field, "GO");
  feed(field, 0x1c, 0x25);
  type(field, "TOOR");
  EXPECT_FALSE(field.carries(0)) << "two characters of the first";
  EXPECT_TRUE(field.carries(1));
  feed(field, 0x14, 0x70);  // a row of the first channel: its mode is the one it had
  type(field, "AL");
  EXPECT_TRUE(field.carries(0));
}

TEST(Line21Field, CountsNoCharactersOutsideCaptions) {
  Line21Field unknown;
  type(unknown, "GOALGOAL");
  EXPECT_FALSE(unknown.carries(0)) << "no mode yet";
  Line21Field text;
  feed(text, 0x14, 0x2a);
  type(text, "GOALGOAL");
  EXPECT_FALSE(text.carries(0)) << "text mode";
  Line21Field empty;
  feed(empty, 0x14, 0x20);
  feed(empty, 0x14, 0x2c);
  type(empty, "    ");
  for (int i = 0; i < 100; ++i) empty.feed(0x80, 0x80);
  EXPECT_FALSE(empty.carries(0)) << "spaces and padding";
}

TEST(Line21Field, SaysWhichChannelAPairBringsTextFor) {
  Line21Field field;
  const auto given = [&](std::uint8_t first, std::uint8_t second) {
    const Triplet pair = testing::field1(first, second);
    return field.feed(pair.first, pair.second);
  };
  EXPECT_EQ(given('G', 'O'), std::nullopt) << "no mode yet";
  EXPECT_EQ(given(0x14, 0x25), std::nullopt) << "a control code";
  EXPECT_EQ(given('G', ' '), 0);
  EXPECT_EQ(given(' ', ' '), std::nullopt);
  EXPECT_EQ(given(0x1c, 0x25), std::nullopt);
  EXPECT_EQ(given('T', 0), 1);
  EXPECT_EQ(given(0x19, 0x37), 1) << "a special character";
}

TEST(Line21Field, CountsNoXds) {
  Line21Field field;
  feed(field, 0x15, 0x25);
  feed(field, 0x01, 0x03);
  type(field, "PROGRAMME");
  EXPECT_FALSE(field.carries(0));
  feed(field, 0x0f, 0x1d);
  type(field, "GOAL");
  EXPECT_TRUE(field.carries(0)) << "its end";
}

TEST(Line21Field, LetsCaptionsInterruptXds) {
  Line21Field field;
  feed(field, 0x01, 0x03);
  feed(field, 0x15, 0x25);
  type(field, "GOAL");
  EXPECT_TRUE(field.carries(0));
}

TEST(Line21Field, CountsSpecialAndExtendedCharacters) {
  Line21Field field;
  feed(field, 0x14, 0x25);
  for (const auto& [first, second] : {std::pair{0x11, 0x37}, {0x12, 0x20}, {0x13, 0x3f}}) {
    feed(field, static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second));
  }
  feed(field, 0x11, 0x20);  // a colour
  feed(field, 0x11, 0x40);  // a row
  EXPECT_FALSE(field.carries(0));
  feed(field, 0x11, 0x30);
  EXPECT_TRUE(field.carries(0));
}

TEST(Line21Field, LeavesOutBytesOfWrongParity) {
  Line21Field field;
  feed(field, 0x14, 0x25);
  for (int i = 0; i < 10; ++i) field.feed('A', 'C' & 0x7f);  // A has even parity
  EXPECT_FALSE(field.carries(0));
}

}  // namespace
}  // namespace captions
