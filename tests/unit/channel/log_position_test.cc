#include "channel/log_position.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

record::Presentation two_renditions() {
  record::Presentation presentation;
  presentation.renditions.resize(2);
  return presentation;
}

record::Part part(std::uint32_t rendition, std::int64_t msn, std::uint32_t index, std::int64_t start) {
  record::Part made;
  made.rendition = rendition;
  made.msn = msn;
  made.index = index;
  made.start = start;
  made.duration = 100;
  return made;
}

TEST(LogPosition, FollowsPartsAndGapsWithinASegment) {
  LogPosition position;
  EXPECT_FALSE(position.known());
  position.apply(two_renditions());
  ASSERT_TRUE(position.known());
  position.apply(part(0, 7, 0, 700));
  position.apply(part(0, 7, 1, 800));
  position.apply(record::Gap{.rendition = 1, .msn = 7, .index = 0, .start = 700, .duration = 50});
  const auto& renditions = position.resume().renditions;
  EXPECT_EQ(renditions[0].msn, 7);
  EXPECT_EQ(renditions[0].next_part, 2U);
  EXPECT_EQ(renditions[0].segment_start, 700);
  EXPECT_EQ(renditions[0].end, 900);
  EXPECT_EQ(renditions[1].end, 750);
}

TEST(LogPosition, ASegmentsEndMovesOnToTheNextOne) {
  LogPosition position;
  position.apply(two_renditions());
  position.apply(part(0, 7, 3, 1000));
  position.apply(record::SegmentEnd{.rendition = 0, .msn = 7, .start = 700, .duration = 400});
  const auto& at = position.resume().renditions[0];
  EXPECT_EQ(at.msn, 8);
  EXPECT_EQ(at.next_part, 0U);
  EXPECT_EQ(at.segment_start, 1100);
  EXPECT_EQ(at.end, 1100);
}

TEST(LogPosition, TheEndLeavesNothingToResume) {
  LogPosition position;
  position.apply(two_renditions());
  position.apply(record::End{});
  EXPECT_FALSE(position.known());
}

TEST(LogPosition, RecordsOfUnknownRenditionsAreIgnored) {
  LogPosition position;
  position.apply(part(5, 1, 0, 0));
  position.apply(record::SegmentEnd{.rendition = 5});
  EXPECT_FALSE(position.known());
}

}  // namespace
}  // namespace channel
