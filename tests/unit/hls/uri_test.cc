#include "hls/uri.h"

#include <gtest/gtest.h>

namespace hls {
namespace {

TEST(Uri, WhatIsWrittenIsUnderstood) {
  std::string segment;
  write_segment_uri(segment, 880000000);
  EXPECT_EQ(segment, "880000000.m4s");
  ASSERT_TRUE(parse_file(segment));
  EXPECT_EQ(parse_file(segment)->kind, File::Kind::kSegment);
  EXPECT_EQ(parse_file(segment)->msn, 880000000);
  std::string part;
  write_part_uri(part, 880000000, 12);
  EXPECT_EQ(part, "880000000.12.m4s");
  ASSERT_TRUE(parse_file(part));
  EXPECT_EQ(parse_file(part)->kind, File::Kind::kPart);
  EXPECT_EQ(parse_file(part)->msn, 880000000);
  EXPECT_EQ(parse_file(part)->part, 12U);
  ASSERT_TRUE(parse_file("0.0.m4s"));
}

TEST(Uri, AnInitSectionIsNamedByItsBytes) {  // CM-6
  const std::string one = init_uri(base::view_of("moov 1"));
  EXPECT_EQ(one.size(), std::string("init-00000000.mp4").size());
  EXPECT_NE(one, init_uri(base::view_of("moov 2")));
  EXPECT_EQ(one, init_uri(base::view_of("moov 1")));
  ASSERT_TRUE(parse_file(one));
  EXPECT_EQ(parse_file(one)->kind, File::Kind::kInit);
}

TEST(Uri, ThePlaylistIsIndexM3u8) { EXPECT_EQ(parse_file("index.m3u8")->kind, File::Kind::kPlaylist); }  // LL-5

TEST(Uri, TheIFramePlaylistIsBesideIt) {
  EXPECT_EQ(parse_file("iframes.m3u8")->kind, File::Kind::kKeyFrames);
  EXPECT_FALSE(parse_file("Iframes.m3u8"));
}

TEST(Uri, AnImageHasOneSpelling) {  // LL-68
  std::string image;
  write_image_uri(image, 880000000);
  EXPECT_EQ(image, "880000000.jpg");
  EXPECT_EQ(parse_image(image), 880000000);
  for (const char* name : {"", ".jpg", "1.jpeg", "01.jpg", "-1.jpg", "1.JPG", "1.2.jpg", "99999999999999999999.jpg"})
    EXPECT_FALSE(parse_image(name)) << name;
}

TEST(Uri, TextHasNamesOfItsOwn) {
  std::string segment;
  write_segment_uri(segment, 880000000, Container::kWebVtt);
  EXPECT_EQ(segment, "880000000.vtt");
  EXPECT_EQ(parse_file(segment)->container, Container::kWebVtt);
  EXPECT_EQ(parse_file(segment)->kind, File::Kind::kSegment);
  std::string part;
  write_part_uri(part, 880000000, 3, Container::kWebVtt);
  EXPECT_EQ(part, "880000000.3.vtt");
  EXPECT_EQ(parse_file(part)->part, 3U);
  EXPECT_EQ(parse_file("880000000.3.m4s")->container, Container::kFmp4);
  EXPECT_FALSE(parse_file("007.vtt"));
}

TEST(Uri, AnObjectHasOneSpelling) {  // LL-68
  for (const char* name : {"",
                           ".m4s",
                           "m4s",
                           "007.m4s",
                           "+7.m4s",
                           "-7.m4s",
                           "7.m4S",
                           "7.01.m4s",
                           "7..m4s",
                           ".7.m4s",
                           "7.1.2.m4s",
                           "7.-1.m4s",
                           "7.m4s ",
                           " 7.m4s",
                           "7.4294967296.m4s",
                           "9223372036854775808.m4s",
                           "-0.m4s",
                           "0x7.m4s",
                           "init-.mp4",
                           "init-1a2b3c4.mp4",
                           "init-1A2B3C4D.mp4",
                           "init-1a2b3c4g.mp4",
                           "init-1a2b3c4d.m4s",
                           "INDEX.m3u8",
                           "index.m3u8/"}) {
    EXPECT_FALSE(parse_file(name)) << name;
  }
}

}  // namespace
}  // namespace hls
