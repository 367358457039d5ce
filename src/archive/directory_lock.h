#pragma once

#include <memory>
#include <string>

#include "base/result.h"

namespace archive {

/// That no other process uses a directory: a file "lock" in it, locked (flock) until this is destroyed or the process
/// has ended, however. Owns: the file's descriptor. Thread: one.
class DirectoryLock {
 public:
  /// Makes the directory where it is missing; its parent is there.
  /// Errors: kBusy where another process has it, kSystem.
  static base::Result<std::unique_ptr<DirectoryLock>> take(const std::string& directory);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}

  const int descriptor_;
};

}  // namespace archive
