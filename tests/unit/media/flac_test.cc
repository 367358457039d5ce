#include "media/flac.h"

#include <gtest/gtest.h>

#include "hex.h"
#include "samples.h"

namespace media::flac {
namespace {

TEST(Dfla, ReadsStreamInfo) {
  const auto bytes = hex(samples::kDflaStereo48);
  const auto config = parse_dfla(bytes);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->sample_rate, 48000);
  EXPECT_EQ(config->channels, 2);
  EXPECT_EQ(config->bits, 16);
  EXPECT_EQ(config->max_block, 4608);
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(parse_dfla(base::View{bytes}.first(size)).ok()) << size;
  }
}

TEST(Dfla, IsMadeFromAFlacHeader) {
  auto header = hex("664c6143 00000022 120012000000fc0005110bb802f000003840e5f051c128e84992c0cba99724092b51");
  const auto trailer = hex("84000004 00000000");  // a comment block, dropped
  header.insert(header.end(), trailer.begin(), trailer.end());
  const auto made = make_dfla(header);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(*made, hex_bytes(samples::kDflaStereo48));
  EXPECT_EQ(*make_dfla(base::View{header}.subspan(4)), hex_bytes(samples::kDflaStereo48));
  EXPECT_FALSE(make_dfla(base::View{header}.first(20)).ok());
  EXPECT_FALSE(make_dfla({}).ok());
}

}  // namespace
}  // namespace media::flac
