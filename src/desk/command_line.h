#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "desk/order.h"

namespace desk {

/// What is printed in place of an order: help to standard output with status 0, a complaint to standard error with 2.
struct Said {
  std::string text;
  int status = 0;
};

/// Lines about the commands of this folder for --help.
extern const char* const kHelp;

/// Whether `command`, the first word, is one of this folder's.
bool knows(std::string_view command);

/// Reads the words of a command line behind "kickoff". `others`: commands of other folders, for the shell to complete.
std::variant<Order, Said> parse(const std::vector<std::string>& words, const std::vector<std::string>& others = {});

}  // namespace desk
