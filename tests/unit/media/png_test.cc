#include "media/png.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "unit/media/png_file.h"

namespace media {
namespace {

using testing::palette_png_of;
using testing::png_of;

constexpr testing::Rgba kBlue{0, 0, 255, 128};

std::string refusal(base::View file) {
  const auto size = png_size(file);
  return size.ok() ? "" : size.error().what;
}

TEST(Png, TellsTheSizeOfAPicture) {
  for (const auto& file : {png_of(40, 20, kBlue), palette_png_of(40, 20, kBlue)}) {
    const auto size = png_size(file);
    ASSERT_TRUE(size.ok()) << size.error().what;
    EXPECT_EQ(size->width, 40);
    EXPECT_EQ(size->height, 20);
  }
}

TEST(Png, OfAnotherFileSaysHowToMakeOne) {
  EXPECT_NE(refusal(base::view_of("\xff\xd8\xff\xe0 JFIF")).find("no PNG picture: convert it"), std::string::npos);
  EXPECT_NE(refusal({}).find("no PNG picture"), std::string::npos);
}

TEST(Png, ThatIsCutOffAnywhereIsRefused) {
  const auto file = png_of(8, 8, kBlue);
  for (std::size_t size = 8; size < file.size(); ++size) {
    EXPECT_EQ(png_size(base::View(file).subspan(0, size)).error().code, base::Code::kTruncated) << size;
  }
}

TEST(Png, ThatIsDamagedAnywhereIsRefused) {
  const auto file = png_of(4, 4, kBlue);
  for (std::size_t at = 0; at < file.size(); ++at) {
    auto damaged = file;
    damaged[at] ^= 0x10;
    EXPECT_FALSE(png_size(damaged).ok()) << at;
  }
}

TEST(Png, HasAtMost2048PixelsASide) {
  EXPECT_EQ(refusal(png_of(2048, 1, kBlue)), "");
  EXPECT_NE(refusal(png_of(2049, 1, kBlue)).find("2049x1 pixels: scale it down"), std::string::npos);
  EXPECT_NE(refusal(png_of(1, 2049, kBlue)).find("1x2049"), std::string::npos);
  EXPECT_EQ(png_size(png_of(0, 1, kBlue)).error().code, base::Code::kMalformed);
}

TEST(Png, HasAtMostAMebibyte) {
  EXPECT_EQ(png_size(png_of(600, 500, kBlue)).error().code, base::Code::kTooLarge);
  EXPECT_EQ(refusal(png_of(500, 500, kBlue)), "");
}

TEST(Png, WithoutSamplesIsRefused) {
  base::ByteWriter out = testing::png_head(4, 4, 6);
  testing::put_chunk(out, "IEND", {});
  EXPECT_NE(refusal(out.view()).find("no samples"), std::string::npos);
}

TEST(Png, MustBeginWithItsSize) {
  base::ByteWriter out;
  out.text("\x89PNG\r\n\x1a\n");
  testing::put_chunk(out, "IDAT", base::view_of("12345678"));
  testing::put_chunk(out, "IEND", {});
  EXPECT_EQ(png_size(out.view()).error().code, base::Code::kMalformed);
}

}  // namespace
}  // namespace media
