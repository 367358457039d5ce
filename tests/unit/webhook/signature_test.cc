#include "webhook/signature.h"

#include <gtest/gtest.h>

#include "base/base64.h"

namespace webhook {
namespace {

Secret secret(std::size_t size, std::uint8_t byte = 7) { return Secret(size, byte); }
std::string text_of(const Secret& bytes) { return "whsec_" + base::base64_encoded(bytes); }

TEST(WebhookSignature, IsThatOfTheSpecificationsExample) {
  // The example of the Standard Webhooks specification, which its libraries' tests have too.
  const auto parsed = parse_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(sign({*parsed}, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(WebhookSignature, IsMadeWithEachSecretInOrder) {
  const std::string both = sign({secret(24, 1), secret(24, 2)}, "id", 5, "body");
  EXPECT_EQ(both, sign({secret(24, 1)}, "id", 5, "body") + " " + sign({secret(24, 2)}, "id", 5, "body"));
  EXPECT_EQ(sign({}, "id", 5, "body"), "");
}

TEST(WebhookSignature, CoversIdTimeAndBody) {
  const std::string whole = sign({secret(24)}, "id", 5, "body");
  EXPECT_NE(sign({secret(24)}, "ie", 5, "body"), whole);
  EXPECT_NE(sign({secret(24)}, "id", 6, "body"), whole);
  EXPECT_NE(sign({secret(24)}, "id", 5, "bodz"), whole);
}

TEST(WebhookSignature, ASecretHas24To64Bytes) {
  for (const std::size_t size : {24u, 32u, 64u}) {
    const auto parsed = parse_secret(text_of(secret(size)));
    ASSERT_TRUE(parsed.ok()) << size;
    EXPECT_EQ(*parsed, secret(size));
  }
  EXPECT_FALSE(parse_secret(text_of(secret(23))).ok());
  EXPECT_FALSE(parse_secret(text_of(secret(65))).ok());
}

TEST(WebhookSignature, RefusesOtherTextsWithoutShowingThem) {
  for (const char* text : {"", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_not base64 but long enough",
                           "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}) {
    const auto parsed = parse_secret(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_NE(parsed.error().what.find("openssl rand -base64 32"), std::string::npos);
    EXPECT_EQ(parsed.error().what.find("MfKQ"), std::string::npos);
  }
}

}  // namespace
}  // namespace webhook
