#include "events/conditions.h"

#include <gtest/gtest.h>

namespace events {
namespace {

Fact outage(State state, const std::string& channel = "match", const std::string& which = {}) {
  return {Type::kOutage, channel, state, which};
}

TEST(Conditions, AClearHasTheIdOfItsRaiseAndTakesItAway) {
  Conditions conditions;
  EXPECT_EQ(conditions.take(outage(State::kRaised), 7), 7u);
  EXPECT_EQ(conditions.all().size(), 1u);
  EXPECT_EQ(conditions.take(outage(State::kCleared), 9), 7u);
  EXPECT_TRUE(conditions.all().empty());
  EXPECT_EQ(conditions.take(outage(State::kCleared), 10), 10u) << "nothing is raised";
}

TEST(Conditions, MomentsChangeNothing) {
  Conditions conditions;
  EXPECT_EQ(conditions.take(outage(State::kMoment), 7), 7u);
  EXPECT_TRUE(conditions.all().empty());
}

TEST(Conditions, ASecondRaiseOfTheSameTakesThePlaceOfTheFirstAlsoWhenFull) {
  Conditions conditions(1);
  conditions.take(outage(State::kRaised), 7);
  conditions.take(outage(State::kRaised), 8);
  conditions.take(outage(State::kRaised, "match", "primary"), 9);
  EXPECT_EQ(conditions.all().size(), 1u) << "one more than may be";
  EXPECT_EQ(conditions.take(outage(State::kCleared), 10), 8u);
}

}  // namespace
}  // namespace events
