#include "config/slate_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace config {
namespace {

using namespace std::string_literals;

class SlateFileTest : public ::testing::Test {
 protected:
  SlateFileTest() {
    char pattern[] = "/tmp/kickoff-slate-XXXXXX";
    directory_ = mkdtemp(pattern);
  }
  ~SlateFileTest() override { std::filesystem::remove_all(directory_); }
  std::string file(const std::string& name, const std::string& bytes) {
    std::ofstream(directory_ + "/" + name, std::ios::binary) << bytes;
    return directory_ + "/" + name;
  }

  std::string directory_;
};

TEST_F(SlateFileTest, TakesPicturesAndFilms) {
  for (const std::string& head :
       {"\x89PNG\r\n\x1a\n"s, "\xff\xd8\xff\xe0"s, "RIFF\1\0\0\0WEBPVP8 "s, "\0\0\0\x20"s + "ftypisom"s,
        "\x1a\x45\xdf\xa3"s, "G" + std::string(187, 'x') + "G"}) {
    const auto slate = read_slate(file("slate", head));
    ASSERT_TRUE(slate.ok()) << slate.error().what;
    EXPECT_EQ(base::text_of((*slate)->view()), head);
  }
}

TEST_F(SlateFileTest, RefusesOtherFilesAndSaysWhatASlateCanBe) {
  for (const std::string& bytes : {""s, "GIF89a"s, "%PDF-1.4"s, "G"s, "RIFF\1\0\0\0WAVE"s, "\x89PN"s}) {
    const auto slate = read_slate(file("slate.gif", bytes));
    ASSERT_FALSE(slate.ok()) << bytes;
    EXPECT_NE(slate.error().what.find("slate.gif"), std::string::npos);
    EXPECT_NE(slate.error().what.find("PNG"), std::string::npos);
  }
}

TEST_F(SlateFileTest, RefusesAFileThatIsNotThereOrADirectory) {
  EXPECT_EQ(read_slate(directory_ + "/none.png").error().code, base::Code::kNotFound);
  EXPECT_FALSE(read_slate(directory_).ok());
}

TEST_F(SlateFileTest, TakesFontsAndRefusesOtherFiles) {
  for (const std::string& head : {"\0\1\0\0 glyphs"s, "OTTO glyphs"s, "ttcf glyphs"s, "true glyphs"s}) {
    const auto font = read_font(file("font", head));
    ASSERT_TRUE(font.ok()) << font.error().what;
    EXPECT_EQ(base::text_of((*font)->view()), head);
  }
  for (const std::string& bytes : {""s, "\x89PNG"s, "wOFF"s, "\0\1\0"s}) {
    const auto font = read_font(file("font.woff", bytes));
    ASSERT_FALSE(font.ok());
    EXPECT_NE(font.error().what.find("TrueType"), std::string::npos);
  }
}

TEST_F(SlateFileTest, HasADefaultFontOfThePackageThatTestsInstall) {
  ASSERT_NE(default_font(), nullptr) << "install fonts-dejavu-core";
  EXPECT_EQ(default_font(), default_font()) << "one copy";
}

TEST_F(SlateFileTest, SharesOneCopyAmongChannels) {
  const auto one = read_slate(file("one.png", "\x89PNG one")).take();
  EXPECT_EQ(read_slate(file("same.png", "\x89PNG one")).take(), one);
  EXPECT_NE(read_slate(file("two.png", "\x89PNG two")).take(), one);
}

}  // namespace
}  // namespace config
