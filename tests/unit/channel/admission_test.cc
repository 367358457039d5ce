#include "channel/admission.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace channel {
namespace {

using base::kSecond;

constexpr base::Micros kNow = 1000 * kSecond;

Limits limits() { return {.channels = 10, .channels_per_address = 4, .new_per_second = 2}; }

TEST(Admission, IsFullAtTheNumberOfChannelsAndOfThoseOfAnAddress) {
  const Admission admission(limits());
  EXPECT_EQ(admission.full({9, 3}, false), std::nullopt);
  EXPECT_EQ(admission.full({10, 3}, false), Limit::kChannels);
  EXPECT_EQ(admission.full({9, 4}, false), Limit::kChannelsPerAddress);
  EXPECT_EQ(admission.full({10, 4}, false), Limit::kChannelsPerAddress) << "room is made among its own";
}

TEST(Admission, DoesNotCountChannelsOfLoopbackAddresses) {
  const Admission admission(limits());
  EXPECT_EQ(admission.full({9, 9}, true), std::nullopt);
  EXPECT_EQ(admission.full({10, 0}, true), Limit::kChannels);
}

TEST(Admission, AnAddressMakesFourSecondsWorthAtOnceAndThenAsManyASecond) {
  Admission admission(limits());
  for (int i = 0; i < 8; ++i) EXPECT_EQ(admission.take("192.0.2.1:1", false, kNow), std::nullopt) << i;
  EXPECT_EQ(admission.take("192.0.2.1:2", false, kNow), Limit::kNewPerSecond) << "whatever its port";
  EXPECT_EQ(admission.take("192.0.2.2:1", false, kNow), std::nullopt) << "another address";
  EXPECT_EQ(admission.take("192.0.2.1:3", false, kNow + kSecond / 2), std::nullopt);
  EXPECT_EQ(admission.take("192.0.2.1:3", false, kNow + kSecond / 2), Limit::kNewPerSecond);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(admission.take("127.0.0.1:1", true, kNow), std::nullopt);
}

TEST(Admission, TellsThePublisherWhyAndCounts) {
  Admission admission(limits());
  const auto refusal = admission.refuse(Limit::kChannelsPerAddress, "192.0.2.1:1", kNow);
  EXPECT_EQ(refusal.why, ingest::Publisher::Refusal::Why::kOverload);
  EXPECT_NE(refusal.text.find("your address"), std::string::npos);
  static_cast<void>(admission.refuse(Limit::kChannelsPerAddress, "192.0.2.1:1", kNow));
  static_cast<void>(admission.refuse(Limit::kNewPerSecond, "192.0.2.1:1", kNow));
  EXPECT_EQ(admission.refused(), (LimitCounters{0, 2, 1}));
}

TEST(Admission, TellsTheLogOnceInTenSecondsHowManyItWere) {
  Admission admission(limits());
  testing::internal::CaptureStderr();
  for (int i = 0; i < 600; ++i) {
    static_cast<void>(admission.refuse(Limit::kChannels, "192.0.2.1:1", kNow + i * kSecond / 100));
  }
  static_cast<void>(admission.refuse(Limit::kChannels, "192.0.2.7:1", kNow + 10 * kSecond));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(log.begin(), log.end(), '\n'), 2) << log;
  EXPECT_NE(log.find("600"), std::string::npos) << "since the line before: " << log;
  EXPECT_NE(log.find("192.0.2.7:1"), std::string::npos) << log;
}

TEST(Admission, TakesNewLimitsAndKeepsWhatWasTakenWhereTheyAreTheSame) {
  Admission admission(limits());
  for (int i = 0; i < 8; ++i) EXPECT_EQ(admission.take("192.0.2.1:1", false, kNow), std::nullopt);
  admission.configure(limits());
  EXPECT_EQ(admission.take("192.0.2.1:1", false, kNow), Limit::kNewPerSecond);
  Limits wider = limits();
  wider.new_per_second = 3;
  wider.channels = 11;
  admission.configure(wider);
  for (int i = 0; i < 12; ++i) EXPECT_EQ(admission.take("192.0.2.1:1", false, kNow), std::nullopt);
  EXPECT_EQ(admission.full({10, 0}, false), std::nullopt);
}

}  // namespace
}  // namespace channel
