#include "webhook/webhooks.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "unit/webhook/events.h"

namespace webhook {
namespace {

constexpr base::Micros kPatience = 60 * base::kSecond;

/// What the network has seen, and how it answers; shared with the exchange, which the webhooks own.
struct Network {
  template <typename Until>
  bool wait(Until until) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::microseconds(kPatience), until);
  }
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::string> bodies;
  int status = 200;  ///< 0: no answer
  bool woken = false;
  std::vector<client::Exchange::Arrival> arrivals;
};

class FakeExchange final : public client::Exchange {
 public:
  explicit FakeExchange(Network& network) : network_(network) {}
  void begin(std::uint64_t id, client::Request request) override {
    const std::lock_guard lock(network_.mutex);
    network_.bodies.emplace_back(request.body.text());
    if (network_.status != 0) network_.arrivals.push_back({id, {.status = network_.status}});
    network_.changed.notify_all();
  }
  std::vector<Arrival> take_answers(base::Micros span) override {
    std::unique_lock lock(network_.mutex);
    network_.changed.wait_for(lock, std::chrono::microseconds(span),
                              [this] { return network_.woken || !network_.arrivals.empty(); });
    network_.woken = false;
    return std::exchange(network_.arrivals, {});
  }
  void wake() override {
    const std::lock_guard lock(network_.mutex);
    network_.woken = true;
    network_.changed.notify_all();
  }

 private:
  Network& network_;
};

class WebhooksTest : public testing::Test {
 protected:
  Webhooks::Options options() {
    return {.source = "/kickoff/here",
            .endpoints = {{.name = "ops", .url = "http://ops.example/"}},
            .on_change = [this](const Change& change) {
              const std::lock_guard lock(network_.mutex);
              changes_.push_back(change);
              network_.changed.notify_all();
            }};
  }
  std::unique_ptr<Webhooks> make() {
    return std::make_unique<Webhooks>(clock_, options(), std::make_unique<FakeExchange>(network_));
  }

  base::SystemClock clock_;
  Network network_;
  std::vector<Change> changes_;
};

TEST_F(WebhooksTest, SendsWhatIsAppended) {
  const auto webhooks = make();
  for (std::uint64_t sequence : {1u, 2u, 3u}) webhooks->append(event_of(sequence, "match"));
  webhooks->finish(kPatience);
  EXPECT_EQ(webhooks->reports().at(0).delivered, 3u);
  ASSERT_EQ(network_.bodies.size(), 3u);
  EXPECT_NE(network_.bodies[0].find("\"source\":\"/kickoff/here\""), std::string::npos);
}

TEST_F(WebhooksTest, EndsWithoutWaitingForWhatIsOnItsWay) {
  network_.status = 0;
  auto webhooks = make();
  webhooks->append(event_of(1, "match"));
  ASSERT_TRUE(network_.wait([&] { return network_.bodies.size() == 1; }));
  webhooks->finish(1);
  webhooks.reset();
}

TEST_F(WebhooksTest, ReplaysAndTellsOfChangesWithoutHoldingAnything) {
  network_.status = 410;
  const auto webhooks = make();
  webhooks->append(event_of(1, "match"));
  ASSERT_TRUE(network_.wait([&] { return changes_.size() == 1; }));
  EXPECT_EQ(changes_[0].why, "HTTP 410");
  EXPECT_EQ(webhooks->reports().at(0).dead, 1u);
  {
    const std::lock_guard lock(network_.mutex);
    network_.status = 200;
  }
  EXPECT_EQ(webhooks->replay("none"), std::nullopt);
  EXPECT_EQ(webhooks->replay("ops"), 1u);
  ASSERT_TRUE(network_.wait([&] { return changes_.size() == 2; }));
  EXPECT_FALSE(changes_[1].failing);
  EXPECT_EQ(webhooks->reports().at(0).delivered, 1u);
}

TEST_F(WebhooksTest, TakesOtherEndpointsWhileItRuns) {
  const auto webhooks = make();
  webhooks->configure({});
  EXPECT_TRUE(changes_.empty());
  webhooks->append(event_of(1, "match"));
  EXPECT_TRUE(webhooks->reports().empty());
  webhooks->configure({{.name = "new", .url = "http://new.example/"}});
  webhooks->append(event_of(2, "match"));
  webhooks->finish(kPatience);
  EXPECT_EQ(webhooks->reports().at(0).delivered, 1u);
}

TEST_F(WebhooksTest, TheNextOneSendsWhatThisOneCouldNot) {
  std::string path = testing::TempDir() + "webhooks-XXXXXX";
  path = std::string(mkdtemp(path.data())) + "/webhooks";
  network_.status = 0;
  Webhooks::Options first = options();
  first.state_file = path;
  const auto event = event_of(1, "match");
  {
    Webhooks webhooks(clock_, std::move(first), std::make_unique<FakeExchange>(network_));
    webhooks.append(event);
    EXPECT_TRUE(network_.wait([&] { return network_.bodies.size() == 1; }));
  }
  std::ifstream in(path);
  const auto saved = parse_state(std::string(std::istreambuf_iterator<char>(in), {}));
  ASSERT_TRUE(saved.ok());
  network_.status = 200;
  Webhooks::Options second = options();
  second.state_file = path;
  second.saved = *saved;
  second.earlier = {{1, event}};
  second.newest = 1;
  {
    Webhooks webhooks(clock_, std::move(second), std::make_unique<FakeExchange>(network_));
    EXPECT_TRUE(network_.wait([&] { return network_.bodies.size() == 2; }));
    webhooks.finish(kPatience);
    EXPECT_FALSE(webhooks.state_failing());
  }
  EXPECT_EQ(network_.bodies[0], network_.bodies[1]);
  std::ifstream again(path);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(again), {}), "kickoff-webhooks 1\nwebhook 1 ops\nend\n");
  std::filesystem::remove_all(std::filesystem::path(path).parent_path());
}

}  // namespace
}  // namespace webhook
