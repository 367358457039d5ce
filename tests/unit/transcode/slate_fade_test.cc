#include "transcode/slate_fade.h"

#include <gtest/gtest.h>

#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using base::kMillisecond;
using base::kSecond;
using testing::kPictureTime;
using What = SlateFade::What;

struct Course {
  explicit Course(base::Micros after) : fade(after) {}
  double next(What what, bool asked = false) { return fade.next(at += kPictureTime, what, asked); }
  double run(int frames, What what, bool asked = false) {
    for (int i = 0; i < frames; ++i) next(what, asked);
    return fade.share();
  }
  SlateFade fade;
  base::Micros at = 1000 * kSecond;
};

TEST(SlateFade, ShowsNothingOfItWhilePicturesCome) {
  Course course(0);
  EXPECT_EQ(course.run(100, What::kPicture), 0);
}

TEST(SlateFade, MixesItInWithinFiveFramesOnceThePicturesStayAway) {
  Course course(0);
  course.run(10, What::kPicture);
  EXPECT_NEAR(course.next(What::kAbsent), 0.2, 1e-9);
  EXPECT_NEAR(course.next(What::kAbsent), 0.4, 1e-9);
  EXPECT_EQ(course.run(3, What::kAbsent), 1);
  EXPECT_EQ(course.run(100, What::kAbsent), 1);
}

TEST(SlateFade, MixesThePictureInOnceItIsBack) {
  Course course(0);
  course.run(10, What::kPicture);
  course.run(10, What::kAbsent);
  EXPECT_NEAR(course.next(What::kPicture), 0.8, 1e-9);
  EXPECT_EQ(course.run(4, What::kPicture), 0);
}

TEST(SlateFade, WaitsBeforeItTakesTheLastPicturesPlace) {
  Course course(2 * kSecond);
  course.run(10, What::kPicture);
  EXPECT_EQ(course.run(49, What::kAbsent), 0);
  EXPECT_GT(course.next(What::kAbsent), 0) << "2 s after the last picture";
}

TEST(SlateFade, CountsTheWaitFromTheLastPicture) {
  Course course(2 * kSecond);
  course.run(10, What::kPicture);
  course.run(40, What::kAbsent);
  course.run(1, What::kPicture);
  EXPECT_EQ(course.run(49, What::kAbsent), 0);
}

TEST(SlateFade, NeverComesByItselfWhereOnlyOperatorsWantIt) {
  Course course(SlateFade::kNever);
  course.run(10, What::kPicture);
  EXPECT_EQ(course.run(1000, What::kAbsent), 0);
}

TEST(SlateFade, ComesAndGoesAsAskedWhateverComes) {
  Course course(SlateFade::kNever);
  course.run(10, What::kPicture);
  EXPECT_EQ(course.run(5, What::kPicture, true), 1);
  EXPECT_EQ(course.run(50, What::kPicture, true), 1);
  EXPECT_EQ(course.run(5, What::kPicture, false), 0);
}

TEST(SlateFade, StaysWhereTheFeedGoesWhileItIsAskedFor) {
  Course course(0);
  course.run(10, What::kPicture);
  course.run(10, What::kPicture, true);
  EXPECT_EQ(course.run(10, What::kAbsent, true), 1);
  EXPECT_EQ(course.run(10, What::kAbsent, false), 1) << "there is still no feed";
}

TEST(SlateFade, IsAllThatIsSeenWhereItWasAskedForBeforeTheFirstPicture) {
  Course course(SlateFade::kNever);
  EXPECT_EQ(course.next(What::kPicture, true), 1) << "a worker that takes over from another shows nothing in between";
  EXPECT_EQ(course.fade.began(), course.at);
  EXPECT_EQ(course.next(What::kPicture, true), 1);
  EXPECT_LT(course.next(What::kPicture, false), 1);
}

TEST(SlateFade, SaysWhenItBegan) {
  Course course(0);
  course.run(10, What::kPicture);
  course.next(What::kAbsent);
  const base::Micros first = course.at;
  course.run(20, What::kAbsent);
  EXPECT_EQ(course.fade.began(), first);
  course.run(20, What::kPicture);
  course.run(3, What::kAbsent);
  EXPECT_EQ(course.fade.began(), course.at - 2 * kPictureTime);
}

TEST(SlateFade, GoesOnFromHalfWayWhereThePictureComesBackAtOnce) {
  Course course(0);
  course.run(10, What::kPicture);
  course.run(3, What::kAbsent);
  EXPECT_NEAR(course.run(1, What::kPicture), 0.4, 1e-9);
  EXPECT_NEAR(course.run(1, What::kAbsent), 0.6, 1e-9);
}

TEST(SlateFade, TakesAHoleInTimeForAWholeMix) {
  Course course(0);
  course.run(1, What::kPicture);
  course.at += 10 * kSecond;
  EXPECT_EQ(course.next(What::kAbsent), 1);
}

}  // namespace
}  // namespace transcode
