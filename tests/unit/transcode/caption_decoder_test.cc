#include "transcode/caption_decoder.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "unit/captions/sample.h"

namespace transcode {
namespace {

using captions::Triplet;
using captions::testing::field1;
constexpr base::Micros kPicture = base::kSecond / 25;
constexpr base::Micros kBegin = 1'795'985'000 * base::kSecond;

/// A decoder that gets a pair a picture. Keeps what the screen showed: "12 HELLO", by number of picture, lines joined
/// by |.
class Screen {
 public:
  Screen& feed(const Triplet& pair) {
    show(decoder_.feed(std::span(&pair, 1), kBegin + picture_ * kPicture));
    return *this;
  }
  Screen& control(std::uint8_t second, std::uint8_t first = 0x14) {
    feed(field1(first, second));
    return feed(field1(first, second));
  }
  Screen& type(std::string_view text) {
    for (const Triplet& pair : captions::testing::typed(Triplet::Kind::kField1, text)) feed(pair);
    return *this;
  }
  Screen& wait(int pictures) {
    for (; pictures > 0; --pictures) show(decoder_.feed({}, kBegin + picture_ * kPicture));
    return *this;
  }

  std::optional<media::CuePlace> place() const { return decoder_.place(); }

  std::vector<std::string> shown;
  std::vector<int> when;

 private:
  void show(const std::optional<std::string>& screen) {
    if (screen) {
      std::string text;
      for (const char c : *screen) text += c == '\n' ? '|' : c;
      shown.push_back(text);
      when.push_back(picture_);
    }
    ++picture_;
  }

  CaptionDecoder decoder_ = CaptionDecoder::make().take();
  int picture_ = 0;
};

TEST(CaptionDecoder, PopOnCaptionsComeAtOnceAndWhole) {
  Screen screen;
  screen.control(0x20).control(0x40, 0x14).type("HELLO").control(0x60, 0x14).type("WORLD").wait(10);
  EXPECT_TRUE(screen.shown.empty());
  screen.control(0x2f).wait(10);
  ASSERT_EQ(screen.shown.size(), 1U);
  EXPECT_EQ(screen.shown.front(), "HELLO|WORLD");
  screen.control(0x2c).wait(1);
  ASSERT_EQ(screen.shown.size(), 2U);
  EXPECT_EQ(screen.shown.back(), "");
}

TEST(CaptionDecoder, SaysWhereCaptionsStand) {
  Screen screen;
  // Row 1, from column 8 on (an indent); then row 15.
  screen.control(0x20).control(0x54, 0x11).type("TOP").control(0x2f).wait(2);
  ASSERT_TRUE(screen.place());
  EXPECT_EQ(screen.place()->top, 10);
  EXPECT_LE(screen.place()->bottom, 17);
  EXPECT_EQ(screen.place()->across, 30) << "8 of 32 columns of 80 %, behind 10 %";
  screen.control(0x2e).control(0x70, 0x14).type("LOW").control(0x2f).wait(2);
  ASSERT_TRUE(screen.place());
  EXPECT_GE(screen.place()->bottom, 88);
  EXPECT_EQ(screen.place()->across, 10);
  screen.control(0x2c).wait(2);
  EXPECT_FALSE(screen.place());
}

TEST(CaptionDecoder, RollUpCaptionsComeWhileTheyAreTyped) {
  Screen screen;
  screen.control(0x25).control(0x2d).control(0x70, 0x14).type("THE FIRST LINE IS LONG").wait(10);
  ASSERT_GE(screen.shown.size(), 2U);
  EXPECT_EQ(screen.shown.back(), "THE FIRST LINE IS LONG");
  const std::size_t before = screen.shown.size();
  screen.control(0x2d).control(0x70, 0x14).type("SECOND").wait(10);
  ASSERT_GT(screen.shown.size(), before);
  EXPECT_EQ(screen.shown.back(), "THE FIRST LINE IS LONG|SECOND");
}

TEST(CaptionDecoder, TypedTextIsThereWithinThreeTenthsOfASecond) {
  Screen screen;
  screen.control(0x25).control(0x2d).control(0x70, 0x14).wait(10).type("HI").wait(10);
  ASSERT_FALSE(screen.shown.empty());
  EXPECT_EQ(screen.shown.back(), "HI");
  EXPECT_LE(screen.when.back(), 16 + 7);
}

TEST(CaptionDecoder, SaysNothingWhereNothingChanges) {
  Screen screen;
  screen.wait(100);
  EXPECT_TRUE(screen.shown.empty());
}

TEST(CaptionDecoder, GarbageDoesNoHarm) {
  Screen screen;
  std::uint32_t seed = 1;
  for (int i = 0; i < 20'000; ++i) {
    seed = seed * 1'664'525 + 1'013'904'223;
    screen.feed(
        {true, Triplet::Kind::kField1, static_cast<std::uint8_t>(seed >> 24), static_cast<std::uint8_t>(seed >> 16)});
  }
  for (const std::string& text : screen.shown) EXPECT_LT(text.size(), 2048U);
}

TEST(TextOfAss, IsTheLinesWithoutStyles) {
  EXPECT_EQ(text_of_ass("0,0,Default,,0,0,0,,{\\an7}{\\pos(38,230)}{\\i1}Hello, all\\N\\h\\h{\\i0}World \\N\\N"),
            "Hello, all\nWorld");
}

TEST(PlaceOfAss, IsThatOfAllLines) {
  const auto place = place_of_ass("0,0,Default,,0,0,0,,{\\an7}{\\pos(76,28)}One\\N{\\an7}{\\pos(38,44)}Two");
  EXPECT_EQ(place, (media::CuePlace{10, 21, 10}));
}

TEST(PlaceOfAss, IsNothingWhereNoLineHasOne) {
  EXPECT_FALSE(place_of_ass(""));
  EXPECT_FALSE(place_of_ass("0,0,Default,,0,0,0,,{\\an7}Hello"));
  EXPECT_FALSE(place_of_ass("0,0,Default,,0,0,0,,{\\pos(38}Hello"));
  EXPECT_EQ(place_of_ass("{\\pos(9999,-99)}x"), (media::CuePlace{0, 6, 100})) << "kept in the picture";
}

TEST(TextOfAss, IsNothingWhereThereIsNoText) {
  EXPECT_EQ(text_of_ass(""), "");
  EXPECT_EQ(text_of_ass("0,0,Default,,0,0,0"), "");
  EXPECT_EQ(text_of_ass("0,0,Default,,0,0,0,,{unclosed"), "");
}

}  // namespace
}  // namespace transcode
