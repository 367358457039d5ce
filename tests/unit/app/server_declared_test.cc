// Channels that the API declares beside those of the file: in force, over restarts and reloads.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "unit/app/fetch.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

using nlohmann::json;
using testing::LogFile;
using testing::Socket;
using testing::status_of;
using testing::wait_until;

class ServerDeclared : public testing::ServerTest {
 protected:
  ServerDeclared() { write_with("channels: {studio: {window: 2m}}\n"); }

  void write_with(const std::string& channels) {
    std::ofstream(path_) << "state_directory: " << directory_ << "/state\nweb_directory: " << directory_ << "/web\n"
                         << "http: {port: 0, tls_port: 0, loops: 1}\nrtmp: {port: 0, tls_port: 0}\nsrt: {port: 0}\n"
                         << "admin: {port: 0, tokens: [{name: boss, role: admin, sha256: "
                         << "e3b98a4da31a127d4bde6e43033f66ba274cab0eb7eb1c70ec41402bf6273dd8}]}\n"
                         << channels;
  }
  static std::string ask(const Instance& server, const std::string& method, const std::string& path,
                         const std::string& body = "", const std::string& fields = "") {
    Socket client(server.admin_port());
    client.send(method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n" + fields +
                "Authorization: Bearer t\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    return client.receive_all();
  }
  static std::string put(const Instance& server, const std::string& channel, const std::string& body,
                         const std::string& fields = "") {
    return ask(server, "PUT", "/api/v1/channels/" + channel + "/settings", body, fields);
  }
  static json settings(const Instance& server, const std::string& channel) {
    const std::string answer = ask(server, "GET", "/api/v1/channels/" + channel + "/settings");
    return json::parse(answer.substr(answer.find("\r\n\r\n") + 4), nullptr, false);
  }
  std::string file(const std::string& channel) const { return directory_ + "/state/channels/" + channel + ".json"; }
};

TEST_F(ServerDeclared, AreOnDiskWhenTheyAreAnsweredAndThereAfterARestart) {
  LogFile log(directory_ + "/log");
  {
    auto server = make();
    ASSERT_TRUE(server->start().ok());
    run_beside(*server, [&] {
      const std::string made = put(*server, "arena", R"({"window": "3m"})");
      EXPECT_EQ(status_of(made), "201") << made;
      EXPECT_TRUE(std::filesystem::exists(file("arena")));
      EXPECT_EQ(status_of(put(*server, "arena", R"({"window":"3m"})")), "200");
      EXPECT_EQ(status_of(put(*server, "arena", R"({"window":"4m"})")), "428");
      EXPECT_EQ(status_of(put(*server, "arena", R"({"window":"4m"})", "If-Match: *\r\n")), "200");
      EXPECT_EQ(status_of(put(*server, "studio", "{}")), "409");
      EXPECT_EQ(settings(*server, "arena")["settings"]["window"], "4m");
      EXPECT_NE(testing::fetch(server->admin_port(), "/api/v1/events").find("live.kickoff.channel.settings"),
                std::string::npos);
    });
  }
  std::ofstream(file("damaged")) << "{";
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  EXPECT_TRUE(log.has("a declared channel is not in force")) << log.text();
  run_beside(*server, [&] {
    EXPECT_EQ(settings(*server, "arena")["in_force"], true);
    EXPECT_EQ(settings(*server, "arena")["settings"]["window"], "4m");
    EXPECT_EQ(settings(*server, "damaged")["in_force"], false);
    EXPECT_EQ(status_of(ask(*server, "DELETE", "/api/v1/channels/arena/settings")), "204");
    EXPECT_FALSE(std::filesystem::exists(file("arena")));
    EXPECT_EQ(status_of(ask(*server, "DELETE", "/api/v1/channels/arena/settings")), "404");
  });
}

TEST_F(ServerDeclared, AReloadKeepsThemAndReadsThemAgainAndLetsTheFileWin) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    EXPECT_EQ(status_of(put(*server, "arena", "{}")), "201");
    EXPECT_EQ(status_of(put(*server, "court", "{}")), "201");
    std::ofstream(file("court")) << "{\"window\": ";
    write_with("channels: {studio: {}, arena: {window: 5m}}\n");
    server->reload();
    wait_until([&] { return log.has("configuration reloaded"); });
    EXPECT_TRUE(log.has("channels.arena stands in")) << log.text();
    EXPECT_EQ(settings(*server, "arena")["in_force"], false);
    EXPECT_EQ(settings(*server, "court")["in_force"], false);
    EXPECT_EQ(status_of(put(*server, "arena", "{}")), "409");
    EXPECT_EQ(status_of(put(*server, "court", "{}", "If-Match: *\r\n")), "200");
    EXPECT_EQ(settings(*server, "court")["in_force"], true);
  });
}

TEST_F(ServerDeclared, ADiskThatRefusesIsToldAndNothingIsOtherwise) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    EXPECT_EQ(status_of(put(*server, "arena", R"({"window": "3m"})")), "201");
    std::filesystem::create_directories(file("arena") + ".new");
    const std::string refused = put(*server, "arena", R"({"window": "4m"})", "If-Match: *\r\n");
    EXPECT_EQ(status_of(refused), "507") << refused;
    EXPECT_NE(refused.find("arena.json.new: "), std::string::npos) << refused;
    EXPECT_EQ(settings(*server, "arena")["settings"]["window"], "3m");
  });
}

}  // namespace
}  // namespace app
