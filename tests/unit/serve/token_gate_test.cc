#include "serve/token_gate.h"

#include <gtest/gtest.h>

#include "serving.h"
#include "tokens/made.h"
#include "tokens/signed.h"

namespace {

using serve::TokenGate;
using serve::TokenPolicy;
using serve_test::Answer;
using serve_test::Client;
using serve_test::Serving;
using tokens::Fault;
using tokens_test::secret_key;
using tokens_test::token_of;

constexpr std::int64_t kNow = 1'776'001'000;  // of FakeClock
constexpr base::Micros kUtc = kNow * base::kSecond;

std::shared_ptr<TokenPolicy> policy_of() {
  auto policy = std::make_shared<TokenPolicy>();
  policy->keys = std::make_shared<const tokens::KeySet>(tokens_test::keys_of({secret_key("hs")}));
  policy->rules.algorithms = {tokens::Algorithm::kHs256};
  policy->rules.leeway = 0;
  policy->cookie = "pass";
  policy->channels = {{"match", true}, {"open", false}};
  return policy;
}
/// A token for the channel, good for so many seconds more.
std::string token(std::string_view more = "", std::int64_t seconds = 60, std::string_view channel = "match") {
  return token_of(R"({"channel": ")" + std::string(channel) + R"(", "exp": )" + std::to_string(kNow + seconds) +
                  std::string(more) + "}");
}

class TokenGateTest : public testing::Test {
 protected:
  TokenGateTest() { gate_.use(policy_of()); }
  Fault check(std::string_view in_path, std::vector<http::Field> fields = {}, base::Micros utc = kUtc) {
    http::Request request;
    request.fields = std::move(fields);
    return gate_.check("match", request, in_path, {peer_, false}, utc, steady_).fault;
  }

  serve::Counters counters_;
  TokenGate gate_{counters_};
  std::string peer_ = "192.0.2.7:4711";
  base::Micros steady_ = base::kSecond;
};

TEST_F(TokenGateTest, IsOffWhereNoChannelIsGuarded) {
  EXPECT_TRUE(gate_.on());
  EXPECT_TRUE(gate_.guards("match"));
  EXPECT_FALSE(gate_.guards("open"));
  EXPECT_FALSE(gate_.guards("another"));
  auto policy = policy_of();
  policy->channels = {{"open", false}};
  gate_.use(policy);
  EXPECT_FALSE(gate_.on());
  policy = policy_of();
  policy->channels = {{"open", false}};
  policy->others = true;
  gate_.use(policy);
  EXPECT_TRUE(gate_.guards("another"));
  EXPECT_FALSE(gate_.guards("open"));
  gate_.use(nullptr);
  EXPECT_FALSE(gate_.on());
}

TEST_F(TokenGateTest, TakesATokenFromTheBeginningOfAPath) {
  const auto cut = [](std::string_view path) {
    const std::string taken(TokenGate::cut_token(path));
    return taken + " " + std::string(path);
  };
  EXPECT_EQ(cut("/t/abc/live/match/index.m3u8"), "abc /live/match/index.m3u8");
  EXPECT_EQ(cut("/t/abc/play/match"), "abc /play/match");
  for (const char* path :
       {"/live/match/index.m3u8", "/t/", "/t//live/match/index.m3u8", "/t/abc", "/t/abc/", "/t/abc/relay/v1/match",
        "/t/abc/t/def/live/match/index.m3u8", "/T/abc/live/match/index.m3u8", "/t/abc/liver/x"})
    EXPECT_EQ(cut(path), " " + std::string(path));
}

TEST_F(TokenGateTest, TakesATokenFromPathHeaderOrCookie) {
  EXPECT_EQ(check(""), Fault::kMissing);
  EXPECT_EQ(check(token()), Fault::kNone);
  for (const char* scheme : {"Bearer ", "bearer ", "BEARER   "})
    EXPECT_EQ(check("", {{"Authorization", scheme + token()}}), Fault::kNone) << scheme;
  for (const std::string& value : {token(), "Basic " + token(), std::string("Bearer"), std::string("Bearer ")})
    EXPECT_EQ(check("", {{"authorization", value}}), Fault::kMissing) << value;
  EXPECT_EQ(check("", {{"cookie", "a=b; pass=" + token() + "; c=d"}}), Fault::kNone);
  EXPECT_EQ(check("", {{"cookie", "a=b"}, {"cookie", "pass=" + token()}}), Fault::kNone) << "HTTP/2 parts them";
  for (const std::string name : {"past=", "passe=", "xpass=", "Pass=", "pass", "pass ="})
    EXPECT_EQ(check("", {{"cookie", name + token()}}), Fault::kMissing) << name;
}

TEST_F(TokenGateTest, TakesTheFirstOfSeveralTokens) {
  EXPECT_EQ(check("x", {{"authorization", "Bearer " + token()}}), Fault::kMalformed) << "the path's before all";
  EXPECT_EQ(check("", {{"cookie", "pass=" + token()}, {"authorization", "Bearer x"}}), Fault::kMalformed);
}

TEST_F(TokenGateTest, TakesNoCookieWhereNoneIsNamed) {
  auto policy = policy_of();
  policy->cookie = "";
  gate_.use(policy);
  EXPECT_EQ(check("", {{"cookie", "=" + token()}}), Fault::kMissing);
}

TEST_F(TokenGateTest, ChecksASignatureOnce) {
  const std::string good = token();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(check(good), Fault::kNone);
  EXPECT_EQ(counters_.tokens_checked.get(), 1u);
  EXPECT_EQ(counters_.tokens_known.get(), 4u);
  gate_.use(policy_of());
  EXPECT_EQ(check(good), Fault::kNone);
  EXPECT_EQ(counters_.tokens_checked.get(), 2u) << "other keys, other truths";
}

TEST_F(TokenGateTest, ChecksTheTimeEachTime) {
  const std::string good = token(R"(, "nbf": )" + std::to_string(kNow));
  EXPECT_EQ(check(good, {}, kUtc - 1), Fault::kNotYet);
  EXPECT_EQ(check(good), Fault::kNone);
  EXPECT_EQ(check(good, {}, kUtc + 60 * base::kSecond - 1), Fault::kNone);
  EXPECT_EQ(check(good, {}, kUtc + 60 * base::kSecond), Fault::kExpired) << "in the middle of playing";
}

TEST_F(TokenGateTest, ChecksChannelAndNetwork) {
  EXPECT_EQ(check(token("", 60, "other")), Fault::kChannel);
  EXPECT_EQ(check(token("", 60, "mat*")), Fault::kNone);
  const std::string near = token(R"(, "network": "192.0.2.0/24")");
  EXPECT_EQ(check(near), Fault::kNone);
  peer_ = "192.0.3.7:4711";
  EXPECT_EQ(check(near), Fault::kNetwork);
  peer_ = "";
  EXPECT_EQ(check(near), Fault::kNetwork);
}

TEST_F(TokenGateTest, SaysThatThereAreNoKeysYet) {
  auto policy = policy_of();
  policy->keys = nullptr;
  gate_.use(policy);
  EXPECT_EQ(check(token()), Fault::kNoKeys);
  EXPECT_EQ(check(""), Fault::kMissing);
  policy->keys = std::make_shared<const tokens::KeySet>();
  gate_.use(policy);
  EXPECT_EQ(check(token()), Fault::kNoKeys);
}

TEST_F(TokenGateTest, SaysThatAKeyIsMissed) {
  auto policy = policy_of();
  policy->key_missed = std::make_shared<std::atomic<bool>>(false);
  gate_.use(policy);
  EXPECT_EQ(check(token() + "x"), Fault::kSignature);
  EXPECT_FALSE(*policy->key_missed);
  EXPECT_EQ(check(token_of("{}", "next")), Fault::kUnknownKey);
  EXPECT_TRUE(*policy->key_missed);
}

TEST_F(TokenGateTest, ChecksNoMoreOfAnAddressThatForges) {
  const auto forged = [](int i) {
    return tokens_test::signed_token(R"({"alg": "HS256", "kid": "hs"})", std::to_string(i), "nobody's");
  };
  const std::string known = token();
  EXPECT_EQ(check(known), Fault::kNone);
  int checked = 0;
  while (checked < 1000 && check(forged(checked)) == Fault::kSignature) ++checked;
  EXPECT_EQ(checked, 200);
  EXPECT_EQ(check(token("", 61)), Fault::kBusy) << "a good one cannot be told from a bad one";
  EXPECT_EQ(check(known), Fault::kNone) << "but who watches does so on";
  peer_ = "192.0.2.8:4711";
  EXPECT_EQ(check(token("", 62)), Fault::kNone) << "and others are not concerned";
  peer_ = "192.0.2.7:4712";
  steady_ += 10 * base::kSecond;
  EXPECT_EQ(check(token("", 63)), Fault::kBusy);
  steady_ += 1;
  EXPECT_EQ(check(token("", 63)), Fault::kNone);
}

TEST_F(TokenGateTest, LimitsNoCdn) {
  http::Request request;
  for (int i = 0; i < 300; ++i) {
    const std::string forged =
        tokens_test::signed_token(R"({"alg": "HS256", "kid": "hs"})", std::to_string(i), "nobody's");
    EXPECT_EQ(gate_.check("match", request, forged, {peer_, true}, kUtc, steady_).fault, Fault::kSignature);
  }
}

/// Signed URLs and cookies of Amazon's own signer: see signed.h. They are for 192.0.2.0/24, from 2020 until 2100.
class SignedPolicyGateTest : public TokenGateTest {
 protected:
  SignedPolicyGateTest() { gate_.use(policy_with_signers()); }
  static std::shared_ptr<TokenPolicy> policy_with_signers() {
    auto policy = policy_of();
    tokens::Signers::Keys keys;
    keys.emplace_back("KRSA", crypto::PublicKey::parse(signed_test::kRsaPem).take());
    policy->signers = std::make_shared<const tokens::Signers>(
        std::move(keys), std::vector<std::string>{"https://other.example.com", "https://live.example.com"});
    return policy;
  }
  Fault ask(const std::string& path, const std::string& query, std::vector<http::Field> fields = {},
            base::Micros utc = kUtc) {
    http::Request request;
    request.path = path;
    request.query = query;
    request.fields = std::move(fields);
    const std::string channel = path.substr(6, path.find('/', 6) - 6);
    return gate_.check(channel, request, "", {peer_, false}, utc, steady_).fault;
  }
  static std::string custom_query() {
    return std::string("Policy=") + signed_test::kPolicy + "&Signature=" + signed_test::kRsaSha1 + "&Key-Pair-Id=KRSA";
  }
  static std::string cookies() {
    return std::string("a=b; CloudFront-Policy=") + signed_test::kPolicy +
           "; CloudFront-Signature=" + signed_test::kRsaSha1 + "; CloudFront-Key-Pair-Id=KRSA";
  }
};

TEST_F(SignedPolicyGateTest, TakesOneOfTheQueryOrOfCookies) {
  EXPECT_EQ(ask("/live/match/index.m3u8", ""), Fault::kMissing);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query()), Fault::kNone);
  EXPECT_EQ(ask("/live/match/v1/index.m3u8", "_HLS_msn=3&" + custom_query() + "&_HLS_part=1"), Fault::kNone);
  EXPECT_EQ(ask("/live/match/v1/index.m3u8", "_HLS_msn=3", {{"cookie", cookies()}}), Fault::kNone);
  const std::string policy = std::string("CloudFront-Policy=") + signed_test::kPolicy;
  const std::string signature = std::string("CloudFront-Signature=") + signed_test::kRsaSha1;
  EXPECT_EQ(ask("/live/match/thumb.jpg", "",
                {{"cookie", policy}, {"cookie", signature}, {"cookie", "CloudFront-Key-Pair-Id=KRSA"}}),
            Fault::kNone)
      << "HTTP/2 parts them";
}

TEST_F(SignedPolicyGateTest, IsForItsResourceNetworkAndTime) {
  EXPECT_EQ(ask("/live/other/index.m3u8", custom_query()), Fault::kChannel);
  EXPECT_EQ(ask("/live/match2/index.m3u8", "", {{"cookie", cookies()}}), Fault::kChannel);
  constexpr base::Micros kEnd = 4'102'444'800 * base::kSecond;
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {}, kEnd - 1), Fault::kNone);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {}, kEnd), Fault::kExpired);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {}, 1'577'836'800 * base::kSecond), Fault::kNotYet);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {}, 1'577'836'801 * base::kSecond), Fault::kNone);
  peer_ = "192.0.3.7:4711";
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query()), Fault::kNetwork);
  EXPECT_EQ(ask("/live/other/index.m3u8", custom_query()), Fault::kChannel);
}

TEST_F(SignedPolicyGateTest, ChecksASignatureOnceForAllObjects) {
  for (const char* path : {"/live/match/index.m3u8", "/live/match/v1/index.m3u8", "/live/match/v1/init.mp4"})
    EXPECT_EQ(ask(path, "", {{"cookie", cookies()}}), Fault::kNone);
  EXPECT_EQ(counters_.tokens_checked.get(), 1u);
  EXPECT_EQ(counters_.tokens_known.get(), 2u);
}

TEST_F(SignedPolicyGateTest, KnowsACannedUrlForItselfAlone) {
  const std::string canned = signed_test::kCannedQuery;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(ask("/live/match/index.m3u8", canned), Fault::kNone);
  EXPECT_EQ(counters_.tokens_checked.get(), 1u);
  EXPECT_EQ(ask("/live/match/v1/index.m3u8", canned), Fault::kSignature);
  EXPECT_EQ(ask("/live/match/index.m3u8", canned + "&_HLS_msn=3"), Fault::kSignature) << "as with CloudFront";
}

TEST_F(SignedPolicyGateTest, CannotHaveOneTakenForAnother) {
  const std::string canned = signed_test::kCannedQuery;
  ASSERT_EQ(ask("/live/match/index.m3u8", canned), Fault::kNone);
  const std::string signature = canned.substr(canned.find("Signature=") + 10);
  const std::string forged = "Policy=%0A" + signature +
                             "%0AKRSA&Key-Pair-Id=4102444800&Hash-Algorithm=" + "/live/match/index.m3u8?view=vertical";
  EXPECT_EQ(ask("/live/other/index.m3u8", forged), Fault::kMalformed);
}

TEST_F(SignedPolicyGateTest, CountsTheQueryMoreThanCookiesAndATokenMoreThanBoth) {
  EXPECT_EQ(ask("/live/match/index.m3u8", "Signature=xxxx&Key-Pair-Id=KRSA&Policy=e30_", {{"cookie", cookies()}}),
            Fault::kSignature);
  EXPECT_EQ(ask("/live/match/index.m3u8", "Expires=7", {{"cookie", cookies()}}), Fault::kNone) << "nothing is signed";
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {{"authorization", "Bearer x"}}), Fault::kMalformed);
  EXPECT_EQ(ask("/live/match/index.m3u8", "Signature=x", {{"authorization", "Bearer " + token()}}), Fault::kNone);
}

TEST_F(SignedPolicyGateTest, TakesNoneWithoutSigners) {
  gate_.use(policy_of());
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query(), {{"cookie", cookies()}}), Fault::kMissing);
}

TEST_F(SignedPolicyGateTest, NeedsNoKeysOfTokensAndAsksForNone) {
  auto policy = policy_with_signers();
  policy->keys = nullptr;
  policy->key_missed = std::make_shared<std::atomic<bool>>(false);
  gate_.use(policy);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query()), Fault::kNone);
  EXPECT_EQ(ask("/live/match/index.m3u8", "Signature=AAAA&Policy=e30_&Key-Pair-Id=KNONE"), Fault::kUnknownKey);
  EXPECT_FALSE(*policy->key_missed) << "no URL has it";
}

TEST_F(SignedPolicyGateTest, ChecksNoMoreOfAnAddressThatForges) {
  int checked = 0;
  const auto forged = [](int i) { return "Policy=e30_&Key-Pair-Id=KRSA&Signature=" + std::to_string(1000 + i); };
  while (checked < 1000 && ask("/live/match/index.m3u8", forged(checked)) == Fault::kSignature) ++checked;
  EXPECT_EQ(checked, 200);
  EXPECT_EQ(ask("/live/match/index.m3u8", custom_query()), Fault::kBusy);
}

TEST(ListsRendition, FindsWholeNamesOfPlaylists) {
  const char* text = "#EXT-X-MEDIA:URI=\"a1/index.m3u8\"\n#EXT-X-STREAM-INF:X=1\nv720/index.m3u8?view=tv\n";
  for (const char* name : {"a1", "v720"}) EXPECT_TRUE(serve::lists_rendition(text, name)) << name;
  for (const char* name : {"v7", "1", "720", "v1080", "index.m3u8?view=tv", "#EXT-X-MEDIA:URI="})
    EXPECT_FALSE(serve::lists_rendition(text, name)) << name;
}

// With a server around it.

serve::Server::Options guarded() {
  serve::Server::Options options;
  options.tokens = policy_of();
  return options;
}
constexpr const char* kGuardedPath = "/live/match/index.m3u8";

TEST(TokenServer, RefusesRequestsWithoutATokenAndNoCacheKeepsThat) {  // CF-19
  Serving serving(guarded());
  serving.go_live();
  Client client(serving.port());
  for (const std::string& path :
       {std::string(kGuardedPath), std::string("/live/match/v720/index.m3u8"), serve_test::part_path(0),
        std::string("/live/match/thumb.jpg"), std::string("/live/match/nothing")}) {
    const Answer answer = client.get(path);
    const bool known = path != "/live/match/nothing";
    EXPECT_EQ(answer.status, known ? 401 : 404) << path;
    if (!known) continue;
    EXPECT_EQ(answer.fields.at("cache-control"), "no-store");
    EXPECT_EQ(answer.fields.at("www-authenticate"), "Bearer realm=\"kickoff\"");
    EXPECT_EQ(answer.fields.at("access-control-allow-origin"), "*") << "so that a player sees why";
    EXPECT_EQ(answer.body, "This channel needs a token\n");
  }
  EXPECT_EQ(serving.counters().causes[static_cast<std::size_t>(serve::Cause::kToken)].get(), 4u);
  EXPECT_EQ(serving.counters().tokens[static_cast<std::size_t>(Fault::kMissing)].get(), 4u);
  EXPECT_EQ(serving.counters().joins.get(), 0u) << "who is refused is no viewer";
}

TEST(TokenServer, GivesAllObjectsBelowTheTokensPath) {
  Serving serving(guarded());
  serving.go_live();
  Client client(serving.port());
  const std::string prefix = "/t/" + token();
  for (const std::string& path :
       {std::string(kGuardedPath), std::string("/live/match/v720/index.m3u8"), serve_test::part_path(0)}) {
    const Answer answer = client.get(prefix + path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body.find("/t/"), std::string::npos) << "nothing of a viewer is in a playlist";
    EXPECT_EQ(answer.body.find("\n/"), std::string::npos) << "nor a path from the root";
    EXPECT_NE(answer.fields.at("vary").find("Authorization, Cookie"), std::string::npos) << path;
  }
  EXPECT_EQ(serving.counters().tokens_checked.get(), 1u);
  EXPECT_EQ(serving.counters().tokens[0].get(), 3u);
  EXPECT_EQ(serving.counters().joins.get(), 1u);
}

TEST(TokenServer, SaysForbiddenToTokensOfOthers) {
  Serving serving(guarded());
  serving.go_live();
  Client client(serving.port());
  const Answer answer = client.get("/t/" + token("", 60, "other") + kGuardedPath);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.fields.at("cache-control"), "no-store");
  EXPECT_EQ(answer.body, "The token is not for this channel\n");
  EXPECT_EQ(client.get("/t/" + token(R"(, "network": "192.0.2.0/24")") + kGuardedPath).status, 403);
  EXPECT_EQ(client.get("/t/" + token(R"(, "network": "127.0.0.0/8")") + kGuardedPath).status, 200);
  EXPECT_EQ(client.get("/t/" + token(R"(, "view": "mobile")") + kGuardedPath).body,
            "The token is for a view of this channel\n");
}

TEST(TokenServer, AnswersAPreflightWithoutAToken) {  // a browser sends none with it
  Serving serving(guarded());
  serving.go_live();
  Client client(serving.port());
  const Answer answer = client.get(kGuardedPath, "Origin: https://example.com\r\n", "OPTIONS");
  EXPECT_EQ(answer.status, 204);
  EXPECT_NE(answer.fields.at("access-control-allow-headers").find("Authorization"), std::string::npos);
}

TEST(TokenServer, AsksOfOpenChannelsNothing) {
  auto options = guarded();
  auto policy = policy_of();
  policy->channels = {{"match", false}, {"other", true}};
  options.tokens = policy;
  Serving serving(options);
  serving.go_live();
  Client client(serving.port());
  const Answer answer = client.get(kGuardedPath);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.fields.at("vary"), "Accept-Encoding");
  EXPECT_EQ(client.get("/t/whatever" + std::string(kGuardedPath)).status, 200) << "a player may have one all the same";
  EXPECT_EQ(client.get("/live/other/index.m3u8").status, 401) << "whether there is such a channel is nobody's business";
}

TEST(TokenServer, TakesUpAnotherPolicy) {
  Serving serving;
  serving.go_live();
  Client client(serving.port());
  const Answer open = client.get(kGuardedPath);
  EXPECT_EQ(open.status, 200);
  EXPECT_EQ(client.get("/t/" + token() + kGuardedPath).status, 404) << "without tokens there is no such path";
  serving.server().set_tokens(policy_of());
  serve_test::wait_until([&] { return client.get(kGuardedPath).status == 401; });
  const Answer answer = client.get(kGuardedPath, "authorization: Bearer " + token() + "\r\n");
  EXPECT_EQ(answer.body, open.body);
  EXPECT_EQ(answer.fields.at("vary"), "Accept-Encoding, Authorization, Cookie") << "what was made before is made anew";
  const Answer part = client.get(serve_test::part_path(0), "cookie: pass=" + token() + "\r\nRange: bytes=0-1\r\n");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.fields.at("vary"), "Authorization, Cookie");
  serving.server().set_tokens(nullptr);
  serve_test::wait_until([&] { return client.get(kGuardedPath).status == 200; });
  EXPECT_EQ(client.get(serve_test::part_path(0)).fields.count("vary"), 0u);
}

TEST(TokenServer, ExpiresAPlayersTokenWhileItPlays) {
  Serving serving(guarded());
  serving.go_live();
  Client client(serving.port());
  const std::string path = "/t/" + token("", 2) + "/live/match/v720/index.m3u8";
  EXPECT_EQ(client.get(path).status, 200);
  serving.clock.advance(2 * base::kSecond);
  const Answer answer = client.get(path);
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.body, "The token has expired\n");
}

}  // namespace
