#include "media/nal.h"

#include <gtest/gtest.h>

#include <random>

#include "hex.h"

namespace media {
namespace {

std::vector<std::vector<std::uint8_t>> copies(const std::vector<base::View>& views) {
  std::vector<std::vector<std::uint8_t>> result;
  for (const base::View view : views) result.emplace_back(view.begin(), view.end());
  return result;
}

TEST(SplitAnnexb, TakesBothStartCodesAndDropsTrailingZeros) {
  const auto stream = hex("ffff 00000001 6701 000001 6802 0000 000001 000001 65");
  EXPECT_EQ(copies(split_annexb(stream)), (std::vector{hex("6701"), hex("6802"), hex("65")}));
}

TEST(SplitAnnexb, FindsNothingWhereThereIsNothing) {
  EXPECT_TRUE(split_annexb({}).empty());
  EXPECT_TRUE(split_annexb(hex("000001")).empty());
  EXPECT_TRUE(split_annexb(hex("01")).empty());
  EXPECT_TRUE(split_annexb(hex("0001020300000300")).empty());
}

TEST(SplitLengths, ReturnsWhatJoinLengthsWrote) {
  const auto stream = hex("000001 6701 000001 68020304 000001 65");
  const auto nals = split_annexb(stream);
  const base::Bytes sample = join_lengths(nals);
  EXPECT_EQ(std::vector(sample.begin(), sample.end()), hex("00000002 6701 00000004 68020304 00000001 65"));
  const auto split = split_lengths(sample.view());
  ASSERT_TRUE(split.ok());
  EXPECT_EQ(copies(*split), copies(nals));
}

TEST(SplitLengths, RefusesEveryCutThatIsNotBetweenUnits) {
  const auto sample = hex("00000002 6701 00000000 00000001 65");
  for (std::size_t size = 0; size <= sample.size(); ++size) {
    const bool whole = size == 0 || size == 6 || size == 10 || size == 15;
    EXPECT_EQ(split_lengths(base::View{sample}.first(size)).ok(), whole) << size;
  }
  EXPECT_FALSE(split_lengths(hex("ffffffff 00")).ok());
}

TEST(SplitLengths, ReadsShortLengths) {
  const auto nals = split_lengths(hex("0002 6701 0001 65"), 2);
  ASSERT_TRUE(nals.ok());
  EXPECT_EQ(nals->size(), 2u);
}

TEST(SplitLengths, ReadsUnitsLongerThanOneByteCounts) {
  const std::vector<std::uint8_t> unit(0x0304, 0x65);
  const std::vector<base::View> nals{unit, unit};
  const base::Bytes sample = join_lengths(nals);
  const auto split = split_lengths(sample.view());
  ASSERT_TRUE(split.ok());
  EXPECT_EQ(copies(*split), (std::vector{unit, unit}));
}

TEST(Unescape, TakesOutEmulationPrevention) {
  EXPECT_EQ(unescape(hex("67 000003 00 000003 01 000003")), hex("67 0000 00 0000 01 0000"));
  EXPECT_EQ(unescape(hex("000004")), hex("000004"));
}

TEST(Unescape, UndoesEscape) {
  std::mt19937 random{7};
  for (int run = 0; run < 200; ++run) {
    std::vector<std::uint8_t> rbsp(random() % 64);
    for (auto& byte : rbsp) byte = static_cast<std::uint8_t>(random() % 5);
    const auto escaped = escape(rbsp);
    EXPECT_EQ(unescape(escaped), rbsp);
    for (std::size_t i = 2; i < escaped.size(); ++i) {
      EXPECT_FALSE(escaped[i - 2] == 0 && escaped[i - 1] == 0 && escaped[i] < 3) << "imitates a start code";
    }
  }
}

TEST(SplitSei, ReadsLongTypesAndSizesAndStopsAtAnOverrun) {
  auto rbsp = hex("05 02 aabb ff02 01 cc");
  rbsp.push_back(0x80);
  auto messages = split_sei(rbsp);
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].type, 5u);
  EXPECT_EQ(messages[0].payload.size(), 2u);
  EXPECT_EQ(messages[1].type, 257u);
  EXPECT_TRUE(split_sei(hex("05 09 aabb 80")).empty());
  EXPECT_TRUE(split_sei(hex("ffffffffff")).empty());
}

}  // namespace
}  // namespace media
