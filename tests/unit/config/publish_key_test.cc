#include "config/publish_key.h"

#include <gtest/gtest.h>

#include "unit/config/parsed.h"

namespace config {
namespace {

TEST(PublishKey, MayHoldWhatAddressesAndStreamIdsCanCarry) {
  for (const char* key :
       {"k", "abc-123",    "ab/cd+ef==", "a b",   "a&b",   "a,b", "50%",     "a%2Fb",           "#x",        "a?b", "?",
        "=", "k\xc3\xa9y", "m=publish",  "a:b@c", "a,b&c", "%",   "a%2Cb,c", "a/b?c&d,e f#g%h", "\"quoted\""})
    EXPECT_EQ(publish_key_fault(key), "") << key;
  EXPECT_EQ(publish_key_fault(std::string(424, 'k')), "");
}

TEST(PublishKey, IsRefusedWhereNoEncoderCouldGiveIt) {
  EXPECT_EQ(publish_key_fault(""), " has to have at least one character");
  for (const std::string& key : {std::string(425, 'k'), std::string(142, ',')})
    EXPECT_EQ(publish_key_fault(key),
              " has to be shorter: an SRT stream id has 512 bytes for the channel's name, the key and what is around "
              "them");
  for (const char* key : {"a\tb", "a\nb", "a\x01", "a\x7f", "\xff"})
    EXPECT_EQ(publish_key_fault(key), " has to be text without control characters");
  for (const char* key : {" a", "a ", " "}) EXPECT_NE(publish_key_fault(key).find("than a space"), std::string::npos);
}

TEST(PublishKey, IsCheckedWhereverItComesFromAndNotShown) {
  EXPECT_EQ(problems_of("channels: {a: {keys: [good, '']}}"),
            "t.yaml:1:29: an item of keys has to have at least one character\n");
  EXPECT_EQ(problems_of("channels: {a: {keys: ['secret ']}}").find("secret"), std::string::npos);
  const auto parsed = parse_config("channels: {a: {keys_env: K}}", "t.yaml", {{"K", "one,,three"}});
  ASSERT_TRUE(std::holds_alternative<std::vector<Problem>>(parsed));
  EXPECT_EQ(std::get<std::vector<Problem>>(parsed).at(0).message(),
            "t.yaml:1:26: keys_env: key 2 has to have at least one character");
}

}  // namespace
}  // namespace config
