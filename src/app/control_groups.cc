#include "app/control_groups.h"

#include <fstream>

namespace app {
namespace {

/// Such as "/system.slice/kickoff.service": from the root of its namespace, empty for that root, and where the group
/// lies outside.
std::string own_group(const std::string& root) {
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    std::string path = line.substr(3);
    return path == "/" || path.find("/..") != std::string::npos ? "" : path;
  }
  return "";
}

}  // namespace

std::vector<std::string> control_groups(const std::string& root) {
  std::vector<std::string> directories;
  for (std::string path = own_group(root);; path.resize(path.rfind('/'))) {
    directories.push_back(root + "/sys/fs/cgroup" + path);
    if (path.empty()) return directories;
  }
}

}  // namespace app
