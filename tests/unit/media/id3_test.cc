#include "media/id3.h"

#include <gtest/gtest.h>

#include <string>

#include "hex.h"

namespace media {
namespace {

TEST(Id3, ATextHasItsDescriptionBeforeIt) {
  // "ID3", 2.4.0, no flags, 23 bytes; TXXX, 13 bytes, no flags, UTF-8.
  EXPECT_EQ(write_id3_text("score", "1 : 0"), hex_bytes("494433"
                                                        "0400"
                                                        "00"
                                                        "00000016"
                                                        "54585858"
                                                        "0000000c"
                                                        "0000"
                                                        "03"
                                                        "73636f726500"
                                                        "31203a2030"));
}

TEST(Id3, SizesHaveSevenBitsAByte) {
  const base::Bytes tag = write_id3_text("d", std::string(1000, 'x'));
  EXPECT_EQ(tag.size(), 10U + 10 + 3 + 1000);
  EXPECT_EQ(tag.view()[8], (1013 >> 7));
  EXPECT_EQ(tag.view()[9], (1013 & 0x7f));
  EXPECT_TRUE(is_id3(tag.view()));
}

TEST(Id3, IsATagThatIsWhole) {
  const base::Bytes tag = write_id3_text("score", "1 : 0");
  EXPECT_TRUE(is_id3(tag.view()));
  EXPECT_FALSE(is_id3(tag.view().first(tag.size() - 1)));
  EXPECT_FALSE(is_id3({}));
  EXPECT_FALSE(is_id3(hex_bytes("49443304000000000080").view())) << "a size of eight bits a byte";
  EXPECT_FALSE(is_id3(hex_bytes("49443404000000000000").view()));
  EXPECT_TRUE(is_id3(hex_bytes("49443304000000000000").view()));
}

}  // namespace
}  // namespace media
