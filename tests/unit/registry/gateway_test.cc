#include "registry/gateway.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

namespace registry {
namespace {

using nlohmann::json;

TEST(Gateway, ARangeIsOfOneKeyInBase64) {
  EXPECT_EQ(json::parse(range_request("/kickoff/a")), (json{{"key", "L2tpY2tvZmYvYQ=="}}));
}

TEST(Gateway, AMissingKeyIsNoError) {
  const auto found = parse_range(R"({"header":{"revision":"7"}})");
  ASSERT_TRUE(found.ok());
  EXPECT_FALSE(*found);
  EXPECT_FALSE(*parse_range(R"({"kvs":[]})"));
}

TEST(Gateway, AKeyHasItsValueAndTheRevisionOfItsLastChange) {
  const auto found =
      parse_range(R"({"kvs":[{"key":"L2E=","create_revision":"3","mod_revision":"12","value":"aGk="}]})");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->value, "hi");
  EXPECT_EQ((*found)->revision, 12);
}

TEST(Gateway, AnEmptyValueIsLeftOutByEtcd) {
  const auto found = parse_range(R"({"kvs":[{"mod_revision":"1"}]})");
  ASSERT_TRUE(found.ok() && *found);
  EXPECT_EQ((*found)->value, "");
}

TEST(Gateway, WhatIsNoAnswerIsRefused) {
  for (const char* text :
       {"", "[]", "{", R"({"kvs":7})", R"({"kvs":[{"mod_revision":7}]})", R"({"kvs":[{"mod_revision":"x"}]})",
        R"({"kvs":[{"mod_revision":"7x"}]})", R"({"kvs":[{"mod_revision":"-1"}]})", R"({"kvs":[{"value":"%"}]})",
        R"({"kvs":[{"value":1}]})", R"({"kvs":[{"mod_revision":"99999999999999999999"}]})"})
    EXPECT_FALSE(parse_range(text).ok()) << text;
  EXPECT_TRUE(parse_range(R"({"kvs":[7]})").ok()) << "of what has no fields all are at their default";
}

TEST(Gateway, ASwapComparesTheRevisionAndReadsWhereItDiffers) {
  const json body = json::parse(swap_request("k", "v", 12));
  EXPECT_EQ(body["compare"][0],
            (json{{"key", "aw=="}, {"target", "MOD"}, {"result", "EQUAL"}, {"mod_revision", "12"}}));
  EXPECT_EQ(body["success"][0]["request_put"], (json{{"key", "aw=="}, {"value", "dg=="}}));
  EXPECT_EQ(body["failure"][0]["request_range"], (json{{"key", "aw=="}}));
}

TEST(Gateway, ASwapThatSucceededFoundNothing) {
  const auto swap = parse_swap(R"({"succeeded":true,"responses":[{"response_put":{}}]})");
  ASSERT_TRUE(swap.ok());
  EXPECT_TRUE(swap->written);
  EXPECT_FALSE(swap->found);
}

TEST(Gateway, ASwapThatFailedHasWhatIsThere) {
  const auto swap = parse_swap(R"({"responses":[{"response_range":{"kvs":[{"mod_revision":"4","value":"aGk="}]}}]})");
  ASSERT_TRUE(swap.ok() && swap->found);
  EXPECT_FALSE(swap->written);
  EXPECT_EQ(swap->found->revision, 4);
  const auto gone = parse_swap(R"({"responses":[{"response_range":{}}]})");
  ASSERT_TRUE(gone.ok());
  EXPECT_FALSE(gone->found);
}

TEST(Gateway, ABrokenSwapIsRefused) {
  for (const char* text : {"{}", "7", R"({"succeeded":1})", R"({"responses":[]})", R"({"responses":[{}]})",
                           R"({"responses":{"response_range":{}}})", R"({"responses":[7]})"})
    EXPECT_FALSE(parse_swap(text).ok()) << text;
}

TEST(Gateway, ATokenIsOneThatAHeaderCanCarry) {
  EXPECT_EQ(*parse_login(R"({"token":"abc.7"})"), "abc.7");
  for (const char* text : {"{}", R"({"token":7})", R"({"token":""})", R"({"token":"a\r\nX-A: b"})",
                           R"({"token":"a b"})", R"({"token":"\u007f"})"})
    EXPECT_FALSE(parse_login(text).ok()) << text;
  EXPECT_TRUE(parse_login(R"({"token":")" + std::string(4096, 'a') + "\"}").ok());
  EXPECT_FALSE(parse_login(R"({"token":")" + std::string(4097, 'a') + "\"}").ok());
  EXPECT_EQ(json::parse(login_request("u", "p")), (json{{"name", "u"}, {"password", "p"}}));
}

TEST(Gateway, AFaultIsTextForALog) {
  EXPECT_EQ(parse_fault(R"({"error":"old","message":"permission denied","code":7})"), "permission denied");
  EXPECT_EQ(parse_fault(R"({"error":"no\nleader"})"), "no leader");
  EXPECT_EQ(parse_fault("<html>"), "");
  EXPECT_EQ(parse_fault(R"({"message":7})"), "");
}

}  // namespace
}  // namespace registry
