#include "media/vp9.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::vp9 {
namespace {

TEST(Vpcc, GivesTheCodecString) {  // CM-29
  const auto bytes = hex(samples::kVpcc);
  const auto config = parse_vpcc(bytes);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(codec_string(*config), "vp09.00.21.08");
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_vpcc(base::View{bytes}.first(size)).ok()) << size;
  }
}

TEST(Vp9Frame, TellsKeys) {
  EXPECT_TRUE(is_key(hex("82498342")));
  EXPECT_FALSE(is_key(hex("86")));
  EXPECT_FALSE(is_key(hex("8a")));  // shows an existing frame
  EXPECT_FALSE(is_key(hex("02")));
  EXPECT_FALSE(is_key({}));
}

}  // namespace
}  // namespace media::vp9
