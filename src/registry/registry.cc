#include "registry/registry.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "base/log.h"
#include "client/curl_transport.h"
#include "registry/announcer.h"
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
        announcer(etcd, clock),
        reachability(random_share()) {}

  std::mutex mutex;
  std::condition_variable wanted;
  std::condition_variable over;                 ///< the thread has ended
  std::vector<Ask> asks;                        ///< that wait; at most kMostWaiting
  std::optional<AnnouncedOrigin> announcement;  ///< that waits
  bool withdraw = false;
  bool leaves = false;  ///< withdrawn: it is announced no more
  Report report{.used = true};
  bool stop = false;
  bool ended = false;  ///< the thread has nothing more to do

  // Of the thread alone.
  const std::unique_ptr<client::CurlTransport> network;
  const std::unique_ptr<client::Transport> transport;
  EtcdClient etcd;
  Clocks clocks;
  Announcer announcer;
  std::string announcing_fault;  ///< of the last attempt
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
    std::unique_lock lock(shared_->mutex);
    shared_->stop = true;
    shared_->wanted.notify_one();
    // Its key would lead edges here for as long as the lease lasts.
    if (shared_->report.announced)
      shared_->over.wait_for(lock, std::chrono::microseconds(kDeadline), [this] { return shared_->ended; });
  }
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

void Registry::announce(const AnnouncedOrigin& origin) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->leaves) return;
    shared_->announcement = origin;
    shared_->report.announces = true;
  }
  shared_->wanted.notify_one();
}

void Registry::withdraw() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->withdraw = shared_->leaves = true;
    shared_->report.announces = false;
  }
  shared_->wanted.notify_one();
}

Report Registry::report() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->report;
}

/// What the thread is to do next.
struct Registry::Work {
  std::vector<Ask> asks;
  std::optional<AnnouncedOrigin> announcement;
  bool withdraw = false;
  bool stop = false;
};

Registry::Work Registry::wait() {
  std::unique_lock lock(shared_->mutex);
  const base::Micros next = std::min(shared_->reachability.next(), shared_->announcer.next());
  shared_->wanted.wait_for(lock, std::chrono::microseconds(next - clock_.steady()), [this] {
    return shared_->stop || shared_->withdraw || shared_->announcement || !shared_->asks.empty();
  });
  return {std::exchange(shared_->asks, {}), std::exchange(shared_->announcement, std::nullopt),
          std::exchange(shared_->withdraw, false), shared_->stop};
}

void Registry::run() {
  pthread_setname_np(pthread_self(), "k-registry");
  for (;;) {
    Work work = wait();
    if (work.announcement) {
      shared_->announcer.set(origin_key(options_.prefix, work.announcement->url), write_origin(*work.announcement));
    }
    if (work.stop || work.withdraw) {
      shared_->announcer.withdraw(clock_.steady() + kDeadline);
      const std::lock_guard lock(shared_->mutex);
      shared_->report.announced = false;
      shared_->ended = work.stop;
      shared_->over.notify_one();
      if (work.stop) return;
    }
    if (!work.asks.empty()) {
      serve(std::move(work.asks));
    } else if (clock_.steady() >= shared_->announcer.next()) {
      step();
    } else if (clock_.steady() >= shared_->reachability.next()) {
      shared_->clocks.probe(clock_.steady() + kProbe);
      note();
    }
  }
}

/// Announces this server, or renews that. Its failures are not those of etcd: it may refuse a key, and answer.
void Registry::step() {
  shared_->announcer.step(clock_.steady() + kDeadline);
  const std::string& fault = shared_->announcer.fault();
  const bool announced = shared_->announcer.announced();
  bool before = false;
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->stop) return;  // interrupted
    before = std::exchange(shared_->report.announced, announced);
    if (!fault.empty()) ++shared_->report.failures;
  }
  if (!fault.empty() && std::exchange(shared_->announcing_fault, fault).empty()) {
    base::log_error("registry", "this server cannot be announced to edges", {{"why", fault}});
  } else if (announced && (!before || !shared_->announcing_fault.empty())) {
    base::log_info("registry", "this server is announced to edges", {});
  }
  if (fault.empty()) shared_->announcing_fault.clear();
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
