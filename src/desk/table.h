#pragma once

#include <string>
#include <vector>

namespace desk {

/// Rows as lines of columns two blanks apart, each as wide as its widest cell; the first row is the heading. Cells are
/// made fit for a terminal (base/printable.h).
std::string table(std::vector<std::vector<std::string>> rows);

}  // namespace desk
