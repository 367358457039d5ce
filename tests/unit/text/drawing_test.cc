#include "text/drawing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "unit/text/font_file.h"

namespace text {
namespace {

using testing::font;

constexpr int kWidth = 640;
constexpr int kHeight = 360;

Drawing drawn(std::string_view text, int width = kWidth, int height = kHeight) {
  auto made = draw(font(), text, width, height);
  EXPECT_TRUE(made.ok());
  return made.ok() ? made.take() : Drawing{};
}

/// The smallest box around what is white.
struct Box {
  int left = 1 << 20;
  int top = 1 << 20;
  int right = -1;
  int bottom = -1;

  int width() const { return right - left + 1; }
  int height() const { return bottom - top + 1; }
};
Box box_of(const Drawing& of) {
  Box box;
  for (int y = 0; y < of.height; ++y) {
    for (int x = 0; x < of.width; ++x) {
      if (of.white[static_cast<std::size_t>(y * of.width + x)] < 128) continue;
      box = {std::min(box.left, x), std::min(box.top, y), std::max(box.right, x), std::max(box.bottom, y)};
    }
  }
  return box;
}
bool same(std::string_view one, std::string_view other) { return drawn(one).white == drawn(other).white; }
/// How many rows apart from each other have something white: lines of a text without descenders and dots.
int lines_of(const Drawing& of) {
  int lines = 0;
  bool inside = false;
  for (int y = 0; y < of.height; ++y) {
    const auto row = of.white.begin() + std::ptrdiff_t{y} * of.width;
    const bool ink = *std::max_element(row, row + of.width) > 128;
    if (ink && !inside) ++lines;
    inside = ink;
  }
  return lines;
}

TEST(Drawing, IsWhiteTextWithABlackOutlineInTheMiddle) {
  const Drawing drawing = drawn("HELLO");
  const Box box = box_of(drawing);
  EXPECT_NEAR((box.left + box.right) / 2, kWidth / 2, 3);
  EXPECT_NEAR((box.top + box.bottom) / 2, kHeight / 2, 6);
  EXPECT_NEAR(box.height(), kHeight / 8 * 0.63, 3) << "capitals of a line of an eighth of the height";
  const std::size_t stem = static_cast<std::size_t>((box.top + box.height() / 4) * kWidth + box.left + 1);
  EXPECT_EQ(drawing.white[stem], 255);
  EXPECT_EQ(drawing.black[stem], 0);
  EXPECT_GT(drawing.black[stem - 3], 128) << "left of the H's stem";
}

TEST(Drawing, NeverCoversMoreThanThePicture) {
  const Drawing drawing = drawn("We'll be\nright back: äöü");
  for (std::size_t i = 0; i < drawing.white.size(); ++i) ASSERT_LE(drawing.white[i] + drawing.black[i], 255);
}

TEST(Drawing, TellsTheRowsThatItIsIn) {
  const Drawing drawing = drawn("HELLO");
  EXPECT_LE(drawing.top, box_of(drawing).top);
  EXPECT_GT(drawing.bottom, box_of(drawing).bottom);
  EXPECT_GT(drawing.top, kHeight / 4);
  EXPECT_LT(drawing.bottom, kHeight * 3 / 4);
  const auto covered = [&](int row) {
    const auto from = drawing.black.begin() + std::ptrdiff_t{row} * kWidth;
    return std::any_of(from, from + kWidth, [](int black) { return black > 0; });
  };
  for (int row = 0; row < kHeight; ++row)
    EXPECT_EQ(covered(row), row >= drawing.top && row < drawing.bottom) << row << " of an outline without holes";
}

TEST(Drawing, OfNothingIsEmpty) {
  EXPECT_EQ(box_of(drawn("")).right, -1);
  EXPECT_EQ(drawn("").top, drawn("").bottom);
}

TEST(Drawing, BreaksLinesWhereToldAndWhereTheyAreTooLong) {
  EXPECT_EQ(lines_of(drawn("ONE")), 1);
  EXPECT_EQ(lines_of(drawn("ONE\nTWO\nTHREE")), 3);
  const Drawing wrapped = drawn("THE MATCH WILL CONTINUE AFTER THE STORM HAS PASSED OVER THE STADIUM");
  EXPECT_GT(lines_of(wrapped), 1);
  EXPECT_GE(box_of(wrapped).left, kWidth / 20);
  EXPECT_LT(box_of(wrapped).right, kWidth - kWidth / 20);
}

TEST(Drawing, IsSmallerWhereItWouldNotFit) {
  const Box word = box_of(drawn("DONAUDAMPFSCHIFFFAHRTSGESELLSCHAFT"));
  EXPECT_GE(word.left, kWidth / 20);
  EXPECT_LT(word.right, kWidth - kWidth / 20);
  std::string poem;
  for (int i = 0; i < 16; ++i) poem += "HELLO\n";
  const Box lines = box_of(drawn(poem + "HELLO"));
  EXPECT_GE(lines.top, kHeight / 20);
  EXPECT_LT(lines.bottom, kHeight - kHeight / 20);
}

TEST(Drawing, FitsAPictureThatStands) {
  const Box box = box_of(drawn("We'll be right back", 360, 640));
  EXPECT_GE(box.left, 18);
  EXPECT_LT(box.right, 342);
  EXPECT_NEAR(box_of(drawn("HELLO", 1080, 1920)).height(), 1080 / 14 * 0.63, 1.5)
      << "capitals of a line of a fourteenth of the width";
}

TEST(Drawing, TakesTextLiterally) {
  EXPECT_FALSE(same("{\\fs10}HELLO", "HELLO"));
  EXPECT_FALSE(same("{HELLO}", "HELLO"));
  EXPECT_FALSE(same("{HELLO}", ""));
  EXPECT_EQ(lines_of(drawn("O\\NO")), 1) << "a backslash and an N";
  EXPECT_FALSE(same("O\\hO", "O O"));
  const auto width = [](std::string_view text) { return box_of(drawn(text)).width(); };
  EXPECT_GT(width("O\\NO"), width("ONO")) << "by the backslash";
  EXPECT_GT(width("{\\b1}"), width("\\b1"));
  EXPECT_TRUE(same("a, b,,c", "a, b,,c")) << "commas part a script's fields";
  EXPECT_GT(width("a, b,,c"), width("a, b"));
}

TEST(Drawing, ShapesAndOrdersArabic) {
  const auto width = [](std::string_view text) { return box_of(drawn(text)).width(); };
  EXPECT_LT(width("سسس"), width("س س س") * 9 / 10) << "letters join";
  // The first letter stands at the right: an alef before a beh differs from a beh before an alef.
  const Box alone = box_of(drawn("ا"));
  const Drawing word = drawn("اب");
  const Box box = box_of(word);
  int in_right_third = 0;
  for (int x = box.right - alone.width() + 1; x <= box.right; ++x) {
    in_right_third += word.white[static_cast<std::size_t>((box.top + 2) * kWidth + x)] > 128 ? 1 : 0;
  }
  EXPECT_GT(in_right_third, 0) << "the alef, which alone is that high";
}

TEST(Drawing, RunsTheWayThatItsFirstLetterDoes) {
  // Latin at the left of both: where the first ends, and where the second begins. Capitals are taller than a beh.
  for (const char* const text : {"بببببببب HH", "HH بببببببب"}) {
    const Drawing drawing = drawn(text);
    const Box box = box_of(drawing);
    const auto row = drawing.white.begin() + std::ptrdiff_t{box.top + 2} * kWidth;
    const auto middle = row + (box.left + box.right) / 2;
    EXPECT_GT(std::count_if(row, middle, [](int white) { return white > 128; }), 5) << text;
    EXPECT_EQ(std::count_if(middle, row + kWidth, [](int white) { return white > 128; }), 0) << text;
  }
}

TEST(Drawing, PutsMarksOnTheirLetters) {
  EXPECT_EQ(box_of(drawn("e\u0301")).width(), box_of(drawn("e")).width()) << "an acute takes no place of its own";
  EXPECT_GT(box_of(drawn("e\u0301")).height(), box_of(drawn("e")).height());
}

TEST(Drawing, HasABoxForACharacterThatTheFontLacks) {
  const Box box = box_of(drawn("\U0001F3C6"));
  EXPECT_GT(box.width(), 5);
  EXPECT_GT(box.height(), 10);
  EXPECT_TRUE(same("\U0001F3C6", "\u8A66")) << "whichever it is";
}

TEST(Drawing, RefusesAFontThatIsNone) {
  EXPECT_EQ(draw(base::view_of("no font"), "a", 320, 180).error().code, base::Code::kMalformed);
}

TEST(Drawing, SurvivesBytesThatAreNoText) {
  EXPECT_TRUE(draw(font(), "\xFF\xC3 \xED\xA0\x80", 320, 180).ok());
  EXPECT_TRUE(draw(font(), std::string(4000, '{'), 320, 180).ok());
}

TEST(Drawing, FitsThePictureOfThePreview) { EXPECT_EQ(drawn("HELLO", 16, 9).white.size(), 144U); }

}  // namespace
}  // namespace text
