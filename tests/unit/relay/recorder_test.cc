#include "relay/recorder.h"

#include <gtest/gtest.h>

#include "taped.h"

namespace relay {
namespace {

using testing::kFirst;
using testing::Taped;

TEST(Recorder, NumbersRecordsAndPublishesABatchOnce) {
  Taped origin;
  EXPECT_EQ(origin.recorder.reel()->next, 1u);
  EXPECT_TRUE(origin.recorder.reel()->chunks.empty());
  origin.begin();
  origin.segments(kFirst, kFirst);
  EXPECT_TRUE(origin.reels.empty());
  origin.recorder.settle();
  ASSERT_EQ(origin.reels.size(), 1u);
  EXPECT_EQ(origin.reels[0]->next, 12u);
  EXPECT_EQ(origin.reels[0]->log, 7u);
  EXPECT_EQ(origin.reels[0]->path, Path{70});
  origin.recorder.settle();
  EXPECT_EQ(origin.reels.size(), 1u) << "nothing has come";
}

TEST(Recorder, BeginsAChunkWithEachSegmentThatHasBegun) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst + 2);
  const auto reel = origin.reel();
  ASSERT_EQ(reel->chunks.size(), 4u);
  EXPECT_EQ(reel->chunks[0]->standing.begun, -1);
  EXPECT_EQ(reel->chunks[0]->first, 1u);
  EXPECT_TRUE(reel->chunks[0]->seed.empty());
  std::uint64_t next = 1;
  for (const auto& chunk : reel->chunks) {
    EXPECT_EQ(chunk->first, next);
    next = chunk->end();
  }
  EXPECT_EQ(next, reel->next);
  EXPECT_EQ(reel->chunks[3]->standing.begun, kFirst + 2);
  EXPECT_EQ(reel->chunks[3]->seed.size(), 1u) << "the presentation";
}

TEST(Recorder, DoesNotBeginAChunkBeforeTheDiscontinuityThatIsAnnounced) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst);
  origin.apply(record::Discontinuity{kFirst + 2});
  const std::size_t before = origin.reel()->chunks.size();
  origin.segments(kFirst + 1, kFirst + 1);
  EXPECT_EQ(origin.reel()->chunks.size(), before);
  origin.segments(kFirst + 2, kFirst + 2);
  EXPECT_EQ(origin.reel()->chunks.size(), before + 1);
}

TEST(Recorder, KeepsWhatTheWindowNeedsAndDropsTheRest) {
  Taped origin({.window = 20 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst + 17);
  EXPECT_EQ(origin.reel()->chunks.front()->first, 1u) << "10 segments, and 8 to spare";
  origin.segments(kFirst + 18, kFirst + 60);
  const auto reel = origin.reel();
  // A reader that begins there has all that is listed.
  EXPECT_LE(reel->chunks.front()->standing.begun, kFirst + 60 - 10 - Recorder::kSpare);
  EXPECT_LE(reel->chunks.size(), 10u + 8u + 3u);
  EXPECT_EQ(reel->next, 1u + 1u + 61u * 10u);
}

TEST(Recorder, KeepsWhatIsInMemoryOfALongWindow) {
  Taped origin({.window = 3600 * base::kSecond, .memory = 12 * base::kSecond});
  origin.begin();
  origin.segments(kFirst, kFirst + 60);
  EXPECT_LE(origin.reel()->chunks.size(), 6u + 8u + 3u);
}

TEST(Recorder, LeavesOutWhatFeedsShow) {
  Taped origin;
  origin.begin();
  origin.apply(record::Thumbnail{"primary", 1, base::Bytes::copy_of("jpeg")});
  EXPECT_EQ(origin.reel()->next, 2u);
  origin.apply(record::Thumbnail{"", 1, base::Bytes::copy_of("jpeg")});
  EXPECT_EQ(origin.reel()->next, 3u) << "an image of what viewers see is part of the window";
}

TEST(Recorder, BeginsAnewBehindMediaThatMemoryDoesNotHave) {
  Taped origin;
  origin.begin();
  origin.segments(kFirst, kFirst);
  record::Part part = origin::testing::part(origin::testing::kVideo, kFirst + 1, 0);
  part.data = {};
  part.stored.place.size = 100;
  origin.apply(part);
  EXPECT_TRUE(origin.reel()->chunks.empty());
  origin.apply(origin::testing::part(origin::testing::kAudio, kFirst + 1, 0));
  const auto reel = origin.reel();
  ASSERT_EQ(reel->chunks.size(), 1u);
  EXPECT_EQ(reel->chunks[0]->first, 13u);
  EXPECT_EQ(reel->chunks[0]->seed.size(), 1u);
  EXPECT_FALSE(reel->has({7, 12}));
}

TEST(Recorder, EveryLogHasANameOfItsOwn) {
  EXPECT_NE(begin_log().log, begin_log().log);
  EXPECT_EQ(begin_log().next, 1u);
}

}  // namespace
}  // namespace relay
