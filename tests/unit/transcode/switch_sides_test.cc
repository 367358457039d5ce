#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <thread>

#include "transcode/decode_side.h"
#include "transcode/encode_side.h"
#include "unit/transcode/source.h"
#include "unit/transcode/studio.h"

// Two feeds of one programme into one encode side: EncodeSide::switch_to() and DecodeSide::catch_up().
namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;
using testing::grid;
using testing::is_backup;
using testing::kFrame;
using testing::ladder_rung;
using testing::Studio;

struct Offset {
  const char* name;
  int frames;            ///< that the backup is ahead of the primary
  media::Rational rate;  ///< of the backup
  int b_frames;
};
class Offsets : public ::testing::TestWithParam<Offset> {};

TEST_P(Offsets, OfTheFeedsLoseNoPictureAndShowNoneTwice) {
  const int ahead = GetParam().frames;
  const media::Rational rate = GetParam().rate;
  const Feed wide = testing::make_video({.frames = 75, .gop = 75});
  const int backup_frames = static_cast<int>(75 * rate.num / (25 * rate.den));
  const Feed narrow = testing::make_video(
      {.width = 240, .height = 180, .rate = rate, .frames = backup_frames, .gop = 75, .b_frames = GetParam().b_frames});
  Studio studio(wide, narrow, {0, 1});
  std::size_t fed = 0;
  const auto step = [&](int frame) {
    studio.feed_primary(static_cast<std::size_t>(frame), static_cast<std::size_t>(frame) + 1);
    const int due = std::clamp<int>(static_cast<int>((frame + ahead) * rate.num / (25 * rate.den)), 0, backup_frames);
    studio.feed_backup(fed, static_cast<std::size_t>(due));
    fed = static_cast<std::size_t>(due);
  };
  for (int i = 0; i < 25; ++i) step(i);
  ASSERT_TRUE(studio.comes(24 * kFrame));
  studio.encode->switch_to(*studio.backup);
  for (int i = 25; i < 75; ++i) step(i);
  studio.feed_backup(fed, narrow.packets.size());
  const auto pts = studio.finish();
  EXPECT_EQ(studio.encode->shown(), studio.backup.get());
  EXPECT_FALSE(studio.encode->switching());
  const auto frames = testing::decode(studio.out.tracks[0][0], studio.out.packets[0]);
  ASSERT_EQ(frames.size(), pts.size());
  const auto cut = std::ranges::find_if(frames, [](const FramePtr& frame) { return is_backup(*frame); });
  ASSERT_NE(cut, frames.end());
  EXPECT_GE(cut - frames.begin(), 25);
  EXPECT_TRUE(std::all_of(cut, frames.end(), [](const FramePtr& frame) { return is_backup(*frame); }));
  const std::int64_t theirs = 90'000 * rate.den / rate.num;
  for (std::size_t i = 1; i < pts.size(); ++i) {
    EXPECT_GT(pts[i], pts[i - 1]);
    EXPECT_LE(pts[i] - pts[i - 1], frames.begin() + static_cast<std::ptrdiff_t>(i) > cut ? theirs + 1 : kFrame + 450);
  }
  EXPECT_EQ(pts.front(), 0);
  EXPECT_EQ(pts.back(), testing::sorted_pts(narrow).back());
  const EncodeSide::Counters counters = studio.encode->counters();
  EXPECT_EQ(counters.dropped_frames + counters.late_frames + counters.held_frames, 0U);
}

INSTANTIATE_TEST_SUITE_P(Sides, Offsets,
                         ::testing::Values(Offset{"Equal", 0, {25, 1}, 0}, Offset{"Ahead", 12, {25, 1}, 0},
                                           Offset{"Behind", -12, {25, 1}, 0}, Offset{"Twice", 0, {50, 1}, 0},
                                           Offset{"TwiceBehind", -10, {50, 1}, 0},
                                           Offset{"ThirtyAhead", 8, {30000, 1001}, 2},
                                           Offset{"ThirtyBehind", -8, {30000, 1001}, 2}),
                         [](const auto& test) { return std::string(test.param.name); });

TEST(Sides, ShowTheFullGridAcrossASwitchOfEqualFeeds) {
  const Feed feed = testing::make_video({.frames = 60, .gop = 60});
  Studio studio(feed, feed);
  studio.feed_primary(0, 20);
  ASSERT_TRUE(studio.comes(19 * kFrame));
  studio.encode->switch_to(*studio.backup);
  EXPECT_TRUE(studio.encode->switching());
  EXPECT_EQ(studio.encode->shown(), studio.primary.get());
  studio.feed_backup(0, 40);
  studio.feed_primary(20, 40);
  ASSERT_TRUE(studio.comes(39 * kFrame));
  studio.encode->switch_to(*studio.primary);
  studio.feed_primary(40, 60);
  studio.feed_backup(40, 60);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 60));
}

TEST(Sides, GoOnWithTheOldOneWhereTheNewOneNeverGivesAPicture) {
  const Feed feed = testing::make_video({.frames = 50});
  Studio studio(feed, feed);
  studio.feed_primary(0, 10);
  ASSERT_TRUE(studio.comes(9 * kFrame));
  studio.encode->switch_to(*studio.backup);
  studio.feed_primary(10, 50);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 50));
  EXPECT_TRUE(studio.encode->switching());
}

TEST(Sides, SwitchAtOnceWhenTheOldOneIsGone) {
  const Feed feed = testing::make_video({.frames = 50});
  Studio studio(feed, feed);
  studio.feed_primary(0, 20);
  ASSERT_TRUE(studio.comes(19 * kFrame));
  studio.encode->switch_to(*studio.backup);
  studio.primary.reset();
  EXPECT_EQ(studio.encode->shown(), studio.backup.get());
  EXPECT_FALSE(studio.encode->switching());
  studio.feed_backup(0, 50);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 50));
  EXPECT_EQ(studio.encode->counters().dropped_frames, 0U) << "shown by the old side";
}

TEST(Sides, StayWithTheOldOneWhenTheNewOneIsGone) {
  const Feed feed = testing::make_video({.frames = 50});
  Studio studio(feed, feed);
  studio.feed_primary(0, 20);
  ASSERT_TRUE(studio.comes(19 * kFrame));
  studio.encode->switch_to(*studio.backup);
  studio.backup.reset();
  EXPECT_FALSE(studio.encode->switching());
  EXPECT_EQ(studio.encode->shown(), studio.primary.get());
  studio.feed_primary(20, 50);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 50));
}

TEST(Sides, AreHeldAlsoAfterASwitchThatTookEffectByItself) {
  const Feed feed = testing::make_video({.frames = 30});
  Studio studio(feed, feed);
  studio.feed_primary(0, 20);
  ASSERT_TRUE(studio.comes(19 * kFrame));
  studio.encode->switch_to(*studio.backup);
  studio.feed_backup(0, 30);
  ASSERT_TRUE(studio.comes(29 * kFrame));
  studio.encode->hold({2 * base::kSecond});
  ASSERT_TRUE(studio.comes(50 * kFrame));
  EXPECT_EQ(studio.pts(), grid(0, kFrame, 51));
}

TEST(Sides, SurviveBeingDestroyedWhileTheyWaitForEachOther) {
  const Feed feed = testing::make_video({.frames = 50});
  for (const bool destroy_backup : {true, false}) {
    Studio studio(feed, feed);
    studio.feed_primary(0, 10);
    ASSERT_TRUE(studio.comes(9 * kFrame));
    studio.encode->switch_to(*studio.backup);
    studio.feed_backup(0, 30);
    (destroy_backup ? studio.backup : studio.primary).reset();
  }
}

TEST(Sides, DropNothingThatComesInWhileTheyWaitForTheOtherOne) {
  const Feed feed = testing::make_video({.frames = 60, .gop = 20});
  Studio studio(feed, feed);
  studio.feed_primary(0, 10);
  ASSERT_TRUE(studio.comes(9 * kFrame));
  DecodeSide::Options live;
  live.max_lag = 200 * base::kMillisecond;
  studio.backup = DecodeSide::make(feed.track, *studio.encode, live).take();
  studio.encode->switch_to(*studio.backup);
  studio.feed_backup(20, 21);
  while (!studio.backup->counters().waiting) std::this_thread::yield();
  studio.feed_backup(21, 40);
  studio.feed_primary(10, 30);
  ASSERT_TRUE(studio.comes(39 * kFrame));
  EXPECT_EQ(studio.backup->counters().dropped_packets, 0U);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 40));
}

TEST(Sides, ComeUpInTheMiddleOfALongGroupOfPictures) {
  const Feed feed = testing::make_video({.width = 160, .height = 90, .rate = {50, 1}, .frames = 524, .gop = 600});
  Studio studio(feed, feed, {50, 1});
  studio.feed_primary(0, 500);
  ASSERT_TRUE(studio.comes(499 * kFrame / 2));
  studio.backup = DecodeSide::make(feed.track, *studio.encode, {}).take();
  std::vector<media::Packet> since_key(feed.packets.begin(), feed.packets.begin() + 500);
  studio.backup->catch_up(std::move(since_key));
  studio.encode->select(studio.backup.get());
  studio.feed_backup(500, 524);
  EXPECT_EQ(studio.finish(), grid(0, kFrame / 2, 524));
  const DecodeSide::Counters side = studio.backup->counters();
  EXPECT_EQ(side.decoded, 524U);
  EXPECT_EQ(side.dropped_packets, 0U);
  const EncodeSide::Counters counters = studio.encode->counters();
  EXPECT_EQ(counters.dropped_frames + counters.late_frames, 0U) << "what was shown before is no fault";
}

TEST(Sides, NameTheirOwnNewestPictureButNoneOfCatchingUp) {
  const Feed feed = testing::make_video({.frames = 30, .gop = 30});
  for (const bool burst : {false, true}) {
    Studio studio(feed, feed);
    studio.feed_primary(0, 25);
    ASSERT_TRUE(studio.comes(24 * kFrame));
    studio.encode->select(studio.backup.get());
    if (burst) {
      studio.backup->catch_up({feed.packets.begin(), feed.packets.begin() + 10});
    } else {
      studio.feed_backup(0, 10);
    }
    studio.finish();
    EXPECT_EQ(studio.encode->newest(), (media::Instant{(burst ? 24 : 9) * kFrame, 90'000}));
  }
}

TEST(Sides, ThatCatchUpAreNotCountedAsLateForWhatWasHeldMeanwhile) {
  const Feed feed = testing::make_video({.frames = 60, .gop = 60});
  Studio studio(feed, feed);
  studio.feed_primary(0, 10);
  ASSERT_TRUE(studio.comes(9 * kFrame));
  studio.primary.reset();
  studio.encode->hold({1'600 * base::kMillisecond});
  ASSERT_TRUE(studio.comes(40 * kFrame));
  studio.encode->select(studio.backup.get());
  studio.backup->catch_up({feed.packets.begin(), feed.packets.begin() + 50});
  studio.feed_backup(50, 60);
  EXPECT_EQ(studio.finish(), grid(0, kFrame, 60));
  EXPECT_EQ(studio.encode->counters().late_frames, 0U);
}

}  // namespace
}  // namespace transcode
