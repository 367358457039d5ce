#include "webhook/admission_hook.h"

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

namespace webhook {
namespace {

/// Answers each request with a status, and gives what is posted to the test's thread.
class Wire final : public client::Exchange {
 public:
  struct Shared {
    std::mutex mutex;
    std::condition_variable changed;
    int status = 204;  ///< 0: no answer
    bool woken = false;
    std::vector<client::Request> requests;
    std::vector<Arrival> arrivals;
    std::vector<std::function<void()>> posted;
  };

  explicit Wire(Shared& shared) : shared_(shared) {}
  void begin(std::uint64_t id, client::Request request) override {
    const std::lock_guard lock(shared_.mutex);
    shared_.requests.push_back(std::move(request));
    if (shared_.status != 0) shared_.arrivals.push_back({id, {.status = shared_.status}});
    shared_.changed.notify_all();
  }
  std::vector<Arrival> take_answers(base::Micros span) override {
    std::unique_lock lock(shared_.mutex);
    shared_.changed.wait_for(lock, std::chrono::microseconds(span),
                             [this] { return shared_.woken || !shared_.arrivals.empty(); });
    shared_.woken = false;
    return std::exchange(shared_.arrivals, {});
  }
  void wake() override {
    const std::lock_guard lock(shared_.mutex);
    shared_.woken = true;
    shared_.changed.notify_all();
  }

 private:
  Shared& shared_;
};

class AdmissionHookTest : public testing::Test {
 protected:
  std::unique_ptr<AdmissionHook> make() {
    AdmissionHook::Options options;
    options.settings = std::make_shared<const AdmissionSettings>(AdmissionSettings{.url = "http://a/"});
    options.post = [this](std::function<void()> call) {
      const std::lock_guard lock(shared_.mutex);
      shared_.posted.push_back(std::move(call));
      shared_.changed.notify_all();
    };
    return std::make_unique<AdmissionHook>(clock_, std::move(options), std::make_unique<Wire>(shared_));
  }
  template <typename Until>
  bool wait(Until until) {
    std::unique_lock lock(shared_.mutex);
    return shared_.changed.wait_for(lock, std::chrono::seconds(60), until);
  }

  const base::SystemClock clock_;
  Wire::Shared shared_;
};

TEST_F(AdmissionHookTest, TellsWhoAskedOnTheThreadThatAsked) {
  const auto hook = make();
  std::vector<bool> told;
  for (const char* channel : {"a", "b"}) {
    EXPECT_FALSE(hook->ask({.channel = channel}, [&](const AdmissionDecision& later) { told.push_back(later.allow); }));
  }
  ASSERT_TRUE(wait([&] { return shared_.posted.size() == 2; }));
  EXPECT_TRUE(told.empty());
  for (const auto& call : shared_.posted) call();
  EXPECT_EQ(told, (std::vector<bool>{true, true}));
  EXPECT_EQ(hook->counters().answered[1], 2u);
  ASSERT_EQ(shared_.requests.size(), 2u);
  EXPECT_NE(shared_.requests[0].headers[2].second, shared_.requests[1].headers[2].second) << "each has an id";
  EXPECT_TRUE(hook->ask({.channel = "a"}, nullptr)->allow) << "it is known";
}

TEST_F(AdmissionHookTest, EndsWhileSomebodyWaitsWhoIsNotCalled) {
  auto hook = make();
  bool called = false;
  hook->ask({.channel = "a"}, [&](const AdmissionDecision&) { called = true; });
  ASSERT_TRUE(wait([&] { return shared_.posted.size() == 1; }));
  shared_.status = 0;
  hook->ask({.channel = "b"}, [&](const AdmissionDecision&) { called = true; });
  hook.reset();
  for (const auto& call : shared_.posted) call();
  EXPECT_FALSE(called);
}

}  // namespace
}  // namespace webhook
