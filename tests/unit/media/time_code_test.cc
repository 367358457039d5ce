#include "media/time_code.h"

#include <gtest/gtest.h>

namespace media {
namespace {

using base::kMillisecond;
using base::kSecond;

TimeCode code(std::string_view text, std::uint16_t rate = 25) {
  const auto parsed = parse_time_code(text, rate);
  EXPECT_TRUE(parsed) << text;
  return parsed.value_or(TimeCode{});
}

TEST(TimeCode, CountsFramesSinceMidnight) {
  EXPECT_EQ(frame_number(code("00:00:00:00")), 0);
  EXPECT_EQ(frame_number(code("00:00:01:12")), 37);
  EXPECT_EQ(frame_number(code("10:00:00:00")), 900'000);
  EXPECT_EQ(frame_number(code("00:01:00:00", 30)), 1800);
}

TEST(TimeCode, DropsTwoNumbersEachMinuteButEveryTenth) {
  EXPECT_EQ(frame_number(code("00:00:59;29", 30)), 1799);
  EXPECT_EQ(frame_number(code("00:01:00;02", 30)), 1800);
  EXPECT_EQ(frame_number(code("00:09:59;29", 30)), 17'981);
  EXPECT_EQ(frame_number(code("00:10:00;00", 30)), 17'982);
  EXPECT_EQ(frame_number(code("01:00:00;00", 30)), 107'892);
  EXPECT_EQ(frame_number(code("00:01:00;04", 60)), 3600) << "four of sixty";
}

TEST(TimeCode, EveryFrameOfADayHasItsDropFrameCode) {
  TimeCode at = code("00:00:00;00", 30);
  for (std::int64_t number = 0; number < 107'892 * 24; number += 7) {
    ASSERT_TRUE(valid(at));
    ASSERT_EQ(frame_number(at), number);
    ASSERT_FALSE(at.seconds == 0 && at.frames < 2 && at.minutes % 10 != 0) << to_string(at);
    at = advanced(at, 7);
  }
}

TEST(TimeCode, GoesThroughMidnightBothWays) {
  EXPECT_EQ(to_string(advanced(code("23:59:59:24"), 2)), "00:00:00:01");
  EXPECT_EQ(to_string(advanced(code("00:00:00:01"), -2)), "23:59:59:24");
  EXPECT_EQ(to_string(advanced(code("23:59:59;29", 30), 1)), "00:00:00;00");
  EXPECT_EQ(to_string(advanced(code("00:01:00;02", 30), -1)), "00:00:59;29");
}

TEST(TimeCode, ReadsAsTheTimeOfDay) {
  EXPECT_EQ(time_of_day(code("10:00:00:12")), 36'000 * kSecond + 480 * kMillisecond);
  EXPECT_EQ(time_of_day(code("10:00:00:15", 30)), 36'000 * kSecond + 500 * kMillisecond);
  EXPECT_EQ(time_of_day(code("10:00:00.123")), 36'000 * kSecond + 123 * kMillisecond);
}

TEST(TimeCode, DropFrameKeepsToTheTimeOfDay) {
  const base::Micros hour = time_of_day(code("01:00:00;00", 30));
  EXPECT_NEAR(static_cast<double>(hour), 3600e6, 4e3) << "3.6 ms of an hour is what dropping leaves";
  EXPECT_EQ(time_of_day(code("00:01:00;02", 30)) - time_of_day(code("00:00:59;29", 30)), 33'367)
      << "no step where numbers are dropped";
}

TEST(TimeCode, TimesOfDayHaveTheirCodes) {
  for (const char* text : {"00:00:00:00", "10:00:00:12", "23:59:59:24", "12:34:56.789"}) {
    const TimeCode at = code(text);
    EXPECT_EQ(time_code_at(time_of_day(at), at), at) << text;
  }
  for (const char* text : {"00:01:00;02", "09:59:59;29", "10:00:00;00", "23:59:59;29"}) {
    const TimeCode at = code(text, 30);
    EXPECT_EQ(time_code_at(time_of_day(at), at), at) << text;
  }
  EXPECT_EQ(to_string(time_code_at(19 * kMillisecond, TimeCode{})), "00:00:00:00") << "the nearest frame";
  EXPECT_EQ(to_string(time_code_at(21 * kMillisecond, TimeCode{})), "00:00:00:01");
  EXPECT_EQ(to_string(time_code_at(-40 * kMillisecond, TimeCode{})), "23:59:59:24");
}

TEST(TimeCode, FractionalRatesCountAsTheNextWholeOne) {
  EXPECT_EQ(counted_rate({30'000, 1001}), 30);
  EXPECT_EQ(counted_rate({24'000, 1001}), 24);
  EXPECT_EQ(counted_rate({60'000, 1001}), 60);
  EXPECT_EQ(counted_rate({25, 1}), 25);
  EXPECT_EQ(counted_rate({0, 1}), 0) << "not known";
  EXPECT_EQ(counted_rate({1000, 1}), 0) << "no rate of pictures";
}

TEST(TimeCode, IsWrittenAsItIsRead) {
  for (const char* text : {"10:00:00:12", "10:00:00;12", "10:00:00.120"}) EXPECT_EQ(to_string(code(text, 30)), text);
  EXPECT_EQ(to_string(code("9:5:1:2")), "09:05:01:02");
  EXPECT_EQ(to_string(code("10:00:00,12", 30)), "10:00:00;12");
  EXPECT_EQ(to_string(code("10:00:00.5")), "10:00:00.500");
  EXPECT_EQ(to_string(code("10:00:00.25")), "10:00:00.250");
}

TEST(TimeCode, WhatIsNoneIsRefused) {
  for (const char* text :
       {"", "10", "10:00:00", "10:00:00:", "24:00:00:00", "10:60:00:00", "10:00:60:00", "10:00:00:25", "10:00:00;12",
        "10:00:00/12", "10;00;00;12", "10:00:00:012x", "-1:00:00:00", "100:00:00:00", "10:00:00.1234"})
    EXPECT_FALSE(parse_time_code(text, 25)) << text;
  EXPECT_FALSE(parse_time_code("10:00:00:00", 0)) << "the rate is not known";
  EXPECT_TRUE(parse_time_code("10:00:00.000", 0)) << "milliseconds need none";
}

TEST(TimeCode, OnlyMultiplesOfThirtyDropFrames) {
  EXPECT_FALSE(valid({.rate = 25, .drop_frame = true}));
  EXPECT_FALSE(valid({.rate = 1000, .drop_frame = true}));
  EXPECT_TRUE(valid({.rate = 60, .drop_frame = true}));
  EXPECT_FALSE(valid({.rate = 0}));
}

}  // namespace
}  // namespace media
