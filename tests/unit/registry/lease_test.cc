#include "registry/lease.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace registry {
namespace {

using nlohmann::json;

TEST(Lease, RequestsHaveNumbersAsTexts) {
  EXPECT_EQ(json::parse(grant_request(10)), (json{{"TTL", "10"}}));
  EXPECT_EQ(json::parse(renew_request(7587862094810000000)), (json{{"ID", "7587862094810000000"}}));
  EXPECT_EQ(json::parse(revoke_request(5)), (json{{"ID", "5"}}));
  EXPECT_EQ(json::parse(put_request("k", "v", 5)), (json{{"key", "aw=="}, {"value", "dg=="}, {"lease", "5"}}));
}

TEST(Lease, AGrantHasAnId) {
  EXPECT_EQ(*parse_grant(R"({"header":{},"ID":"7587862094810000000","TTL":"10"})"), 7587862094810000000);
  for (const char* text : {"", "[]", "{}", R"({"ID":"0"})", R"({"ID":7})", R"({"ID":"-7"})", R"({"ID":"x"})"})
    EXPECT_FALSE(parse_grant(text).ok()) << text;
}

TEST(Lease, ARenewalOfALeaseThatIsGoneHasNoTimeLeft) {
  EXPECT_TRUE(*parse_renewal(R"({"result":{"ID":"7","TTL":"1"}})"));
  EXPECT_FALSE(*parse_renewal(R"({"result":{"ID":"7"}})"));
  EXPECT_FALSE(*parse_renewal(R"({"result":{"ID":"7","TTL":"0"}})"));
  for (const char* text : {"", "{}", R"({"result":7})", R"({"result":{"TTL":7}})", R"({"error":{"message":"no"}})"})
    EXPECT_FALSE(parse_renewal(text).ok()) << text;
}

}  // namespace
}  // namespace registry
