#include "api/dispatcher.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace api {
namespace {

using api_test::ask;
using api_test::Asked;
using api_test::field_of;

class DispatcherTest : public testing::Test {
 protected:
  DispatcherTest() {
    const auto echo = [this](const Request& request, const Respond& respond) {
      seen_.push_back(request);
      respond({200, "text/plain", request.method, {}});
    };
    dispatcher_.add({"GET", "/plain", Role::kNobody, echo});
    dispatcher_.add({"GET", "/api/secret", Role::kRead, echo});
    dispatcher_.add({"PUT", "/api/things/{name}", Role::kAdmin, echo});
    dispatcher_.add({"DELETE", "/api/things/{name}", Role::kOperate, echo});
    dispatcher_.add({"GET", "/later", Role::kNobody, [this](const Request&, Respond respond) { later_ = respond; }});
    Access access;
    access.tokens =
        Tokens({make_token("r", "read", Role::kRead), make_token("o", "operate", Role::kOperate),
                make_token("a", "admin", Role::kAdmin), make_token("old", "old", Role::kAdmin, clock_.now)});
    access.hosts = HostRule({"kickoff"});
    dispatcher_.set_access(access);
  }
  Answer must(const Asked& asked) {
    const auto answer = ask(dispatcher_, asked);
    EXPECT_TRUE(answer) << asked.verb << " " << asked.path;
    return answer.value_or(Answer{});
  }
  static std::pair<std::string, std::string> bearer(const std::string& token) {
    return {"Authorization", "Bearer " + token};
  }
  std::uint64_t refused(Refusal why) const { return dispatcher_.counters().refused[static_cast<std::size_t>(why)]; }
  std::uint64_t refused_in_all() const {
    std::uint64_t all = 0;
    for (const std::uint64_t count : dispatcher_.counters().refused) all += count;
    return all;
  }
  std::string counted(const std::string& method, const std::string& path) const {
    std::string all;
    for (const std::uint64_t count : dispatcher_.counters().requests.at({method, path})) all += std::to_string(count);
    return all;
  }

  api_test::FakeClock clock_;
  mutable Dispatcher dispatcher_{clock_};
  std::vector<Request> seen_;
  Respond later_;
};

TEST_F(DispatcherTest, GivesARouteItsRequestDecoded) {
  const Answer answer = must({"PUT",
                              "/api/things/a%20b",
                              "x=1%2B1",
                              "kickoff:8081",
                              {bearer("admin"), {"content-type", "application/json"}},
                              "{}"});
  EXPECT_EQ(answer.status, 200);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].method, "PUT");
  EXPECT_EQ(seen_[0].path, "/api/things/a%20b");
  EXPECT_EQ(seen_[0].parameter("name"), "a b");
  EXPECT_EQ(seen_[0].query_of("x"), "1+1");
  EXPECT_EQ(seen_[0].body, "{}");
  EXPECT_EQ(seen_[0].content_type, "application/json");
  EXPECT_EQ(seen_[0].caller, "a");
  EXPECT_EQ(refused_in_all(), 0U);
}

TEST_F(DispatcherTest, GetAndHeadNeedNoToken) {
  EXPECT_EQ(must({"GET", "/plain"}).status, 200);
  EXPECT_EQ(must({"HEAD", "/plain"}).body, "GET");
  EXPECT_EQ(seen_[0].caller, "");
  EXPECT_EQ(must({"GET", "/plain", "", "localhost", {bearer("wrong")}}).status, 200) << "nobody asked for one";
}

TEST_F(DispatcherTest, UnknownPathsAndMethodsAreToldSo) {
  const Answer no_path = must({"GET", "/nothing"});
  EXPECT_EQ(no_path.status, 404);
  EXPECT_EQ(no_path.content_type, "text/plain; charset=utf-8");
  EXPECT_EQ(must({"DELETE", "/api/nothing"}).content_type, "application/problem+json");
  const Answer no_method = must({"POST", "/api/things/x", "", "localhost", {bearer("admin")}});
  EXPECT_EQ(no_method.status, 405);
  EXPECT_EQ(field_of(no_method, "allow"), "PUT, DELETE");
  EXPECT_EQ(field_of(must({"OPTIONS", "/plain"}), "allow"), "GET, HEAD");
  EXPECT_EQ(refused(Refusal::kNoPath), 2U);
  EXPECT_EQ(refused(Refusal::kMethod), 2U);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(DispatcherTest, WithoutAGoodTokenNothingIsChanged) {
  const Answer missing = must({"DELETE", "/api/things/x"});
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.content_type, "application/problem+json");
  EXPECT_EQ(field_of(missing, "www-authenticate"), "Bearer realm=\"kickoff\"");
  const Answer unknown = must({"DELETE", "/api/things/x", "", "localhost", {bearer("wrong")}});
  EXPECT_EQ(unknown.status, 401);
  EXPECT_EQ(field_of(unknown, "www-authenticate"), "Bearer realm=\"kickoff\", error=\"invalid_token\"");
  const Answer expired = must({"DELETE", "/api/things/x", "", "localhost", {bearer("old")}});
  EXPECT_EQ(expired.status, 401);
  EXPECT_EQ(field_of(expired, "www-authenticate"), "Bearer realm=\"kickoff\", error=\"invalid_token\"");
  EXPECT_EQ(must({"GET", "/api/secret"}).status, 401) << "a GET whose route asks for a role";
  EXPECT_EQ(refused(Refusal::kMissingToken), 2U);
  EXPECT_EQ(refused(Refusal::kUnknownToken), 1U);
  EXPECT_EQ(refused(Refusal::kExpiredToken), 1U);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(DispatcherTest, ATokenOfASmallerRoleIsRefusedOneOfALargerTaken) {
  const Answer answer = must({"DELETE", "/api/things/x", "", "localhost", {bearer("read")}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(field_of(answer, "www-authenticate"),
            "Bearer realm=\"kickoff\", error=\"insufficient_scope\", scope=\"operate\"");
  EXPECT_EQ(must({"PUT", "/api/things/x", "", "localhost", {bearer("operate")}}).status, 403);
  EXPECT_EQ(refused(Refusal::kRole), 2U);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(must({"DELETE", "/api/things/x", "", "localhost", {bearer("operate")}}).status, 200);
  EXPECT_EQ(must({"DELETE", "/api/things/x", "", "localhost", {bearer("admin")}}).status, 200);
  EXPECT_EQ(must({"GET", "/api/secret", "", "localhost", {bearer("read")}}).status, 200);
}

TEST_F(DispatcherTest, ANameThatIsNotOursIsRefusedBeforeAnythingElse) {  // DNS rebinding
  for (const char* path : {"/plain", "/nothing", "/api/things/x"}) {
    const Answer answer = must({"GET", path, "", "evil.example"});
    EXPECT_EQ(answer.status, 421) << path;
  }
  EXPECT_EQ(must({"DELETE", "/api/things/x", "", "evil.example", {bearer("admin")}}).status, 421);
  EXPECT_EQ(refused(Refusal::kHost), 4U);
  EXPECT_EQ(refused_in_all(), 4U);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(must({"GET", "/plain", "", "10.0.0.7:8081"}).status, 200) << "a probe by the pod's address";
  EXPECT_EQ(must({"GET", "/plain", "", "kickoff:8081"}).status, 200) << "Prometheus by a name of admin.hosts";
}

TEST_F(DispatcherTest, APageOfAnotherOriginChangesNothing) {
  const auto from = [this](const std::string& verb, const std::string& origin) {
    return must({verb,
                 verb == "GET" || verb == "HEAD" ? "/plain" : "/api/things/x",
                 "",
                 "localhost:8081",
                 {bearer("admin"), {"Origin", origin}}})
        .status;
  };
  EXPECT_EQ(from("DELETE", "http://evil.example"), 403);
  EXPECT_EQ(from("DELETE", "http://localhost:3000"), 403);
  EXPECT_EQ(from("DELETE", "null"), 403);
  EXPECT_EQ(from("OPTIONS", "http://evil.example"), 403) << "nothing is promised to a preflight";
  EXPECT_EQ(refused(Refusal::kOrigin), 4U);
  EXPECT_TRUE(seen_.empty());
  EXPECT_EQ(from("DELETE", "http://localhost:8081"), 200);
  EXPECT_EQ(from("GET", "http://evil.example"), 200) << "its browser does not let it read the answer";
  EXPECT_EQ(from("HEAD", "http://evil.example"), 200);
}

TEST_F(DispatcherTest, WhatCannotBeDecodedIsRefused) {
  EXPECT_EQ(must({"GET", "/plain", "a=%zz"}).status, 400);
  EXPECT_EQ(must({"DELETE", "/api/things/%zz", "", "localhost", {bearer("admin")}}).status, 400);
  EXPECT_EQ(must({"DELETE", "/api/things/%zz"}).status, 401) << "the token comes first";
  EXPECT_EQ(refused(Refusal::kMalformed), 2U);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(DispatcherTest, WhatIsNoRequestIsAnsweredWithAProblem) {
  const Answer large = dispatcher_.refuse_malformed(413);
  EXPECT_EQ(large.status, 413);
  EXPECT_EQ(large.content_type, "application/problem+json");
  EXPECT_EQ(dispatcher_.refuse_malformed(400).status, 400);
  EXPECT_EQ(refused(Refusal::kTooLarge), 1U);
  EXPECT_EQ(refused(Refusal::kMalformed), 1U);
  EXPECT_EQ(counted("other", "other"), "0020");
}

TEST_F(DispatcherTest, CountsByRouteAndStatusClass) {
  EXPECT_EQ(counted("GET", "/plain"), "0000") << "known before the first request";
  must({"GET", "/plain"});
  must({"HEAD", "/plain"});
  must({"PUT", "/api/things/one", "", "localhost", {bearer("admin")}});
  must({"PUT", "/api/things/two"});
  must({"GET", "/a/thousand/paths"});
  must({"GET", "/plain", "", "evil"});
  EXPECT_EQ(counted("GET", "/plain"), "2000");
  EXPECT_EQ(counted("PUT", "/api/things/{name}"), "1010");
  EXPECT_EQ(counted("other", "other"), "0020");
  EXPECT_EQ(dispatcher_.counters().requests.size(), 6U) << "bounded by the routes";
}

TEST_F(DispatcherTest, CountsEveryClassOfAnswer) {
  for (const auto& [status, classes] : {std::pair{204, "1000"}, {304, "1100"}, {499, "1110"}, {500, "1111"}}) {
    EXPECT_FALSE(ask(dispatcher_, {"GET", "/later"}));
    later_({status, {}, {}, {}});
    EXPECT_EQ(counted("GET", "/later"), classes);
  }
}

TEST_F(DispatcherTest, MeasuresARequestUntilItsAnswer) {
  EXPECT_FALSE(ask(dispatcher_, {"GET", "/later"}));
  EXPECT_EQ(dispatcher_.counters().duration.sum(), 0);
  clock_.now += 30 * base::kMillisecond;
  later_({200, "text/plain", "now", {}});
  EXPECT_EQ(dispatcher_.counters().duration.sum(), 30 * base::kMillisecond);
}

TEST_F(DispatcherTest, NewTokensAndHostsHoldFromTheNextRequest) {
  const Asked asked{"DELETE", "/api/things/x", "", "kickoff", {bearer("operate")}};
  EXPECT_EQ(must(asked).status, 200);
  dispatcher_.set_access({Tokens(), HostRule({"kickoff"})});
  EXPECT_EQ(must(asked).status, 401);
  dispatcher_.set_access(Access{Tokens(), HostRule()});
  EXPECT_EQ(must(asked).status, 421);
}

class Logged {
 public:
  Logged() { testing::internal::CaptureStderr(); }
  std::string text() { return testing::internal::GetCapturedStderr(); }
  static int count(const std::string& text, const std::string& word) {
    int found = 0;
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) ++found;
    return found;
  }
};

TEST_F(DispatcherTest, LogsWhatATokenDidByItsName) {
  Logged logged;
  must({"DELETE", "/api/things/match", "k=secret-in-query", "localhost", {bearer("operate")}});
  must({"GET", "/plain"});
  const std::string text = logged.text();
  EXPECT_EQ(Logged::count(text, "/api/things/match"), 1) << text;
  EXPECT_EQ(Logged::count(text, "DELETE"), 1) << text;
  EXPECT_EQ(Logged::count(text, "192.0.2.1:5"), 1) << text;
  EXPECT_EQ(Logged::count(text, "\n"), 1) << "a GET that needs no token is not worth a line: " << text;
  EXPECT_EQ(Logged::count(text, "Bearer"), 0) << text;
  EXPECT_EQ(Logged::count(text, "secret-in-query"), 0) << text;
}

TEST_F(DispatcherTest, LogsWhoseTokenWasRefused) {
  Logged logged;
  must({"PUT", "/api/things/x", "", "localhost", {bearer("operate")}});
  must({"PUT", "/api/things/x", "", "localhost", {bearer("old")}});
  const std::string text = logged.text();
  EXPECT_NE(text.find("reason=role by=o "), std::string::npos) << text;
  EXPECT_NE(text.find("reason=expired_token by=old "), std::string::npos) << text;
}

TEST_F(DispatcherTest, LogsNoMoreOfARequestThanALine) {
  Logged logged;
  must({"GET", "/plain", "", std::string(10'000, 'h')});
  must({"DELETE", "/api/things/" + std::string(10'000, 'p'), "", "localhost", {bearer("operate")}});
  EXPECT_LT(logged.text().size(), 1'500U);
}

TEST_F(DispatcherTest, LogsARefusalOnceInTenSecondsAndNeverTheToken) {
  Logged logged;
  const Asked wrong{"DELETE", "/api/things/x", "", "localhost", {bearer("wrong-token")}};
  for (int i = 0; i < 5; ++i) must(wrong);
  must({"GET", "/plain", "", "evil.example"});
  must({"GET", "/nothing"});
  clock_.now += 10 * base::kSecond - 1;
  must(wrong);
  std::string text = logged.text();
  EXPECT_EQ(Logged::count(text, "unknown_token"), 1) << text;
  EXPECT_EQ(Logged::count(text, "evil.example"), 1) << text;
  EXPECT_EQ(Logged::count(text, "/nothing"), 0) << text;
  Logged again;
  clock_.now += 1;
  must(wrong);
  must(wrong);
  text += again.text();
  EXPECT_EQ(Logged::count(text, "unknown_token"), 2) << text;
  EXPECT_EQ(Logged::count(text, "wrong-token"), 0) << text;
  EXPECT_NE(text.find("more=5"), std::string::npos) << "those since: " << text;
}

}  // namespace
}  // namespace api
