#include "worker/feed_tally.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

using feed::Id;

FeedCounts pictures(std::uint64_t count) {
  FeedCounts counts;
  counts.video_packets = count;
  return counts;
}

TEST(FeedTally, IsWhatThePlaceHasCountedAtFirst) {
  FeedTally tally;
  FeedCounts all;
  std::uint64_t value = 1;
  for (const auto field :
       {&FeedCounts::video_packets, &FeedCounts::audio_packets, &FeedCounts::ts_sync_losses,
        &FeedCounts::ts_continuity_errors, &FeedCounts::ts_scrambled, &FeedCounts::ts_transport_errors,
        &FeedCounts::ts_untimed, &FeedCounts::ts_unsupported, &FeedCounts::ts_damaged_units,
        &FeedCounts::timeline_anchors, &FeedCounts::timeline_restamped, &FeedCounts::timeline_dropped})
    all.*field = value++;
  EXPECT_EQ(tally.total(0, Id::kPrimary, all), all);
  tally.settle(0, Id::kPrimary, all);
  EXPECT_EQ(tally.total(0, Id::kPrimary, all), all) << "once";
  EXPECT_EQ(tally.total(1, Id::kBackup, {}), FeedCounts{}) << "not the other's";
}

TEST(FeedTally, StaysWithTheFeedWhenThePlacesExchangeTheirFeeds) {
  FeedTally tally;
  tally.settle(0, Id::kPrimary, pictures(100));
  tally.settle(1, Id::kBackup, pictures(30));
  EXPECT_EQ(tally.total(1, Id::kPrimary, pictures(31)), pictures(101));
  EXPECT_EQ(tally.total(0, Id::kBackup, pictures(105)), pictures(35));
  tally.settle(1, Id::kPrimary, pictures(40));
  tally.settle(0, Id::kBackup, pictures(110));
  EXPECT_EQ(tally.total(0, Id::kPrimary, pictures(110)), pictures(110)) << "and back";
  EXPECT_EQ(tally.total(1, Id::kBackup, pictures(41)), pictures(41));
}

TEST(FeedTally, NeverFallsWhenAPlaceCountsFromZeroAgain) {
  FeedTally tally;
  tally.settle(0, Id::kPrimary, pictures(100));
  EXPECT_EQ(tally.total(0, Id::kPrimary, pictures(0)), pictures(100));
  tally.settle(0, Id::kPrimary, pictures(0));
  EXPECT_EQ(tally.total(0, Id::kPrimary, pictures(150)), pictures(250));
}

}  // namespace
}  // namespace worker
