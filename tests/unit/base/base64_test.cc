#include "base/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace base {
namespace {

std::string decoded(std::string_view text) {
  const auto bytes = base64_decoded(text);
  return bytes ? std::string(bytes->begin(), bytes->end()) : "refused";
}

TEST(Base64, DecodesTheStandardsExamples) {  // RFC 4648, 10
  EXPECT_EQ(decoded(""), "");
  EXPECT_EQ(decoded("Zg=="), "f");
  EXPECT_EQ(decoded("Zm8="), "fo");
  EXPECT_EQ(decoded("Zm9v"), "foo");
  EXPECT_EQ(decoded("Zm9vYmFy"), "foobar");
  EXPECT_EQ(decoded("++//"), "\xfb\xef\xff");
}

TEST(Base64, EncodesTheStandardsExamples) {  // RFC 4648, 10
  const auto encoded = [](std::string_view text) { return base64_encoded(view_of(text)); };
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encoded("\xfb\xef\xff"), "++//");
}

TEST(Base64, MayLackItsPadding) {
  EXPECT_EQ(decoded("Zg"), "f");
  EXPECT_EQ(decoded("Zm8"), "fo");
}

TEST(Base64, RefusesWhatIsNoBase64) {
  for (const char* text : {"Z", "Zm9vY", "Zm9v Zm9v", "Zm-_", "Z=g=", "Zg===", "Zm9v\n", "\xc3\xa4\xc3\xa4"}) {
    EXPECT_EQ(decoded(text), "refused") << text;
  }
}

}  // namespace
}  // namespace base
