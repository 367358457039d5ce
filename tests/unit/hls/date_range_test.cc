#include "hls/date_range.h"

#include <gtest/gtest.h>

namespace hls {
namespace {

constexpr base::Micros kStart = 1'776'000'000'123'456;  // 2026-04-12T13:20:00.123Z

DateRange range() { return {"splice-7", "scte35", kStart, std::nullopt, std::nullopt, {}}; }

std::string text(const DateRange& range) {
  std::string out;
  write_date_range(out, range);
  return out;
}

bool takes(const DateRange::Attribute& attribute) {
  DateRange one = range();
  one.attributes = {attribute};
  return acceptable(one);
}

TEST(DateRange, SaysItsIdClassAndStart) {  // DR-1
  EXPECT_EQ(text(range()),
            "#EXT-X-DATERANGE:ID=\"splice-7\",CLASS=\"scte35\",START-DATE=\"2026-04-12T13:20:00.123Z\"\n");
  DateRange plain = range();
  plain.kind.clear();
  EXPECT_EQ(text(plain), "#EXT-X-DATERANGE:ID=\"splice-7\",START-DATE=\"2026-04-12T13:20:00.123Z\"\n");
}

TEST(DateRange, SaysHowLongItLastsAndWasToLast) {
  DateRange both = range();
  both.duration = 29'969'996;
  both.planned_duration = 0;
  EXPECT_EQ(text(both),
            "#EXT-X-DATERANGE:ID=\"splice-7\",CLASS=\"scte35\",START-DATE=\"2026-04-12T13:20:00.123Z\","
            "DURATION=29.97000,PLANNED-DURATION=0.00000\n");
}

TEST(DateRange, QuotesTextAndLeavesNumbersBare) {
  DateRange with = range();
  with.attributes = {{"SCTE35-OUT", "0xFC30", true}, {"X-COM-NAME", "a \"b\"\n", false}, {"X-AT", "-1.5", true}};
  ASSERT_TRUE(acceptable(with));
  EXPECT_NE(text(with).find(",SCTE35-OUT=0xFC30,X-COM-NAME=\"a _b__\",X-AT=-1.5\n"), std::string::npos);
}

TEST(DateRange, IsRefusedIfPlayersCouldNotReadIt) {  // LL-2, DR-4, DR-15
  EXPECT_TRUE(acceptable(range()));
  DateRange nameless = range();
  nameless.id.clear();
  EXPECT_FALSE(acceptable(nameless));
  DateRange backward = range();
  backward.duration = -1;
  EXPECT_FALSE(acceptable(backward));
  backward = range();
  backward.planned_duration = -1;
  EXPECT_FALSE(acceptable(backward));
  DateRange twice = range();
  twice.attributes = {{"X-A", "1", false}, {"X-A", "2", false}};
  EXPECT_FALSE(acceptable(twice));
}

TEST(DateRange, TakesNoAttributeThatIsItsOwnOrNone) {
  for (const char* name : {"", "x-a", "X A", "X=", "X-\xc3\x84", "ID", "CLASS", "START-DATE", "CUE", "END-DATE",
                           "DURATION", "PLANNED-DURATION", "END-ON-NEXT"}) {
    EXPECT_FALSE(takes({name, "1", false})) << name;
  }
  EXPECT_TRUE(takes({"X-A1", "1", false}));
}

TEST(DateRange, TakesOnlyNumbersBare) {
  for (const char* value : {"", "x", "0x", "0xG", "1e5", "1.2.3", ".", "-", "--1", "1,X-B=2", "1 "}) {
    EXPECT_FALSE(takes({"X-A", value, true})) << value;
    EXPECT_TRUE(takes({"X-A", value, false})) << value;
  }
  for (const char* value : {"0xFC30", "0Xfc", "1", "-1", "1.5", "0.25"})
    EXPECT_TRUE(takes({"X-A", value, true})) << value;
}

}  // namespace
}  // namespace hls
