#include "registry/registry.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "base/log.h"
#include "client/curl_transport.h"
#include "registry/reachability.h"

namespace registry {
namespace {

// Of an answer: a few clocks, or an error.
constexpr std::size_t kMostAnswer = 256 * 1024;
constexpr base::Micros kProbe = 2 * base::kSecond;

std::function<double()> random_share() {
  return [random = std::minstd_rand(std::random_device{}()),
          share = std::uniform_real_distribution<double>(0, 1)]() mutable { return share(random); };
}

}  // namespace

/// A mutex, because asks come from another thread than answers, and reports go to a third. It is never held over a
/// request.
struct Registry::Shared {
  Shared(const base::Clock& clock, const Options& options, std::unique_ptr<client::Transport> given)
      : network(given ? nullptr
                      : std::make_unique<client::CurlTransport>(client::CurlTransport::Options{
                            .most_body = kMostAnswer, .certificates = options.certificates})),
        transport(std::move(given)),
        etcd(options.etcd, transport ? *transport : *network, clock),
        clocks(etcd, options.prefix),
        reachability(random_share()) {}

  std::mutex mutex;
  std::condition_variable wanted;
  std::vector<Ask> asks;  ///< that wait; at most kMostWaiting
  Report report{.used = true};
  bool stop = false;

  // Of the thread alone.
  const std::unique_ptr<client::CurlTransport> network;
  const std::unique_ptr<client::Transport> transport;
  EtcdClient etcd;
  Clocks clocks;
  Reachability reachability;
  std::thread thread;
};

Registry::Registry(const base::Clock& clock, Options options, std::unique_ptr<client::Transport> transport)
    : clock_(clock),
      options_(std::move(options)),
      shared_(std::make_unique<Shared>(clock_, options_, std::move(transport))) {
  shared_->thread = std::thread([this] { run(); });
}

Registry::~Registry() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  shared_->wanted.notify_one();
  if (shared_->network) shared_->network->interrupt();
  shared_->thread.join();
}

void Registry::ask(Ask ask) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->asks.size() >= kMostWaiting) {
      ++shared_->report.asks[static_cast<std::size_t>(Outcome::kNone)];
      return;
    }
    shared_->asks.push_back(std::move(ask));
  }
  shared_->wanted.notify_one();
}

Report Registry::report() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->report;
}

void Registry::run() {
  pthread_setname_np(pthread_self(), "k-registry");
  for (;;) {
    std::vector<Ask> asks;
    {
      std::unique_lock lock(shared_->mutex);
      const base::Micros wait = shared_->reachability.next() - clock_.steady();
      shared_->wanted.wait_for(lock, std::chrono::microseconds(wait),
                               [this] { return shared_->stop || !shared_->asks.empty(); });
      if (shared_->stop) return;
      asks = std::exchange(shared_->asks, {});
    }
    if (!asks.empty()) {
      serve(std::move(asks));
    } else if (clock_.steady() >= shared_->reachability.next()) {
      shared_->clocks.probe(clock_.steady() + kProbe);
      note();
    }
  }
}

void Registry::serve(std::vector<Ask> asks) {
  const std::vector<Answer> answers = shared_->clocks.settle(std::move(asks), clock_.steady() + kDeadline);
  {
    const std::lock_guard lock(shared_->mutex);
    for (const Answer& answer : answers) ++shared_->report.asks[static_cast<std::size_t>(answer.outcome)];
  }
  for (const Answer& answer : answers) options_.on_answer(answer);
  note();
}

/// What the last request tells of etcd.
void Registry::note() {
  const std::string& fault = shared_->clocks.fault();
  const auto change = shared_->reachability.note(fault, clock_.steady());
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stop) return;  // interrupted
    shared_->report.reachable = fault.empty();
    if (!fault.empty()) ++shared_->report.failures;
  }
  if (!change) return;
  if (change->reachable) {
    base::log_info("registry", "etcd answers again", {});
  } else {
    base::log_error("registry", "etcd does not answer; what runs continues, nothing new is agreed",
                    {{"why", change->why}});
  }
  if (options_.on_change) options_.on_change(change->reachable, change->why);
}

}  // namespace registry
