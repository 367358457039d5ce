#include "base/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace base {
namespace {

Error failure(const std::string& path) {
  const Code code = errno == ENOENT ? Code::kNotFound : Code::kSystem;
  return Error{code, path + ": " + std::error_code(errno, std::system_category()).message()};
}

// Calls `found` with the name of each entry but "." and "..".
template <typename Found>
Status walk(const std::string& path, const Found& found) {
  // Not opendir(): ThreadSanitizer does not see it open a descriptor, and takes closedir() for a second close of
  // whatever another thread had closed under that number.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failure(path);
  const std::unique_ptr<DIR, int (*)(DIR*)> open(fdopendir(descriptor), closedir);
  if (!open) {
    Error error = failure(path);
    ::close(descriptor);
    return error;
  }
  errno = 0;
  while (const dirent* entry = readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") found(name);
  }
  if (errno != 0) return failure(path);
  return Ok{};
}

}  // namespace

Result<std::vector<std::string>> list_directory(const std::string& path) {
  std::vector<std::string> names;
  const Status walked = walk(path, [&](std::string_view name) { names.emplace_back(name); });
  if (!walked.ok()) return walked.error();
  std::sort(names.begin(), names.end());
  return names;
}

Result<std::size_t> count_directory(const std::string& path) {
  std::size_t count = 0;
  const Status walked = walk(path, [&](std::string_view) { ++count; });
  if (!walked.ok()) return walked.error();
  return count;
}

}  // namespace base
