#pragma once

#include <gtest/gtest.h>

#include <string>

#include "api/routes.h"
#include "fake_backend.h"
#include "fakes.h"

namespace api {

/// All routes, over a backend with state, with one token ("t") that may operate.
class RoutesTest : public testing::Test {
 protected:
  RoutesTest() {
    add_routes(dispatcher_, backend_, streams_, clock_,
               {"<title>the page</title>", {{"main.mjs", "run();"}, {"page.css", "p {}"}}});
    dispatcher_.set_access({Tokens({make_token("operations", "t", Role::kOperate)}), HostRule()});
  }
  Answer get(const std::string& path, const std::string& query = "") {
    return api_test::ask(dispatcher_, {"GET", path, query}).value_or(Answer{0, {}, {}, {}});
  }
  Answer kick(const std::string& channel, const std::string& query = "") {
    return api_test::ask(dispatcher_, {"DELETE",
                                       "/api/v1/channels/" + channel + "/publisher",
                                       query,
                                       "localhost",
                                       {{"authorization", "Bearer t"}}})
        .value_or(Answer{0, {}, {}, {}});
  }

  Answer switch_feed(const std::string& channel, const std::string& body) {
    return post("/api/v1/channels/" + channel + "/switch", body);
  }
  Answer slate(const std::string& channel, const std::string& body) {
    return post("/api/v1/channels/" + channel + "/slate", body);
  }
  Answer post(const std::string& path, const std::string& body) { return send("POST", path, body); }
  Answer send(const std::string& method, const std::string& path, const std::string& body) {
    return api_test::ask(dispatcher_, {method, path, "", "localhost", {{"authorization", "Bearer t"}}, body})
        .value_or(Answer{0, {}, {}, {}});
  }

  api_test::FakeClock clock_;
  api_test::FakeBackend backend_{{.source = "/kickoff/here", .most = 3}};
  EventStreams streams_{backend_, clock_};
  Dispatcher dispatcher_{clock_};
};

}  // namespace api
