#include "base/regular_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace base {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  const int number_;
};

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "a directory";
  if (S_ISFIFO(mode)) return "a pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

Error system_error(const std::string& path) {
  const Code code = errno == ENOENT || errno == ENOTDIR ? Code::kNotFound : Code::kSystem;
  return Error{code, path + " cannot be read: " + std::strerror(errno)};
}

}  // namespace

Result<std::string> read_regular_file(const std::string& path, std::size_t most) {
  // O_NONBLOCK: opening a pipe would wait for its writer. O_NOCTTY: a terminal would become ours.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  struct stat about{};
  if (file.number() < 0 || fstat(file.number(), &about) != 0) return system_error(path);
  if (!S_ISREG(about.st_mode))
    return Error{Code::kUnsupported, path + " is " + kind_of(about.st_mode) + "; it has to be a regular file"};
  std::string text;
  char piece[65536];
  // Not by the size that fstat tells: it is 0 for files of the kernel's, and the file may grow meanwhile.
  while (text.size() <= most) {
    const ssize_t length = read(file.number(), piece, sizeof piece);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) return system_error(path);
    if (length == 0) return text;
    text.append(piece, static_cast<std::size_t>(length));
  }
  return Error{Code::kTooLarge, path + " is longer than " + std::to_string(most) + " bytes"};
}

}  // namespace base
