#include "s3/address.h"

#include <gtest/gtest.h>

namespace s3 {
namespace {

std::string why(const std::string& url, const std::string& endpoint = "", const std::string& region = "eu-west-1") {
  const auto parsed = parse_address(url, endpoint, region);
  return parsed.ok() ? "" : parsed.error().what;
}

TEST(Address, OfAmazonHasTheBucketInTheHost) {
  const auto at = parse_address("s3://match-media/live/", "", "eu-west-1");
  ASSERT_TRUE(at.ok());
  EXPECT_EQ(at->host, "match-media.s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(at->scheme, "https");
  EXPECT_EQ(at->path_of(at->key_of("a/index.m3u8")), "/live/a/index.m3u8");
  EXPECT_EQ(at->url(), "s3://match-media/live");
}

TEST(Address, OfABucketWithDotsHasItInThePath) {
  const auto at = parse_address("s3://media.example.com", "", "eu-west-1");
  ASSERT_TRUE(at.ok());
  EXPECT_EQ(at->host, "s3.eu-west-1.amazonaws.com");
  EXPECT_EQ(at->path_of(at->key_of("x")), "/media.example.com/x");
}

TEST(Address, OfAnotherServerHasItInThePath) {
  const auto at = parse_address("s3://edge", "http://127.0.0.1:17480/", "default");
  ASSERT_TRUE(at.ok());
  EXPECT_EQ(at->scheme, "http");
  EXPECT_EQ(at->host, "127.0.0.1:17480");
  EXPECT_EQ(at->path_of(""), "/edge/");
}

TEST(Address, ADefaultPortIsNotSigned) {
  EXPECT_EQ(parse_address("s3://edge", "https://s3.example.com:443", "r")->host, "s3.example.com");
  EXPECT_EQ(parse_address("s3://edge", "http://s3.example.com:443", "r")->host, "s3.example.com:443");
}

TEST(Address, SaysWhatIsWrong) {
  EXPECT_NE(why("https://bucket/prefix"), "");
  EXPECT_NE(why("s3://"), "");
  EXPECT_NE(why("s3://Bucket"), "");
  EXPECT_NE(why("s3://-bucket"), "");
  EXPECT_NE(why("s3://bucket/a//b"), "");
  EXPECT_NE(why("s3://bucket/a?b"), "");
  EXPECT_NE(why("s3://bucket", "ftp://host"), "");
  EXPECT_NE(why("s3://bucket", "https://host/path"), "");
  EXPECT_NE(why("s3://bucket", "https://user@host"), "");
  EXPECT_NE(why("s3://bucket", "", "EU"), "");
  EXPECT_EQ(why("s3://bucket"), "");
}

}  // namespace
}  // namespace s3
