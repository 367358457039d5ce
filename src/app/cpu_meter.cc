#include "app/cpu_meter.h"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

#include "app/control_groups.h"

namespace app {
namespace {

// Columns of /proc/stat: see proc(5).
constexpr int kColumns = 8;  // user nice system idle iowait irq softirq steal
constexpr int kIdle = 3;
constexpr int kIoWait = 4;

double share_left(double used, double whole) { return whole > 0 ? std::clamp(1 - used / whole, 0.0, 1.0) : 1.0; }

std::optional<double> used_micros(const std::string& group) {
  std::ifstream file(group + "/cpu.stat");
  std::string key;
  for (double value = 0; file >> key >> value;) {
    if (key == "usage_usec") return value;
  }
  return std::nullopt;
}

/// Cores that a group may use; nothing where it has no quota.
std::optional<double> quota(const std::string& group) {
  std::ifstream file(group + "/cpu.max");
  double quota = 0;  // "max" is no number
  double period = 0;
  if (!(file >> quota >> period) || quota <= 0 || period <= 0) return std::nullopt;
  return quota / period;
}

}  // namespace

std::set<int> CpuMeter::own_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  std::set<int> cores;
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (CPU_ISSET(core, &allowed)) cores.insert(core);
  }
  return cores;
}

CpuMeter::CpuMeter(std::set<int> cores, std::string root) : cores_(std::move(cores)), root_(std::move(root)) {}

CpuMeter::Reading CpuMeter::read(base::Micros now) const {
  Reading reading{.at = now, .group_used = {}, .group_may = {}};
  std::ifstream file(root_ + "/proc/stat");
  for (std::string line; std::getline(file, line) && line.starts_with("cpu");) {
    std::istringstream fields(line.substr(3));
    int core = -1;
    if (line[3] == ' ' || !(fields >> core) || !cores_.contains(core)) continue;
    double value = 0;
    for (int column = 0; column < kColumns && fields >> value; ++column) {
      reading.all += value;
      if (column != kIdle && column != kIoWait) reading.busy += value;
    }
  }
  for (const std::string& group : control_groups(root_)) {
    const auto may = quota(group);
    const auto used = used_micros(group);
    if (!may || !used) continue;
    reading.group_may.push_back(*may);
    reading.group_used.push_back(*used);
  }
  return reading;
}

double CpuMeter::cores() const {
  auto least = cores_.empty() ? 1.0 : static_cast<double>(cores_.size());
  if (readings_.back()) {
    for (const double may : readings_.back()->group_may) least = std::min(least, may);
  }
  return least;
}

double CpuMeter::measure(base::Micros now) {
  std::rotate(readings_.begin(), readings_.begin() + 1, readings_.end());
  readings_.back() = read(now);
  const auto oldest = std::find_if(readings_.begin(), readings_.end(), [](const auto& one) { return one.has_value(); });
  const Reading& then = **oldest;
  const Reading& here = *readings_.back();
  double left = share_left(here.busy - then.busy, here.all - then.all);
  const auto span = static_cast<double>(here.at - then.at);
  // A quota that came or went changes what the numbers mean.
  if (here.group_used.size() != then.group_used.size()) return left;
  for (std::size_t i = 0; i < here.group_used.size(); ++i) {
    left = std::min(left, share_left(here.group_used[i] - then.group_used[i], here.group_may[i] * span));
  }
  return left;
}

}  // namespace app
