#include "api/declaration_routes.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "routes_fixture.h"

namespace api {
namespace {

using nlohmann::json;
using Kind = DeclarationOutcome::Kind;

constexpr const char* kSettings = "/api/v1/channels/arena/settings";

class DeclarationRoutes : public RoutesTest {
 protected:
  DeclarationRoutes() {
    dispatcher_.set_access({Tokens({make_token("boss", "a", Role::kAdmin), make_token("night", "o", Role::kOperate),
                                    make_token("wall", "r", Role::kRead)}),
                            HostRule()});
    backend_.declared = {{{"arena", R"({"window": "3m"})", "\"tag\"", true, {}},
                          {"broken", R"({"window": )", "\"raw\"", false, {"/channels/broken.json:1:12: is no JSON"}}},
                         "/etc/kickoff.yaml",
                         {"*", "studio"}};
  }
  Answer ask(const std::string& method, const std::string& path, const std::string& token, const std::string& body = "",
             const std::string& query = "", std::vector<std::pair<std::string, std::string>> fields = {}) {
    fields.emplace_back("authorization", "Bearer " + token);
    return api_test::ask(dispatcher_, {method, path, query, "localhost", std::move(fields), body})
        .value_or(Answer{0, {}, {}, {}});
  }
  Answer put(Kind kind, std::vector<std::string> problems = {}, const std::string& etag = "\"now\"") {
    backend_.declaration_outcome = {.kind = kind,
                                    .problems = std::move(problems),
                                    .file = "/etc/kickoff.yaml",
                                    .etag = etag,
                                    .changes = {{"keys", "next_publisher"}}};
    return ask("PUT", kSettings, "a", "{}");
  }
  static std::string field(const Answer& answer, const std::string& name) {
    for (const auto& [field, value] : answer.fields)
      if (field == name) return value;
    return "";
  }
  static std::string detail(const Answer& answer) { return json::parse(answer.body)["detail"]; }
};

TEST_F(DeclarationRoutes, GiveASettingWithItsTag) {
  const Answer answer = ask("GET", kSettings, "a");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(field(answer, "etag"), "\"tag\"");
  EXPECT_EQ(json::parse(answer.body), json::parse(R"({"channel": "arena", "in_force": true, "problems": [],
                                                     "etag": "\"tag\"", "settings": {"window": "3m"}})"));
}

TEST_F(DeclarationRoutes, GiveADamagedOneWithoutSettings) {
  const json told = json::parse(ask("GET", "/api/v1/channels/broken/settings", "a").body);
  EXPECT_EQ(told["in_force"], false);
  EXPECT_EQ(told["problems"].size(), 1u);
  EXPECT_FALSE(told.contains("settings"));
}

TEST_F(DeclarationRoutes, SayWhereAChannelIsDeclaredThatIsNotHere) {
  const Answer file = ask("GET", "/api/v1/channels/studio/settings", "a");
  EXPECT_EQ(file.status, 404);
  EXPECT_EQ(detail(file), "channel studio is declared in /etc/kickoff.yaml: read it there");
  EXPECT_EQ(detail(ask("GET", "/api/v1/channels/none/settings", "a")), "channel none is not declared by the API");
}

TEST_F(DeclarationRoutes, ListThemWithoutSettings) {
  const Answer answer = ask("GET", "/api/v1/declarations", "r");
  EXPECT_EQ(answer.status, 200);
  const json told = json::parse(answer.body);
  EXPECT_EQ(told["file"], "/etc/kickoff.yaml");
  EXPECT_EQ(told["in_file"], json({"*", "studio"}));
  EXPECT_EQ(told["declarations"].size(), 2u);
  EXPECT_EQ(told["declarations"][1]["channel"], "broken");
  EXPECT_EQ(answer.body.find("3m"), std::string::npos);
}

TEST_F(DeclarationRoutes, AreForTheRoleAdmin) {
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    EXPECT_EQ(ask(method, kSettings, "o", "{}").status, 403) << method;
    EXPECT_EQ(api_test::ask(dispatcher_, {method, kSettings, ""})->status, 401) << method;
  }
  EXPECT_EQ(api_test::ask(dispatcher_, {"GET", "/api/v1/declarations", ""})->status, 401);
  EXPECT_TRUE(backend_.declarations.empty());
}

TEST_F(DeclarationRoutes, PassAnOrderOn) {
  backend_.declaration_outcome.kind = Kind::kChanged;
  ask("PUT", kSettings, "a", R"({"window": "4m"})", "dry_run=true", {{"if-match", "\"x\""}, {"if-none-match", "*"}});
  ask("DELETE", kSettings, "a", "", "dry_run=false");
  ASSERT_EQ(backend_.declarations.size(), 2u);
  const DeclarationOrder& order = backend_.declarations[0];
  EXPECT_EQ(order.channel, "arena");
  EXPECT_EQ(order.text, R"({"window": "4m"})");
  EXPECT_EQ(order.if_match, "\"x\"");
  EXPECT_EQ(order.if_none_match, "*");
  EXPECT_TRUE(order.dry_run);
  EXPECT_EQ(order.by, "boss");
  EXPECT_FALSE(backend_.declarations[1].text);
  EXPECT_FALSE(backend_.declarations[1].dry_run);
  EXPECT_EQ(ask("PUT", kSettings, "a", "{}", "dry_run=yes").status, 400);
  EXPECT_EQ(backend_.declarations.size(), 2u);
}

TEST_F(DeclarationRoutes, SayWhatWasDone) {
  const Answer made = put(Kind::kCreated);
  EXPECT_EQ(made.status, 201);
  EXPECT_EQ(field(made, "etag"), "\"now\"");
  EXPECT_EQ(json::parse(made.body), json::parse(R"({"channel": "arena", "action": "created", "dry_run": false,
                "changes": [{"key": "keys", "when": "next_publisher"}], "etag": "\"now\""})"));
  EXPECT_EQ(put(Kind::kChanged).status, 200);
  EXPECT_EQ(json::parse(put(Kind::kUnchanged).body)["action"], "unchanged");
  backend_.declaration_outcome = {.kind = Kind::kRemoved};
  EXPECT_EQ(ask("DELETE", kSettings, "a").status, 204);
}

TEST_F(DeclarationRoutes, SayWhatWouldBeDone) {
  backend_.declaration_outcome = {.kind = Kind::kCreated};
  const Answer made = ask("PUT", kSettings, "a", "{}", "dry_run=true");
  EXPECT_EQ(made.status, 200);
  EXPECT_EQ(json::parse(made.body)["dry_run"], true);
  EXPECT_EQ(field(made, "etag"), "");
  backend_.declaration_outcome = {.kind = Kind::kRemoved, .etag = "\"now\""};
  const Answer gone = ask("DELETE", kSettings, "a", "", "dry_run=true");
  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(json::parse(gone.body)["action"], "removed");
}

TEST_F(DeclarationRoutes, SayWhyNotAndWhatToDo) {
  const Answer invalid = put(Kind::kInvalid, {"body:1:2: one", "body:2:3: two"});
  EXPECT_EQ(invalid.status, 400);
  EXPECT_EQ(invalid.content_type, "application/problem+json");
  EXPECT_EQ(detail(invalid), "body:1:2: one; body:2:3: two");
  EXPECT_EQ(json::parse(invalid.body)["problems"], json({"body:1:2: one", "body:2:3: two"}));
  const Answer file = put(Kind::kInFile);
  EXPECT_EQ(file.status, 409);
  EXPECT_NE(detail(file).find("/etc/kickoff.yaml, which the API does not change: change the file"), std::string::npos);
  EXPECT_EQ(put(Kind::kNotDeclared).status, 404);
  EXPECT_EQ(put(Kind::kTooMany).status, 409);
  EXPECT_NE(detail(put(Kind::kTooMany)).find("500"), std::string::npos);
  const Answer busy = put(Kind::kBusy);
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(field(busy, "retry-after"), "1");
  const Answer disk = put(Kind::kDisk, {"no space"});
  EXPECT_EQ(disk.status, 507);
  EXPECT_EQ(json::parse(disk.body)["title"], "Insufficient Storage");
}

TEST_F(DeclarationRoutes, TellTheTagThatCountsWhereAConditionDoesNotHold) {
  const Answer other = put(Kind::kNoMatch);
  EXPECT_EQ(other.status, 412);
  EXPECT_EQ(field(other, "etag"), "\"now\"");
  EXPECT_EQ(json::parse(other.body)["title"], "Precondition Failed");
  const Answer none = put(Kind::kNoMatch, {}, "");
  EXPECT_EQ(none.status, 412);
  EXPECT_EQ(field(none, "etag"), "");
  EXPECT_NE(detail(none).find("is not declared"), std::string::npos);
  const Answer blind = put(Kind::kNeedsCondition);
  EXPECT_EQ(blind.status, 428);
  EXPECT_EQ(field(blind, "etag"), "\"now\"");
  EXPECT_EQ(json::parse(blind.body)["title"], "Precondition Required");
}

}  // namespace
}  // namespace api
