#include "app/serve_threads.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

#include "loop/loop.h"
#include "loop/stream.h"
#include "unit/app/fetch.h"

namespace app {
namespace {

using testing::fetch;
using testing::Socket;
using testing::status_of;
using testing::wait_until;

config::Config::Http http_of(const std::string& text) {
  return std::get<config::Config>(config::parse_config("http: " + text, "t.yaml")).http;
}

TEST(ServePlan, HasALoopForEachCoreUnlessToldOtherwise) {
  EXPECT_EQ(plan_of(http_of("{}"), 6, 100'000).loops, 6);
  EXPECT_EQ(plan_of(http_of("{loops: 2}"), 6, 100'000).loops, 2);
  EXPECT_EQ(plan_of(http_of("{loops: 1}"), 6, 100'000).loops, 1);
  EXPECT_EQ(plan_of(http_of("{}"), 0, 100'000).loops, 1) << "a machine that does not tell its cores";
}

TEST(ServePlan, LeavesDescriptorsForFeedsWorkersAndFiles) {
  const auto connections = [](std::uint64_t descriptors) {
    return plan_of(http_of("{loops: 1}"), 1, descriptors).each.most_connections;
  };
  EXPECT_EQ(connections(100'000), 95'000U) << "a twentieth of many";
  EXPECT_EQ(connections(10'000), 10'000U - 1024) << "1024 of fewer";
  EXPECT_EQ(connections(20'480), 20'480U - 1024) << "where both are the same";
  EXPECT_EQ(connections(2'000), 1'000U) << "half of very few";
  EXPECT_EQ(connections(0), 1U);
}

TEST(ServePlan, SharesTheConnectionsAmongTheLoops) {
  EXPECT_EQ(plan_of(http_of("{loops: 4, max_connections: 1000}"), 1, 100).each.most_connections, 250U);
  EXPECT_EQ(plan_of(http_of("{loops: 4, max_connections: 3}"), 1, 100).each.most_connections, 1U)
      << "a loop that takes none would refuse whom the kernel hands it";
  EXPECT_EQ(plan_of(http_of("{loops: 4}"), 1, 100'000).each.most_connections, 23'750U);
}

TEST(ServePlan, SharesTheLimitsOfAnAddressAmongTheLoops) {
  const auto of = [](const std::string& text) { return plan_of(http_of(text), 1, 100).each.address; };
  EXPECT_EQ(of("{loops: 4}").new_per_second, 250);
  EXPECT_EQ(of("{loops: 4}").half_open, 64U);
  EXPECT_EQ(of("{loops: 4, new_connections_per_address: 1, half_open_per_address: 5}").new_per_second, 1);
  EXPECT_EQ(of("{loops: 4, new_connections_per_address: 1, half_open_per_address: 5}").half_open, 2U);
  EXPECT_EQ(of("{loops: 4, new_connections_per_address: 0, half_open_per_address: 0}").new_per_second, 0);
  EXPECT_EQ(of("{loops: 4, new_connections_per_address: 0, half_open_per_address: 0}").half_open, 0U);
}

TEST(ServePlan, TakesAddressPortsAndLimitsOfAdmission) {
  const ServePlan plan = plan_of(http_of("{listen: 127.0.0.1, port: 81, tls_port: 444, admission: {shed_depth_below: "
                                         "30, refuse_joins_below: 7, overflow: https://c}}"),
                                 1, 100);
  EXPECT_EQ(plan.each.host, "127.0.0.1");
  EXPECT_EQ(plan.each.plain_port, 81);
  EXPECT_EQ(plan.each.tls_port, 444);
  EXPECT_TRUE(plan.each.reuse_port);
  EXPECT_DOUBLE_EQ(plan.each.admission.shed_depth_below, 0.3);
  EXPECT_DOUBLE_EQ(plan.each.admission.refuse_joins_below, 0.07);
  EXPECT_EQ(plan.each.admission.overflow, "https://c");
}

TEST(ServePlan, DoesNotListenOnAPortOfNought) {
  const ServePlan plan = plan_of(http_of("{port: 0, tls_port: 0}"), 1, 100);
  EXPECT_EQ(plan.each.plain_port, -1);
  EXPECT_EQ(plan.each.tls_port, -1);
}

/// Loops on a port that is free.
struct Threads {
  explicit Threads(int loops) {
    ServePlan plan;
    plan.loops = loops;
    plan.each.host = "127.0.0.1";
    plan.each.plain_port = 0;
    plan.each.tls_port = -1;
    serve = ServeThreads::start(plan, clock, nullptr, nullptr).take();
  }
  /// The sum of a counter over all loops.
  std::uint64_t sum(serve::Counter serve::Counters::* counter) const {
    std::uint64_t all = 0;
    for (const auto& report : serve->reports()) all += (report.counters->*counter).get();
    return all;
  }

  base::SystemClock clock;
  std::unique_ptr<ServeThreads> serve;
};

TEST(ServeThreads, ListenOnOnePortWhenTheyHaveStarted) {
  Threads threads(3);
  ASSERT_NE(threads.serve->plain_port(), 0);
  EXPECT_EQ(threads.serve->tls_port(), 0);
  for (int i = 0; i < 8; ++i) EXPECT_EQ(status_of(fetch(threads.serve->plain_port(), "/")), "200");
  EXPECT_EQ(threads.sum(&serve::Counters::connections_total), 8U);
}

/// How many sockets of the machine listen on the port.
int listeners_on(std::uint16_t port) {
  char wanted[8];
  std::snprintf(wanted, sizeof wanted, ":%04X", port);
  std::ifstream table("/proc/self/net/tcp");
  int count = 0;
  for (std::string line, slot, local, remote, state; std::getline(table, line);) {
    std::istringstream(line) >> slot >> local >> remote >> state;
    if (state == "0A" && local.ends_with(wanted)) ++count;
  }
  return count;
}

TEST(ServeThreads, ShareAFreePortForTlsAsTheyDoForPlainHttp) {
  const std::string state = ::testing::TempDir() + "kickoff-serve-tls-" + std::to_string(getpid());
  std::filesystem::create_directories(state);
  tls::Context::Options certificate;
  certificate.state_directory = state;
  ServePlan plan;
  plan.loops = 3;
  plan.each.host = "127.0.0.1";
  plan.each.plain_port = plan.each.tls_port = 0;
  const base::SystemClock clock;
  const auto serve = ServeThreads::start(plan, clock, tls::Context::make(certificate).take(), nullptr).take();
  EXPECT_NE(serve->tls_port(), serve->plain_port());
  EXPECT_EQ(listeners_on(serve->plain_port()), 3);
  EXPECT_EQ(listeners_on(serve->tls_port()), 3);
  std::filesystem::remove_all(state);
}

TEST(ServeThreads, ReportEachLoopByItsNumber) {
  Threads threads(2);
  const auto reports = threads.serve->reports();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_EQ(reports[0].name, "0");
  EXPECT_EQ(reports[1].name, "1");
  EXPECT_NE(reports[0].counters, reports[1].counters);
  EXPECT_EQ(reports[0].busy, 0.0);
}

TEST(ServeThreads, CountTheBytesOfAllLoops) {
  Threads threads(2);
  EXPECT_EQ(threads.serve->bytes_sent(), 0U);
  std::size_t received = 0;
  for (int i = 0; i < 6; ++i) received += fetch(threads.serve->plain_port(), "/").size();
  EXPECT_EQ(threads.serve->bytes_sent(), received);
}

TEST(ServeThreads, TellAChannelToEveryLoopAndForgetItOnEvery) {
  Threads threads(2);
  auto snapshot = std::make_shared<origin::ChannelSnapshot>();
  snapshot->name = "match";
  snapshot->revision = 1;
  threads.serve->publish(snapshot);
  wait_until([&] { return threads.sum(&serve::Counters::snapshots) == 2; });
  EXPECT_NE(fetch(threads.serve->plain_port(), "/").find("/play/match"), std::string::npos);
  threads.serve->remove("match");
  // Which loop answers is the kernel's choice: each has to have forgotten it.
  for (int i = 0; i < 8; ++i) {
    wait_until([&] { return fetch(threads.serve->plain_port(), "/").find("/play/match") == std::string::npos; });
  }
}

TEST(ServeThreads, TellTheSharedHeadroomToEveryLoop) {
  Threads threads(2);
  threads.serve->set_shared_headroom(0.25, 0.5);
  for (const auto& report : threads.serve->reports()) {
    const auto left = [&](serve::Resource resource) {
      return report.counters->headroom[static_cast<std::size_t>(resource)].get();
    };
    wait_until([&] { return left(serve::Resource::kMemory) == 250'000; });
    EXPECT_EQ(left(serve::Resource::kEgress), 500'000U);
  }
}

TEST(ServeThreads, RefuseJoinsByTheLimitsOfANewConfiguration) {
  Threads threads(1);
  auto snapshot = std::make_shared<origin::ChannelSnapshot>();
  snapshot->name = "match";
  threads.serve->publish(snapshot);
  wait_until([&] { return threads.sum(&serve::Counters::snapshots) == 1; });
  threads.serve->configure(http_of("{admission: {refuse_joins_below: 60, overflow: https://cdn.example}}"));
  threads.serve->set_shared_headroom(1.0, 0.5);
  // The first request after both messages finds them applied: a loop runs its messages before it reads its sockets.
  wait_until([&] {
    return threads.serve->reports()[0].counters->headroom[static_cast<std::size_t>(serve::Resource::kEgress)].get() ==
           500'000;
  });
  EXPECT_NE(status_of(fetch(threads.serve->plain_port(), "/live/match/index.m3u8")), "404");
  EXPECT_EQ(threads.sum(&serve::Counters::joins_redirected) +
                threads.serve->reports()[0].counters->causes[static_cast<std::size_t>(serve::Cause::kNoHeadroom)].get(),
            1U);
}

TEST(ServeThreads, EndWithTheirObject) {
  Threads threads(2);
  const std::uint16_t port = threads.serve->plain_port();
  threads.serve.reset();
  EXPECT_EQ(fetch(port, "/"), "") << "nobody listens";
}

/// One that holds up whoever asks it.
class HeldClock final : public base::Clock {
 public:
  base::Micros utc() const override { return steady(); }
  base::Micros steady() const override {
    ++waiting;
    const std::lock_guard lock(held);
    --waiting;
    return real_.steady();
  }
  mutable std::mutex held;
  mutable std::atomic<int> waiting{0};

 private:
  const base::SystemClock real_;
};

TEST(ServeThreads, AnswerUnlessOneOfThemHangs) {
  const HeldClock clock;
  ServePlan plan;
  plan.loops = 2;
  plan.each.plain_port = 0;
  auto serve = ServeThreads::start(plan, clock, nullptr, nullptr).take();
  for (int times = 0; times < 3; ++times) wait_until([&] { return serve->answered(); });
  clock.held.lock();
  const Socket viewer(serve->plain_port());  // whoever accepts it asks the clock
  wait_until([&] { return clock.waiting > 0; });
  // Once at most: what they were asked before the one hung.
  int answers = 0;
  for (int times = 0; times < 1000; ++times) answers += serve->answered() ? 1 : 0;
  EXPECT_LE(answers, 1);
  clock.held.unlock();
  wait_until([&] { return serve->answered(); });
}

TEST(ServeThreads, StopAtOnceWhereNobodyIsConnected) {
  Threads threads(2);
  // A limit far beyond the test's own: only the loops' own end can end this.
  threads.serve->stop(3600 * base::kSecond);
  EXPECT_TRUE(threads.serve->reports().empty());
  EXPECT_EQ(threads.serve->plain_port(), 0);
  EXPECT_EQ(threads.serve->bytes_sent(), 0U);
  threads.serve->stop(0);
}

TEST(ServeThreads, EndIdleConnectionsWhenTheyStop) {
  Threads threads(1);
  std::thread client([port = threads.serve->plain_port()] {
    Socket idle(port);
    EXPECT_EQ(idle.receive_all(), "");
  });
  wait_until([&] { return threads.sum(&serve::Counters::connections) == 1; });
  threads.serve->stop(3600 * base::kSecond);
  client.join();
}

TEST(ServeThreads, GiveUpWhatDoesNotFinishWithinTheLimit) {
  Threads threads(1);
  auto snapshot = std::make_shared<origin::ChannelSnapshot>();
  snapshot->name = "match";
  threads.serve->publish(snapshot);
  Socket waiting(threads.serve->plain_port());
  waiting.send("GET /live/match/index.m3u8 HTTP/1.1\r\nHost: edge\r\n\r\n");
  wait_until([&] { return threads.sum(&serve::Counters::parked) == 1; });
  threads.serve->stop(base::kMillisecond);
  EXPECT_TRUE(threads.serve->reports().empty());
}

TEST(ServeThreads, DoNotStartOnAPortThatAnotherServerHas) {
  loop::Loop loop;
  loop::TcpListener::Options other;
  other.host = "127.0.0.1";
  other.reuse_port = true;  // a server as this one, of the same user
  auto listener = loop::TcpListener::make(loop, other, [](std::unique_ptr<loop::Stream>) {}).take();
  ServePlan plan;
  plan.loops = 2;
  plan.each.host = "127.0.0.1";
  plan.each.plain_port = listener->port();
  const base::SystemClock clock;
  const auto started = ServeThreads::start(plan, clock, nullptr, nullptr);
  ASSERT_FALSE(started.ok());
  EXPECT_EQ(started.error().code, base::Code::kSystem);
  EXPECT_NE(started.error().message().find(std::to_string(listener->port())), std::string::npos);
}

TEST(ServeThreads, DoNotStartOnAnAddressThatIsNotTheMachines) {
  ServePlan plan;
  plan.loops = 2;
  plan.each.host = "192.0.2.1";  // TEST-NET: nobody has it
  plan.each.plain_port = 0;
  const base::SystemClock clock;
  const auto started = ServeThreads::start(plan, clock, nullptr, nullptr);
  ASSERT_FALSE(started.ok());
  EXPECT_NE(started.error().message().find("192.0.2.1"), std::string::npos);
}

}  // namespace
}  // namespace app
