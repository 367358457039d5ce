#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/disk_thread.h"
#include "events/conditions.h"
#include "events/event.h"

namespace events {

/// Writes the log to files, on a thread of its own: nobody else waits for the disk. An event is in the file system soon
/// after put(), which outlasts the process, and on the disk (fdatasync) within kSyncDelay.
///
/// Where the disk does not take events they wait, and are tried again each kRetry. Bound: Options::most_waiting; one
/// more drops the oldest, and the numbers in the files show the hole (see restore_log()).
/// Another file begins at an eighth of Options::bytes, or kLargestFile, and each day; too old or too many, the oldest
/// are deleted. Thread: any.
class LogWriter {
 public:
  static constexpr base::Micros kSyncDelay = 200 * base::kMillisecond;
  static constexpr base::Micros kRetry = base::kSecond;
  static constexpr base::Micros kSweep = 600 * base::kSecond;
  static constexpr std::uint64_t kLargestFile = std::uint64_t{64} << 20;
  static constexpr base::Micros kLongestFile = 24 * 3600 * base::kSecond;
  /// A disk that has not answered for so long has failed.
  static constexpr base::Micros kHung = 10 * base::kSecond;

  struct Options {
    std::string directory;                               ///< it is there
    std::string source;                                  ///< see to_cloud_event()
    std::uint64_t bytes = std::uint64_t{64} << 20;       ///< of all files together; 0: no limit
    base::Micros keep = 30 * 24 * 3600 * base::kSecond;  ///< since a file was last written
    std::size_t most_waiting = 10'000;
    std::uint64_t next = 1;            ///< number of the first event that will come
    Conditions raised = Conditions();  ///< before it
  };

  struct Report {
    std::uint64_t written = 0;  ///< events
    std::uint64_t lost = 0;     ///< events that were dropped because the disk did not take them
    std::uint64_t errors = 0;   ///< of the disk
    std::uint64_t bytes = 0;    ///< written
    std::size_t waiting = 0;    ///< events
    bool failing = false;       ///< the last attempt failed, or has lasted for kHung
  };

  explicit LogWriter(Options options);
  /// Waits for what is queued. Where the disk does not answer in time the thread is left behind with what it holds, and
  /// the server's log says how much that is.
  ~LogWriter();
  LogWriter(const LogWriter&) = delete;
  LogWriter& operator=(const LogWriter&) = delete;

  /// Queues the event. REQUIRES: its sequence is above those of all before.
  void put(const std::shared_ptr<const Event>& event);
  Report report() const;

 private:
  struct Queue;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Queue> queue_;
  base::DiskThread thread_;
};

}  // namespace events
