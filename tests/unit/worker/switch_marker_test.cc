#include "worker/switch_marker.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using feed::Id;
using feed::SwitchReason;

std::string attribute(const record::Marker& marker, std::string_view name) {
  for (const record::Marker::Attribute& attribute : marker.attributes) {
    if (attribute.name == name) return attribute.value;
  }
  return "none";
}

TEST(SwitchMarker, SaysFromWhatToWhatAndWhyAtTheFirstPicture) {
  SwitchMarker marker;
  EXPECT_FALSE(marker.pending());
  marker.select(Id::kBackup, SwitchReason::kFrozen);
  ASSERT_TRUE(marker.pending());
  const record::Marker made = marker.take(1'700'000'000'040'000);
  EXPECT_FALSE(marker.pending());
  EXPECT_EQ(made.id, "switch-1700000000040");
  EXPECT_EQ(made.kind, "switch");
  EXPECT_EQ(made.start, 1'700'000'000'040'000);
  EXPECT_EQ(made.end, made.start) << "an instant";
  EXPECT_EQ(attribute(made, "X-FROM"), "primary");
  EXPECT_EQ(attribute(made, "X-TO"), "backup");
  EXPECT_EQ(attribute(made, "X-REASON"), "frozen");
}

TEST(SwitchMarker, GoingBackBeforeItIsSeenIsNoSwitch) {
  SwitchMarker marker;
  marker.select(Id::kBackup, SwitchReason::kAsked);
  marker.select(Id::kPrimary, SwitchReason::kAsked);
  EXPECT_FALSE(marker.pending());
  marker.select(Id::kBackup, SwitchReason::kLost);
  EXPECT_TRUE(marker.pending()) << "the next one is one again";
}

TEST(SwitchMarker, TheFeedThatTheLogShowsAlreadyIsNoSwitch) {
  SwitchMarker marker;
  marker.select(Id::kBackup, std::nullopt);
  EXPECT_FALSE(marker.pending());
  marker.select(Id::kPrimary, SwitchReason::kReturned);
  EXPECT_EQ(attribute(marker.take(0), "X-FROM"), "backup");
}

}  // namespace
}  // namespace worker
