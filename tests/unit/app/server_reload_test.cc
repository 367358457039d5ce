// What a running server takes up from its configuration file, and what it refuses.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "app/server.h"
#include "tls/self_signed.h"
#include "unit/app/fetch.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

using testing::fetch;
using testing::LogFile;
using testing::status_of;
using testing::wait_until;

class ServerReload : public testing::ServerTest {
 protected:
  /// A configuration whose TLS ports have the certificate and the key of these files.
  void write_config_with(const std::string& certificate, const std::string& key) {
    std::ofstream(path_) << "state_directory: " << directory_ << "/state\nweb_directory: " << directory_ << "/web\n"
                         << "http: {port: 0, tls_port: 0, loops: 1, certificate: " << certificate << ", key: " << key
                         << "}\nadmin: {port: 0}\nrtmp: {port: 0, tls_port: 0}\nsrt: {port: 0}\n";
  }
  /// Asks a running server to read its file again, which it has to refuse: what the log tells of it.
  std::string refusal_of(Instance& server, LogFile& log) {
    server.reload();
    wait_until([&] { return log.has("configuration not reloaded"); });
    EXPECT_EQ(status_of(fetch(server.admin_port(), "/livez")), "200");
    EXPECT_TRUE(has_metric(server, "kickoff_config_last_reload_success 0"));
    return log.text();
  }
  bool has_metric(Instance& server, const std::string& line) {
    return fetch(server.admin_port(), "/metrics").find("\n" + line) != std::string::npos;
  }
  bool has_certificate(Instance& server, const std::string& file) {
    return has_metric(server, "kickoff_tls_certificate_expiry_timestamp_seconds{certificate=\"" + file + "\"} ");
  }
};

TEST_F(ServerReload, TakesUpAConfigurationOnHangUpAndNamesWhatNeedsARestart) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    write_config("channels: {a: {}, b: {}}\nlog: {level: debug}\n");
    raise(SIGHUP);
    wait_until([&] { return log.has("configuration reloaded"); });
  });
  EXPECT_TRUE(log.has("log.level")) << log.text();
  EXPECT_FALSE(log.has("http.port")) << log.text();
}

TEST_F(ServerReload, GoesOnNamingWhatNeedsARestartUntilThereIsOne) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  const auto count = [&](const std::string& words) {
    std::size_t times = 0;
    const std::string text = log.text();
    for (std::size_t at = 0; (at = text.find(words, at)) != std::string::npos; ++at) ++times;
    return times;
  };
  run_beside(*server, [&] {
    write_config("log: {level: debug}\n");
    for (std::size_t times = 1; times <= 2; ++times) {
      server->reload();
      wait_until([&] { return count("configuration reloaded") == times; });
      EXPECT_EQ(count("log.level"), times) << log.text();
    }
  });
}

TEST_F(ServerReload, KeepsWhatItHasWhereTheFileIsWrong) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    write_config("chanels: {}\n");
    server->reload();
    wait_until([&] { return log.has("configuration not reloaded"); });
    EXPECT_TRUE(log.has("kickoff.yaml:7:1: unknown key")) << log.text();
    EXPECT_EQ(status_of(fetch(server->admin_port(), "/readyz")), "200");
  });
  EXPECT_FALSE(log.has("configuration reloaded"));
}

/// Each of these counted as a good configuration without a key in it: all publishing keys and the certificate were
/// gone.
TEST_F(ServerReload, KeepsWhatItHasWhereTheFileIsEmptyOrNoTextOrNoFile) {
  const auto damages = {
      std::pair<std::string, std::function<void()>>{"has no keys", [&] { std::ofstream{path_}; }},
      {"has no keys", [&] { std::ofstream(path_) << "# nothing\n---\n"; }},
      {"is no UTF-8 text", [&] { std::ofstream(path_) << std::string("\xff\xfe\0", 3); }},
      {"is a directory", [&] { std::filesystem::remove(path_), std::filesystem::create_directory(path_); }},
      {"is a pipe", [&] { std::filesystem::remove(path_), mkfifo(path_.c_str(), 0600); }},
      {"cannot be read", [&] { std::filesystem::remove(path_); }}};
  for (const auto& [expected, damage] : damages) {
    std::filesystem::remove_all(path_);
    const auto own = tls::self_signed_certificate(directory_ + "/own").take();
    write_config_with(own.certificate, own.key);
    LogFile log(directory_ + "/log");
    auto server = make();
    ASSERT_TRUE(server->start().ok());
    run_beside(*server, [&, expected = expected, damage = damage] {
      damage();
      EXPECT_NE(refusal_of(*server, log).find(expected), std::string::npos) << log.text();
      EXPECT_TRUE(has_certificate(*server, own.certificate));
    });
    EXPECT_FALSE(log.has("configuration reloaded"));
  }
}

TEST_F(ServerReload, KeepsWhatItHasWhereACertificateIsMissingOrAnothersOrAPipe) {
  const auto own = tls::self_signed_certificate(directory_ + "/own").take();
  const auto other = tls::self_signed_certificate(directory_ + "/other").take();
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  for (const auto& [certificate, key, expected] :
       {std::tuple<std::string, std::string, std::string>{"/nowhere/a.pem", own.key, "/nowhere/a.pem cannot be read"},
        {other.certificate, own.key, own.key + " is not the key of the certificate in " + other.certificate},
        {pipe, own.key, pipe + " is a pipe"},
        {own.certificate, pipe, pipe + " is a pipe"}}) {
    write_config_with(own.certificate, own.key);
    LogFile log(directory_ + "/log");
    auto server = make();
    ASSERT_TRUE(server->start().ok());
    run_beside(*server, [&, certificate = certificate, key = key, expected = expected] {
      write_config_with(certificate, key);
      EXPECT_NE(refusal_of(*server, log).find(expected), std::string::npos) << log.text();
      EXPECT_TRUE(has_certificate(*server, own.certificate));
    });
  }
}

TEST_F(ServerReload, DoesNotWaitForAPipeThatKeysAreToComeFrom) {
  const std::string pipe = directory_ + "/pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    write_config("channels: {a: {keys_file: " + pipe + "}}\n");
    EXPECT_NE(refusal_of(*server, log).find("keys_file: " + pipe + " is a pipe"), std::string::npos) << log.text();
  });
}

TEST_F(ServerReload, TellsInItsMetricsOfARefusalAndOfTheReloadThatMendsIt) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    EXPECT_TRUE(has_metric(*server, "kickoff_config_last_reload_success 1"));
    EXPECT_FALSE(has_metric(*server, "kickoff_config_last_reload_timestamp_seconds 0\n"));
    write_config("chanels: {}\n");
    refusal_of(*server, log);
    write_config();
    server->reload();
    wait_until([&] { return log.has("configuration reloaded"); });
    EXPECT_TRUE(has_metric(*server, "kickoff_config_last_reload_success 1"));
  });
}

TEST_F(ServerReload, TakesUpANewCertificate) {
  const auto own = tls::self_signed_certificate(directory_ + "/own").take();
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    EXPECT_TRUE(has_certificate(*server, directory_ + "/state/tls-self-signed.crt"));
    write_config_with(own.certificate, own.key);
    server->reload();
    wait_until([&] { return log.has("configuration reloaded"); });
    EXPECT_TRUE(has_certificate(*server, own.certificate));
  });
}

TEST_F(ServerReload, BeginsAndEndsToPullFeeds) {
  LogFile log(directory_ + "/log");
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  run_beside(*server, [&] {
    const std::string pulled = "kickoff_pull_live{channel=\"a\"";
    EXPECT_FALSE(has_metric(*server, pulled));
    write_config("channels: {a: {feeds: {primary: {source: \"srt://127.0.0.1:9\"}}}}\n");
    server->reload();
    wait_until([&] { return log.has("configuration reloaded"); });
    EXPECT_TRUE(has_metric(*server, pulled));
    write_config();
    server->reload();
    wait_until([&] { return !has_metric(*server, pulled); });
  });
}

}  // namespace
}  // namespace app
