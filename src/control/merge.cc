#include "control/merge.h"

#include <utility>

#include "config/config_keys.h"

namespace control {
namespace {

/// Takes out those that bring a fault, one after the other: the file itself has none.
void leave_out_faults(const Declarations& declarations, Merged& merged) {
  Merged kept{merged.config, std::move(merged.left_out)};
  for (const auto& [name, declaration] : declarations) {
    if (!kept.left_out.contains(name)) kept.config.channels.erase(name);
  }
  for (const auto& [name, declaration] : declarations) {
    if (kept.left_out.contains(name)) continue;
    kept.config.channels[name] = *declaration->channel;
    std::vector<std::string> faults = config::faults_of(kept.config);
    if (faults.empty()) continue;
    kept.config.channels.erase(name);
    kept.left_out[name] = std::move(faults);
  }
  merged = std::move(kept);
}

}  // namespace

Merged merge(const config::Config& file, const Declarations& declarations, const std::string& path) {
  Merged merged{file, {}};
  for (const auto& [name, declaration] : declarations) {
    if (file.channels.contains(name)) {
      merged.left_out[name] = {"channels." + name + " stands in " + path +
                               ", and that counts: take it out of the file and reload (SIGHUP), or DELETE what the API "
                               "has declared"};
    } else if (declaration->channel == nullptr) {
      merged.left_out[name] = declaration->problems;
    } else {
      merged.config.channels[name] = *declaration->channel;
    }
  }
  if (!config::faults_of(merged.config).empty()) leave_out_faults(declarations, merged);
  return merged;
}

}  // namespace control
