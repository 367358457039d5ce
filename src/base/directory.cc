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

}  // namespace

Result<std::vector<std::string>> list_directory(const std::string& path) {
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
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(open.get())) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
  }
  if (errno != 0) return failure(path);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace base
