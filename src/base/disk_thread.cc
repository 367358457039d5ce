#include "base/disk_thread.h"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace base {
namespace {

std::atomic<int> g_left_behind = 0;

// How long each is waited for while another is left behind: the disk is the same most often, and a stop that waits for
// six of them is to take three seconds, not twelve. A disk that works takes milliseconds.
constexpr Micros kFinishBesideOne = 200 * kMillisecond;

}  // namespace

/// What the owner and the thread both have. Its mutex is held for a move.
struct DiskThread::State {
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  bool left = false;
};

DiskThread::DiskThread(const char* name, std::function<void()> body) : state_(std::make_shared<State>()) {
  thread_ = std::thread([state = state_, name, run = std::move(body)]() mutable {
    pthread_setname_np(pthread_self(), name);
    run();
    run = nullptr;  // what it owns goes before it has ended
    const std::lock_guard lock(state->mutex);
    state->done = true;
    if (state->left) --g_left_behind;
    state->ended.notify_all();
  });
}

DiskThread::~DiskThread() { finish(); }

bool DiskThread::finish(Micros limit) {
  if (!thread_.joinable()) return ended_;
  if (left_behind() > 0) limit = std::min(limit, kFinishBesideOne);
  {
    std::unique_lock lock(state_->mutex);
    ended_ = state_->ended.wait_for(lock, std::chrono::microseconds(limit), [this] { return state_->done; });
    if (!ended_) {
      state_->left = true;
      ++g_left_behind;
    }
  }
  if (ended_) {
    thread_.join();
  } else {
    thread_.detach();
  }
  return ended_;
}

int DiskThread::left_behind() { return g_left_behind; }

}  // namespace base
