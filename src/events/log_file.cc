#include "events/log_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "base/directory.h"

namespace events {
namespace {

constexpr std::string_view kBegin = "events-";
constexpr std::string_view kEnd = ".jsonl";
constexpr std::size_t kDigits = 20;
// Read at a time, backwards, for the end of the last whole line.
constexpr std::uint64_t kTailBlock = 64 * 1024;

bool is_log_file(std::string_view name) {
  if (name.size() != kBegin.size() + kDigits + kEnd.size() || !name.starts_with(kBegin) || !name.ends_with(kEnd))
    return false;
  const std::string_view digits = name.substr(kBegin.size(), kDigits);
  return std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

base::Error LogFile::fail(const char* what) {
  const int error = errno;
  close();
  return {base::Code::kSystem, path_ + ": " + what + ": " + strerror(error)};
}

base::Status LogFile::open(const std::string& path) {
  close();
  path_ = path;
  descriptor_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor_ < 0) return fail("open");
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) return fail("stat");
  size_ = static_cast<std::uint64_t>(status.st_size);
  return cut_tail();
}

base::Status LogFile::cut_tail() {
  std::uint64_t whole = size_;
  std::string block;
  for (bool found = false; whole > 0 && !found;) {
    const std::uint64_t length = std::min(whole, kTailBlock);
    block.resize(length);
    if (pread(descriptor_, block.data(), length, static_cast<off_t>(whole - length)) != static_cast<ssize_t>(length)) {
      return fail("read");
    }
    const std::size_t end = block.rfind('\n');
    found = end != std::string::npos;
    whole = found ? whole - length + end + 1 : whole - length;
  }
  if (whole == size_) return base::Ok{};
  if (ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) return fail("truncate");
  size_ = whole;
  return base::Ok{};
}

base::Status LogFile::append(std::string_view lines) {
  std::size_t written = 0;
  while (written < lines.size()) {
    const ssize_t count = ::write(descriptor_, lines.data() + written, lines.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      const int error = count < 0 ? errno : ENOSPC;
      // What stays behind where this fails is cut off by the next open().
      [[maybe_unused]] const int cut = ftruncate(descriptor_, static_cast<off_t>(size_));
      errno = error;
      return fail("write");
    }
    written += static_cast<std::size_t>(count);
  }
  size_ += lines.size();
  return base::Ok{};
}

base::Status LogFile::sync() {
  if (fdatasync(descriptor_) != 0) return fail("fdatasync");
  return base::Ok{};
}

void LogFile::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  size_ = 0;
}

std::string log_file_name(std::uint64_t first) {
  char digits[kDigits + 1];
  std::snprintf(digits, sizeof digits, "%020llu", static_cast<unsigned long long>(first));
  return std::string(kBegin) + digits + std::string(kEnd);
}

std::vector<std::string> list_log_files(const std::string& directory) {
  auto names = base::list_directory(directory);
  if (!names) return {};
  std::erase_if(*names, [](const std::string& name) { return !is_log_file(name); });
  return names.take();
}

int expire_log_files(const std::string& directory, std::uint64_t bytes, std::int64_t oldest) {
  std::vector<std::string> names = list_log_files(directory);
  std::uint64_t total = 0;
  int deleted = 0;
  for (auto name = names.rbegin(); name != names.rend(); ++name) {
    const std::string path = directory + "/" + *name;
    struct stat status{};
    if (stat(path.c_str(), &status) != 0) continue;
    total += static_cast<std::uint64_t>(status.st_size);
    const bool keep = name == names.rbegin() || (total <= bytes && status.st_mtime >= oldest);
    if (!keep && unlink(path.c_str()) == 0) ++deleted;
  }
  return deleted;
}

}  // namespace events
