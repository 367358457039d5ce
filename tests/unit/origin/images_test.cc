#include "origin/images.h"

#include <gtest/gtest.h>

#include "channel.h"
#include "origin/waiters.h"

namespace origin {
namespace {

using namespace origin::testing;
using base::kMillisecond;
using base::kSecond;

constexpr base::Micros start_of(std::int64_t msn) { return msn * 2 * kSecond; }

struct ImagesTest : ::testing::Test {
  ImagesTest() : channel({.window = 12 * kSecond, .images = true}) { channel.begin(); }
  void image(base::Micros at, const std::string& jpeg, const std::string& feed = "") {
    channel.log.apply(record::Thumbnail{feed, at, base::Bytes::copy_of(jpeg)});
  }
  const ImageSet& set() {
    snapshot = channel.log.snapshot();
    return *snapshot->images;
  }
  /// "a" for the image of the segment; "none".
  std::string of(std::int64_t msn) {
    const base::Bytes* found = set().find(msn);
    return found == nullptr ? "none" : std::string(found->text());
  }

  Channel channel;
  std::shared_ptr<const ChannelSnapshot> snapshot;
};

TEST_F(ImagesTest, AreThoseOfTheirSegmentsOnceThoseHaveClosed) {
  EXPECT_FALSE(set().ready());
  image(start_of(kFirst), "a");
  image(start_of(kFirst + 1), "b");
  EXPECT_EQ(of(kFirst), "none");
  channel.segments(kFirst, kFirst + 2);
  EXPECT_EQ(of(kFirst), "a");
  EXPECT_EQ(of(kFirst + 1), "b");
  EXPECT_EQ(of(kFirst + 2), "none");
  EXPECT_TRUE(set().ready());
  EXPECT_EQ(set().text(),
            "#EXTM3U\n"
            "#EXT-X-VERSION:6\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-IMAGES-ONLY\n"
            "#EXT-X-MEDIA-SEQUENCE:888000000\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-04-12T13:20:00.000Z\n"
            "#EXTINF:2.00000,\n"
            "888000000.jpg\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-04-12T13:20:02.000Z\n"
            "#EXTINF:2.00000,\n"
            "888000001.jpg\n"
            "#EXT-X-PROGRAM-DATE-TIME:2026-04-12T13:20:04.000Z\n"
            "#EXT-X-GAP\n"
            "#EXTINF:2.00000,\n"
            "888000002.jpg\n");
}

TEST_F(ImagesTest, OfTwoInASegmentTheFirstCounts) {
  image(start_of(kFirst) - 1, "rounded");
  image(start_of(kFirst) + kSecond, "later");
  image(start_of(kFirst + 1) - 1, "rounded up");
  channel.segments(kFirst, kFirst + 1);
  EXPECT_EQ(of(kFirst), "rounded");
  EXPECT_EQ(of(kFirst + 1), "rounded up");
}

TEST_F(ImagesTest, OneThatComesLateChangesNoEntry) {
  channel.segments(kFirst, kFirst);
  const std::string before = set().text();
  image(start_of(kFirst), "late");
  channel.segments(kFirst + 1, kFirst + 1);
  EXPECT_EQ(of(kFirst), "none");
  EXPECT_EQ(of(kFirst + 1), "none");
  EXPECT_TRUE(has(set().text(), before.substr(before.find("#EXT-X-MEDIA-SEQUENCE"))));
  EXPECT_EQ(set().newest->jpeg.text(), "late");
}

TEST_F(ImagesTest, GoWithTheirSegments) {
  for (std::int64_t msn = kFirst; msn < kFirst + 60; ++msn) {
    image(start_of(msn), "x");
    channel.segments(msn, msn);
  }
  const auto& kept = channel.rendition().revision().closed->segments;
  EXPECT_EQ(set().images.size(), kept.size());
  EXPECT_EQ(set().images.front().msn, kept.front()->msn);
  EXPECT_LT(kept.size(), 30U);
}

TEST_F(ImagesTest, ThatNoSegmentTakesAreBounded) {
  for (int i = 0; i < 100; ++i) image(start_of(kFirst) + i * kMillisecond, std::to_string(i));
  channel.segments(kFirst, kFirst);
  EXPECT_EQ(of(kFirst), "92") << "the newest eight waited";
}

TEST_F(ImagesTest, OfFeedsAreNotForViewers) {
  image(start_of(kFirst), "rehearsal", "primary");
  channel.segments(kFirst, kFirst);
  EXPECT_EQ(of(kFirst), "none");
  EXPECT_FALSE(set().newest);
}

TEST_F(ImagesTest, TheNewestIsThatOfNowAndGoesWithTheEnd) {
  image(5, "a");
  EXPECT_EQ(set().newest->at, 5);
  const auto before = channel.log.snapshot();
  EXPECT_EQ(channel.log.snapshot(), before) << "made once";
  image(6, "b");
  EXPECT_EQ(set().newest->jpeg.text(), "b");
  EXPECT_EQ(before->images->newest->jpeg.text(), "a") << "a snapshot does not change";
  channel.segments(kFirst, kFirst);
  channel.log.apply(record::End{});
  EXPECT_FALSE(set().newest);
  EXPECT_TRUE(has(set().text(), "#EXT-X-ENDLIST\n"));
  image(7, "c");
  EXPECT_FALSE(set().newest);
}

TEST_F(ImagesTest, AreWaitedForUntilASegmentIsListed) {
  const WaitCondition wait = WaitCondition::images();
  EXPECT_FALSE(satisfied(wait, *channel.log.snapshot()));
  channel.segments(kFirst, kFirst);
  EXPECT_TRUE(satisfied(wait, *channel.log.snapshot()));
  EXPECT_TRUE(satisfied(wait, *Channel().log.snapshot())) << "the channel has none";
}

TEST(Images, AreThereOnlyWhereTheChannelIsToHaveThem) {
  Channel channel;
  channel.begin();
  channel.log.apply(record::Thumbnail{"", 5, base::Bytes::copy_of("a")});
  EXPECT_EQ(channel.log.snapshot()->images, nullptr);
  EXPECT_FALSE(has(channel.log.snapshot()->multivariant->identity.text(), "IMAGE"));
}

}  // namespace
}  // namespace origin
