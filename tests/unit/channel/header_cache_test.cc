#include "channel/header_cache.h"

#include <gtest/gtest.h>

namespace channel {
namespace {

feed::RtmpMessage tag(std::uint8_t type, std::initializer_list<std::uint8_t> bytes) {
  return {type, 0, 0, base::Bytes::adopt(std::vector<std::uint8_t>(bytes))};
}

void note(HeaderCache& cache, const feed::RtmpMessage& message) {
  const auto summary = rtmp::inspect_tag(static_cast<rtmp::Type>(message.type), message.payload.view());
  cache.note(message, summary.ok() ? &*summary : nullptr);
}

TEST(HeaderCache, KeepsTheNewestMetadataAndConfigurationOfEachTrackAndNoFrames) {
  HeaderCache cache;
  note(cache, tag(18, {2, 0, 10}));
  note(cache, tag(9, {0x17, 0, 0, 0, 0, 1}));   // AVC sequence header
  note(cache, tag(9, {0x17, 1, 0, 0, 0, 99}));  // AVC key frame
  note(cache, tag(8, {0xaf, 0, 0x11, 0x90}));   // AAC sequence header
  note(cache, tag(9, {0x17, 0, 0, 0, 0, 2}));   // a newer one
  const auto messages = cache.messages();
  ASSERT_EQ(messages.size(), 3U);
  EXPECT_EQ(messages[0].type, 18);
  EXPECT_EQ(messages[1].type, 9);
  EXPECT_EQ(messages[1].payload.data()[5], 2);
  EXPECT_EQ(messages[2].type, 8);
}

TEST(HeaderCache, ForgetsOnRequest) {
  HeaderCache cache;
  note(cache, tag(18, {2, 0, 10}));
  cache.clear();
  EXPECT_TRUE(cache.messages().empty());
}

}  // namespace
}  // namespace channel
