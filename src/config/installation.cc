#include "config/installation.h"

#include <sys/stat.h>
#include <unistd.h>

#include <climits>

namespace config {
namespace {

bool is_directory(const std::string& path) {
  struct stat found{};
  return stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

// "/usr/bin" of "/usr/bin/kickoff"; "." where there is no slash.
std::string directory_of_program(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash);
}

// "/usr" of "/usr/bin". The parent is written out, so that messages have the path that an operator knows.
std::string parent_of(const std::string& directory) {
  const std::size_t slash = directory.rfind('/');
  return slash == std::string::npos ? directory + "/.." : directory.substr(0, slash);
}

}  // namespace

Installation Installation::of_this_process() {
  char path[PATH_MAX];
  const ssize_t length = readlink("/proc/self/exe", path, sizeof path);
  return Installation(length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "kickoff");
}

Installation::Installation(const std::string& program) : directory_(directory_of_program(program)) {}

std::string Installation::web_directory() const {
  const std::string prefix = parent_of(directory_);
  const std::string installed = prefix + "/share/kickoff/web";
  return is_directory(installed) ? installed : prefix + "/web";
}

}  // namespace config
