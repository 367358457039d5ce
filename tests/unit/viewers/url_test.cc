#include "viewers/url.h"

#include <gtest/gtest.h>

namespace viewers {
namespace {

TEST(Url, IsTakenApart) {
  const auto url = parse_url("https://localhost:8443/live/a/index.m3u8?k=1");
  ASSERT_TRUE(url.ok());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->address, "127.0.0.1");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->authority, "localhost:8443");
  EXPECT_EQ(url->path, "/live/a/index.m3u8?k=1");
  EXPECT_EQ(parse_url("http://[::1]/x")->address, "::1");
  EXPECT_EQ(parse_url("http://127.0.0.9/x")->port, 80);
}

TEST(Url, IsRefusedWhereItLeadsElsewhere) {
  for (const char* text : {"http://192.0.2.1/x", "http://example.org/x", "http://127.0.0.1.example.org/x",
                           "ftp://localhost/x", "http://localhost", "http://localhost:x/y", ""}) {
    EXPECT_FALSE(parse_url(text).ok()) << text;
  }
}

TEST(Url, ResolvesReferences) {
  const std::string base = "/live/a/v/index.m3u8?_HLS_msn=1";
  EXPECT_EQ(resolve(base, "1.0.m4s", "h:1"), "/live/a/v/1.0.m4s");
  EXPECT_EQ(resolve(base, "../b/index.m3u8?t=1/2", "h:1"), "/live/a/b/index.m3u8?t=1/2");
  EXPECT_EQ(resolve(base, "/x/./y/../z", "h:1"), "/x/z");
  EXPECT_EQ(resolve(base, "http://h:1/x", "h:1"), "/x");
  EXPECT_EQ(resolve(base, "http://other/x", "h:1"), "");
  EXPECT_EQ(resolve(base, "http://h:12/x", "h:1"), "");
  EXPECT_EQ(resolve(base, "../../../../..", "h:1"), "/");
}

}  // namespace
}  // namespace viewers
