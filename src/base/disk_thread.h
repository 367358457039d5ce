#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <thread>

#include "base/clock.h"

namespace base {

/// A thread that reads or writes files, and so may wait for a disk or a mount that never answers. Nobody waits for it
/// without a limit: one that hangs is left behind with what it holds. Every such thread but those of a process's start
/// is one of these, so that a process that ends knows whether any is left: see left_behind().
/// Thread: that of the owner, except where said.
class DiskThread {
 public:
  /// How long an owner that ends waits for the disk.
  static constexpr Micros kFinish = 2 * kSecond;

  /// `name`: at most 15 characters, for the system. `body` has been told to end before finish(); it owns all that it
  /// uses, since it may run beyond the owner. Throws std::system_error where there is no thread to be had.
  DiskThread(const char* name, std::function<void()> body);
  /// finish(), where that was not called.
  ~DiskThread();
  DiskThread(const DiskThread&) = delete;
  DiskThread& operator=(const DiskThread&) = delete;

  /// Waits until the body has returned, at most so long. False: it hangs, and is left behind. Called again, it says the
  /// same.
  bool finish(Micros limit = kFinish);

  /// Waits for all of them, together at most so long. Returns how many are left behind.
  template <typename Threads>
  static int finish_all(Threads& threads, Micros limit = kFinish) {
    const SystemClock clock;
    const Micros until = clock.steady() + limit;
    int left = 0;
    for (DiskThread& thread : threads) left += thread.finish(std::max<Micros>(until - clock.steady(), 0)) ? 0 : 1;
    return left;
  }

  /// How many threads of this process were left behind and have not ended since. A process that ends while there are
  /// any has to _exit(): they use what destructors of static objects destroy, and libuv's waits for its threads.
  /// Thread: any.
  static int left_behind();

 private:
  struct State;

  const std::shared_ptr<State> state_;
  std::thread thread_;
  bool ended_ = false;
};

}  // namespace base
