#include "registry/registry.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "unit/registry/fake_etcd.h"

namespace registry {
namespace {

using base::kSecond;

/// A registry whose etcd is in memory, and what it calls.
class Heard {
 public:
  std::unique_ptr<Registry> begin() {
    Registry::Options options{.etcd = {.endpoints = {"http://a:1"}}, .prefix = "/kickoff"};
    options.on_answer = [this](const Answer& answer) { note([&] { answers.push_back(answer); }); };
    options.on_change = [this](bool reachable, const std::string& why) {
      note([&] { changes.emplace_back(reachable, why); });
    };
    auto transport = std::make_unique<FakeTransport>(etcd, time);
    transport_ = transport.get();
    return std::make_unique<Registry>(clock, std::move(options), std::move(transport));
  }
  /// Changes etcd between requests.
  void change(const std::function<void()>& what) {
    const std::lock_guard lock(transport_->mutex);
    what();
  }
  /// Until something holds of etcd or of a report, which the registry's thread changes without a call.
  bool await_etcd(const std::function<bool()>& there) {
    for (int i = 0; i < 60'000; ++i) {
      {
        const std::lock_guard lock(transport_->mutex);
        if (there()) return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return false;
  }
  bool await(const std::function<bool()>& there) {
    std::unique_lock lock(mutex_);
    return heard_.wait_for(lock, std::chrono::seconds(60), there);
  }

  FakeEtcd etcd;
  std::vector<Answer> answers;
  std::vector<std::pair<bool, std::string>> changes;
  base::SystemClock clock;
  FakeClock time;

 private:
  void note(const std::function<void()>& what) {
    const std::lock_guard lock(mutex_);
    what();
    heard_.notify_all();
  }
  FakeTransport* transport_ = nullptr;
  std::mutex mutex_;
  std::condition_variable heard_;
};

Ask ask(base::Micros zero, std::uint64_t id) {
  return {"match", feed::Id::kPrimary, {zero, feed::Format::kMpegTs}, id};
}

TEST(Registry, AnswersOnItsOwnThread) {
  Heard given;
  const auto registry = given.begin();
  registry->ask(ask(kZero, 1));
  ASSERT_TRUE(given.await([&] { return given.answers.size() == 1; }));
  registry->ask(ask(kZero + 5, 2));
  ASSERT_TRUE(given.await([&] { return given.answers.size() == 2; }));
  EXPECT_EQ(given.answers[0].outcome, Outcome::kProposed);
  EXPECT_EQ(given.answers[1].outcome, Outcome::kAdopted);
  EXPECT_EQ(given.answers[1].ask.id, 2U);
  const Report report = registry->report();
  EXPECT_TRUE(report.used);
  EXPECT_EQ(report.asks, (std::array<std::uint64_t, 4>{1, 1, 0, 0}));
  EXPECT_EQ(report.failures, 0U);
}

TEST(Registry, TellsThatEtcdIsGoneAndThatItIsBack) {
  Heard given;
  given.etcd.dead = {"http://a:1"};
  const auto registry = given.begin();
  ASSERT_TRUE(given.await([&] { return given.changes.size() == 1; })) << "without an ask";
  EXPECT_FALSE(given.changes[0].first);
  EXPECT_EQ(given.changes[0].second, "http://a:1: connection refused");
  EXPECT_FALSE(registry->report().reachable);
  EXPECT_GE(registry->report().failures, 1U);
  given.change([&] { given.etcd.dead.clear(); });
  registry->ask(ask(kZero, 1));
  ASSERT_TRUE(given.await([&] { return given.changes.size() == 2; }));
  EXPECT_TRUE(given.changes[1].first);
  EXPECT_TRUE(registry->report().reachable);
}

TEST(Registry, AnnouncesAServerUntilItIsWithdrawn) {
  Heard given;
  const auto registry = given.begin();
  EXPECT_FALSE(registry->report().announces);
  registry->announce({"http://here", {"match"}});
  EXPECT_TRUE(given.await_etcd([&] { return given.etcd.keys.contains("/kickoff/origins/http://here"); }));
  EXPECT_TRUE(given.await_etcd([&] { return registry->report().announced; }));
  EXPECT_TRUE(registry->report().announces);
  registry->withdraw();
  EXPECT_TRUE(given.await_etcd([&] { return given.etcd.keys.empty(); }));
  EXPECT_TRUE(given.await_etcd([&] { return !registry->report().announced; }));
  registry->announce({"http://here", {"late"}});
  registry->ask(ask(kZero, 1));
  ASSERT_TRUE(given.await([&] { return given.answers.size() == 1; }));
  given.change([&] { EXPECT_EQ(given.etcd.keys.size(), 1U) << "the clock alone: it is not announced again"; });
}

TEST(Registry, AnEndTakesTheAnnouncementAway) {
  Heard given;
  auto registry = given.begin();
  registry->announce({"http://here", {}});
  EXPECT_TRUE(given.await_etcd([&] { return registry->report().announced; }));
  registry.reset();
  EXPECT_TRUE(given.etcd.keys.empty());
}

TEST(Registry, ARefusedAnnouncementIsNoOutageOfEtcds) {
  Heard given;
  given.etcd.refused = {"/v3/lease/grant"};
  const auto registry = given.begin();
  registry->announce({"http://here", {}});
  EXPECT_TRUE(given.await_etcd([&] { return registry->report().failures > 0; }));
  registry->ask(ask(kZero, 1));
  ASSERT_TRUE(given.await([&] { return given.answers.size() == 1; }));
  EXPECT_TRUE(given.await_etcd([&] { return registry->report().reachable; }));
  EXPECT_FALSE(registry->report().announced);
  EXPECT_TRUE(given.changes.empty());
}

TEST(Registry, EndsWithoutAnAnswer) {
  Heard given;
  const auto registry = given.begin();
}

}  // namespace
}  // namespace registry
