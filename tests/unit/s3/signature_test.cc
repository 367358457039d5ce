#include "s3/signature.h"

#include <gtest/gtest.h>

#include "crypto/sha256.h"

namespace s3 {
namespace {

std::string hash_of(std::string_view body) { return crypto::to_hex(crypto::sha256(base::view_of(body))); }

std::string signature_of(const Unsigned& request, const Keys& keys, const Scope& scope, base::Micros utc) {
  const std::string header = authorization(request, keys, scope, utc);
  return header.substr(header.find("Signature=") + 10);
}

/// AWS's test suite for signature version 4 (aws-sig-v4-test-suite): its keys, service and time.
class SignatureSuite : public ::testing::Test {
 protected:
  std::string sign(Unsigned request, std::string_view body = "") const {
    request.headers.emplace_back("Host", "example.amazonaws.com");
    request.headers.emplace_back("X-Amz-Date", "20150830T123600Z");
    request.payload_hash = hash_of(body);
    return signature_of(request, {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}, {"us-east-1", "service"},
                        1'440'938'160 * base::kSecond);
  }
};

TEST_F(SignatureSuite, GetVanilla) {
  EXPECT_EQ(sign({}), "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31");
}

TEST_F(SignatureSuite, PostVanilla) {
  EXPECT_EQ(sign({.method = "POST"}), "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b");
}

TEST_F(SignatureSuite, GetVanillaQueryOrderKeyCase) {
  EXPECT_EQ(sign({.query = {{"Param2", "value2"}, {"Param1", "value1"}}}),
            "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500");
}

TEST_F(SignatureSuite, GetHeaderValueTrim) {
  EXPECT_EQ(sign({.headers = {{"My-Header1", " value1"}, {"My-Header2", " \"a   b   c\""}}}),
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736");
}

TEST_F(SignatureSuite, GetUtf8) {
  EXPECT_EQ(sign({.path = "/\xE1\x88\xB4"}), "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85");
}

TEST_F(SignatureSuite, PostXWwwFormUrlencoded) {
  EXPECT_EQ(
      sign({.method = "POST", .headers = {{"Content-Type", "application/x-www-form-urlencoded"}}}, "Param1=value1"),
      "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
}

/// The examples of "Authenticating Requests: Using the Authorization Header" in S3's API reference.
class SignatureOfS3 : public ::testing::Test {
 protected:
  std::string sign(Unsigned request, std::string_view body = "") const {
    request.payload_hash = hash_of(body);
    request.headers.emplace_back("Host", "examplebucket.s3.amazonaws.com");
    request.headers.emplace_back("x-amz-date", "20130524T000000Z");
    request.headers.emplace_back("x-amz-content-sha256", request.payload_hash);
    return signature_of(request, {"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"}, {"us-east-1"},
                        1'369'353'600 * base::kSecond);
  }
};

TEST_F(SignatureOfS3, GetObject) {
  EXPECT_EQ(sign({.path = "/test.txt", .headers = {{"Range", "bytes=0-9"}}}),
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
}

TEST_F(SignatureOfS3, PutObject) {
  const Pairs headers{{"Date", "Fri, 24 May 2013 00:00:00 GMT"}, {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  EXPECT_EQ(sign({.method = "PUT", .path = "/test$file.text", .headers = headers}, "Welcome to Amazon S3."),
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd");
}

TEST_F(SignatureOfS3, GetBucketLifecycle) {
  EXPECT_EQ(sign({.query = {{"lifecycle", ""}}}), "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543");
}

TEST_F(SignatureOfS3, ListObjects) {
  EXPECT_EQ(sign({.query = {{"prefix", "J"}, {"max-keys", "2"}}}),
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7");
}

TEST(Signature, NamesKeyScopeAndHeaders) {
  const Unsigned request{.headers = {{"Host", "h"}, {"x-amz-date", "20130524T000000Z"}}, .payload_hash = hash_of("")};
  EXPECT_TRUE(authorization(request, {"ID", "secret"}, {"eu-west-1"}, 1'369'353'600 * base::kSecond)
                  .starts_with("AWS4-HMAC-SHA256 Credential=ID/20130524/eu-west-1/s3/aws4_request,SignedHeaders=host;"
                               "x-amz-date,Signature="));
}

TEST(Signature, EncodesWhatUrlsDoNotTakePlain) {
  EXPECT_EQ(encode_path("/live/a b=c,d~e"), "/live/a%20b%3Dc%2Cd~e");
  EXPECT_EQ(encode_value("live/a+b"), "live%2Fa%2Bb");
  EXPECT_EQ(encode_query({{"uploads", ""}, {"prefix", "live/"}}), "prefix=live%2F&uploads=");
}

TEST(Signature, JoinsHeadersOfOneName) {
  const std::string text = canonical_request({.headers = {{"B", "2"}, {"a", "1"}, {"b", "3"}}, .payload_hash = "h"});
  EXPECT_EQ(text, "GET\n/\n\na:1\nb:2,3\n\na;b\nh");
}

}  // namespace
}  // namespace s3
