#include "base/clock.h"

#include <gtest/gtest.h>

namespace base {
namespace {

TEST(FormatUtc, GivesMillisecondsAndZone) { EXPECT_EQ(format_utc(1'795'525'200'250'000), "2026-11-24T13:00:00.250Z"); }

TEST(FormatUtc, RoundsDownAlsoBefore1970) { EXPECT_EQ(format_utc(-1), "1969-12-31T23:59:59.999Z"); }

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
