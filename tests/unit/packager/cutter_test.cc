#include "packager/cutter.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "media/slot.h"
#include "stream.h"

using packager::Cut;
using packager::Cutter;
using stream::kFrame;

namespace {

constexpr std::int64_t kSlot = 50 * kFrame;

/// Plays frames at 25 fps from frame `first` on, `is_key(n)` telling the key frames, and tells the cuts in frames:
/// "50" is a cut before frame 50, "50!" one known as soon as frame 49 was in.
template <typename IsKey>
std::string play(Cutter& cutter, int first, int count, IsKey is_key) {
  std::string text;
  if (!cutter.started()) cutter.open({cutter.slot_of(first * kFrame), first * kFrame});
  for (int n = first; n < first + count; ++n) {
    while (const auto cut = cutter.cut_before(n * kFrame, is_key(n))) text += std::to_string(cut->time / kFrame) + " ";
    if (const auto cut = cutter.cut_after(n * kFrame, is_key(n), kFrame)) {
      text += std::to_string(cut->time / kFrame) + "! ";
    }
  }
  return text;
}

Cutter source() { return Cutter({Cutter::Mode::kSource, 90000, kSlot, kFrame}); }
Cutter grid() { return Cutter({Cutter::Mode::kGrid, 90000, kSlot, kFrame}); }
auto every(int gop, int phase) {
  return [=](int n) { return n % gop == phase; };
}

}  // namespace

TEST(Cutter, CutsOnTheGridWhateverTheKeyFrames) {
  Cutter cutter = grid();
  EXPECT_EQ(play(cutter, 18, 190, every(1000, 18)), "50! 100! 150! 200! ");
  EXPECT_EQ(cutter.current(), (Cut{4, 200 * kFrame}));
}

TEST(Cutter, KnowsEveryStartOnTheGridAhead) {
  Cutter cutter = grid();
  cutter.open({3, 160 * kFrame});
  EXPECT_EQ(cutter.start_of(3), 160 * kFrame);
  EXPECT_EQ(cutter.start_of(9), 9 * kSlot);
  EXPECT_EQ(cutter.horizon(), INT64_MAX);
}

TEST(Cutter, OfALogThatIsResumedTheEarlierSegmentsBeganAsFarIntoTheirSlots) {
  Cutter cutter = source();
  cutter.open({10, 10 * kSlot + 31 * kFrame});
  EXPECT_EQ(cutter.start_of(11), std::nullopt);
  EXPECT_EQ(cutter.start_of(10), 10 * kSlot + 31 * kFrame);
  EXPECT_EQ(cutter.start_of(9), 9 * kSlot + 31 * kFrame);
  EXPECT_EQ(cutter.start_of(7), 7 * kSlot + 31 * kFrame);
  Cutter even = grid();
  even.open({10, 10 * kSlot + kFrame});
  EXPECT_EQ(even.start_of(9), 9 * kSlot);
}

TEST(Cutter, FollowsTheKeyFramesOfASourceAndThenExpectsThem) {
  Cutter cutter = source();
  // Two equal intervals make a third one expected.
  EXPECT_EQ(play(cutter, 18, 250, every(50, 18)), "68 118 168! 218! 268! ");
}

TEST(Cutter, TakesTheFirstKeyFramePastTheSlotOfShortGops) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 250, every(25, 18)), "68 118! 168! 218! 268! ");
  EXPECT_EQ(play(cutter, 268, 200, every(12, 4)), "304 352 400 460! ");
}

TEST(Cutter, DoesNotWaitForAKeyFrameThatIsOverdue) {
  Cutter cutter = source();
  // The GOP was regular, then a key frame is missing: the segment was closed where it was expected, and the one after
  // has to wait.
  const auto irregular = [](int n) { return n % 50 == 18 && n != 168; };
  EXPECT_EQ(play(cutter, 18, 240, irregular), "68 118 168! 218 ");
}

// An encoder that drops a frame: its key frames continue 50 frames apart, a frame later on the clock.
TEST(Cutter, WaitsForTheKeyFrameThatADroppedFrameMoved) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 180, every(50, 18)), "68 118 168! ");
  EXPECT_EQ(play(cutter, 199, 160, every(50, 19)), "219 269 319 ");
}

// Time stamps in milliseconds are up to half a tick off; a frame that was dropped is a whole frame.
TEST(Cutter, ExpectsKeyFramesStillAfterAHoleOfHalfAFrameAndNotAfterMore) {
  const auto after_hole = [](std::int64_t hole) {
    Cutter cutter = source();
    play(cutter, 18, 181, every(50, 18));
    EXPECT_EQ(cutter.cut_before(199 * kFrame + hole, false), std::nullopt);
    EXPECT_EQ(cutter.cut_after(199 * kFrame + hole, false, kFrame - hole), std::nullopt);
    return play(cutter, 200, 30, every(50, 18));
  };
  EXPECT_EQ(after_hole(kFrame / 2), "218! ");
  EXPECT_EQ(after_hole(kFrame / 2 + 1), "218 ");
}

TEST(Cutter, AKeyFrameThatIsLeftOutOnceIsNoReasonToCutWithoutOne) {
  Cutter cutter = source();
  const auto left_out = [](int n) { return n % 50 == (n < 140 ? 18 : 23) && n != 118; };
  // 68, 173 and 223 are key frames; between the first two a segment had to begin without one.
  EXPECT_EQ(play(cutter, 18, 260, left_out), "68 128! 173 223 273 ");
}

TEST(Cutter, BeginsSegmentsWithKeyFramesThatAreALittleFurtherApart) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 200, every(55, 18)), "73 128 183 ");
}

// LL-17: closed with the last frame that keeps LL-11 also for audio, which may end a frame later.
TEST(Cutter, CutsWithoutAKeyFrameBeforeTheTargetDurationBreaks) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 70, every(1000, 18)), "78! ");
}

TEST(Cutter, LeavesEverySlotItsSegment) {
  Cutter cutter = source();
  // Segment 0 starts late in its slot: segment 1 has to start before slot 2 does, though 2.4 s were not over.
  EXPECT_EQ(play(cutter, 48, 60, every(1000, 48)), "97! ");
  EXPECT_EQ(cutter.current().msn, 1);
}

TEST(Cutter, CutsAtSlotEndsWhenKeyFramesAreFurtherApart) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 500, every(125, 18)), "78! 138! 150! 200! 250! 300! 350! 400! 450! 500! ");
}

TEST(Cutter, KeepsThePhaseOfKeyFramesAWholeNumberOfSegmentsApart) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 300, every(100, 18)), "78! 118 168! 218! 268! 318! ");
}

// Missing time is cut as late as it can be, so that segments start late in their slots when the source comes back: any
// key frame of the next slot can then end them.
TEST(Cutter, CutsMissingTimeLateInItsSlots) {
  Cutter cutter = source();
  play(cutter, 18, 30, every(50, 18));
  EXPECT_EQ(cutter.cut_missing(77 * kFrame), std::nullopt);
  EXPECT_EQ(cutter.cut_missing(300 * kFrame), (Cut{1, 78 * kFrame}));
  EXPECT_EQ(cutter.cut_missing(300 * kFrame), (Cut{2, 138 * kFrame}));
  EXPECT_EQ(cutter.cut_missing(300 * kFrame), (Cut{3, 197 * kFrame}));
  EXPECT_EQ(cutter.cut_missing(300 * kFrame), (Cut{4, 247 * kFrame}));
  EXPECT_EQ(cutter.cut_missing(296 * kFrame), std::nullopt);
}

TEST(Cutter, CatchesUpWhenMediaReturnsAfterMissingTime) {
  Cutter cutter = source();
  EXPECT_EQ(play(cutter, 18, 30, every(50, 18)), "");
  EXPECT_EQ(play(cutter, 203, 100, every(50, 3)), "78 138 197 203 253 ");
  EXPECT_EQ(cutter.current().msn, 5);
}

TEST(Cutter, TellsHowFarOtherRenditionsMayGo) {
  Cutter cutter = source();
  EXPECT_EQ(cutter.horizon(), INT64_MIN);
  play(cutter, 18, 10, every(50, 18));
  // The next cut has to lie in slot 1: up to there all is decided, whatever the lead does.
  EXPECT_EQ(cutter.horizon(), kSlot);
  play(cutter, 28, 30, every(50, 18));
  EXPECT_EQ(cutter.horizon(), 58 * kFrame);
  EXPECT_EQ(cutter.start_of(1), std::nullopt);
  play(cutter, 58, 11, every(50, 18));
  EXPECT_EQ(cutter.start_of(1), 68 * kFrame);
  EXPECT_EQ(cutter.horizon(), 2 * kSlot);
}

// Up to where a part may be published without knowing whether its segment ends with it.
TEST(Cutter, TellsWhereACutIsToBeExpected) {
  Cutter cutter = source();
  play(cutter, 18, 49, every(25, 18));
  // One interval says nothing about the next one: any frame from here may be a key frame.
  EXPECT_EQ(cutter.expected_horizon(), 67 * kFrame);
  play(cutter, 67, 10, every(25, 18));
  // Two equal ones do: of the key frames to come the one at 93 is too early to end the segment.
  EXPECT_EQ(cutter.expected_horizon(), 118 * kFrame);
  play(cutter, 77, 25, every(25, 18));
  EXPECT_EQ(cutter.expected_horizon(), 118 * kFrame);
  EXPECT_EQ(cutter.horizon(), 102 * kFrame);
}

TEST(Cutter, ExpectsACutAtASlotsEndWhereKeyFramesAreFurtherApart) {
  Cutter cutter = source();
  play(cutter, 18, 210, every(100, 18));
  EXPECT_EQ(cutter.current().time, 218 * kFrame);
  EXPECT_EQ(cutter.expected_horizon(), 268 * kFrame);
}

TEST(Cutter, ExpectsNoCutLaterThanTheLongestSegment) {
  Cutter cutter = source();
  play(cutter, 18, 82, every(40, 18));
  // The last key frame was the 98th, just before the slot's end; the next one would come 80 frames after the cut.
  EXPECT_EQ(cutter.current().time, 58 * kFrame);
  EXPECT_EQ(cutter.expected_horizon(), 118 * kFrame);
}

TEST(Cutter, GoesOnWithAnotherLead) {
  Cutter cutter(Cutter::Options{Cutter::Mode::kGrid, 48000, 96000, 1024});
  cutter.open({5, 5 * 96000 + 512});
  cutter.change_lead({Cutter::Mode::kSource, 90000, kSlot, kFrame});
  EXPECT_EQ(cutter.current(), (Cut{5, 5 * kSlot + 960}));
}

TEST(SlotLength, IsAWholeNumberOfFrames) {
  EXPECT_EQ(media::slot_length(90000, {25, 1}, 2'000'000).ticks, 180000);
  const media::SlotLength ntsc = media::slot_length(30000, {30000, 1001}, 2'000'000);
  EXPECT_EQ(ntsc.ticks, 60060);
  EXPECT_EQ(ntsc.seconds, (media::Rational{1001, 500}));
  EXPECT_EQ(media::slot_length(24000, {24000, 1001}, 2'000'000).ticks, 48048);
  EXPECT_EQ(media::slot_length(90000, {25, 2}, 1'000'000).ticks, 13 * 7200);
  EXPECT_EQ(media::slot_length(48000, {}, 2'000'000).seconds, (media::Rational{2, 1}));
}
