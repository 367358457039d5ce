#include "captions/digital_window.h"

#include <gtest/gtest.h>

#include <string>

#include "captions/digital_codes.h"
#include "unit/captions/sample.h"

namespace captions {
namespace {

using testing::WindowShape;

void define(DigitalWindow& window, const WindowShape& shape) {
  window.define(base::View(testing::window(0, shape)).subspan(1));
}
DigitalWindow window_of(const WindowShape& shape) {
  DigitalWindow window;
  define(window, shape);
  return window;
}
/// SetWindowAttributes: `print` and `scroll` to the right, to the left, down or up.
void turn(DigitalWindow& window, int print, int scroll) {
  window.set_attributes(
      base::View(std::vector<std::uint8_t>{0, 0, static_cast<std::uint8_t>(print << 4 | scroll << 2), 0}));
}
void put_all(DigitalWindow& window, std::string_view text) {
  for (const char character : text) window.put(static_cast<char32_t>(character));
}
std::string lines_of(const DigitalWindow& window, std::size_t most = 2048) {
  std::string text;
  window.write(text, most);
  return text;
}

TEST(DigitalWindow, HasTheLinesThatWereWritten) {
  DigitalWindow window = window_of({.rows = 3, .columns = 10});
  window.move_pen(0, 2);
  put_all(window, "one");
  window.move_pen(2, 0);
  put_all(window, "  two x ");
  EXPECT_EQ(lines_of(window), "one\ntwo x") << "without blanks at the ends, and without the empty line";
}

TEST(DigitalWindow, WhatNothingWasWrittenInIsABlank) {
  DigitalWindow window = window_of({.rows = 1, .columns = 10});
  put_all(window, "a");
  window.move_pen(0, 3);
  put_all(window, "b");
  EXPECT_EQ(lines_of(window), "a  b");
}

TEST(DigitalWindow, LosesWhatIsOutsideOfItsCells) {
  DigitalWindow window = window_of({.rows = 1, .columns = 3});
  put_all(window, "abcd");
  window.move_pen(1, 0);
  put_all(window, "x");
  EXPECT_EQ(lines_of(window), "abc");
  EXPECT_EQ(lines_of(DigitalWindow()), "");
  DigitalWindow none;
  put_all(none, "x");
  none.backspace();
  none.end_line();
  none.clear_line();
  EXPECT_FALSE(none.defined());
  none.show(true);
  EXPECT_FALSE(none.visible());
}

TEST(DigitalWindow, BackspaceTakesTheLastCharacterAway) {
  DigitalWindow window = window_of({.rows = 1, .columns = 3});
  put_all(window, "abc");
  window.backspace();
  put_all(window, "d");
  EXPECT_EQ(lines_of(window), "abd");
  for (int i = 0; i < 5; ++i) window.backspace();
  EXPECT_EQ(lines_of(window), "");
  put_all(window, "e");
  EXPECT_EQ(lines_of(window), "e");
}

TEST(DigitalWindow, RollsUpWhereThereIsNoNextLine) {
  DigitalWindow window = window_of({.rows = 2, .columns = 10});
  put_all(window, "one");
  window.end_line();
  put_all(window, "two");
  EXPECT_EQ(lines_of(window), "one\ntwo");
  window.end_line();
  EXPECT_EQ(lines_of(window), "two");
  put_all(window, "three");
  EXPECT_EQ(lines_of(window), "two\nthree");
}

TEST(DigitalWindow, RollsDownWhereItScrollsDown) {
  DigitalWindow window = window_of({.rows = 2, .columns = 10});
  turn(window, 0, 2);
  put_all(window, "one");
  window.end_line();
  put_all(window, "two");
  EXPECT_EQ(lines_of(window), "two\none");
}

TEST(DigitalWindow, TextToTheLeftIsReadInTheOrderInWhichItWasWritten) {
  DigitalWindow window = window_of({.rows = 2, .columns = 6});
  turn(window, 1, 3);
  window.start_line();
  put_all(window, "one");
  window.backspace();
  window.end_line();
  put_all(window, "two");
  EXPECT_EQ(lines_of(window), "on\ntwo");
  window.clear_line();
  put_all(window, "2");
  EXPECT_EQ(lines_of(window), "on\n2");
}

TEST(DigitalWindow, ColumnsAreLinesWhereTextGoesDown) {
  DigitalWindow window = window_of({.rows = 4, .columns = 2});
  turn(window, 2, 0);
  window.move_pen(0, 1);
  put_all(window, "one");
  window.end_line();
  put_all(window, "two");
  EXPECT_EQ(lines_of(window), "one\ntwo") << "from the right";
  window.end_line();
  put_all(window, "three");
  EXPECT_EQ(lines_of(window), "two\nthre");
  window.clear_line();
  EXPECT_EQ(lines_of(window), "two");
  turn(window, 3, 1);
  window.start_line();
  put_all(window, "up");
  EXPECT_EQ(lines_of(window), "up\nowt") << "from the bottom, and from the left";
}

TEST(DigitalWindow, ATickerPrintsDownwards) {
  DigitalWindow window = window_of({.rows = 3, .columns = 2, .style = 7});
  put_all(window, "abc");
  window.end_line();
  put_all(window, "d");
  EXPECT_EQ(lines_of(window), "abc\nd");
}

TEST(DigitalWindow, ClearsALineOrAll) {
  DigitalWindow window = window_of({.rows = 2, .columns = 4});
  put_all(window, "one");
  window.end_line();
  put_all(window, "two");
  window.clear_line();
  put_all(window, "2");
  EXPECT_EQ(lines_of(window), "one\n2");
  window.move_pen(5, 0);
  window.clear_line();
  EXPECT_EQ(lines_of(window), "one\n2") << "a line that is not there";
  window.clear();
  EXPECT_EQ(lines_of(window), "");
}

TEST(DigitalWindow, TheSameDefinitionChangesNothing) {
  DigitalWindow window = window_of({.rows = 2, .columns = 4, .visible = false});
  put_all(window, "one");
  window.show(true);
  EXPECT_FALSE(window.define(base::View(testing::window(0, {.rows = 2, .columns = 4, .visible = false})).subspan(1)));
  EXPECT_TRUE(window.visible());
  EXPECT_EQ(lines_of(window), "one");
}

TEST(DigitalWindow, AnotherSizeKeepsWhatItHasRoomFor) {
  DigitalWindow window = window_of({.rows = 2, .columns = 4});
  turn(window, 1, 3);
  window.start_line();
  put_all(window, "eno");
  define(window, {.rows = 1, .columns = 3, .visible = false});
  EXPECT_FALSE(window.visible());
  EXPECT_EQ(lines_of(window), "no") << "in the direction from before";
  define(window, {.rows = 1, .columns = 3, .visible = false, .style = 1});
  EXPECT_EQ(lines_of(window), "on") << "in that of its style";
}

TEST(DigitalWindow, IsAsLargeAsWindowsCanBe) {
  DigitalWindow window = window_of({.rows = 16, .columns = 64});
  window.move_pen(15, 63);
  put_all(window, "x");
  EXPECT_EQ(lines_of(window), "x");
  window.remove();
  EXPECT_FALSE(window.defined() || window.visible());
}

TEST(DigitalWindow, LeavesLinesOutForWhichThereIsNoRoom) {
  DigitalWindow window = window_of({.rows = 3, .columns = 8});
  put_all(window, "one");
  window.end_line();
  put_all(window, "longer");
  window.end_line();
  put_all(window, "two");
  EXPECT_EQ(lines_of(window, 14), "one\nlonger\ntwo");
  EXPECT_EQ(lines_of(window, 13), "one\nlonger");
  EXPECT_EQ(lines_of(window, 9), "one\ntwo");
}

TEST(DigitalWindow, ShowsTheSignOfCaptionsAsText) {
  DigitalWindow window = window_of({.rows = 1, .columns = 8});
  window.put(digital::kCaptionSign);
  window.put(U'\u00e9');
  EXPECT_EQ(lines_of(window), "[CC]é");
}

/// "top bottom across align" in percent, of what put() wrote.
std::string place_of(const DigitalWindow& window) {
  const auto place = window.place();
  if (!place) return "-";
  const char* const names[] = {"left", "center", "right"};
  return std::to_string(place->top) + " " + std::to_string(place->bottom) + " " + std::to_string(place->across) + " " +
         names[static_cast<int>(place->align)];
}

TEST(DigitalWindow, TextHasAPlaceInTheSafeArea) {
  DigitalWindow window = window_of({.rows = 3, .columns = 42, .vertical = 0, .horizontal = 0, .point = 0});
  EXPECT_EQ(place_of(window), "-") << "no text";
  put_all(window, "  x ");
  EXPECT_EQ(place_of(window), "10 15 13 left") << "a row of 15, from the third column of 42 on";
  window.move_pen(2, 1);
  put_all(window, "y");
  EXPECT_EQ(place_of(window), "10 26 11 left");
  window.clear_line();
  window.move_pen(0, 2);
  window.put(U' ');
  EXPECT_EQ(place_of(window), "-") << "blanks have none";
  EXPECT_EQ(place_of(DigitalWindow()), "-");
}

TEST(DigitalWindow, TextAtTheBottomOfTheScreenIsAtTheBottomOfTheSafeArea) {
  DigitalWindow window = window_of({.rows = 2, .columns = 32, .vertical = 75, .horizontal = 0, .point = 6});
  window.move_pen(1, 0);
  put_all(window, "x");
  EXPECT_EQ(place_of(window), "84 90 10 left");
}

TEST(DigitalWindow, JustifiedTextStandsInItsWindow) {
  DigitalWindow window = window_of({.rows = 1, .columns = 20, .vertical = 0, .horizontal = 105, .point = 1});
  put_all(window, "x");
  const auto justify = [&](std::uint8_t to) {
    window.set_attributes(base::View(std::vector<std::uint8_t>{0, 0, static_cast<std::uint8_t>(0x0c | to), 0}));
    return place_of(window);
  };
  EXPECT_EQ(justify(0), "10 15 30 left");
  EXPECT_EQ(justify(1), "10 15 69 right");
  EXPECT_EQ(justify(2), "10 15 50 center");
  EXPECT_EQ(justify(3), "10 15 30 left") << "full";
}

TEST(DigitalWindow, AStyleSaysHowTextIsJustified) {
  for (const int style : {1, 2, 3, 4, 5, 6, 7}) {
    DigitalWindow window = window_of({.rows = 2, .columns = 10, .vertical = 0, .point = 0, .style = style});
    put_all(window, "x");
    EXPECT_EQ(place_of(window).ends_with("center"), style == 3 || style == 6) << style;
  }
}

TEST(DigitalWindow, BeginsWhereItsAnchorPutsIt) {
  const auto place = [](const WindowShape& shape) {
    const DigitalWindow window = window_of(shape);
    return std::to_string(window.left()) + "," + std::to_string(window.top());
  };
  EXPECT_EQ(place({.rows = 2, .columns = 10, .vertical = 5, .horizontal = 7, .point = 0}), "140,100");
  EXPECT_EQ(place({.rows = 2, .columns = 10, .vertical = 50, .horizontal = 105, .point = 4}), "1600,900");
  EXPECT_EQ(place({.rows = 2, .columns = 10, .vertical = 74, .horizontal = 209, .point = 8}), "3180,1280");
  EXPECT_EQ(place({.rows = 3, .columns = 10, .relative = true, .vertical = 90, .horizontal = 50, .point = 7}),
            "1600,1050");
  EXPECT_EQ(place({.rows = 2, .columns = 10, .vertical = 5, .horizontal = 7, .point = 9}), "140,100");
  EXPECT_EQ(DigitalWindow().left() + DigitalWindow().top(), 0);
}

}  // namespace
}  // namespace captions
