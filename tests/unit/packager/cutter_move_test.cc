#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "packager/cutter.h"
#include "stream.h"

/// Cuts that are moved onto splices. Slots of 50 frames; all times in frames.
namespace packager {
namespace {

using stream::kFrame;

constexpr std::int64_t kSlot = 50 * kFrame;

struct Moving {
  explicit Moving(Cutter::Mode mode) : cutter({mode, 90000, kSlot, kFrame}) {}

  /// Plays frames [next, until) and returns the cuts: "50=1" is a cut at frame 50, of segment 1.
  template <typename IsKey>
  std::string play(int until, IsKey is_key) {
    std::string text;
    const auto note = [&](const Cut& cut) {
      text += std::to_string(cut.time / kFrame) + "=" + std::to_string(cut.msn) + " ";
    };
    if (!cutter.started()) cutter.open({cutter.slot_of(next * kFrame), next * kFrame});
    for (; next < until; ++next) {
      while (const auto cut = cutter.cut_before(next * kFrame, is_key(next))) note(*cut);
      if (const auto cut = cutter.cut_after(next * kFrame, is_key(next), kFrame)) note(*cut);
    }
    return text;
  }
  std::string play(int until) {
    return play(until, [](int) { return false; });
  }
  bool may(std::int64_t msn, int frame) const { return cutter.can_move(msn, frame * kFrame); }
  void move(std::int64_t msn, int frame) { cutter.move(msn, frame * kFrame); }

  Cutter cutter;
  int next = 0;
};

auto every(int gop, int phase, int extra = -1) {
  return [=](int n) { return n % gop == phase || n == extra; };
}

TEST(CutterMove, TheNearestCutOfTheGridIsThatOfTheSegmentWhoseStartIsNearest) {
  Moving at(Cutter::Mode::kGrid);
  at.play(1);
  EXPECT_EQ(at.cutter.nearest(124 * kFrame), 2);
  EXPECT_EQ(at.cutter.nearest(125 * kFrame), 3);
  EXPECT_EQ(at.cutter.nearest(150 * kFrame), 3);
  EXPECT_EQ(at.cutter.nearest(174 * kFrame), 3);
  EXPECT_EQ(at.cutter.nearest(175 * kFrame), 4);
}

TEST(CutterMove, OnTheGridASegmentBeginsEarlierOrLaterAndTheNextOnesWhereTheyDid) {
  Moving earlier(Cutter::Mode::kGrid);
  earlier.play(10);
  earlier.move(2, 80);
  EXPECT_EQ(earlier.play(210), "50=1 80=2 150=3 200=4 ");
  Moving later(Cutter::Mode::kGrid);
  later.play(10);
  later.move(2, 120);
  EXPECT_EQ(later.play(210), "50=1 120=2 150=3 200=4 ");
}

TEST(CutterMove, RenditionsAheadOfTheLeadKnowTheMovedStart) {
  Moving at(Cutter::Mode::kGrid);
  at.play(10);
  at.move(2, 80);
  EXPECT_EQ(at.cutter.start_of(1), 50 * kFrame);
  EXPECT_EQ(at.cutter.start_of(2), 80 * kFrame);
  EXPECT_EQ(at.cutter.start_of(3), 150 * kFrame);
  at.play(160);
  EXPECT_EQ(at.cutter.start_of(2), 80 * kFrame) << "those behind it, too";
}

TEST(CutterMove, TimeThatIsMissingIsCutThereToo) {
  Moving at(Cutter::Mode::kGrid);
  at.play(10);
  at.move(1, 60);
  EXPECT_FALSE(at.cutter.cut_missing(59 * kFrame));
  EXPECT_EQ(at.cutter.cut_missing(61 * kFrame), (Cut{1, 60 * kFrame}));
  EXPECT_EQ(at.cutter.latest_end(), 100 * kFrame);
}

TEST(CutterMove, SegmentsBesideItAreBetweenHalfAndOneAndAHalfTimesAsLong) {
  Moving at(Cutter::Mode::kGrid);
  at.play(10);
  EXPECT_FALSE(at.may(0, 0)) << "has begun";
  EXPECT_TRUE(at.may(2, 75));
  EXPECT_FALSE(at.may(2, 70));
  EXPECT_TRUE(at.may(2, 124));
  EXPECT_FALSE(at.may(2, 127));
}

TEST(CutterMove, TwoSplicesNearEachOtherCannotBothMoveTheirCuts) {
  Moving at(Cutter::Mode::kGrid);
  at.play(10);
  at.move(2, 80);
  EXPECT_FALSE(at.may(3, 160)) << "80 frames between them";
  EXPECT_TRUE(at.may(3, 150));
  EXPECT_TRUE(at.may(3, 130)) << "a break of 50 frames";
  EXPECT_FALSE(at.may(1, 58)) << "22 frames between them";
  EXPECT_TRUE(at.may(1, 40));
}

TEST(CutterMove, OfASourceItIsTheFirstKeyFrameFromThereOn) {
  // Key frames every 25 frames, and the splicer's own.
  Moving with(Cutter::Mode::kSource);
  with.play(60, every(25, 0, 87));
  with.move(2, 87);
  EXPECT_EQ(with.play(260, every(25, 0, 87)), "87=2 150=3 200=4 250=5 ");
  Moving without(Cutter::Mode::kSource);
  without.play(60, every(25, 0));
  without.move(2, 87);
  EXPECT_EQ(without.play(260, every(25, 0)), "100=2 150=3 200=4 250=5 ");
}

TEST(CutterMove, OfASourceASegmentWaitsForASpliceThatIsLater) {
  Moving at(Cutter::Mode::kSource);
  at.play(60, every(25, 0, 120));
  at.move(2, 120);
  EXPECT_EQ(at.play(260, every(25, 0, 120)), "120=2 150=3 200=4 250=5 ");
}

TEST(CutterMove, OfASourceItIsMeasuredFromWhereItsSegmentsBegin) {
  Moving at(Cutter::Mode::kSource);
  at.next = 45;
  at.play(110, every(50, 45));  // segments begin 45 frames into their slots
  EXPECT_EQ(at.cutter.nearest(119 * kFrame), 1);
  EXPECT_EQ(at.cutter.nearest(121 * kFrame), 2);
  EXPECT_TRUE(at.may(2, 165)) << "beyond its slot";
  at.move(2, 165);
  EXPECT_EQ(at.play(300, every(50, 45, 165)), "165=2 195=3 245=4 295=5 ");
}

TEST(CutterMove, OfASourceThatHasNoKeyFrameThereASegmentEndsAtOneAndAHalfTimesItsLength) {
  Moving at(Cutter::Mode::kSource);
  at.play(60, every(1000, 50));
  at.move(2, 120);
  const std::string cuts = at.play(200, every(1000, 50));
  EXPECT_EQ(cuts.substr(0, 6), "135=2 ") << "50 frames, half as many, and 0.4 s";
}

TEST(CutterMove, IsRescaledWithTheLead) {
  Moving at(Cutter::Mode::kGrid);
  at.play(10);
  at.move(2, 80);
  at.cutter.change_lead({Cutter::Mode::kGrid, 45000, kSlot / 2, kFrame / 2});
  EXPECT_EQ(at.cutter.start_of(2), 40 * kFrame);
  EXPECT_EQ(at.cutter.moved(2), 40 * kFrame);
}

}  // namespace
}  // namespace packager
