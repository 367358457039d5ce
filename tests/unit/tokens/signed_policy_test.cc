#include "tokens/signed_policy.h"

#include <gtest/gtest.h>

#include "unit/tokens/made.h"
#include "unit/tokens/signed.h"

namespace tokens {
namespace {

using tokens_test::verdict_of;

constexpr const char* kIndex = "/live/match/index.m3u8";

Signers signers_of(std::vector<std::string> urls = {"https://live.example.com"}) {
  Signers::Keys keys;
  for (const auto& [id, pem] : {std::pair("KRSA", signed_test::kRsaPem), std::pair("KEC", signed_test::kEcPem)})
    keys.emplace_back(id, crypto::PublicKey::parse(pem).take());
  return {std::move(keys), std::move(urls)};
}
SignedPolicy shown(const char* signature, const char* key_id = "KRSA", const char* hash = "") {
  SignedPolicy made;
  made.policy = signed_test::kPolicy;
  made.signature = signature;
  made.key_id = key_id;
  made.hash = hash;
  return made;
}
/// A policy with that in its statement.
std::string statement(const std::string& inner) { return R"({"Statement":[{)" + inner + "}]}"; }
std::string condition(const std::string& inner) {
  return statement(R"("Resource":"*","Condition":{"DateLessThan":{"AWS:EpochTime":100})" + inner + "}");
}
std::string policy_verdict(const std::string& policy) { return verdict_of(read_policy(policy)); }
Claims claims_of(const std::string& policy) {
  const auto read = read_policy(policy);
  EXPECT_EQ(verdict_of(read), "accepted") << policy;
  return std::holds_alternative<Claims>(read) ? std::get<Claims>(read) : Claims();
}
bool from(const Claims& claims, const char* peer) {
  const auto address = base::parse_peer(peer);
  return address && claims.has_address(&*address);
}

TEST(SignedPolicyOfAmazonsSigner, IsGoodWithEachKindOfKeyAndHash) {
  const Signers signers = signers_of();
  for (const SignedPolicy& one : {shown(signed_test::kRsaSha1), shown(signed_test::kRsaSha1, "KRSA", "SHA1"),
                                  shown(signed_test::kRsaSha256, "KRSA", "SHA256"), shown(signed_test::kEcSha1, "KEC"),
                                  shown(signed_test::kEcSha256, "KEC", "SHA256")}) {
    const Verified verified = signers.verify(one, kIndex);
    ASSERT_EQ(verdict_of(verified), "accepted") << one.key_id << one.hash;
    const auto& claims = std::get<Claims>(verified);
    EXPECT_EQ(claims.expires, 4102444800);
    EXPECT_EQ(claims.not_before, 1577836801);
    EXPECT_EQ(claims.resource, "https://live.example.com/live/match/*");
    EXPECT_TRUE(claims.channels.empty());
    EXPECT_TRUE(from(claims, "192.0.2.255:1"));
    EXPECT_FALSE(from(claims, "192.0.3.0:1"));
  }
}

TEST(SignedPolicyOfAmazonsSigner, IsNotGoodWithAnotherHashKeyOrPolicy) {
  const Signers signers = signers_of();
  EXPECT_EQ(verdict_of(signers.verify(shown(signed_test::kRsaSha1, "KRSA", "SHA256"), kIndex)), "signature");
  EXPECT_EQ(verdict_of(signers.verify(shown(signed_test::kRsaSha256), kIndex)), "signature");
  EXPECT_EQ(verdict_of(signers.verify(shown(signed_test::kRsaSha1, "KEC"), kIndex)), "signature");
  EXPECT_EQ(verdict_of(signers.verify(shown(signed_test::kRsaSha1, "KNONE"), kIndex)), "unknown_key");
  EXPECT_EQ(verdict_of(signers.verify(shown(signed_test::kRsaSha1, "KRSA", "MD5"), kIndex)), "algorithm");
  SignedPolicy other = shown(signed_test::kRsaSha1);
  other.policy[40] = other.policy[40] == 'A' ? 'B' : 'A';
  EXPECT_EQ(verdict_of(signers.verify(other, kIndex)), "signature");
}

TEST(SignedPolicyOfAmazonsSigner, OfACannedUrlIsGoodForItAlone) {
  const SignedPolicy canned = signed_policy_of_query(signed_test::kCannedQuery);
  EXPECT_TRUE(canned.is_canned());
  const std::string target = std::string(kIndex) + "?" + unsigned_query(signed_test::kCannedQuery);
  EXPECT_EQ(target, "/live/match/index.m3u8?view=vertical");
  const Signers signers = signers_of({"https://other.example.com", "https://live.example.com"});
  const Verified verified = signers.verify(canned, target);
  ASSERT_EQ(verdict_of(verified), "accepted");
  EXPECT_EQ(std::get<Claims>(verified).expires, 4102444800);
  EXPECT_TRUE(signers.has_target(std::get<Claims>(verified), target));
  EXPECT_EQ(verdict_of(signers.verify(canned, kIndex)), "signature");
  EXPECT_EQ(verdict_of(signers.verify(canned, target + "2")), "signature");
  EXPECT_EQ(verdict_of(signers_of({"http://live.example.com"}).verify(canned, target)), "signature");
  SignedPolicy later = canned;
  later.expires = "4102444801";
  EXPECT_EQ(verdict_of(signers.verify(later, target)), "signature");
}

TEST(SignedPolicyOfAmazonsSigner, OfACannedCookieIsGoodForItsUrl) {
  SignedPolicy canned;
  add_cookie(canned, "CloudFront-Expires", "4102444800");
  add_cookie(canned, "CloudFront-Signature", signed_test::kCannedCookie);
  add_cookie(canned, "CloudFront-Key-Pair-Id", "KEC");
  EXPECT_EQ(verdict_of(signers_of().verify(canned, kIndex)), "accepted");
  EXPECT_EQ(verdict_of(signers_of().verify(canned, "/live/other/index.m3u8")), "signature");
}

TEST(SignedPolicy, ThatLacksSomethingIsMalformed) {
  const Signers signers = signers_of();
  const auto fault_without = [&](std::string SignedPolicy::* member, const char* value = "") {
    SignedPolicy one = shown(signed_test::kRsaSha1);
    one.*member = value;
    return verdict_of(signers.verify(one, kIndex));
  };
  EXPECT_EQ(fault_without(&SignedPolicy::policy), "malformed") << "no time either";
  EXPECT_EQ(fault_without(&SignedPolicy::signature), "malformed");
  EXPECT_EQ(fault_without(&SignedPolicy::key_id), "malformed");
  EXPECT_EQ(fault_without(&SignedPolicy::signature, "a+b="), "malformed");
  EXPECT_EQ(fault_without(&SignedPolicy::policy, "a/b="), "malformed");
  SignedPolicy canned = shown(signed_test::kRsaSha1);
  canned.policy.clear();
  for (const char* expires : {"", "0", "-1", "12x", "1.5", "253402300800", "99999999999999999999"}) {
    canned.expires = expires;
    EXPECT_EQ(verdict_of(signers.verify(canned, kIndex)), "malformed") << expires;
  }
  canned.expires = "253402300799";
  EXPECT_EQ(verdict_of(signers.verify(canned, kIndex)), "signature");
  EXPECT_EQ(verdict_of(signers.verify(canned, "/live/\"x\\")), "signature") << "a URL that JSON would escape";
}

TEST(SignedPolicy, IsTakenFromAQueryOnceAndDecoded) {
  const SignedPolicy one = signed_policy_of_query(
      "_HLS_msn=3&Policy=ab%7Ec&Signature=d%2&Key-Pair-Id=%4bX%5f&Hash-Algorithm=SHA256&Expires=7&policy=z&Policyx=y");
  EXPECT_EQ(one.policy, "ab~c");
  EXPECT_EQ(one.signature, "d%2");
  EXPECT_EQ(one.key_id, "KX_");
  EXPECT_EQ(one.hash, "SHA256");
  EXPECT_EQ(one.expires, "7");
  EXPECT_FALSE(one.malformed);
  EXPECT_TRUE(one.any());
  EXPECT_TRUE(signed_policy_of_query("Signature=a&Signature=b").malformed);
  EXPECT_FALSE(signed_policy_of_query("Policy=" + std::string(SignedPolicy::kLongest, 'a')).malformed);
  EXPECT_TRUE(signed_policy_of_query("Policy=" + std::string(SignedPolicy::kLongest + 1, 'a')).malformed);
  for (const char* query : {"Policy=a%0Ab", "Signature=%00", "Key-Pair-Id=a%20", "Policy=%7F", "Policy=%C3%BC"})
    EXPECT_TRUE(signed_policy_of_query(query).malformed) << "it could be taken for another: " << query;
  EXPECT_FALSE(signed_policy_of_query("_HLS_msn=3&Expires=7&Hash-Algorithm=SHA1").any()) << "nobody signed it";
  EXPECT_FALSE(signed_policy_of_query("").any());
  for (const char* query : {"Policy=a", "Signature=a", "Key-Pair-Id=a"})
    EXPECT_TRUE(signed_policy_of_query(query).any());
}

TEST(SignedPolicy, IsTakenFromCookiesOfThoseNamesTheFirstOfEach) {
  SignedPolicy one;
  for (const auto& [name, value] :
       {std::pair("CloudFront-Policy", "a"), std::pair("CloudFront-Policy", "b"), std::pair("Policy", "c"),
        std::pair("CloudFront-Signature", "d"), std::pair("CloudFront-Key-Pair-Id", "e"),
        std::pair("CloudFront-Hash-Algorithm", "f"), std::pair("CloudFront-Expires", "g"),
        std::pair("cloudfront-Policy", "h"), std::pair("CloudFront-Other", "i")})
    add_cookie(one, name, value);
  EXPECT_EQ(one.policy + one.signature + one.key_id + one.hash + one.expires, "adefg");
  EXPECT_FALSE(one.malformed);
}

TEST(SignedPolicy, LeavesTheOtherParametersInTheirOrder) {
  EXPECT_EQ(unsigned_query("Policy=a&_HLS_msn=3&Signature=b&_HLS_part=0&Key-Pair-Id=c"), "_HLS_msn=3&_HLS_part=0");
  EXPECT_EQ(unsigned_query("Expires=1&Hash-Algorithm=SHA1&Signature=b"), "");
  EXPECT_EQ(unsigned_query("a&b=&=c&Signature"), "a&b=&=c");
}

TEST(SignedPolicy, HasAnIdentityThatIsItsOwn) {
  const SignedPolicy custom = shown(signed_test::kRsaSha1);
  EXPECT_EQ(custom.identity("/a"), custom.identity("/b")) << "one check for all objects";
  for (std::string SignedPolicy::* member :
       {&SignedPolicy::policy, &SignedPolicy::signature, &SignedPolicy::key_id, &SignedPolicy::hash}) {
    SignedPolicy other = custom;
    (other.*member) += 'x';
    EXPECT_NE(other.identity("/a"), custom.identity("/a"));
  }
  SignedPolicy canned = custom;
  canned.policy.clear();
  canned.expires = "7";
  EXPECT_NE(canned.identity("/a"), canned.identity("/b"));
  SignedPolicy later = canned;
  later.expires = "8";
  EXPECT_NE(later.identity("/a"), canned.identity("/a"));
}

TEST(PolicyBase64, HasOtherCharactersForThoseThatUrlsEscape) {
  EXPECT_EQ(policy_base64_decoded("-~8_"), (std::vector<std::uint8_t>{0xfb, 0xff}));
  EXPECT_EQ(policy_base64_decoded("-~8"), (std::vector<std::uint8_t>{0xfb, 0xff}));
  EXPECT_EQ(policy_base64_decoded(""), std::vector<std::uint8_t>());
  for (const char* text : {"+AAA", "/AAA", "AAA=", "A", "AAAAA", "A_AA", "AA A"})
    EXPECT_FALSE(policy_base64_decoded(text)) << text;
}

TEST(Pattern, HasStarsForAnythingAndQuestionMarksForOneCharacter) {
  for (const auto& [text, pattern] :
       {std::pair("", ""), std::pair("", "*"), std::pair("abc", "abc"), std::pair("abc", "*"), std::pair("abc", "a*c"),
        std::pair("ac", "a*c"), std::pair("abc", "a?c"), std::pair("abc", "???"), std::pair("abcbc", "a*bc"),
        std::pair("abc", "abc**"), std::pair("a?c", "a?c"), std::pair("aXbXc", "a*b?c*"),
        std::pair("https://a/live/m/v1/index.m3u8?_HLS_msn=3", "http*://a/live/m/*")})
    EXPECT_TRUE(matches_pattern(text, pattern)) << text << " " << pattern;
  for (const auto& [text, pattern] :
       {std::pair("", "?"), std::pair("a", ""), std::pair("abc", "ab"), std::pair("ab", "abc"), std::pair("abc", "a?"),
        std::pair("abd", "a*c"), std::pair("abc", "*?bc?"), std::pair("Abc", "abc"), std::pair("abcb", "a*bc")})
    EXPECT_FALSE(matches_pattern(text, pattern)) << text << " " << pattern;
}

TEST(ReadPolicy, TakesOneStatementWithATime) {
  const Claims claims =
      claims_of(statement(R"("Resource" : "http*://a/live/?/*", "Condition": {"DateLessThan": {"AWS:EpochTime": 100},
                   "DateGreaterThan": {"AWS:EpochTime": 50}})"));
  EXPECT_EQ(claims.resource, "http*://a/live/?/*");
  EXPECT_EQ(claims.fault_at(50, 0), Fault::kNotYet) << "after that time, not at it";
  EXPECT_EQ(claims.fault_at(51, 0), Fault::kNone);
  EXPECT_EQ(claims.fault_at(99, 0), Fault::kNone);
  EXPECT_EQ(claims.fault_at(100, 0), Fault::kExpired);
}

TEST(ReadPolicy, IsForEverythingWithoutAResource) {
  EXPECT_EQ(claims_of(statement(R"("Condition":{"DateLessThan":{"AWS:EpochTime":100}})")).resource, "*");
}

TEST(ReadPolicy, TakesAddressesAndNetworks) {
  const auto source = [](const std::string& text) {
    return claims_of(condition(R"(,"IpAddress":{"AWS:SourceIp":")" + text + "\"}"));
  };
  EXPECT_TRUE(from(source("192.0.2.7"), "192.0.2.7:1"));
  EXPECT_FALSE(from(source("192.0.2.7"), "192.0.2.8:1"));
  EXPECT_TRUE(from(source("192.0.2.7/31"), "192.0.2.6:1")) << "bits behind the prefix are of no account";
  EXPECT_FALSE(from(source("192.0.2.7/31"), "192.0.2.8:1"));
  EXPECT_TRUE(from(source("192.0.2.7/32"), "192.0.2.7:1"));
  EXPECT_FALSE(from(source("192.0.2.7/32"), "192.0.2.6:1"));
  EXPECT_TRUE(from(source("2001:db8::1/32"), "[2001:db8:7::]:1"));
  EXPECT_FALSE(from(source("2001:db8::1/32"), "192.0.2.7:1"));
  EXPECT_TRUE(from(source("0.0.0.0/0"), "[2001:db8::1]:1")) << "everybody";
  EXPECT_TRUE(from(source("128.0.0.0/1"), "192.0.2.7:1"));
  EXPECT_FALSE(from(source("128.0.0.0/1"), "127.0.0.1:1"));
}

TEST(ReadPolicy, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(policy_verdict(condition("")), "accepted");
  for (const char* policy : {"", "[]", "{}", R"({"Statement":{}})", R"({"Statement":[]})", R"({"Statement":["a"]})"})
    EXPECT_EQ(policy_verdict(policy), "malformed") << policy;
  const std::string good = R"({"Condition":{"DateLessThan":{"AWS:EpochTime":100}}})";
  EXPECT_EQ(policy_verdict(R"({"Statement":[)" + good + "]}"), "accepted");
  EXPECT_EQ(policy_verdict(R"({"Statement":[)" + good + "," + good + "]}"), "malformed");
  EXPECT_EQ(policy_verdict(R"({"Id":"a","Statement":[)" + good + "]}"), "malformed");
  for (const char* more :
       {R"(,"IpAddress":{"AWS:SourceIp":"192.0.2.0/33"})", R"(,"IpAddress":{"AWS:SourceIp":"192.0.2.0/-1"})",
        R"(,"IpAddress":{"AWS:SourceIp":"192.0.2.0/"})", R"(,"IpAddress":{"AWS:SourceIp":"192.0.2.0/8x"})",
        R"(,"IpAddress":{"AWS:SourceIp":"2001:db8::/129"})", R"(,"IpAddress":{"AWS:SourceIp":"here"})",
        R"(,"IpAddress":{"AWS:SourceIp":7})", R"(,"IpAddress":{})", R"(,"IpAddress":7)",
        R"(,"NotIpAddress":{"AWS:SourceIp":"192.0.2.7"})", R"(,"StringEquals":{"AWS:EpochTime":100})",
        R"(,"DateGreaterThan":{"AWS:EpochTime":"50"})", R"(,"DateGreaterThan":{"AWS:EpochTime":50.5})",
        R"(,"DateGreaterThan":{"AWS:EpochTime":0})", R"(,"DateGreaterThan":{"AWS:EpochTime":253402300800})",
        R"(,"DateGreaterThan":{"AWS:EpochTime":50,"b":1})", R"(,"DateGreaterThan":{"Time":50})"})
    EXPECT_EQ(policy_verdict(condition(more)), "malformed") << more;
  for (const char* inner : {R"("Resource":"*")", R"("Resource":"*","Condition":{})", R"("Condition":7)",
                            R"("Resource":7,"Condition":{"DateLessThan":{"AWS:EpochTime":100}})",
                            R"("Effect":"Deny","Condition":{"DateLessThan":{"AWS:EpochTime":100}})",
                            R"("Condition":{"DateGreaterThan":{"AWS:EpochTime":50}})"})
    EXPECT_EQ(policy_verdict(statement(inner)), "malformed") << inner;
}

TEST(Signers, FindATargetBelowEachOfTheirUrls) {
  const Signers signers = signers_of({"https://a.example.com", "http://b.example.com:8080"});
  Claims claims;
  EXPECT_FALSE(signers.has_target(claims, kIndex)) << "a JSON Web Token's";
  const auto has = [&](const char* resource) {
    claims.resource = resource;
    return signers.has_target(claims, kIndex);
  };
  EXPECT_TRUE(has("https://a.example.com/live/match/*"));
  EXPECT_TRUE(has("http://b.example.com:8080/live/match/index.m3u8"));
  EXPECT_TRUE(has("http*://?.example.com*/live/*"));
  EXPECT_FALSE(has("https://b.example.com/live/match/*"));
  EXPECT_FALSE(has("https://a.example.com/live/other/*"));
  EXPECT_FALSE(has("/live/match/*"));
}

}  // namespace
}  // namespace tokens
