#include "app/room_sampler.h"

#include <algorithm>
#include <fstream>
#include <string>

namespace app {
namespace {

constexpr base::Micros kInterval = 250 * base::kMillisecond;

double share(double part, double whole) { return whole > 0 ? std::clamp(part / whole, 0.0, 1.0) : 1.0; }

/// The value behind `name` in lines of "name value".
double value_of(const char* path, const std::string& name) {
  std::ifstream file(path);
  std::string key;
  for (double value = 0; file >> key >> value; file.ignore(64, '\n'))
    if (key == name) return value;
  return -1;
}

double machine_room() {
  return share(value_of("/proc/meminfo", "MemAvailable:"), value_of("/proc/meminfo", "MemTotal:"));
}

/// Control groups, version 2: file pages that can be dropped are no use of memory.
double group_room() {
  double limit = 0;
  double used = 0;
  if (!(std::ifstream("/sys/fs/cgroup/memory.max") >> limit) || limit <= 0) return 1.0;
  if (!(std::ifstream("/sys/fs/cgroup/memory.current") >> used)) return 1.0;
  const double droppable = std::max(0.0, value_of("/sys/fs/cgroup/memory.stat", "inactive_file"));
  return share(limit - used + droppable, limit);
}

}  // namespace

double memory_room() { return std::min(machine_room(), group_room()); }

RoomSampler::RoomSampler(loop::Loop& loop, const base::Clock& clock, ServeThreads& serve, int egress_mbps)
    : clock_(clock), serve_(serve), egress_mbps_(egress_mbps), timer_(loop, [this] { sample(); }) {
  sent_.fill({clock.steady(), serve.bytes_sent()});
  timer_.start(kInterval, kInterval);
}

void RoomSampler::sample() { serve_.set_shared_room(memory_room(), egress_room()); }

double RoomSampler::egress_room() {
  std::rotate(sent_.begin(), sent_.begin() + 1, sent_.end());
  sent_.back() = {clock_.steady(), serve_.bytes_sent()};
  const double micros = static_cast<double>(sent_.back().at - sent_.front().at);
  if (egress_mbps_ == 0 || micros <= 0) return 1.0;
  const double mbps = static_cast<double>(sent_.back().bytes - sent_.front().bytes) * 8 / micros;
  return share(egress_mbps_ - mbps, egress_mbps_);
}

}  // namespace app
