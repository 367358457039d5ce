#include "app/headroom.h"

#include <algorithm>
#include <fstream>

#include "app/control_groups.h"

namespace app {
namespace {

double share(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1.0; }

/// The value after `name` in lines of "name value", -1 if there is none.
double value_of(const std::string& path, const std::string& name) {
  std::ifstream file(path);
  std::string key;
  for (double value = 0; file >> key >> value; file.ignore(64, '\n'))
    if (key == name) return value;
  return -1;
}

double machine_headroom(const std::string& root) {
  const double available = value_of(root + "/proc/meminfo", "MemAvailable:");
  return available < 0 ? 1.0 : share(available, value_of(root + "/proc/meminfo", "MemTotal:"));
}

/// File pages that can be dropped are no use of memory.
double group_headroom(const std::string& group) {
  double limit = 0;
  double used = 0;
  if (!(std::ifstream(group + "/memory.max") >> limit) || limit <= 0) return 1.0;
  if (!(std::ifstream(group + "/memory.current") >> used)) return 1.0;
  const double droppable = std::max(0.0, value_of(group + "/memory.stat", "inactive_file"));
  return share(limit - used + droppable, limit);
}

double groups_headroom(const std::string& root) {
  double least = 1.0;
  for (const std::string& group : control_groups(root)) least = std::min(least, group_headroom(group));
  return least;
}

}  // namespace

double memory_headroom(const std::string& root) { return std::min(machine_headroom(root), groups_headroom(root)); }

double EgressMeter::measure(base::Micros now, std::uint64_t bytes, int mbps) {
  std::rotate(sent_.begin(), sent_.begin() + 1, sent_.end());
  sent_.back() = {now, bytes};
  const double micros = static_cast<double>(sent_.back().at - sent_.front().at);
  if (mbps == 0 || micros <= 0) return 1.0;
  // Bits in a microsecond are megabits in a second.
  const double sent = static_cast<double>(sent_.back().bytes - sent_.front().bytes) * 8 / micros;
  return share(mbps - sent, mbps);
}

}  // namespace app
