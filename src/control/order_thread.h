#pragma once

#include <cstddef>
#include <functional>
#include <memory>

#include "base/disk_thread.h"

namespace control {

/// A thread that waits for the disk in place of a loop, one job after the other, in the order they came. A job owns
/// what it uses: where the disk hangs the thread outlives this. Thread: any.
class OrderThread {
 public:
  /// More than wait for it are not taken.
  static constexpr std::size_t kMostWaiting = 64;
  OrderThread();
  /// Waits for the job that runs as DiskThread::finish() does. Those that wait are dropped.
  ~OrderThread();
  OrderThread(const OrderThread&) = delete;
  OrderThread& operator=(const OrderThread&) = delete;

  /// False: too many wait; the job is dropped.
  bool post(std::function<void()> job);
  /// A job runs, or waits.
  bool busy() const;

 private:
  struct Shared;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Shared> shared_;
  base::DiskThread thread_;
};

}  // namespace control
