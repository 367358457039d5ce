#include "channel/header_cache.h"

#include <gtest/gtest.h>

#include <string>

namespace channel {
namespace {

feed::RtmpMessage header(std::uint8_t type, const std::string& text, std::uint8_t track = 0) {
  return {type, 0, 0, base::Bytes::copy_of(text), feed::Role::kHeader, track, false};
}

std::string trace(const HeaderCache& cache) {
  std::string text;
  for (const feed::RtmpMessage& message : cache.messages()) text += std::string(message.payload.text()) + " ";
  return text;
}

TEST(HeaderCache, KeepsTheNewestOfEachTrackMetadataFirstThenVideoThenAudio) {
  HeaderCache cache;
  cache.note(header(feed::kRtmpAudio, "german", 1));
  cache.note(header(feed::kRtmpAudio, "english"));
  cache.note(header(feed::kRtmpVideo, "old"));
  cache.note(header(feed::kRtmpData, "metadata"));
  cache.note(header(feed::kRtmpVideo, "new"));
  EXPECT_EQ(trace(cache), "metadata new english german ");
}

TEST(HeaderCache, ForgetsOnRequest) {
  HeaderCache cache;
  cache.note(header(feed::kRtmpData, "metadata"));
  cache.clear();
  EXPECT_EQ(trace(cache), "");
}

TEST(HeaderCache, IsBoundedInSizeAndNumber) {
  HeaderCache cache;
  cache.note(header(feed::kRtmpVideo, std::string(64 * 1024 + 1, 'x')));
  EXPECT_TRUE(cache.messages().empty());
  cache.note(header(feed::kRtmpVideo, std::string(64 * 1024, 'x')));
  EXPECT_EQ(cache.messages().size(), 1U);
  for (int track = 0; track < 100; ++track) {
    cache.note(header(feed::kRtmpAudio, "a", static_cast<std::uint8_t>(track)));
  }
  EXPECT_EQ(cache.messages().size(), 33U);
  cache.note(header(feed::kRtmpAudio, "newer"));  // what is there is still renewed
  EXPECT_EQ(cache.messages()[1].payload.text(), "newer");
}

}  // namespace
}  // namespace channel
