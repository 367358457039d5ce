#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>

#include "base/bytes.h"
#include "base/disk_thread.h"
#include "base/file_place.h"
#include "base/result.h"
#include "loop/mailbox.h"

namespace loop {

/// Reads files on a few threads of its own, so that no loop waits for a disk, and a disk that does not answer holds
/// none of libuv's threads, which resolve names.
/// Bound: none of its own; each reader asks for one piece at a time.
/// Thread: any.
class ReadPool {
 public:
  static constexpr int kThreads = 4;

  /// A file that is read piece by piece, opened with the first. Used by one read at a time.
  class File;

  explicit ReadPool(int threads = kThreads);
  /// Waits a moment for reads that run; what a disk holds is left behind.
  ~ReadPool();
  ReadPool(const ReadPool&) = delete;
  ReadPool& operator=(const ReadPool&) = delete;

  using Done = std::function<void(base::Result<base::Bytes>)>;
  /// Reads `place` whole. `done` runs by `post`; it does not run where that drops what is posted. `file` is that of the
  /// read before, or null: it is made anew where the path is another.
  /// Errors: kSystem, kTruncated.
  void read(std::shared_ptr<File>& file, const base::FilePlace& place, Mailbox::Post post, Done done);

 private:
  struct Queue;
  // Shared with threads that may have to be left behind.
  const std::shared_ptr<Queue> queue_;
  std::deque<base::DiskThread> threads_;
};

}  // namespace loop
