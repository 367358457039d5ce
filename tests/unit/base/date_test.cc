#include "base/date.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(ParseUtc, TakesEveryFormOfADateAndTime) {
  EXPECT_EQ(parse_utc("2026-11-24T13:00:00.250Z"), 1'795'525'200'250'000);
  EXPECT_EQ(parse_utc("2026-11-24T13:00:00Z"), 1'795'525'200'000'000);
  EXPECT_EQ(parse_utc("2026-11-24t13:00:00.1234567z"), 1'795'525'200'123'456);
  EXPECT_EQ(parse_utc("2026-11-24T15:30:00+02:30"), 1'795'525'200'000'000);
  EXPECT_EQ(parse_utc("2026-11-24T08:00:00-05:00"), 1'795'525'200'000'000);
  EXPECT_EQ(parse_utc("2024-02-29T00:00:00Z"), 1'709'164'800'000'000);
  EXPECT_EQ(parse_utc("1970-01-01T00:00:00Z"), 0);
}

TEST(ParseUtc, ReadsWhatIsWritten) {
  for (const Micros utc : {Micros{0}, Micros{1'795'525'200'250'000}, Micros{4'102'444'799'999'000}})
    EXPECT_EQ(parse_utc(format_utc(utc)), utc);
}

TEST(ParseUtc, RefusesWhatIsNoInstant) {
  for (const char* text :
       {"", "now", "2026-11-24", "2026-11-24T13:00Z", "2026-11-24T13:00:00", "2026-11-24 13:00:00Z",
        "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-24T24:00:00Z",
        "2026-11-24T13:60:00Z", "2026-11-24T13:00:60Z", "2026-11-24T13:00:00.Z", "2026-11-24T13:00:00ZZ",
        "2026-11-24T13:00:00+2:00", "2026-11-24T13:00:00+0200", "1969-12-31T23:59:59Z", "1970-01-01T00:00:00+01:00",
        "+026-11-24T13:00:00Z"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

}  // namespace
}  // namespace base
