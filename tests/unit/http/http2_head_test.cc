#include "http/http2_head.h"

#include <gtest/gtest.h>

#include <string>

namespace http {
namespace {

constexpr std::size_t kFieldCost = 32;  // RFC 9113 6.5.2

Limits limits(std::size_t head, std::size_t fields, std::size_t target) {
  Limits made;
  made.head = head;
  made.fields = fields;
  made.target = target;
  return made;
}

TEST(Http2Head, BecomesARequest) {
  Http2Head head;
  for (const auto& [name, value] :
       {std::pair(":method", "POST"), std::pair(":path", "/a?b?c"), std::pair(":authority", "edge:80"),
        std::pair("x-one", "1"), std::pair("host", "other")})
    head.add(name, value, {});
  head.text += "body";
  Request request;
  request.fields.push_back({"of", "before"});
  EXPECT_TRUE(head.fill(request));
  EXPECT_EQ(request.method, Method::kOther);
  EXPECT_EQ(request.verb, "POST");
  EXPECT_EQ(request.version, 20);
  EXPECT_EQ(request.path, "/a");
  EXPECT_EQ(request.query, "b?c");
  EXPECT_EQ(request.host, "edge:80");
  EXPECT_EQ(request.body, "body");
  ASSERT_EQ(request.fields.size(), 2U);
  EXPECT_EQ(request.find("x-one"), "1");
}

TEST(Http2Head, WithoutAnAuthorityHasItsHostField) {
  Http2Head head;
  head.add("host", "edge", {});
  Request request;
  EXPECT_TRUE(head.fill(request)) << "CONNECT has no path either; its method tells";
  EXPECT_EQ(request.host, "edge");
  EXPECT_EQ(request.path, "/");
}

TEST(Http2Head, HasAPathOfVisibleCharacters) {
  for (const char* path : {"/ ", "/\x7f", "/#", "/\t", "/\xC3\xBC"}) {
    Http2Head head;
    head.add(":path", path, {});
    Request request;
    EXPECT_FALSE(head.fill(request)) << path;
  }
  Http2Head head;
  head.add(":path", "/!~", {});
  Request request;
  EXPECT_TRUE(head.fill(request));
}

TEST(Http2Head, IsRefusedBeyondTheSizeThatHpackCounts) {
  const std::string value(10, 'v');
  for (const std::size_t missing : {0U, 1U}) {
    Http2Head head;
    const Limits most = limits(kFieldCost + 2 * (1 + value.size()) - missing, 100, 100);
    head.add("a", value, most);
    EXPECT_EQ(head.refused, 0);
    head.add("b", value, most);
    EXPECT_EQ(head.refused, missing == 0 ? 0 : 431);
  }
}

TEST(Http2Head, IsRefusedBeyondItsFieldsAndTakesNoMore) {
  const Limits most = limits(10000, 2, 100);
  Http2Head head;
  for (int i = 0; i < 6; ++i) head.add("name", "value", most);
  EXPECT_EQ(head.refused, 0) << "four stand for the request line";
  const std::size_t size = head.size();
  head.add("name", "value", most);
  EXPECT_EQ(head.refused, 431);
  head.add("name", "value", most);
  EXPECT_EQ(head.size(), size);
  EXPECT_EQ(size, 6 * (std::string("namevalue").size() + 2 * sizeof(std::uint32_t)));
}

TEST(Http2Head, IsRefusedForALongTargetWhateverElseIsTooMuch) {
  Http2Head head;
  const Limits most = limits(5, 2, 3);
  head.add(":path", "/abc", most);
  EXPECT_EQ(head.refused, 414);
  head.add("a", std::string(100, 'b'), most);
  EXPECT_EQ(head.refused, 414);
}

}  // namespace
}  // namespace http
