#include "config/environment.h"

#include <unistd.h>

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>

namespace config {
namespace {

constexpr std::string_view kPrefix = "KICKOFF_";

// A name, or with _ at its end the beginning of several. The first is the server's own; the last three are the service
// links of Kubernetes for a service named "kickoff"; the others are for tools/, tests/ and bench/, whose children see
// them.
constexpr std::string_view kOthers[] = {"ADMIN_TOKEN", "BENCH_", "BINARY",  "BROWSER_", "CASES", "CDN_",
                                        "CHECK_",      "CONFIG", "RESULTS", "ROOT",     "STATE", "TEST_",
                                        "VIEWERS",     "PORT",   "PORT_",   "SERVICE_"};

bool is_for_others(std::string_view name) {
  name.remove_prefix(kPrefix.size());
  return std::any_of(std::begin(kOthers), std::end(kOthers), [&](std::string_view other) {
    return other.ends_with('_') ? name.starts_with(other) : name == other;
  });
}

std::size_t edit_distance(const std::string& a, const std::string& b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
    }
  }
  return row.back();
}

}  // namespace

Environment environment_of_this_process() {
  Environment all;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

std::vector<std::string> unknown_variables(const Environment& environment, const std::set<std::string>& known) {
  std::vector<std::string> names;  // without the prefix, which would make everything near to everything
  for (const std::string& name : known) {
    if (name.starts_with(kPrefix)) names.push_back(name.substr(kPrefix.size()));
  }
  std::vector<std::string> warnings;
  for (const auto& [name, value] : environment) {
    if (!name.starts_with(kPrefix) || known.contains(name) || is_for_others(name)) continue;
    const std::string close = nearest(name.substr(kPrefix.size()), names);
    warnings.push_back("environment variable " + name + " sets no key" +
                       (close.empty() ? "" : "; did you mean " + std::string(kPrefix) + close + "?"));
  }
  return warnings;
}

std::string nearest(const std::string& word, const std::vector<std::string>& words) {
  std::string best;
  std::size_t least = std::max<std::size_t>(word.size() / 2, 2) + 1;
  for (const std::string& candidate : words) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < least) {
      least = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace config
