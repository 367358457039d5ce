#include "api/job_routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "base/date.h"
#include "routes_fixture.h"

namespace api {
namespace {

using nlohmann::json;

class JobRoutes : public RoutesTest {
 protected:
  JobRoutes() {
    clock_.now = base::parse_utc("2026-11-30T20:00:00Z").value_or(0);
    job_.id = 1234;
    job_.order = {.channel = "match",
                  .from = base::parse_utc("2026-11-30T18:00:00Z").value_or(0),
                  .to = base::parse_utc("2026-11-30T19:00:00Z").value_or(0),
                  .destination = {harvest::Place::kDisk, "half"}};
    job_.ordered = clock_.now;
    job_.location = "/state/harvest/match/half/index.m3u8";
    backend_.harvest_outcome = std::variant<harvest::Report, harvest::Jobs::Refusal>(job_);
  }
  Answer harvest(const std::string& destination = "disk:half") {
    return post(
        "/api/v1/channels/match/harvest",
        R"({"start": "2026-11-30T18:00:00Z", "end": "2026-11-30T19:00:00Z", "destination": ")" + destination + "\"}");
  }
  Answer refused(harvest::Jobs::Refusal why) {
    backend_.harvest_outcome = std::variant<harvest::Report, harvest::Jobs::Refusal>(why);
    return harvest();
  }
  json job() {
    backend_.jobs = {job_};
    return json::parse(get("/api/v1/jobs/1234").body);
  }

  harvest::Report job_;
};

TEST_F(JobRoutes, AHarvestThatIsOrderedIsAJobElsewhere) {
  const Answer answer = harvest();
  EXPECT_EQ(answer.status, 202);
  EXPECT_EQ(answer.content_type, "application/json");
  ASSERT_EQ(answer.fields.size(), 1u);
  EXPECT_EQ(answer.fields[0].first, "location");
  EXPECT_EQ(answer.fields[0].second, "/api/v1/jobs/1234");
  const json told = json::parse(answer.body);
  EXPECT_EQ(told["state"], "waiting");
  EXPECT_EQ(told["id"], "1234");
  EXPECT_EQ(told["destination"], "disk:half");
  EXPECT_EQ(told["start"], "2026-11-30T18:00:00.000Z");
  EXPECT_FALSE(told.contains("began"));
  EXPECT_EQ(backend_.harvests, std::vector<std::string>{"match to disk:half"});
}

TEST_F(JobRoutes, SayWhyThereIsNoHarvest) {
  EXPECT_EQ(harvest("tape:half").status, 400);
  EXPECT_EQ(post("/api/v1/channels/match/harvest", "{}").content_type, "application/problem+json");
  EXPECT_TRUE(backend_.harvests.empty());
  EXPECT_EQ(refused(harvest::Jobs::Refusal::kNoChannel).status, 404);
  EXPECT_EQ(refused(harvest::Jobs::Refusal::kNoBucket).status, 409);
  EXPECT_EQ(refused(harvest::Jobs::Refusal::kTooMany).status, 429);
  backend_.harvest_outcome = std::nullopt;
  const Answer none = harvest();
  EXPECT_EQ(none.status, 409);
  EXPECT_NE(none.body.find("there is no journal"), std::string::npos);
}

TEST_F(JobRoutes, NeedATokenThatMayOperate) {
  EXPECT_EQ(api_test::ask(dispatcher_, {"POST", "/api/v1/channels/match/harvest", ""})->status, 401);
  EXPECT_EQ(api_test::ask(dispatcher_, {"DELETE", "/api/v1/jobs/1234", ""})->status, 401);
  EXPECT_EQ(get("/api/v1/jobs").status, 200);
}

TEST_F(JobRoutes, ListJobs) {
  EXPECT_EQ(get("/api/v1/jobs").body, "{\n  \"jobs\": []\n}\n");
  backend_.jobs = {job_, job_};
  EXPECT_EQ(json::parse(get("/api/v1/jobs").body)["jobs"].size(), 2u);
}

TEST_F(JobRoutes, ShowOneJob) {
  EXPECT_EQ(job()["state"], "waiting");
  for (const char* path : {"/api/v1/jobs/1235", "/api/v1/jobs/x", "/api/v1/jobs/1234x"})
    EXPECT_EQ(get(path).status, 404) << path;
}

TEST_F(JobRoutes, AJobThatIsDoneHasItsResultAndItsHoles) {
  job_.state = harvest::State::kDone;
  job_.began = job_.ended = clock_.now;
  job_.bytes = 77;
  job_.totals.renditions = 2;
  job_.totals.segments = 1800;
  job_.totals.first = job_.order.from;
  job_.totals.last = job_.order.to;
  job_.totals.holes = {{job_.order.from, job_.order.from + base::kSecond}};
  const json told = job();
  EXPECT_EQ(told["state"], "done");
  EXPECT_EQ(told["bytes"], 77);
  EXPECT_EQ(told["ended"], "2026-11-30T20:00:00.000Z");
  EXPECT_EQ(told["result"]["segments"], 1800);
  EXPECT_EQ(told["result"]["end"], "2026-11-30T19:00:00.000Z");
  EXPECT_EQ(told["result"]["holes"],
            json::parse(R"([{"start": "2026-11-30T18:00:00.000Z", "end": "2026-11-30T18:00:01.000Z"}])"));
  EXPECT_FALSE(told.contains("problem"));
}

TEST_F(JobRoutes, AJobThatFailedHasAProblem) {
  job_.state = harvest::State::kFailed;
  job_.why = {base::Code::kNotFound, "media of that time"};
  EXPECT_EQ(job()["problem"]["status"], 404);
  EXPECT_EQ(job()["problem"]["detail"],
            "the journal of channel match has no media between 2026-11-30T18:00:00.000Z and 2026-11-30T19:00:00.000Z");
  job_.why = {base::Code::kBusy, "it is there"};
  EXPECT_EQ(job()["problem"]["status"], 409);
  EXPECT_EQ(job()["problem"]["detail"], "it is there");
  job_.why = {base::Code::kSystem, "disk"};
  EXPECT_EQ(job()["problem"]["status"], 500);
  EXPECT_FALSE(job().contains("result"));
}

TEST_F(JobRoutes, CancelAJob) {
  EXPECT_EQ(send("DELETE", "/api/v1/jobs/1234", "").status, 202);
  EXPECT_EQ(backend_.canceled, std::vector<std::uint64_t>{1234});
  backend_.cancel_outcome = harvest::Jobs::Cancel::kNoJob;
  EXPECT_EQ(send("DELETE", "/api/v1/jobs/1234", "").status, 404);
  backend_.cancel_outcome = harvest::Jobs::Cancel::kOver;
  EXPECT_EQ(send("DELETE", "/api/v1/jobs/1234", "").status, 409);
}

}  // namespace
}  // namespace api
