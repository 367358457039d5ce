#include "text/label.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "unit/text/font_file.h"

namespace text {
namespace {

using testing::font;

constexpr int kPictureWidth = 640;
constexpr int kPictureHeight = 360;
constexpr int kLine = 24;
constexpr int kMargin = 20;

std::unique_ptr<LabelPainter> painter(bool bottom, bool right, int line = kLine) {
  auto made = LabelPainter::make(font(), {kPictureWidth, kPictureHeight, line, kMargin, bottom, right});
  EXPECT_TRUE(made.ok());
  return made.take();
}

Label label(std::string_view text, bool bottom = false, bool right = false) {
  return painter(bottom, right)->draw(text);
}

int right_of(const Label& label) { return label.left + label.drawing.width; }
int bottom_of(const Label& label) { return label.top + label.drawing.height; }
long white_samples(const Label& label) {
  return std::count_if(label.drawing.white.begin(), label.drawing.white.end(), [](int white) { return white > 128; });
}

TEST(Label, LiesInTheCornerThatItIsFor) {
  EXPECT_NEAR(label("HELLO").left, kMargin, 4);
  EXPECT_NEAR(label("HELLO").top, kMargin, kLine / 4);
  EXPECT_NEAR(right_of(label("HELLO", false, true)), kPictureWidth - kMargin, 4);
  EXPECT_NEAR(label("HELLO", false, true).top, kMargin, kLine / 4);
  EXPECT_NEAR(label("HELLO", true).left, kMargin, 4);
  EXPECT_NEAR(bottom_of(label("HELLO", true)), kPictureHeight - kMargin, kLine / 3);
  EXPECT_NEAR(right_of(label("HELLO", true, true)), kPictureWidth - kMargin, 4);
}

TEST(Label, HasTheSizeOfItsTextInWholeSamplesOfChroma) {
  for (const std::string_view text : {"1", "12:34:56.789", "HELLO\nYOU"}) {
    const Label made = label(text);
    EXPECT_EQ(made.left % 2, 0);
    EXPECT_EQ(made.top % 2, 0);
    EXPECT_EQ(made.drawing.width % 2, 0);
    EXPECT_EQ(made.drawing.height % 2, 0);
    EXPECT_EQ(made.drawing.white.size(), static_cast<std::size_t>(made.drawing.width * made.drawing.height));
    EXPECT_GT(white_samples(made), 20) << text;
  }
  EXPECT_GT(label("HELLO\nYOU").drawing.height, label("HELLO").drawing.height + kLine / 2);
  EXPECT_LT(label("1").drawing.width, 30) << "of the text, not of the picture";
}

TEST(Label, HasLinesOfTheHeightThatIsAskedFor) {
  const int small = painter(false, false, 24)->draw("HELLO").drawing.height;
  const int large = painter(false, false, 48)->draw("HELLO").drawing.height;
  EXPECT_NEAR(large, 2 * small, 6);
}

TEST(Label, StaysWhereItIsWhileDigitsChange) {
  const auto clock = painter(false, true);
  const Label one = clock->draw("12:00:00");
  const Label two = clock->draw("12:34:50");
  EXPECT_EQ(one.top, two.top);
  EXPECT_NEAR(one.left, two.left, 2);
  EXPECT_NE(one.drawing.white, two.drawing.white);
}

TEST(Label, IsTheSameAgainAfterAnotherText) {
  const auto clock = painter(false, false);
  const Label first = clock->draw("12:00:00");
  EXPECT_NE(clock->draw("12:00:01").drawing.white, first.drawing.white) << "without the text before";
  EXPECT_EQ(clock->draw("12:00:00").drawing.white, first.drawing.white);
  EXPECT_EQ(clock->draw("12:00:00").drawing.white, first.drawing.white);
}

TEST(Label, IsCutOffAtTheEdgeOfThePicture) {
  const Label made = label(std::string(200, 'W'));
  EXPECT_GE(made.left, 0);
  EXPECT_LE(right_of(made), kPictureWidth);
  EXPECT_LT(made.drawing.height, 2 * kLine) << "one line";
}

TEST(Label, OfNothingIsEmpty) {
  EXPECT_EQ(label("").drawing.width, 0);
  EXPECT_TRUE(label("").drawing.white.empty());
  EXPECT_EQ(white_samples(label("   ")), 0);
}

TEST(Label, RefusesAFontThatIsNone) {
  EXPECT_EQ(LabelPainter::make(base::view_of("no font"), {320, 180, 20, 10}).error().code, base::Code::kMalformed);
}

}  // namespace
}  // namespace text
