#include <gtest/gtest.h>

#include <filesystem>

#include "http/http2_client.h"
#include "serving.h"
#include "tls/tls_client.h"

namespace {

using http_test::Http2Client;
using serve_test::Client;
using serve_test::part_path;
using serve_test::playlist_path;
using serve_test::Serving;
using serve_test::Socket;

/// HTTP/2 with prior knowledge on the plaintext port.
struct Http2Connection {
  explicit Http2Connection(std::uint16_t port) : socket(port) {}
  void say() { socket.send(client.say()); }
  void hear_until(const std::function<bool()>& done) {
    while (!done()) {
      const std::string bytes = socket.receive();
      ASSERT_FALSE(bytes.empty());
      client.hear(bytes);
      const std::string reply = client.say();
      if (!reply.empty()) socket.send(reply);
    }
  }

  Socket socket;
  Http2Client client;
};

TEST(ServerHttp2, HoldsManyStreamsAndWakesThemTogether) {  // LL-112, LL-105
  Serving serving;
  serving.go_live();
  Http2Connection connection(serving.port());
  std::vector<std::int32_t> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(connection.client.ask(i % 2 == 0 ? part_path(2) : playlist_path(2)));
  connection.say();
  serving.wait_parked(50);
  serving.add_part(2);
  auto& answers = connection.client.answers;
  connection.hear_until(
      [&] { return std::all_of(ids.begin(), ids.end(), [&](std::int32_t id) { return answers[id].complete; }); });
  for (std::size_t i = 0; i < ids.size(); ++i) {
    EXPECT_EQ(answers[ids[i]].fields.substr(0, 12), ":status=200;");
    if (i % 2 == 0) {
      EXPECT_EQ(answers[ids[i]].body, "0:" + std::to_string(Serving::kOpen) + ".2");
    }
    EXPECT_NE(answers[ids[i]].fields.find(i % 2 == 0 ? "priority=u=3;" : "priority=u=1;"),
              std::string::npos);  // LL-113
  }
  EXPECT_EQ(serving.counters().http2_connections.get(), 1u);
}

TEST(ServerHttp2, FreesTheWaiterOfAStreamThatIsReset) {  // LL-106
  Serving serving;
  serving.go_live();
  Http2Connection connection(serving.port());
  const auto first = connection.client.ask(part_path(2));
  const auto second = connection.client.ask(part_path(2));
  connection.say();
  serving.wait_parked(2);
  nghttp2_submit_rst_stream(connection.client.session, 0, first, NGHTTP2_CANCEL);
  connection.say();
  serving.wait_parked(1);
  serving.add_part(2);
  connection.hear_until([&] { return connection.client.answers[second].complete; });
  EXPECT_EQ(connection.client.answers[second].body, "0:" + std::to_string(Serving::kOpen) + ".2");
}

struct ServerTls : testing::Test {
  ServerTls() {
    char path[] = "/tmp/kickoff-serve-XXXXXX";
    directory = mkdtemp(path);
    tls::Context::Options options;
    options.state_directory = directory;
    context = tls::Context::make(options).take();
  }
  ~ServerTls() override { std::filesystem::remove_all(directory); }

  /// Moves bytes between a TLS client over memory and its socket until it has heard something or `done`.
  static std::string converse(tls_test::Client& client, Socket& socket,
                              const std::function<bool(const std::string&)>& done) {
    std::string heard;
    for (;;) {
      client.handshake();
      const auto bytes = client.take();
      if (!bytes.empty()) socket.send(std::string(bytes.begin(), bytes.end()));
      heard += client.hear();
      if (done(heard)) return heard;
      const std::string received = socket.receive();
      if (received.empty()) return heard;
      client.give(base::view_of(received));
    }
  }

  std::string directory;
  std::shared_ptr<const tls::Context> context;
};

TEST_F(ServerTls, ServesHttp1OverTls) {  // LL-118
  Serving serving({}, context);
  serving.go_live();
  Socket socket(serving.server().tls_port());
  tls_test::Client client("\x08http/1.1");
  converse(client, socket, [&](const std::string&) { return SSL_is_init_finished(client.ssl()) == 1; });
  client.say("GET " + part_path(1) + " HTTP/1.1\r\nHost: a\r\n\r\n");
  const std::string body = "0:" + std::to_string(Serving::kOpen) + ".1";
  const std::string heard =
      converse(client, socket, [&](const std::string& text) { return text.find(body) != std::string::npos; });
  EXPECT_EQ(heard.substr(0, 15), "HTTP/1.1 200 OK");
  EXPECT_EQ(serving.counters().tls_handshakes.get(), 1u);
}

TEST_F(ServerTls, EndsWithCloseNotifyAndWaitsNotForTheClients) {
  Serving serving({}, context);
  serving.go_live();
  Socket socket(serving.server().tls_port());
  tls_test::Client client("\x08http/1.1");
  converse(client, socket, [&](const std::string&) { return SSL_is_init_finished(client.ssl()) == 1; });
  client.say("GET " + part_path(1) + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const std::string heard = converse(client, socket, [](const std::string&) { return false; });
  EXPECT_NE(heard.find("0:" + std::to_string(Serving::kOpen) + ".1"), std::string::npos);
  EXPECT_NE(SSL_get_shutdown(client.ssl()) & SSL_RECEIVED_SHUTDOWN, 0);
  EXPECT_FALSE(socket.timed_out);
  serve_test::wait_until([&] { return serving.counters().connections.get() == 0; });
}

TEST_F(ServerTls, ServesHttp2OverTlsAndWakesItsStreams) {  // LL-112
  Serving serving({}, context);
  serving.go_live();
  Socket socket(serving.server().tls_port());
  tls_test::Client tunnel("\x02h2\x08http/1.1");
  converse(tunnel, socket, [&](const std::string&) { return SSL_is_init_finished(tunnel.ssl()) == 1; });
  Http2Client client;
  const auto id = client.ask(part_path(2));
  tunnel.say(client.say());
  const auto bytes = tunnel.take();
  socket.send(std::string(bytes.begin(), bytes.end()));
  serving.wait_parked(1);
  serving.add_part(2);
  converse(tunnel, socket, [&, used = std::size_t{0}](const std::string& text) mutable {
    client.hear(text.substr(used));
    used = text.size();
    return client.answers[id].complete;
  });
  EXPECT_EQ(client.answers[id].body, "0:" + std::to_string(Serving::kOpen) + ".2");
}

TEST_F(ServerTls, CountsWhoComesWithoutTls) {
  Serving serving({}, context);
  Client client(serving.server().tls_port());
  client.ask("/");
  client.answer();
  EXPECT_EQ(serving.counters().tls_failures[static_cast<std::size_t>(tls::Failure::kNotTls)].get(), 1u);
}

TEST_F(ServerTls, EndsAHandshakeThatDoesNotGoOn) {
  Serving serving({}, context);
  Client client(serving.server().tls_port());
  serve_test::wait_until([&] { return serving.counters().connections.get() == 1; });
  serving.clock.advance(11 * base::kSecond);
  EXPECT_TRUE(client.ended());
}

TEST_F(ServerTls, TakesANewCertificateForNewConnections) {
  Serving serving({}, context);
  tls::Context::Options options;
  options.state_directory = directory + "/new";
  options.alpn = {"http/1.1"};
  serving.server().use_tls(tls::Context::make(options).take());
  Socket socket(serving.server().tls_port());
  tls_test::Client client("\x02h2\x08http/1.1");
  converse(client, socket, [&](const std::string&) { return SSL_is_init_finished(client.ssl()) == 1; });
  const unsigned char* name = nullptr;
  unsigned int length = 0;
  SSL_get0_alpn_selected(client.ssl(), &name, &length);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(name), length), "http/1.1");
}

}  // namespace
