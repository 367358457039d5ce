#include <gtest/gtest.h>

#include "unit/config/parsed.h"

namespace config {
namespace {

TEST(AlarmKeys, HoldAlarmsBackInBothDirections) {
  const Config plain = good("");
  EXPECT_EQ(plain.alarms.raise_after, 2 * base::kSecond);
  EXPECT_EQ(plain.alarms.clear_after, 15 * base::kSecond);
  EXPECT_EQ(plain.alarms.runbook, "docs/runbook.md");
  const Config config = good("alarms: {raise_after: 0s, clear_after: 60m, runbook: 'https://wiki.example/r'}\n");
  EXPECT_EQ(config.alarms.raise_after, 0);
  EXPECT_EQ(config.alarms.clear_after, 3600 * base::kSecond);
  EXPECT_EQ(config.alarms.runbook, "https://wiki.example/r");
}

TEST(AlarmKeys, AreRefusedBeyondTheirRange) {
  EXPECT_NE(problems_of("alarms: {raise_after: 601s}\n"), "");
  EXPECT_NE(problems_of("alarms: {clear_after: 3601s}\n"), "");
  EXPECT_NE(problems_of("alarms: {after: 1s}\n"), "");
  EXPECT_EQ(problems_of("alarms: {raise_after: 600s}\n"), "");
}

}  // namespace
}  // namespace config
