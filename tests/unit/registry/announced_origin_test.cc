#include "registry/announced_origin.h"

#include <gtest/gtest.h>

namespace registry {
namespace {

TEST(AnnouncedOrigin, IsReadAsItWasWritten) {
  const AnnouncedOrigin origin{"https://origin-0.example.com:8443", {"final", "match"}};
  EXPECT_EQ(write_origin(origin), R"({"channels":["final","match"],"url":"https://origin-0.example.com:8443"})");
  EXPECT_EQ(*parse_origin(write_origin(origin)), origin);
  EXPECT_EQ(origin_key("/kickoff", origin.url), "/kickoff/origins/https://origin-0.example.com:8443");
}

TEST(AnnouncedOrigin, MayHaveNoChannelsAndFieldsOfLaterVersions) {
  EXPECT_EQ(*parse_origin(R"({"url":"http://a","later":[7]})"), (AnnouncedOrigin{"http://a", {}}));
}

TEST(AnnouncedOrigin, TheFirstChannelsAreAnnouncedWhereThereAreTooMany) {
  AnnouncedOrigin origin{"http://a", {}};
  for (int i = 0; i < 300; ++i) origin.channels.insert(std::to_string(1000 + i) + std::string(60, 'x'));
  const std::string value = write_origin(origin);
  EXPECT_LE(value.size(), kMostValue);
  const auto read = parse_origin(value);
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->channels.size(), kMostChannels);
  EXPECT_EQ(*read->channels.begin(), *origin.channels.begin());
}

TEST(AnnouncedOrigin, GarbageIsRefused) {
  for (const char* text : {"", "7", "[]", "{}", R"({"url":7})", R"({"url":"http://a","channels":7})",
                           R"({"url":"http://a","channels":[7]})", R"({"url":"http://a","channels":[""]})",
                           R"({"url":"http://a","channels":["a b"]})", R"({"url":"http://a","channels":["a/b"]})",
                           R"({"url":"http://a/live"})", R"({"url":"file:///etc/passwd"})"})
    EXPECT_FALSE(parse_origin(text).ok()) << text;
  EXPECT_TRUE(parse_origin(R"({"url":"http://a","channels":[")" + std::string(64, 'a') + "\"]}").ok());
  EXPECT_FALSE(parse_origin(R"({"url":"http://a","channels":[")" + std::string(65, 'a') + "\"]}").ok());
}

TEST(AnnouncedOrigin, ALongValueIsRefused) {
  std::string value = R"({"url":"http://a"})";
  value += std::string(kMostValue - value.size(), ' ');
  EXPECT_TRUE(parse_origin(value).ok());
  EXPECT_FALSE(parse_origin(value + ' ').ok());
  std::string many = R"({"url":"http://a","channels":["a")";
  for (std::size_t i = 1; i < kMostChannels; ++i) many += R"(,"a")";
  EXPECT_TRUE(parse_origin(many + "]}").ok());
  EXPECT_FALSE(parse_origin(many + R"(,"a"]})").ok());
}

TEST(AnnouncedOrigin, AUrlIsItsStartAlone) {
  for (const char* url : {"http://a", "https://origin-0:8443", "http://[::1]:8080", "https://10.0.0.1:443"})
    EXPECT_TRUE(is_origin_url(url)) << url;
  for (const char* url : {"", "a", "http://", "https://", "ftp://a", "http://a/", "http://a?b", "http://u@a",
                          "http://a b", "http://a\r\n", "HTTP://a"})
    EXPECT_FALSE(is_origin_url(url)) << url;
  EXPECT_TRUE(is_origin_url("http://" + std::string(505, 'a')));
  EXPECT_FALSE(is_origin_url("http://" + std::string(506, 'a')));
}

}  // namespace
}  // namespace registry
