#include "config/keys.h"

#include <cctype>

namespace config {
namespace {

std::string upper(std::string text) {
  for (char& c : text) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return text;
}

}  // namespace

Place Place::below(const std::string& name) const {
  return {path.empty() ? name : path + "." + name, variable.empty() ? "" : variable + "_" + upper(name)};
}

Place Place::entry(const std::string& name) const {
  return {path + "." + name, name == "*" && !variable.empty() ? variable + "_DEFAULT" : ""};
}

}  // namespace config
