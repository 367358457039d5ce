#include "crypto/sha256.h"

#include <gtest/gtest.h>

namespace crypto {
namespace {

// FIPS 180-4's examples, and that of no byte at all.
constexpr const char* kOfNothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
constexpr const char* kOfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

TEST(Sha256, HashesThePublishedExamples) {
  EXPECT_EQ(to_hex(sha256({})), kOfNothing);
  EXPECT_EQ(to_hex(sha256(base::view_of(std::string_view("abc")))), kOfAbc);
  EXPECT_EQ(to_hex(sha256(base::view_of(std::string_view("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, ReadsDigitsOfEitherCase) {
  std::string upper = kOfAbc;
  for (char& c : upper) c = static_cast<char>(std::toupper(c));
  for (const std::string& hex : {std::string(kOfAbc), upper}) {
    const auto parsed = parse_sha256(hex);
    ASSERT_TRUE(parsed) << hex;
    EXPECT_EQ(to_hex(*parsed), kOfAbc);
  }
}

TEST(Sha256, ReadsNothingButSixtyFourDigits) {
  const std::string good = kOfAbc;
  EXPECT_FALSE(parse_sha256(""));
  EXPECT_FALSE(parse_sha256(good.substr(1)));
  EXPECT_FALSE(parse_sha256(good + "0"));
  // The neighbours of every range of digits, at an even and at an odd place.
  for (const char wrong : {'/', ':', '@', 'G', '`', 'g', ' '}) {
    for (const std::size_t place : {std::size_t{0}, std::size_t{63}}) {
      std::string hex = good;
      hex[place] = wrong;
      EXPECT_FALSE(parse_sha256(hex)) << wrong << " at " << place;
    }
  }
  for (const char right : {'0', '9', 'a', 'f', 'A', 'F'}) {
    std::string hex = good;
    hex[0] = right;
    EXPECT_TRUE(parse_sha256(hex)) << right;
  }
}

TEST(Sha256, ComparesEveryByte) {
  const Sha256 hash = *parse_sha256(kOfAbc);
  EXPECT_TRUE(equal_in_constant_time(hash, hash));
  for (std::size_t i = 0; i < hash.size(); ++i) {
    Sha256 other = hash;
    other[i] ^= 1;
    EXPECT_FALSE(equal_in_constant_time(hash, other)) << "byte " << i;
  }
}

TEST(HmacSha256, OfThePublishedCases) {  // RFC 4231, cases 2 and 6
  EXPECT_EQ(to_hex(hmac_sha256(base::view_of("Jefe"), base::view_of("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::string key(131, '\xaa');
  EXPECT_EQ(
      to_hex(hmac_sha256(base::view_of(key), base::view_of("Test Using Larger Than Block-Size Key - Hash Key First"))),
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(HmacSha256, TakesAnEmptyKey) {
  EXPECT_EQ(to_hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

}  // namespace
}  // namespace crypto
