#include "archive/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/disk_thread.h"

namespace archive {

base::Result<std::unique_ptr<DirectoryLock>> DirectoryLock::take(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return base::Error{base::Code::kSystem, directory + ": " + strerror(errno)};
  const std::string path = directory + "/lock";
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return base::Error{base::Code::kSystem, path + ": " + strerror(errno)};
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    close(descriptor);
    if (error == EWOULDBLOCK) return base::Error{base::Code::kBusy, path + ": another process has it"};
    return base::Error{base::Code::kSystem, path + ": " + strerror(error)};
  }
  return std::unique_ptr<DirectoryLock>(new DirectoryLock(descriptor));
}

DirectoryLock::~DirectoryLock() {
  // A mount that hangs may hold a close() too, and a thread that it has kept still writes: the process's end unlocks.
  if (base::DiskThread::left_behind() == 0) close(descriptor_);
}

}  // namespace archive
