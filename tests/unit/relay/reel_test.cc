#include "relay/reel.h"

#include <gtest/gtest.h>

#include "taped.h"

namespace relay {
namespace {

using testing::kFirst;
using testing::Taped;

TEST(Place, IsReadAsItWasWritten) {
  const Place place{0x0123456789abcdef, 42};
  EXPECT_EQ(format_place(place), "0123456789abcdef-42");
  EXPECT_EQ(parse_place("0123456789abcdef-42"), place);
}

TEST(Place, IsNothingElse) {
  for (const char* text :
       {"", "0123456789abcdef", "0123456789abcdef-", "0123456789abcdef42", "0123456789abcdeg-42", "0123456789abcdef-4x",
        "123456789abcdef-42", "0123456789abcdef--1", "0123456789abcdef-1234567890123456789"})
    EXPECT_EQ(parse_place(text), std::nullopt) << text;
  EXPECT_NE(parse_place("0123456789abcdef-123456789012345678"), std::nullopt);
}

TEST(Path, IsReadAsItWasWritten) {
  EXPECT_EQ(format_path({1, 0xff}), "0000000000000001, 00000000000000ff");
  EXPECT_EQ(parse_path("0000000000000001, 00000000000000ff"), (Path{1, 0xff}));
  EXPECT_EQ(parse_path(""), Path{});
}

TEST(Path, HasALimit) {
  EXPECT_TRUE(parse_path(format_path(Path(kLongestPath, 5))));
  EXPECT_FALSE(parse_path(format_path(Path(kLongestPath + 1, 5))));
  EXPECT_FALSE(parse_path("1"));
  EXPECT_FALSE(parse_path("0000000000000001,0000000000000001"));
}

TEST(Reel, HasThePlacesFromItsFirstRecordToTheNext) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst);
  const auto reel = origin.reel();
  EXPECT_EQ(reel->next, 12u);
  EXPECT_FALSE(reel->has({7, 0}));
  EXPECT_TRUE(reel->has({7, 1}));
  EXPECT_TRUE(reel->has({7, 12}));
  EXPECT_FALSE(reel->has({7, 13}));
  EXPECT_FALSE(reel->has({8, 1}));
  EXPECT_FALSE(Reel{}.has({0, 1})) << "nothing is kept";
}

TEST(SameMedia, IsOfTwoLogsWithTheSameParts) {
  Taped one;
  Taped twin({}, {8, 100}, {80});
  one.begin();
  twin.begin();
  one.segments(kFirst, kFirst + 3);
  twin.segments(kFirst + 2, kFirst + 5);
  EXPECT_TRUE(same_media(*one.reel(), *twin.reel()));
}

TEST(SameMedia, IsNotOfOnesThatDifferInAPart) {
  Taped one;
  Taped other({}, {8, 1});
  one.begin();
  other.begin();
  one.segments(kFirst, kFirst);
  record::Part part = origin::testing::part(origin::testing::kVideo, kFirst, 3, true);
  part.data = base::Bytes::copy_of("another picture");
  other.apply(origin::testing::part(origin::testing::kVideo, kFirst, 2));
  EXPECT_TRUE(same_media(*one.reel(), *other.reel()));
  other.apply(part);
  EXPECT_FALSE(same_media(*one.reel(), *other.reel()));
}

TEST(SameMedia, IsNotOfOnesThatHaveNothingInCommon) {
  Taped one;
  Taped later({}, {8, 1});
  one.begin();
  later.begin();
  one.segments(kFirst, kFirst);
  later.segments(kFirst + 1, kFirst + 1);
  EXPECT_FALSE(same_media(*one.reel(), *later.reel()));
}

TEST(Have, IsReadAsItWasWritten) {
  const Have have{888'000'000, 888'000'029, 0xfedcba9876543210};
  EXPECT_EQ(format_have(have), "888000000-888000029-fedcba9876543210");
  EXPECT_EQ(parse_have(format_have(have)), have);
  EXPECT_TRUE(parse_have("7-7-0000000000000000"));
  for (const char* text :
       {"", "-", "--", "7-8", "7-8-", "8-7-0123456789abcdef", "7-8-0123456789abcde", "7-8-0123456789abcdefa",
        "7--0123456789abcdef", "-8-0123456789abcdef", "x-8-0123456789abcdef", "7-8x-0123456789abcdef"})
    EXPECT_FALSE(parse_have(text)) << text;
}

}  // namespace
}  // namespace relay
