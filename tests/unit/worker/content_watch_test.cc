#include "worker/content_watch.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

TEST(ContentWatch, IsGivenToWhatLooksAndListensInPartsOfOne) {
  const job::ContentWatch watch{12, -40, {{80, 0, 100, 12}}};
  const transcode::PictureHealth::Options health = picture_health(watch);
  EXPECT_DOUBLE_EQ(health.black_level, 0.12);
  ASSERT_EQ(health.ignore.size(), 1U);
  EXPECT_DOUBLE_EQ(health.ignore[0].left, 0.8);
  EXPECT_DOUBLE_EQ(health.ignore[0].top, 0);
  EXPECT_DOUBLE_EQ(health.ignore[0].right, 1);
  EXPECT_DOUBLE_EQ(health.ignore[0].bottom, 0.12);
  EXPECT_DOUBLE_EQ(silence_peak(watch), 0.01);
}

TEST(ContentWatch, IsByDefaultWhatIsUsualOfPicturesAndSound) {
  const transcode::PictureHealth::Options usual;
  EXPECT_DOUBLE_EQ(picture_health({}).black_level, usual.black_level);
  EXPECT_DOUBLE_EQ(silence_peak({}), 0.001);
}

}  // namespace
}  // namespace worker
