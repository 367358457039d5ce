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

TEST(PublishAddress, NamesTheFeedWhereverTheQueryStands) {
  const auto feed = [](std::string_view app, std::string_view stream) {
    return parse_publish_address(app, stream, "").feed;
  };
  EXPECT_EQ(feed("live", "match?key=K1&feed=backup"), "backup");
  EXPECT_EQ(feed("live", "match?feed=backup&key=K1"), "backup");
  EXPECT_EQ(feed("live?key=K1&feed=backup", "match"), "backup");
  EXPECT_EQ(feed("live?feed=primary", "match?feed=backup"), "backup");
  EXPECT_EQ(feed("live", "match?key=K1"), "");
}

TEST(PublishAddress, TakesTheNameAsItWasSent) {  // RT-18
  EXPECT_EQ(line("live", "ma%74ch?key=%4B+1"), "live ma%74ch [key=%4B+1] %4B+1");
  EXPECT_EQ(line("live", "match?key=a=b?c"), "live match [key=a=b?c] a=b?c");
  EXPECT_EQ(line("live/a/b", "match"), "live/a/b match [] ");
}

TEST(PublishAddress, TakesAKeyInCapitalsForOne) {  // or a wrong one would pass for none
  EXPECT_EQ(line("live", "match?x=1&KEY=K1"), "live match [x=1&KEY=K1] K1");
}

TEST(PublishAddress, PutsAKeyTogetherThatTheClientCutAtItsSlash) {
  EXPECT_EQ(line("live/match?key=ab", "cd+ef=="), "live match [key=ab/cd+ef==] ab/cd+ef==");
  EXPECT_EQ(line("live/match?key=ab", "cd/ef"), "live match [key=ab/cd/ef] ab/cd/ef");
  EXPECT_EQ(line("live/match?key=ab/cd", ""), "live match [key=ab/cd] ab/cd");
}

TEST(PublishAddress, GivesAKeyInEveryReading) {
  const auto others = [](std::string_view stream) { return parse_publish_address("live", stream, "").other_keys; };
  using Keys = std::vector<std::string>;
  EXPECT_EQ(others("match?key=K1"), Keys{});
  EXPECT_EQ(others("match?key=ab%2Fcd%3d"), Keys{"ab/cd="});
  EXPECT_EQ(others("match?key=a b&c"), Keys{"a b&c"});
  EXPECT_EQ(others("match?key=a%20b%26c"), Keys{"a b&c"});
  EXPECT_EQ(others("match?key=a+b%&feed=backup"), Keys{"a+b%&feed=backup"});
  EXPECT_EQ(others("match?x=%41"), Keys{});
}

TEST(PublishAddress, FindsNothingInNothing) {
  EXPECT_EQ(line("", ""), "  [] ");
  EXPECT_EQ(line("live", "match?keys=1&ke=2&key"), "live match [keys=1&ke=2&key] ");
}

}  // namespace
}  // namespace rtmp
