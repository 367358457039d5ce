#include "base/clock.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(FormatUtc, GivesMillisecondsAndZone) { EXPECT_EQ(format_utc(1'795'525'200'250'000), "2026-11-24T13:00:00.250Z"); }

TEST(FormatUtc, RoundsDownAlsoBefore1970) { EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z"); }

TEST(ParseUtc, ReadsWhatFormatUtcWrites) {
  for (const Micros utc : {Micros{0}, Micros{-1'000}, Micros{1'795'525'200'250'000}, Micros{4'102'444'799'999'000}}) {
    EXPECT_EQ(parse_utc(format_utc(utc)), utc) << format_utc(utc);
  }
}

TEST(ParseUtc, TakesSecondsFractionsAndOffsets) {
  constexpr Micros kOne = 1'795'525'200'000'000;
  EXPECT_EQ(parse_utc("2026-11-24T13:00:00Z"), kOne);
  EXPECT_EQ(parse_utc("2026-11-24T15:30:00+02:30"), kOne);
  EXPECT_EQ(parse_utc("2026-11-24T05:00:00-08:00"), kOne);
  EXPECT_EQ(parse_utc("2026-11-24T13:00:00.5Z"), kOne + kSecond / 2);
  EXPECT_EQ(parse_utc("2026-11-24T13:00:00.0000019Z"), kOne + 1) << "what is less than a microsecond is cut off";
  EXPECT_EQ(format_utc(parse_utc("2028-02-29T23:30:00-00:30").value()), "2028-03-01T00:00:00.000Z");
}

TEST(ParseUtc, RefusesAllElse) {
  for (const char* text : {"",
                           "tomorrow",
                           "2026-11-24",
                           "2026-11-24T13:00:00",
                           "2026-11-24 13:00:00Z",
                           "2026-11-24T13:00Z",
                           "2026-11-24T13:00:00.Z",
                           "2026-11-24T13:00:00z",
                           "2026-13-01T00:00:00Z",
                           "2026-00-01T00:00:00Z",
                           "2026-02-29T00:00:00Z",
                           "2026-11-31T00:00:00Z",
                           "2026-11-24T24:00:00Z",
                           "2026-11-24T23:60:00Z",
                           "2026-11-24T23:59:60Z",
                           "2026-11-24T13:00:00+2:00",
                           "2026-11-24T13:00:00+24:00",
                           "2026-11-24T13:00:00+02:60",
                           "2026-11-24T13:00:00Zulu",
                           "26-11-24T13:00:00Z",
                           "2026-1-24T13:00:00Z",
                           "+026-11-24T13:00:00Z"}) {
    EXPECT_EQ(parse_utc(text), std::nullopt) << text;
  }
}

TEST(SystemClock, UtcAdvancesWithTheSteadyClock) {
  const SystemClock clock;
  const Micros utc_before = clock.utc();
  const Micros steady_before = clock.steady();
  while (clock.steady() == steady_before) {
  }
  EXPECT_GT(clock.utc(), utc_before);
}

}  // namespace
}  // namespace base
