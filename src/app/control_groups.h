#pragma once

#include <string>
#include <vector>

namespace app {

/// Directories of the control groups (version 2) that this process is in, from its own up to the root of its namespace:
/// a limit of any of them is one of this process. The root alone where its own lies outside. Reads /proc below `root`,
/// which is not on a disk.
std::vector<std::string> control_groups(const std::string& root = "");

}  // namespace app
