#include "rtmp/publish_address.h"

#include <gtest/gtest.h>

namespace rtmp {
namespace {

std::string line(std::string_view app, std::string_view stream, std::string_view tc_url = "") {
  const PublishAddress address = parse_publish_address(app, stream, tc_url);
  return address.app + " " + address.stream + " [" + address.query + "] " + address.key;
}

TEST(PublishAddress, ReadsTheFormsThatEncodersSend) {  // RT-18
  EXPECT_EQ(line("live", "match?key=K1"), "live match [key=K1] K1");
  EXPECT_EQ(line("live", "match"), "live match [] ");
  EXPECT_EQ(line("live?key=K1", "match"), "live match [key=K1] K1");
  EXPECT_EQ(line("live/match", "?key=K1"), "live match [key=K1] K1");
  EXPECT_EQ(line("live", "match", "rtmp://example.net/live?key=K1"), "live match [key=K1] K1");
  EXPECT_EQ(line("/live/", "/match?a=b&key=K1&c"), "live match [a=b&key=K1&c] K1");
}

TEST(PublishAddress, PrefersTheStreamsOwnKey) {
  EXPECT_EQ(line("live?key=K2", "match?key=K1", "rtmp://h/live?key=K3"), "live match [key=K1] K1");
  EXPECT_EQ(line("live?key=K2", "match?a=b", "rtmp://h/live?key=K3"), "live match [a=b] K2");
}

TEST(PublishAddress, DecodesNothing) {  // RT-18
  EXPECT_EQ(line("live", "ma%74ch?key=%4B+1"), "live ma%74ch [key=%4B+1] %4B+1");
  EXPECT_EQ(line("live", "match?key=a=b?c"), "live match [key=a=b?c] a=b?c");
  EXPECT_EQ(line("live/a/b", "match"), "live/a/b match [] ");
}

TEST(PublishAddress, FindsNothingInNothing) {
  EXPECT_EQ(line("", ""), "  [] ");
  EXPECT_EQ(line("live", "match?keys=1&ke=2&key"), "live match [keys=1&ke=2&key] ");
}

}  // namespace
}  // namespace rtmp
