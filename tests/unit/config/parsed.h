#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "config/config.h"

namespace config {

/// The configuration of a text without problems.
inline Config good(const std::string& text, const Environment& environment = {}) {
  auto parsed = parse_config(text, "t.yaml", environment);
  if (auto* problems = std::get_if<std::vector<Problem>>(&parsed)) {
    for (const Problem& problem : *problems) ADD_FAILURE() << problem.message();
    return {};
  }
  return std::get<Config>(std::move(parsed));
}

/// One a line; empty if there are none.
inline std::string problems_of(const std::string& text, const Environment& environment = {}) {
  const auto parsed = parse_config(text, "t.yaml", environment);
  std::string all;
  if (const auto* problems = std::get_if<std::vector<Problem>>(&parsed)) {
    for (const Problem& problem : *problems) all += problem.message() + "\n";
  }
  return all;
}

}  // namespace config
