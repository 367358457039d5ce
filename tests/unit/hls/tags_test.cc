#include "hls/tags.h"

#include <gtest/gtest.h>

#include <string>

namespace hls {
namespace {

std::string decimal(std::int64_t value) {
  std::string out;
  write_decimal(out, value);
  return out;
}

TEST(Tags, DecimalsHaveFivePlaces) {  // LL-20
  EXPECT_EQ(decimal(0), "0.00000");
  EXPECT_EQ(decimal(1), "0.00001");
  EXPECT_EQ(decimal(50000), "0.50000");
  EXPECT_EQ(decimal(200200), "2.00200");
  EXPECT_EQ(decimal(123456789012), "1234567.89012");
}

TEST(Tags, RatesHaveThreePlaces) {  // MV-1
  std::string out;
  write_rate(out, 30000, 1001);
  out += ' ';
  write_rate(out, 25, 1);
  out += ' ';
  write_rate(out, 24000, 1001);
  EXPECT_EQ(out, "29.970 25.000 23.976");
}

TEST(Tags, QuotedStringsHoldNoQuoteAndNoLineEnd) {  // LL-1
  std::string out;
  write_quoted(out, "a\"b\r\nc\x7F\td");
  EXPECT_EQ(out, "\"a_b__c__d\"");
}

TEST(Tags, DatesHaveMillisecondsAndAZone) {  // LL-49
  std::string out;
  write_program_date_time(out, 1'795'352'400'250'000);
  EXPECT_EQ(out, "#EXT-X-PROGRAM-DATE-TIME:2026-11-22T13:00:00.250Z\n");
}

}  // namespace
}  // namespace hls
