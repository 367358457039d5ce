#include "teletext/page_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "maker.h"

namespace teletext {
namespace {

using testing::accent;
using testing::header;
using testing::row;

/// "1000: 20 22", the time of the page and its rows; "-" where nothing of it came.
std::string told(const Page* page) {
  if (page == nullptr) return "-";
  std::string text = std::to_string(page->at) + ":";
  for (std::size_t i = 0; i < page->rows.size(); ++i) {
    if (page->rows[i]) text += " " + std::to_string(i);
  }
  return text;
}

struct Reader {
  std::string feed(std::vector<Line> lines, base::Micros at) { return told(reader.feed(lines, at)); }
  PageReader reader{0x888};
};

TEST(TeletextPageReader, APageIsThereWithTheLastOfItsRows) {
  Reader in;
  EXPECT_EQ(in.feed({header(), row(20, "One"), row(22, "Two")}, 1000), "1000: 20 22");
}

TEST(TeletextPageReader, APageThatComesInPiecesHasTheTimeOfItsHeader) {
  Reader in;
  EXPECT_EQ(in.feed({header()}, 1000), "1000:");
  EXPECT_EQ(in.feed({row(20, "One")}, 1040), "1000: 20");
  EXPECT_EQ(in.feed({}, 1080), "-");
  EXPECT_EQ(in.feed({row(22, "Two")}, 1120), "1000: 20 22");
}

TEST(TeletextPageReader, RowsBelongToThePageOfTheirMagazineThatWasLast) {
  Reader in;
  EXPECT_EQ(in.feed({row(20, "Lost")}, 900), "-");
  EXPECT_EQ(in.feed({header(), row(3, "Other", 1), header({.number = 0x100}), row(20, "One")}, 1000), "1000: 20");
  EXPECT_EQ(in.feed({header({.number = 0x889}), row(22, "Not ours")}, 1040), "-");
}

TEST(TeletextPageReader, InSerialModeEveryHeaderEndsIt) {
  Reader in;
  EXPECT_EQ(in.feed({header({.serial = true}), row(20, "One"), header({.number = 0x1ff, .serial = true}),
                     row(22, "Not ours")},
                    1000),
            "1000: 20");
}

TEST(TeletextPageReader, APageThatErasesHasNothingOfTheOneBefore) {
  Reader in;
  in.feed({header(), row(20, "One"), accent(20, 4, 2, 'e')}, 1000);
  EXPECT_EQ(in.feed({header({.erase = false}), row(22, "Two")}, 2000), "2000: 20 22");
  EXPECT_EQ(in.feed({header()}, 3000), "3000:");
  EXPECT_FALSE(in.reader.feed(std::vector{header()}, 4000)->accents[0]);
}

TEST(TeletextPageReader, WhatIsForTheRemoteControlIsNoPartOfThePage) {
  Reader in;
  in.feed({header()}, 1000);
  EXPECT_EQ(in.feed({row(24, "Red Green"), row(25, "and below it")}, 1040), "-");
  EXPECT_EQ(in.feed({testing::make_line(8, 27)}, 1080), "-") << "links";
  EXPECT_EQ(in.feed({row(23, "Last")}, 1120), "1000: 23");
}

TEST(TeletextPageReader, AlphabetsAndAccentsArePartOfThePage) {
  PageReader reader(0x888);
  reader.feed(std::vector{header()}, 1000);
  const Page* page = reader.feed(std::vector{testing::alphabets(28, 0)}, 1040);
  ASSERT_NE(page, nullptr);
  EXPECT_TRUE(page->alphabets[0]);
  EXPECT_FALSE(page->accents[0]);
  page = reader.feed(std::vector{accent(20, 4, 2, 'e')}, 1080);
  ASSERT_NE(page, nullptr);
  EXPECT_TRUE(page->accents[0]);
  Line damaged = testing::alphabets(28, 4);
  damaged.bytes[2] ^= 0x11;
  EXPECT_EQ(reader.feed(std::vector{damaged}, 1120), nullptr) << "nobody knows which";
}

TEST(TeletextPageReader, ANewsFlashIsInABox) {
  PageReader reader(0x888);
  Line flash = header({.subtitle = false});
  flash.bytes[7] = hamming_byte(4);
  EXPECT_TRUE(reader.feed(std::vector{flash}, 0)->boxed);
}

TEST(TeletextPageReader, ADamagedControlBitErasesAndIsNotSetOtherwise) {
  Reader in;
  in.feed({header(), row(20, "One")}, 1000);
  Line damaged = header({.erase = false, .inhibit = true});
  for (const std::size_t place : {5U, 7U, 8U, 9U}) {
    damaged.bytes[place] = hamming_byte(0xf);
    damaged.bytes[place] ^= 0x11;
  }
  EXPECT_EQ(in.feed({damaged}, 2000), "2000:");
  const Page* page = in.reader.feed(std::vector{damaged}, 3000);
  EXPECT_FALSE(page->boxed || page->hidden);
  EXPECT_EQ(page->national, 0);
}

TEST(TeletextPageReader, ControlBitsAreThoseOfItsHeader) {
  PageReader reader(0x888);
  const std::vector plain{header({.subtitle = false, .national = 4})};
  EXPECT_FALSE(reader.feed(plain, 0)->boxed);
  EXPECT_EQ(reader.feed(plain, 0)->national, 1);
  EXPECT_FALSE(reader.feed(plain, 0)->hidden);
  EXPECT_TRUE(reader.feed(std::vector{header()}, 0)->boxed);
  EXPECT_TRUE(reader.feed(std::vector{header({.inhibit = true})}, 0)->hidden);
}

TEST(TeletextPageReader, AHeaderThatCannotBeReadEndsThePage) {
  Reader in;
  in.feed({header(), row(20, "One")}, 1000);
  Line broken = header({.number = 0x889});
  broken.bytes[2] ^= 0x11;
  EXPECT_EQ(in.feed({broken, row(22, "Whose?")}, 1040), "-");
  EXPECT_EQ(in.reader.damaged(), 1U);
}

TEST(TeletextPageReader, WhatHoldsForAllPagesOfTheMagazineStays) {
  PageReader reader(0x888);
  Line others = testing::make_line(1, 29);
  others.bytes[2] = hamming_byte(4);
  EXPECT_EQ(reader.feed(std::vector{testing::alphabets(29, 0), others}, 0), nullptr);
  const Page* page = reader.feed(std::vector{header()}, 1000);
  EXPECT_TRUE(page->magazine[0]);
  EXPECT_FALSE(page->magazine[4]);
}

}  // namespace
}  // namespace teletext
