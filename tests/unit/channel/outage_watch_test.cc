#include "channel/outage_watch.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace channel {
namespace {

using base::kSecond;
using Lines = std::vector<std::string>;

class OutageWatchTest : public testing::Test {
 protected:
  static constexpr base::Micros kBegan = FakeTime::kEpoch + 2 * kSecond;
  static constexpr const char* kRaised = "outage raised match since=2023-11-14T22:13:22.000Z";

  OutageWatchTest() { apply(sound()); }
  void apply(const record::Record& record) {
    position_.apply(record);
    watch_.apply(record);
  }
  void marker(base::Micros start, std::optional<base::Micros> end = std::nullopt) {
    record::Marker made;
    made.kind = record::kOutageClass;
    made.start = start;
    made.end = end;
    apply(made);
  }
  void part(base::Micros utc, bool held, std::uint32_t rendition = 0) {
    record::Part made = part_at(utc, 0);
    made.rendition = rendition;
    made.held = held;
    apply(made);
  }

  FakeEvents events_;
  const std::string name_ = "match";
  record::Position position_;
  OutageWatch watch_{name_, position_, events_};
};

TEST_F(OutageWatchTest, IsRaisedAndClearedByTheMarkersOfTheLog) {
  marker(kBegan);
  EXPECT_EQ(events_.lines, Lines{kRaised});
  part(kBegan, true);
  EXPECT_EQ(events_.lines.size(), 1U) << "a part that is held";
  marker(kBegan, kBegan + 3 * kSecond / 2);
  EXPECT_EQ(events_.lines, (Lines{kRaised, "outage cleared match reason=media seconds=1.500"}));
  part(kBegan + 4 * kSecond, false);
  EXPECT_EQ(events_.lines.size(), 2U);
}

TEST_F(OutageWatchTest, IsClearedByMediaIfTheWorkerThatBeganItHasDied) {
  marker(kBegan);
  marker(kBegan + kSecond);  // the stand-in's
  EXPECT_EQ(events_.lines, Lines{kRaised}) << "one outage";
  part(kBegan - 2 * kSecond, false);
  EXPECT_EQ(events_.lines.size(), 1U) << "media from before";
  part(kBegan + 4 * kSecond, false);
  EXPECT_EQ(events_.lines.back(), "outage cleared match reason=media seconds=4.000");
}

TEST_F(OutageWatchTest, WithVideoGoesByVideoAlone) {
  record::Presentation both = sound();
  both.renditions.push_back(both.renditions[0]);
  both.renditions[1].track.codec = media::Codec::kH264;
  both.renditions[1].name = "v1";
  apply(both);
  marker(kBegan);
  part(kBegan + 2 * kSecond, false, 0);
  EXPECT_EQ(events_.lines.size(), 1U) << "sound alone is no end of it";
  part(kBegan + 2 * kSecond, false, 1);
  EXPECT_EQ(events_.lines.size(), 2U);
}

TEST_F(OutageWatchTest, IsThereWhileTheShownFeedBringsNothingThoughEncodersMakeParts) {
  watch_.note_feed(true, kBegan);
  watch_.note_feed(false, kBegan + kSecond);
  watch_.note_feed(false, kBegan + kSecond + OutageWatch::kLeast - 1);
  EXPECT_TRUE(events_.lines.empty()) << "not yet";
  watch_.note_feed(false, kBegan + kSecond + OutageWatch::kLeast);
  EXPECT_EQ(events_.lines, Lines{"outage raised match since=2023-11-14T22:13:23.000Z"});
  part(kBegan + 4 * kSecond, false);
  watch_.note_feed(false, kBegan + 5 * kSecond);
  EXPECT_EQ(events_.lines.size(), 1U);
  watch_.note_feed(true, kBegan + 6 * kSecond);
  EXPECT_EQ(events_.lines.back(), "outage cleared match reason=media seconds=5.000");
}

TEST_F(OutageWatchTest, IsOverWhenNeitherTheLogNorTheFeedSaysSo) {
  watch_.note_feed(false, kBegan - kSecond);
  marker(kBegan);
  watch_.note_feed(false, kBegan + kSecond);
  watch_.note_feed(true, kBegan + 2 * kSecond);
  EXPECT_EQ(events_.lines, Lines{kRaised}) << "one, and media has not come to the log yet";
  marker(kBegan, kBegan + 3 * kSecond);
  EXPECT_EQ(events_.lines.size(), 2U);
}

TEST_F(OutageWatchTest, EndsWithTheLog) {
  watch_.end(kBegan);
  EXPECT_TRUE(events_.lines.empty());
  marker(kBegan);
  watch_.end(kBegan + 60 * kSecond);
  EXPECT_EQ(events_.lines.back(), "outage cleared match reason=ended seconds=60.00");
  watch_.end(kBegan + 61 * kSecond);
  EXPECT_EQ(events_.lines.size(), 2U);
}

TEST_F(OutageWatchTest, LeavesMarkersOfOtherClassesAlone) {
  record::Marker made;
  made.kind = record::kSwitchClass;
  apply(made);
  EXPECT_TRUE(events_.lines.empty());
}

}  // namespace
}  // namespace channel
