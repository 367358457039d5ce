#include "app/health.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/stream.h"
#include "unit/app/server_fixture.h"

namespace app {
namespace {

constexpr base::Micros kLong = 60 * base::kSecond;

/// A listener that accepts, keeps and never answers, on a loop that need not run: the kernel accepts for it.
struct Silent {
  explicit Silent(const std::string& host) {
    loop::TcpListener::Options options;
    options.host = host;
    listener = loop::TcpListener::make(loop, options, [](std::unique_ptr<loop::Stream>) {}).take();
  }
  loop::Loop loop;
  std::unique_ptr<loop::TcpListener> listener;
};

class Health : public testing::ServerTest {};

TEST_F(Health, IsGoodWhileTheServerRunsAndOverOnceItHasEnded) {
  auto server = make();
  ASSERT_TRUE(server->start().ok());
  const std::uint16_t port = server->admin_port();
  run_beside(*server, [&] {
    EXPECT_TRUE(ask_health("127.0.0.1", port, kLong).ok());
    EXPECT_TRUE(ask_health("0.0.0.0", port, kLong).ok()) << "all addresses: the loopback one is asked";
  });
  server.reset();
  const base::Status ended = ask_health("127.0.0.1", port, kLong);
  ASSERT_FALSE(ended.ok());
  EXPECT_NE(ended.error().what.find("port " + std::to_string(port)), std::string::npos) << ended.error().what;
}

TEST_F(Health, IsBadWhereNobodyAnswersInTime) {
  for (const std::string host : {"127.0.0.1", "::1"}) {
    Silent silent(host);
    const base::Status asked = ask_health(host, silent.listener->port(), base::kMillisecond);
    ASSERT_FALSE(asked.ok()) << host;
    EXPECT_NE(asked.error().what.find("no answer"), std::string::npos) << asked.error().what;
  }
  Silent everywhere("::");
  EXPECT_FALSE(ask_health("::", everywhere.listener->port(), base::kMillisecond).ok());
}

TEST_F(Health, IsBadWhereTheAnswerIsNot200) {
  loop::Loop loop;
  std::unique_ptr<loop::Stream> visitor;
  loop::TcpListener::Options options;
  options.host = "127.0.0.1";
  auto listener = loop::TcpListener::make(loop, options, [&](std::unique_ptr<loop::Stream> stream) {
                    visitor = std::move(stream);
                    visitor->write(base::Bytes::of_static("HTTP/1.1 503 Service Unavailable\r\n\r\n"));
                  }).take();
  loop::Mailbox mailbox(loop);
  base::Status asked = base::Ok{};
  std::thread asker([&] {
    asked = ask_health("127.0.0.1", listener->port(), kLong);
    mailbox.post([&] { loop.stop(); });
  });
  loop.run();
  asker.join();
  visitor.reset();
  ASSERT_FALSE(asked.ok());
  EXPECT_EQ(asked.error().code, base::Code::kMalformed);
}

TEST_F(Health, NeedsAnAddress) { EXPECT_FALSE(ask_health("localhost", 1, kLong).ok()); }

}  // namespace
}  // namespace app
