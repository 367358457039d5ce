#include "transcode/rung_thumbnails.h"

#include <gtest/gtest.h>

#include "transcode/av.h"
#include "unit/transcode/picture.h"

namespace transcode {
namespace {

Rung sized_rung(int width, int height, Rung::Range range = Rung::Range::kSdr) {
  Rung rung;
  rung.width = width;
  rung.height = height;
  rung.range = range;
  return rung;
}

/// The rung whose pictures make thumbnails; -1: none does.
int chosen(const std::vector<Rung>& rungs, bool wanted = true) {
  RungThumbnails thumbnails(rungs, wanted);
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    thumbnails.look(i, *testing::make_picture(64, 36, 100, 100), 7);
    if (thumbnails.take()) return static_cast<int>(i);
  }
  return -1;
}

TEST(RungThumbnails, AreOfTheSmallestRungThatIsLargeEnough) {
  EXPECT_EQ(chosen({sized_rung(1920, 1080), sized_rung(640, 360), sized_rung(320, 180), sized_rung(160, 90)}), 2);
  EXPECT_EQ(chosen({sized_rung(160, 90), sized_rung(256, 144)}), 1) << "else of the largest";
  EXPECT_EQ(chosen({sized_rung(180, 320), sized_rung(640, 360)}), 0) << "upright";
}

TEST(RungThumbnails, AreOfAnHdrRungOnlyWhereThereIsNoOther) {
  constexpr auto kHdr = Rung::Range::kHdr;
  EXPECT_EQ(chosen({sized_rung(320, 180, kHdr), sized_rung(1920, 1080)}), 1);
  EXPECT_EQ(chosen({sized_rung(320, 180, kHdr)}), 0);
}

TEST(RungThumbnails, AreNotMadeUnasked) {
  EXPECT_EQ(chosen({sized_rung(640, 360)}, false), -1);
  EXPECT_EQ(chosen({}), -1);
}

TEST(RungThumbnails, AreGivenOnceEachWithItsTime) {
  RungThumbnails thumbnails({sized_rung(640, 360)}, true);
  EXPECT_EQ(thumbnails.take(), std::nullopt);
  for (const base::Micros at : {1, 2}) thumbnails.look(0, *testing::make_picture(64, 36, 100, 100), at);
  const auto made = thumbnails.take();
  ASSERT_TRUE(made);
  EXPECT_EQ(made->at, 1);
  EXPECT_EQ(made->jpeg.text().substr(0, 2), "\xFF\xD8");
  EXPECT_EQ(thumbnails.take()->at, 2);
  EXPECT_EQ(thumbnails.take(), std::nullopt);
}

TEST(RungThumbnails, ThatNobodyTakesAreDroppedTheOldestFirst) {
  RungThumbnails thumbnails({sized_rung(640, 360)}, true);
  for (base::Micros at = 1; at <= 10; ++at) thumbnails.look(0, *testing::make_picture(64, 36, 100, 100), at);
  for (base::Micros at = 7; at <= 10; ++at) EXPECT_EQ(thumbnails.take()->at, at);
  EXPECT_EQ(thumbnails.take(), std::nullopt);
}

}  // namespace
}  // namespace transcode
