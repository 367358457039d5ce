#include "harvest/job.h"

#include <gtest/gtest.h>

namespace harvest {
namespace {

TEST(Destination, IsAPlaceAndAName) {
  const auto disk = parse_destination("disk:first-half_1");
  ASSERT_TRUE(disk);
  EXPECT_EQ(disk->place, Place::kDisk);
  EXPECT_EQ(disk->name, "first-half_1");
  EXPECT_EQ(disk->text(), "disk:first-half_1");
  const auto bucket = parse_destination("s3:A");
  ASSERT_TRUE(bucket);
  EXPECT_EQ(bucket->place, Place::kS3);
  EXPECT_EQ(bucket->text(), "s3:A");
}

TEST(Destination, NeverLeavesItsDirectory) {
  for (const std::string text : {"", "disk", "disk:", "s3:", "first-half", "file:a", "disk:..", "disk:a/b",
                                 "disk:a.new", "s3:a b", "disk:\xc3\xa4"})
    EXPECT_FALSE(parse_destination(text)) << text;
  EXPECT_TRUE(parse_destination("disk:" + std::string(64, 'a')));
  EXPECT_FALSE(parse_destination("disk:" + std::string(65, 'a')));
}

TEST(State, IsOverOrNot) {
  EXPECT_FALSE(over(State::kWaiting));
  EXPECT_FALSE(over(State::kRunning));
  for (const State state : {State::kDone, State::kFailed, State::kCanceled}) EXPECT_TRUE(over(state));
  EXPECT_EQ(to_string(State::kWaiting), "waiting");
  EXPECT_EQ(to_string(State::kCanceled), "canceled");
}

}  // namespace
}  // namespace harvest
