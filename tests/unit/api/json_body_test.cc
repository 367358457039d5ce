#include "api/json_body.h"

#include <gtest/gtest.h>

#include <string>

namespace api {
namespace {

std::string nested(std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); }

TEST(JsonBody, IsWhatItSays) {
  EXPECT_EQ(parse_json(R"({"a": [1, {"b": null}]})")["a"][1]["b"], nullptr);
  EXPECT_EQ(parse_json("5"), 5);
}

TEST(JsonBody, OfWhatIsNoJsonIsDiscarded) {
  for (const char* text : {"", "{", "{\"a\": }", "[1] 2", "\xff"}) EXPECT_TRUE(parse_json(text).is_discarded()) << text;
}

TEST(JsonBody, IsThirtyTwoLevelsDeepAtMost) {
  EXPECT_TRUE(parse_json(nested(32)).is_array());
  for (const std::size_t levels : {34U, 1000U, 32'000U}) {
    EXPECT_TRUE(parse_json(nested(levels)).is_discarded()) << levels;
    EXPECT_TRUE(parse_json(R"({"a": )" + nested(levels) + "}").is_discarded()) << levels;
  }
}

}  // namespace
}  // namespace api
