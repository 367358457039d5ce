#include "api/check_routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/date.h"
#include "routes_fixture.h"

namespace api {
namespace {

using nlohmann::json;

class CheckRoutes : public RoutesTest {
 protected:
  CheckRoutes() {
    check_.id = 1234;
    check_.order = {"match", feed::Id::kBackup, 10 * base::kSecond};
    check_.began = base::parse_utc("2026-11-30T20:00:00Z").value_or(0);
    backend_.check_outcome = std::variant<facility::Report, facility::Checks::Refusal>(check_);
  }
  Answer check(const std::string& body) { return post("/api/v1/channels/match/check", body); }
  Answer refused(facility::Checks::Refusal why) {
    backend_.check_outcome = std::variant<facility::Report, facility::Checks::Refusal>(why);
    return check("");
  }

  facility::Report check_;
};

TEST_F(CheckRoutes, ACheckThatIsOrderedRuns) {
  const Answer answer = check(R"({"feed": "backup", "seconds": 10})");
  EXPECT_EQ(answer.status, 202);
  ASSERT_EQ(answer.fields.size(), 1u);
  EXPECT_EQ(answer.fields[0].second, "/api/v1/channels/match/check");
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"id": "1234", "state": "running", "channel": "match",
    "feed": "backup", "seconds": 10, "began": "2026-11-30T20:00:00.000Z"})"));
  EXPECT_EQ(backend_.checked, std::vector<std::string>{"match backup for 10"});
}

TEST_F(CheckRoutes, WithoutABodyThePrimaryIsCheckedForTwoMinutes) {
  check("");
  check("{}");
  EXPECT_EQ(backend_.checked, (std::vector<std::string>{"match primary for 120", "match primary for 120"}));
}

TEST_F(CheckRoutes, LastsFromFiveSecondsToTenMinutes) {
  EXPECT_EQ(check(R"({"seconds": 5})").status, 202);
  EXPECT_EQ(check(R"({"seconds": 600})").status, 202);
  for (const char* body : {R"({"seconds": 4})", R"({"seconds": 601})", R"({"seconds": -5})", R"({"seconds": 10.5})",
                           R"({"seconds": "10"})", R"({"seconds": 18446744073709551615})", R"({"feed": "third"})",
                           R"({"feed": 1})", R"({"x": 1})", "[]", "{", "1"}) {
    const Answer answer = check(body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.body.find("from 5 to 600"), std::string::npos);
  }
  EXPECT_EQ(backend_.checked.size(), 2u);
}

TEST_F(CheckRoutes, RefusalsSayWhatToDo) {
  using Refusal = facility::Checks::Refusal;
  EXPECT_EQ(refused(Refusal::kNoChannel).status, 404);
  EXPECT_EQ(refused(Refusal::kNoPublisher).status, 409);
  EXPECT_NE(refused(Refusal::kNoPublisher).body.find("has no publisher"), std::string::npos);
  EXPECT_EQ(refused(Refusal::kRunning).status, 409);
  EXPECT_NE(refused(Refusal::kRunning).body.find("is being checked"), std::string::npos);
  EXPECT_EQ(refused(Refusal::kTooMany).status, 429);
  backend_.check_outcome.reset();
  EXPECT_EQ(check("").status, 409);
  EXPECT_NE(check("").body.find("edge"), std::string::npos);
}

TEST_F(CheckRoutes, WhoMayNotOperateMayNotCheckAndEverybodySeesTheResult) {
  EXPECT_EQ(api_test::ask(dispatcher_, {"POST", "/api/v1/channels/match/check"})->status, 401);
  EXPECT_EQ(json::parse(get("/api/v1/channels/match/check").body), json::parse(R"({"checks": []})"));
  check_.done = true;
  check_.ended = check_.began + 10 * base::kSecond;
  check_.lines = {{"gop_length", facility::Verdict::kWarn, "5.00 s", "at most 4.00 s", "set 2 s"},
                  {"jitter", facility::Verdict::kNotMeasured, "why", "-"}};
  facility::Report other;
  other.id = 9;
  other.order = {"match", feed::Id::kPrimary, 5 * base::kSecond};
  backend_.checks = {check_, other};
  const Answer answer = get("/api/v1/channels/match/check");
  EXPECT_EQ(answer.status, 200);
  const json told = json::parse(answer.body)["checks"];
  ASSERT_EQ(told.size(), 2u);
  EXPECT_EQ(told[0]["state"], "done");
  EXPECT_EQ(told[0]["verdict"], "warn");
  EXPECT_EQ(told[0]["ended"], "2026-11-30T20:00:10.000Z");
  EXPECT_EQ(told[0]["lines"], json::parse(R"([
    {"property": "gop_length", "verdict": "warn", "measured": "5.00 s", "wanted": "at most 4.00 s",
     "advice": "set 2 s"},
    {"property": "jitter", "verdict": "not_measured", "measured": "why", "wanted": "-", "advice": ""}])"));
  EXPECT_EQ(told[1]["state"], "running");
  EXPECT_FALSE(told[1].contains("verdict"));
}

}  // namespace
}  // namespace api
