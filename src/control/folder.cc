#include "control/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/directory.h"
#include "base/regular_file.h"

namespace control {
namespace {

constexpr std::string_view kSuffix = ".json";

base::Error failed(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

base::Status write_to(int descriptor, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t count = ::write(descriptor, text.data(), text.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed(path);
    text.remove_prefix(static_cast<std::size_t>(count));
  }
  return fsync(descriptor) == 0 ? base::Status(base::Ok{}) : failed(path);
}

/// What is made, renamed or deleted in a directory is durable once the directory is: fsync(2).
base::Status settle(const std::string& directory) {
  const int descriptor = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed(directory);
  const base::Status status = fsync(descriptor) == 0 ? base::Status(base::Ok{}) : failed(directory);
  close(descriptor);
  return status;
}

base::Status make(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0) return errno == EEXIST ? base::Status(base::Ok{}) : failed(directory);
  return settle(directory + "/..");
}

}  // namespace

std::string Folder::path(const std::string& name) const { return directory_ + "/" + name + std::string(kSuffix); }

base::Result<std::map<std::string, base::Result<std::string>>> Folder::read_all() {
  std::map<std::string, base::Result<std::string>> files;
  auto names = base::list_directory(directory_);
  if (!names.ok() && names.error().code == base::Code::kNotFound) return files;
  if (!names.ok()) return names.error();
  for (const std::string& file : *names) {
    if (!file.ends_with(kSuffix)) continue;
    files.emplace(file.substr(0, file.size() - kSuffix.size()), base::read_regular_file(directory_ + "/" + file));
  }
  return files;
}

base::Result<std::string> Folder::read(const std::string& name) { return base::read_regular_file(path(name)); }

base::Status Folder::write(const std::string& name, const std::string& text) {
  TRY_OK(make(directory_));
  const std::string made = path(name) + ".new";
  const int descriptor = open(made.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed(made);
  const base::Status status = write_to(descriptor, made, text);
  close(descriptor);
  if (!status.ok()) {
    unlink(made.c_str());  // on a full disk it takes what others need
    return status;
  }
  if (rename(made.c_str(), path(name).c_str()) != 0) return failed(path(name));
  return settle(directory_);
}

base::Status Folder::remove(const std::string& name) {
  if (unlink(path(name).c_str()) != 0) return errno == ENOENT ? base::Status(base::Ok{}) : failed(path(name));
  return settle(directory_);
}

}  // namespace control
