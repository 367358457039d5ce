#include "app/token_keys_watch.h"

#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/log.h"
#include "client/curl_transport.h"

namespace app {

/// What the thread works with, and how it is stopped.
struct TokenKeysWatch::Shared {
  Shared(TokenKeys::Options options, std::shared_ptr<std::atomic<bool>> given_missed,
         std::shared_ptr<const base::Clock> given_clock, OnKeys given_on_keys,
         std::unique_ptr<client::Transport> given_transport)
      : missed(std::move(given_missed)),
        clock(std::move(given_clock)),
        on_keys(std::move(given_on_keys)),
        transport(given_transport != nullptr ? std::move(given_transport) : network()),
        keys(std::move(options), *transport, *clock) {}

  std::unique_ptr<client::Transport> network() {
    client::CurlTransport::Options limits;
    limits.most_body = tokens::KeySet::kLongest;
    auto made = std::make_unique<client::CurlTransport>(limits);
    interrupt = [curl = made.get()] { curl->interrupt(); };
    return made;
  }

  void run() {
    pthread_setname_np(pthread_self(), "k-keys");
    std::unique_lock lock(mutex);
    while (!stop) {
      lock.unlock();
      const auto found = keys.look(missed->exchange(false, std::memory_order_relaxed));
      lock.lock();
      report = keys.report();
      if (found && !stop) on_keys(*found);
      if (keys.is_due()) continue;  // kept keys were given first
      stopped.wait_for(lock, std::chrono::microseconds(TokenKeys::kLook), [this] { return stop; });
    }
  }

  std::function<void()> interrupt;  ///< the network; null: a test's transport
  const std::shared_ptr<std::atomic<bool>> missed;
  const std::shared_ptr<const base::Clock> clock;
  const OnKeys on_keys;
  const std::unique_ptr<client::Transport> transport;
  TokenKeys keys;
  std::mutex mutex;  ///< of what follows, held for copies and for on_keys
  std::condition_variable stopped;
  bool stop = false;
  TokenKeysReport report;
};

TokenKeysWatch::TokenKeysWatch(TokenKeys::Options options, std::shared_ptr<std::atomic<bool>> missed,
                               std::shared_ptr<const base::Clock> clock, OnKeys on_keys,
                               std::unique_ptr<client::Transport> transport)
    : shared_(std::make_shared<Shared>(std::move(options), std::move(missed), std::move(clock), std::move(on_keys),
                                       std::move(transport))) {
  try {
    std::thread([shared = shared_] { shared->run(); }).detach();
  } catch (const std::system_error& problem) {
    base::log_error("app", "keys of tokens are not followed: no thread", {{"why", problem.what()}});
  }
}

TokenKeysWatch::~TokenKeysWatch() {
  const std::lock_guard lock(shared_->mutex);
  shared_->stop = true;
  shared_->stopped.notify_one();
  if (shared_->interrupt) shared_->interrupt();
}

TokenKeysReport TokenKeysWatch::report() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->report;
}

}  // namespace app
