#include "api/router.h"

#include <gtest/gtest.h>

namespace api {
namespace {

class RouterTest : public testing::Test {
 protected:
  void add(const std::string& method, const std::string& path, Role role = Role::kNobody) {
    router_.add({method, path, role, [](const Request&, const Respond&) {}});
  }
  /// The path of the route found, or "-".
  std::string path_of(const std::string& method, const std::string& path) const {
    const Router::Match match = router_.match(method, path);
    return match.route == nullptr ? "-" : match.route->path;
  }
  Router router_;
};

TEST_F(RouterTest, FindsALiteralPathAndNoOther) {
  add("GET", "/api/v1/channels");
  add("GET", "/");
  EXPECT_EQ(path_of("GET", "/api/v1/channels"), "/api/v1/channels");
  EXPECT_EQ(path_of("GET", "/"), "/");
  for (const char* wrong : {"/api/v1/channel", "/api/v1/channelss", "/api/v1/channels/", "/api/v1",
                            "/api/v1/channels/x", "//api/v1/channels", "", "*", "api/v1/channels", "/API/v1/channels"})
    EXPECT_EQ(path_of("GET", wrong), "-") << wrong;
}

TEST_F(RouterTest, GivesParametersDecoded) {
  add("DELETE", "/channels/{name}/feeds/{feed}");
  const Router::Match match = router_.match("DELETE", "/channels/a%2Fb/feeds/back+up");
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.parameters, (Texts{{"name", "a/b"}, {"feed", "back+up"}}));
  EXPECT_FALSE(match.malformed);
}

TEST_F(RouterTest, AParameterIsOneSegmentThatIsNotEmpty) {
  add("GET", "/a/{x}");
  EXPECT_EQ(path_of("GET", "/a/b"), "/a/{x}");
  EXPECT_EQ(path_of("GET", "/a/"), "-");
  EXPECT_EQ(path_of("GET", "/a"), "-");
  EXPECT_EQ(path_of("GET", "/a/b/c"), "-");
}

TEST_F(RouterTest, TellsAParameterThatCannotBeDecoded) {
  add("GET", "/a/{x}");
  const Router::Match match = router_.match("GET", "/a/%zz");
  EXPECT_TRUE(match.malformed);
  EXPECT_NE(match.route, nullptr);
}

TEST_F(RouterTest, HeadIsGet) {
  add("GET", "/a");
  add("PUT", "/b");
  EXPECT_EQ(path_of("HEAD", "/a"), "/a");
  EXPECT_EQ(path_of("HEAD", "/b"), "-");
}

TEST_F(RouterTest, TellsWhichMethodsAPathKnows) {
  add("PUT", "/a/{x}");
  add("GET", "/a/{x}");
  add("DELETE", "/b");
  Router::Match match = router_.match("POST", "/a/b");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "PUT, GET, HEAD");
  match = router_.match("GET", "/b");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "DELETE");
  EXPECT_EQ(router_.match("GET", "/c").allow, "");
  EXPECT_EQ(router_.match("get", "/a/b").route, nullptr) << "methods are case-sensitive";
}

TEST_F(RouterTest, WhatIsMoreLiteralHoldsInEitherOrder) {
  add("GET", "/a/{x}/{y}");
  add("GET", "/a/b/{y}");
  add("GET", "/a/b/c");
  add("GET", "/a/b/{z}");
  add("PUT", "/a/{x}/{y}");
  EXPECT_EQ(path_of("GET", "/a/b/c"), "/a/b/c");
  EXPECT_EQ(path_of("GET", "/a/b/d"), "/a/b/{y}") << "of two alike the first";
  EXPECT_EQ(path_of("GET", "/a/x/c"), "/a/{x}/{y}");
  EXPECT_EQ(path_of("PUT", "/a/x/c"), "/a/{x}/{y}");
  EXPECT_EQ(router_.match("PUT", "/a/b/c").allow, "GET, HEAD") << "the literal path does not know PUT";
  EXPECT_EQ(router_.match("GET", "/a/b/d").parameters, (Texts{{"y", "d"}}));
}

TEST_F(RouterTest, EveryMethodButGetNeedsAToken) {
  add("GET", "/a");
  add("PUT", "/a");
  add("DELETE", "/a", Role::kOperate);
  add("GET", "/b", Role::kRead);
  EXPECT_EQ(router_.match("GET", "/a").route->role, Role::kNobody);
  EXPECT_EQ(router_.match("PUT", "/a").route->role, Role::kAdmin);
  EXPECT_EQ(router_.match("DELETE", "/a").route->role, Role::kOperate);
  EXPECT_EQ(router_.match("GET", "/b").route->role, Role::kRead);
}

}  // namespace
}  // namespace api
