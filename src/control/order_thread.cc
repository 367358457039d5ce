#include "control/order_thread.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <utility>

#include "base/log.h"

namespace control {

struct OrderThread::Shared {
  void run();

  // A mutex, because jobs come from another thread. Held for a move.
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> jobs;
  bool running = false;
  bool stop = false;
};

OrderThread::OrderThread()
    : shared_(std::make_shared<Shared>()), thread_("k-declare", [shared = shared_] { shared->run(); }) {}

OrderThread::~OrderThread() {
  std::deque<std::function<void()>> dropped;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->stop = true;
    shared_->jobs.swap(dropped);
  }
  shared_->wake.notify_one();
  if (!thread_.finish()) base::log_error("control", "the disk does not answer: a change of a channel may be lost");
}

bool OrderThread::post(std::function<void()> job) {
  {
    const std::lock_guard lock(shared_->mutex);
    if (shared_->jobs.size() >= kMostWaiting) return false;
    shared_->jobs.push_back(std::move(job));
  }
  shared_->wake.notify_one();
  return true;
}

bool OrderThread::busy() const {
  const std::lock_guard lock(shared_->mutex);
  return shared_->running || !shared_->jobs.empty();
}

void OrderThread::Shared::run() {
  std::unique_lock lock(mutex);
  while (true) {
    running = false;
    wake.wait(lock, [this] { return stop || !jobs.empty(); });
    if (stop) break;
    running = true;
    std::function<void()> job = std::move(jobs.front());
    jobs.pop_front();
    lock.unlock();
    job();
    job = nullptr;
    lock.lock();
  }
}

}  // namespace control
