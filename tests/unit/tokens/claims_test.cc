#include "tokens/claims.h"

#include <gtest/gtest.h>

#include "unit/tokens/made.h"

namespace tokens {
namespace {

std::string read(const std::string& json, const Rules& rules = {}) {
  const auto claims = read_claims(json, rules);
  const auto* const fault = std::get_if<Fault>(&claims);
  return std::string(to_string(fault == nullptr ? Fault::kNone : *fault));
}
Claims good(const std::string& more) {
  const auto claims = read_claims(R"({"exp": 1000, "channel": "a")" + more + "}", {});
  EXPECT_TRUE(std::holds_alternative<Claims>(claims)) << more;
  return std::holds_alternative<Claims>(claims) ? std::get<Claims>(claims) : Claims{};
}
std::string with(const std::string& more, const Rules& rules = {}) {
  return read(R"({"exp": 1000, "channel": "a")" + more + "}", rules);
}
base::Address address(const std::string& text) { return base::parse_peer(text + ":1").value(); }

TEST(Claims, NeedAnEndAndChannels) {
  EXPECT_EQ(read(R"({"exp": 1000, "channel": "a"})"), "accepted");
  EXPECT_EQ(read(R"({"exp": 1000, "channels": ["a", "b"]})"), "accepted");
  EXPECT_EQ(read(R"({"exp": 253402300799, "channel": "a"})"), "accepted") << "the last second of the year 9999";
  EXPECT_EQ(read(R"({"exp": 253402300800, "channel": "a"})"), "malformed");
  for (const char* json :
       {"", "[]", "1", R"({"exp": 1000})", R"({"channel": "a"})", R"({"exp": "1000", "channel": "a"})",
        R"({"exp": -1, "channel": "a"})", R"({"exp": 1e300, "channel": "a"})", R"({"exp": 1000, "channels": []})",
        R"({"exp": 1000, "channels": [1]})", R"({"exp": 1000, "channels": {}})", R"({"exp": 1000, "channel": ""})",
        R"({"exp": 1000, "channel": "a", "nbf": null})", R"({"exp": 1000, "channel": "a")"})
    EXPECT_EQ(read(json), "malformed") << json;
}

TEST(Claims, AreBounded) {
  std::string channels;
  for (std::size_t i = 0; i < Claims::kMost; ++i) channels += ",\"c\"";
  EXPECT_EQ(read(R"({"exp": 1, "channels": [)" + channels.substr(1) + "]}"), "accepted");
  EXPECT_EQ(read(R"({"exp": 1, "channels": [)" + channels.substr(1) + ",\"c\"]}"), "malformed");
  EXPECT_EQ(read(R"({"exp": 1, "channel": ")" + std::string(Claims::kLongest, 'x') + "\"}"), "accepted");
  EXPECT_EQ(read(R"({"exp": 1, "channel": ")" + std::string(Claims::kLongest + 1, 'x') + "\"}"), "malformed");
}

TEST(Claims, HoldUntilTheirEndAndTheLeeway) {
  const Claims claims = good("");
  EXPECT_EQ(claims.fault_at(999, 0), Fault::kNone);
  EXPECT_EQ(claims.fault_at(1000, 0), Fault::kExpired);
  EXPECT_EQ(claims.fault_at(1029, 30), Fault::kNone);
  EXPECT_EQ(claims.fault_at(1030, 30), Fault::kExpired);
}

TEST(Claims, BeginAtNbfLessTheLeeway) {
  const Claims claims = good(R"(, "nbf": 500.9)");
  EXPECT_EQ(claims.not_before, 500);
  EXPECT_EQ(claims.fault_at(499, 0), Fault::kNotYet);
  EXPECT_EQ(claims.fault_at(500, 0), Fault::kNone);
  EXPECT_EQ(claims.fault_at(470, 30), Fault::kNone);
  EXPECT_EQ(claims.fault_at(469, 30), Fault::kNotYet);
  EXPECT_EQ(good("").fault_at(0, 0), Fault::kNone) << "without nbf since ever";
}

TEST(Claims, NameChannelsOrBeginningsOfThem) {
  const Claims claims = good(R"(, "channels": ["match-*", "news"])");
  for (const char* name : {"a", "match-", "match-1", "news"}) EXPECT_TRUE(claims.has_channel(name)) << name;
  for (const char* name : {"", "b", "aa", "match", "newsroom", "new", "News", "match*"})
    EXPECT_FALSE(claims.has_channel(name)) << name;
  EXPECT_TRUE(good(R"(, "channels": "*")").has_channel("any"));
  EXPECT_FALSE(good(R"(, "channels": "x*y")").has_channel("xzy")) << "a star counts at the end alone";
}

TEST(Claims, NameNetworks) {
  const Claims claims = good(R"(, "network": ["192.0.2.0/24", "2001:db8::/32"])");
  for (const char* text : {"192.0.2.7", "[2001:db8::1]"}) {
    const base::Address peer = address(text);
    EXPECT_TRUE(claims.has_address(&peer)) << text;
  }
  const base::Address other = address("192.0.3.7");
  EXPECT_FALSE(claims.has_address(&other));
  EXPECT_FALSE(claims.has_address(nullptr)) << "of one that is not known nothing can be said";
  EXPECT_TRUE(good("").has_address(nullptr));
  EXPECT_EQ(with(R"(, "network": "192.0.2.1/24")"), "malformed") << "not a network that is dropped";
  EXPECT_EQ(with(R"(, "networks": [])"), "malformed");
}

TEST(Claims, NameViews) {
  EXPECT_EQ(good(R"(, "view": "mobile", "views": ["tv"])").views, (std::vector<std::string>{"mobile", "tv"}));
  EXPECT_EQ(with(R"(, "view": 1)"), "malformed");
}

TEST(Claims, AreOfAnIssuerThatIsNamed) {
  Rules rules;
  EXPECT_EQ(with(R"(, "iss": "anybody")", rules), "accepted");
  rules.issuers = {"us", "them"};
  EXPECT_EQ(with(R"(, "iss": "them")", rules), "accepted");
  EXPECT_EQ(with(R"(, "iss": "anybody")", rules), "issuer");
  EXPECT_EQ(with("", rules), "issuer");
  EXPECT_EQ(with(R"(, "iss": 1)", rules), "malformed");
}

TEST(Claims, AreForAnAudienceThatIsNamed) {  // [RFC 7519 4.1.3]
  Rules rules;
  EXPECT_EQ(with(R"(, "aud": "somebody")", rules), "audience") << "we have no name, so it is for somebody else";
  rules.audiences = {"live"};
  EXPECT_EQ(with(R"(, "aud": "live")", rules), "accepted");
  EXPECT_EQ(with(R"(, "aud": ["other", "live"])", rules), "accepted");
  EXPECT_EQ(with(R"(, "aud": ["other"])", rules), "audience");
  EXPECT_EQ(with("", rules), "audience");
}

}  // namespace
}  // namespace tokens
