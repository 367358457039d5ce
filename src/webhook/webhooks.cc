#include "webhook/webhooks.h"

#include <pthread.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <ctime>
#include <mutex>
#include <random>
#include <thread>
#include <utility>

#include "base/log.h"
#include "client/curl_exchange.h"

namespace webhook {
namespace {

// How long the thread waits at the most: Exchange::wake() ends it at once.
constexpr base::Micros kLongestWait = 10 * base::kSecond;
// Of an answer nothing but its status and its head counts.
constexpr std::size_t kMostBody = 4096;
// How often what is sent is written, which is about what is sent twice after a kill -9.
constexpr base::Micros kSaveEvery = base::kSecond;

std::function<double()> random_spread() {
  return [random = std::minstd_rand(std::random_device{}()),
          spread = std::uniform_real_distribution<double>(0, 1)]() mutable { return spread(random); };
}

void tell_log(const Change& change) {
  if (!change.failing) {
    base::log_info("webhook", "the webhook does not fail any more", {{"webhook", change.name}, {"why", change.why}});
  } else {
    base::log_error("webhook", "the receiver takes no events; they wait and are sent again",
                    {{"webhook", change.name}, {"why", change.why}});
  }
}

}  // namespace

/// A mutex, because events come from another thread than answers, and accounts go to a third. It is held while queues
/// are changed, never over a request or while one is written.
struct Webhooks::Shared {
  mutable std::mutex mutex;
  std::condition_variable quiet;
  explicit Shared(std::uint64_t newest) : courier(random_spread(), newest) {}
  Courier courier;
  std::vector<Change> changes;  ///< that nobody has been told of
  bool stop = false;
  bool changed = true;  ///< since it was saved
  bool woken = false;   ///< the thread has been woken since it looked last
  std::thread thread;
};

Webhooks::Webhooks(const base::Clock& clock, Options options, std::unique_ptr<client::Exchange> exchange)
    : clock_(clock),
      options_(std::move(options)),
      exchange_(exchange ? std::move(exchange)
                         : std::make_unique<client::CurlExchange>(
                               client::TransferLimits{.most_body = kMostBody, .cut_body = true})),
      state_(options_.state_file.empty() ? nullptr
                                         : std::make_unique<base::StateFile>(base::StateFile::Options{
                                               options_.state_file, "webhook", "events would be sent again"})),
      shared_(std::make_unique<Shared>(options_.newest)) {
  shared_->courier.configure(options_.endpoints);
  shared_->courier.restore(options_.saved, options_.earlier, clock_.steady(), clock_.utc());
  options_.saved.clear();
  options_.earlier.clear();
  shared_->thread = std::thread([this] { run(); });
}

Webhooks::~Webhooks() {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
  }
  exchange_->wake();
  shared_->thread.join();
  save();
}

void Webhooks::append(const std::shared_ptr<const events::Event>& event) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->changed = true;
    if (!shared_->courier.offer(event, clock_.steady()) || std::exchange(shared_->woken, true)) return;
  }
  exchange_->wake();
}

void Webhooks::configure(const std::vector<Endpoint>& endpoints) {
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->changed = true;
    for (Change& change : shared_->courier.configure(endpoints)) shared_->changes.push_back(std::move(change));
  }
  exchange_->wake();
}

std::optional<std::size_t> Webhooks::replay(const std::string& name) {
  std::optional<std::size_t> count;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->changed = true;
    count = shared_->courier.replay(name, clock_.steady());
  }
  exchange_->wake();
  return count;
}

std::vector<Report> Webhooks::reports(Letters letters) const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->courier.reports(clock_.steady(), letters);
}

bool Webhooks::state_failing() const { return state_ && state_->failing(); }

/// One webhook after another, so that whoever has an event waits for the copy of one at the most.
void Webhooks::save() {
  if (!state_) return;
  std::vector<Saved> all;
  for (std::size_t i = 0;; ++i) {
    const std::lock_guard lock(shared_->mutex);
    if (i == 0) shared_->changed = false;
    auto one = shared_->courier.saved(i, clock_.steady(), clock_.utc());
    if (!one) break;
    all.push_back(*std::move(one));
  }
  state_->put(write_state(all));
}

void Webhooks::finish(base::Micros limit) {
  std::unique_lock lock(shared_->mutex);
  shared_->quiet.wait_for(lock, std::chrono::microseconds(limit), [this] { return !shared_->courier.busy(); });
}

void Webhooks::run() {
  pthread_setname_np(pthread_self(), "k-webhook");
  std::vector<client::Exchange::Arrival> arrivals;
  base::Micros save_at = 0;
  for (;;) {
    std::vector<Change> changes;
    std::vector<Dispatch> due;
    base::Micros wait = 0;
    bool changed = false;
    {
      const std::lock_guard lock(shared_->mutex);
      if (shared_->stop) return;
      shared_->woken = false;
      shared_->changed = shared_->changed || !arrivals.empty();
      const base::Micros now = clock_.steady();
      changes = std::exchange(shared_->changes, {});
      for (Change& change : shared_->courier.take_answers(arrivals, now)) changes.push_back(std::move(change));
      due = shared_->courier.take_due(now);
      const base::Micros next = shared_->courier.next_due();
      wait = next <= now ? 0 : std::min(next - now, kLongestWait);
      if (state_ && shared_->changed) wait = std::clamp<base::Micros>(save_at - now, 0, wait);
      changed = shared_->changed;
      if (!shared_->courier.busy()) shared_->quiet.notify_all();
    }
    for (const Change& change : changes) {
      tell_log(change);
      if (options_.on_change) options_.on_change(change);
    }
    // The machine's clock and not ours, which no step of the machine's changes: receivers compare it with theirs.
    for (const Dispatch& dispatch : due)
      exchange_->begin(dispatch.id, request_of(dispatch, options_.source, std::time(nullptr)));
    if (clock_.steady() >= save_at && changed) {
      save_at = clock_.steady() + kSaveEvery;
      save();
    }
    arrivals = exchange_->take_answers(wait);
  }
}

}  // namespace webhook
