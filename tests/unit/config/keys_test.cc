#include "config/keys.h"

#include <gtest/gtest.h>

namespace config {
namespace {

TEST(Place, OfAKeyIsItsPathAndTheVariableThatOverridesIt) {
  const Place place = kRoot.below("http").below("admission").below("egress_mbps");
  EXPECT_EQ(place.path, "http.admission.egress_mbps");
  EXPECT_EQ(place.variable, "KICKOFF_HTTP_ADMISSION_EGRESS_MBPS");
}

TEST(Place, OfTheEntryForAllOthersHasDefaultInItsVariables) {
  const Place place = kRoot.below("channels").entry("*");
  EXPECT_EQ(place.path, "channels.*");
  EXPECT_EQ(place.below("grace").variable, "KICKOFF_CHANNELS_DEFAULT_GRACE");
}

TEST(Place, OfAnotherEntryAndAllInItHasNoVariable) {
  const Place place = kRoot.below("channels").entry("default");
  EXPECT_EQ(place.below("srt").below("latency").path, "channels.default.srt.latency");
  EXPECT_EQ(place.below("srt").below("latency").variable, "");
  EXPECT_EQ(place.entry("*").variable, "");
}

TEST(Place, OfAnItemIsItsListWithoutAVariable) {
  const Place place = kRoot.below("admin").below("tokens").item();
  EXPECT_EQ(place.path, "admin.tokens");
  EXPECT_EQ(place.below("name").variable, "");
}

}  // namespace
}  // namespace config
