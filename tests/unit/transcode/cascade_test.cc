#include "transcode/cascade.h"

#include <gtest/gtest.h>

#include <cstring>

#include "unit/transcode/picture.h"

namespace transcode {
namespace {

using testing::kSquare;
using testing::make_picture;

Rung rung(int width, int height) {
  Rung made;
  made.width = width;
  made.height = height;
  return made;
}

/// True if every luma sample is the same.
bool same_luma(const AVFrame& a, const AVFrame& b) {
  for (int y = 0; y < a.height; ++y) {
    if (std::memcmp(a.data[0] + std::ptrdiff_t{y} * a.linesize[0], b.data[0] + std::ptrdiff_t{y} * b.linesize[0],
                    static_cast<std::size_t>(a.width)) != 0)
      return false;
  }
  return true;
}

/// A picture with an edge that each scaling leaves another trace of.
FramePtr edge() { return make_picture(320, 180, 20, 230); }

/// The edge scaled to each size in turn.
FramePtr through(const std::vector<Rung>& sizes) {
  FramePtr picture = edge();
  for (const Rung& size : sizes) picture = Scaler(size.width, size.height).scale(*picture, kSquare);
  return picture;
}

TEST(Cascade, MakesEachSizeFromTheNextLargerOneWhateverTheirOrder) {
  const Rung large = rung(256, 144);
  const Rung middle = rung(112, 64);
  const Rung small = rung(48, 28);
  for (const std::vector<Rung>& rungs : {std::vector{large, middle, small}, {small, large, middle}}) {
    Cascade cascade(rungs);
    cascade.next(edge(), kSquare);
    for (std::size_t i = 0; i < 3; ++i) {
      std::vector<Rung> way{large};
      if (rungs[i].width < large.width) way.push_back(middle);
      if (rungs[i].width < middle.width) way.push_back(small);
      EXPECT_TRUE(same_luma(*cascade.picture(i), *through(way))) << rungs[i].width;
    }
  }
  EXPECT_FALSE(same_luma(*through({large, middle, small}), *through({small}))) << "or nothing has been shown";
}

TEST(Cascade, GivesTwoRungsOfOneSizeTheSamePicture) {
  Cascade cascade({rung(64, 36), rung(64, 36)});
  cascade.next(edge(), kSquare);
  const FramePtr first = cascade.picture(0);
  EXPECT_EQ(cascade.picture(1)->data[0], first->data[0]);
}

TEST(Cascade, SharesWhatItGaveOutBefore) {
  Cascade cascade({rung(64, 36)});
  cascade.next(edge(), kSquare);
  const FramePtr first = cascade.picture(0);
  EXPECT_EQ(cascade.picture(0)->data[0], first->data[0]);
}

TEST(Cascade, DoesNotGiveOutThePictureBefore) {
  Cascade cascade({rung(64, 36)});
  cascade.next(make_picture(320, 180, 50, 50), kSquare);
  EXPECT_EQ(testing::luma_at(*cascade.picture(0), 5, 5), 50);
  cascade.next(make_picture(320, 180, 200, 200), kSquare);
  EXPECT_EQ(testing::luma_at(*cascade.picture(0), 5, 5), 200);
}

TEST(Cascade, ShapesThePixelsOfTheSourceOnce) {
  Cascade cascade({rung(128, 64), rung(64, 32)});
  cascade.next(make_picture(64, 64, 120, 120), {2, 1});
  // In the second rung pixels are square already: no bars in either.
  EXPECT_EQ(testing::luma_at(*cascade.picture(0), 0, 32), 120);
  EXPECT_EQ(testing::luma_at(*cascade.picture(1), 32, 0), 120);
}

TEST(Cascade, MakesNoRungFromOneOfAnotherRange) {
  Rung deep = rung(128, 64);
  deep.range = Rung::Range::kHdr;
  Cascade cascade({deep, rung(64, 32)}, {9, 16, 9, false});
  FramePtr pq = make_picture(128, 64, 143, 143);  // 203 cd/m2
  pq->color_trc = AVCOL_TRC_SMPTE2084;
  pq->color_primaries = AVCOL_PRI_BT2020;
  pq->colorspace = AVCOL_SPC_BT2020_NCL;
  cascade.next(std::move(pq), kSquare);
  EXPECT_EQ(cascade.picture(0)->format, AV_PIX_FMT_YUV420P10LE);
  EXPECT_EQ(cascade.picture(0)->color_trc, AVCOL_TRC_SMPTE2084);
  EXPECT_NEAR(testing::luma_at(*cascade.picture(1), 30, 16), 213, 3) << "tone-mapped";
  cascade.next(make_picture(128, 64, 235, 235), kSquare);
  EXPECT_EQ(cascade.picture(0)->color_trc, AVCOL_TRC_SMPTE2084) << "the rung stays what it is";
  EXPECT_EQ(testing::luma_at(*cascade.picture(1), 30, 16), 235) << "and SDR is untouched: it did not go through PQ";
}

TEST(Cascade, GivesNothingForAPictureThatCannotBeScaled) {
  Cascade cascade({rung(64, 36), rung(32, 18)});
  FramePtr broken = edge();
  broken->width = 0;
  cascade.next(std::move(broken), kSquare);
  EXPECT_EQ(cascade.picture(0), nullptr);
  EXPECT_EQ(cascade.picture(1), nullptr) << "nor for what would have been made from it";
  cascade.next(edge(), kSquare);
  EXPECT_NE(cascade.picture(1), nullptr);
}

TEST(Cascade, GivesNothingBeforeTheFirstPicture) { EXPECT_EQ(Cascade({rung(64, 36)}).picture(0), nullptr); }

}  // namespace
}  // namespace transcode
