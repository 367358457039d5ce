#include "rtmp/hmac.h"

#include <gtest/gtest.h>

#include <string>

namespace rtmp {
namespace {

std::string hex(const Digest& digest) {
  static const char* const kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += kDigits[byte >> 4];
    text += kDigits[byte & 15];
  }
  return text;
}

// FIPS 180-4's own examples.
TEST(Sha256, HashesTheExamplesOfItsStandard) {
  EXPECT_EQ(hex(sha256({base::view_of("abc")})), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256({base::view_of("abcdbcdecdefdefgefghfghighijhijk"), base::view_of("ijkljklmklmnlmnomnopnopq")})),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

// RFC 4231, test cases 2 and 6.
TEST(HmacSha256, SignsTheExamplesOfItsStandard) {
  EXPECT_EQ(hex(hmac_sha256(base::view_of("Jefe"), {base::view_of("what do ya want for nothing?")})),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  const std::string long_key(131, '\xaa');
  EXPECT_EQ(hex(hmac_sha256(base::view_of(long_key),
                            {base::view_of("Test Using Larger Than Block-Size Key - Hash Key First")})),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace rtmp
