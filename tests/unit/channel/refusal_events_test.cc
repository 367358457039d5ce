#include "channel/refusal_events.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace channel {
namespace {

using base::kSecond;

class RefusalEventsTest : public testing::Test {
 protected:
  void refuse(const std::string& reason, const std::string& channel = "match") {
    events_.add(events::Type::kPublisherRefused, reason, channel, request_for(channel), "no", now_);
  }

  FakeEvents sink_;
  RefusalEvents events_{sink_};
  base::Micros now_ = 100 * kSecond;
};

TEST_F(RefusalEventsTest, TheFirstIsAnEventAndThoseThatFollowAreCounted) {
  refuse("denied");
  EXPECT_EQ(sink_.lines.back(), "publisher.refused match reason=denied protocol=rtmp text=no more=0");
  for (int i = 0; i < 5; ++i) refuse("denied");
  now_ += RefusalEvents::kEvery - 1;
  refuse("denied");
  EXPECT_EQ(sink_.lines.size(), 1U);
  now_ += 1;
  refuse("denied");
  EXPECT_EQ(sink_.lines.size(), 2U);
  EXPECT_EQ(sink_.lines.back(), "publisher.refused match reason=denied protocol=rtmp text=no more=6");
}

TEST_F(RefusalEventsTest, OtherReasonsAndChannelsAreOtherEvents) {
  refuse("denied");
  refuse("busy");
  refuse("denied", "other");
  events_.add(events::Type::kAdmissionRefused, "denied", "match", request_for("match"), "no", now_);
  EXPECT_EQ(sink_.lines.size(), 4U);
}

TEST_F(RefusalEventsTest, CarryNoKeyAndNoAddress) {
  refuse("denied");
  EXPECT_EQ(sink_.lines.back().find("secret"), std::string::npos);
  EXPECT_EQ(sink_.lines.back().find("127.0.0.1"), std::string::npos);
}

TEST_F(RefusalEventsTest, ForgetsChannelsThatAreNoLongerRefused) {
  for (int i = 0; i < 100; ++i) refuse("busy", "c" + std::to_string(i));
  now_ += RefusalEvents::kEvery;
  refuse("busy", "last");
  EXPECT_EQ(events_.remembered(), 1U);
  refuse("busy", "last");
  now_ += RefusalEvents::kForget;
  refuse("busy", "next");
  EXPECT_EQ(events_.remembered(), 1U) << "a count that nobody asked for any more";
}

}  // namespace
}  // namespace channel
