#include "control/folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/directory.h"
#include "base/regular_file.h"
#include "base/replace_file.h"

namespace control {
namespace {

constexpr std::string_view kSuffix = ".json";

base::Error failed(const std::string& path) { return {base::Code::kSystem, path + ": " + strerror(errno)}; }

base::Status make(const std::string& directory) {
  if (mkdir(directory.c_str(), 0700) != 0) return errno == EEXIST ? base::Status(base::Ok{}) : failed(directory);
  return base::sync_directory(directory + "/..");
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
  return base::replace_file(path(name), text);
}

base::Status Folder::remove(const std::string& name) {
  if (unlink(path(name).c_str()) != 0) return errno == ENOENT ? base::Status(base::Ok{}) : failed(path(name));
  return base::sync_directory(directory_);
}

}  // namespace control
