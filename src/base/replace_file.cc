#include "base/replace_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

namespace base {
namespace {

Error failure_of(const std::string& path) {
  return {Code::kSystem, path + ": " + std::error_code(errno, std::system_category()).message()};
}

class ReplacedFile {
 public:
  ReplacedFile(const std::string& path, int flags) : number_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {}
  ~ReplacedFile() {
    if (number_ >= 0) close(number_);
  }
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;
  int operator*() const { return number_; }

 private:
  const int number_;
};

Status write_new(const std::string& path, std::string_view text) {
  const ReplacedFile file(path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW);
  if (*file < 0) return failure_of(path);
  while (!text.empty()) {
    const ssize_t count = write(*file, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failure_of(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  if (fdatasync(*file) != 0) return failure_of(path);
  return Ok{};
}

}  // namespace

Status replace_file(const std::string& path, std::string_view text) {
  const std::string made = path + ".new";
  if (const Status status = write_new(made, text); !status.ok()) {
    unlink(made.c_str());  // on a full disk it takes what others need
    return status;
  }
  if (std::rename(made.c_str(), path.c_str()) != 0) return failure_of(path);
  const std::size_t slash = path.rfind('/');
  return sync_directory(slash == std::string::npos ? "." : path.substr(0, slash + 1));
}

Status sync_directory(const std::string& path) {
  const ReplacedFile directory(path, O_RDONLY | O_DIRECTORY);
  if (*directory < 0 || fsync(*directory) != 0) return failure_of(path);
  return Ok{};
}

}  // namespace base
