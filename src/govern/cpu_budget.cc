#include "govern/cpu_budget.h"

#include <algorithm>

namespace govern {

void CpuBudget::sample(base::Micros now, const Sample& sample) {
  const auto [at, first] = ladders_.try_emplace(std::string(sample.channel));
  Ladder& ladder = at->second;
  // Of a worker that was replaced, the counter begins anew.
  if (first || sample.cpu < ladder.mark_cpu || ladder.weight != sample.weight) {
    ladder = {sample.weight, now, now, now, sample.cpu, std::nullopt};
  }
  ladder.seen = now;
  std::erase_if(ladders_, [&](const auto& item) { return now - item.second.seen > kSettled; });
  if (sample.saving) {
    // What is measured from here on would be too little.
    ladder.mark_at = now;
    ladder.mark_cpu = sample.cpu;
  }
  if (now - ladder.mark_at < kSettled) return;
  // The first span has the start in it.
  const bool starting = !ladder.cores && ladder.mark_at == ladder.began;
  if (!starting) {
    ladder.cores = static_cast<double>(sample.cpu - ladder.mark_cpu) / static_cast<double>(now - ladder.mark_at);
  }
  ladder.mark_at = now;
  ladder.mark_cpu = sample.cpu;
}

double CpuBudget::expected(double weight) const {
  double cores = 0;
  double of_weight = 0;
  for (const auto& [channel, ladder] : ladders_) {
    if (!ladder.cores) continue;
    cores += *ladder.cores;
    of_weight += ladder.weight;
  }
  return of_weight > 0 ? cores / of_weight * weight : 0;
}

double CpuBudget::free(base::Micros now, const Machine& machine) const {
  double cores = machine.idle * machine.cores;
  for (const auto& [channel, ladder] : ladders_) {
    if (now - ladder.began < kSettled) cores -= expected(ladder.weight);
  }
  return std::max(cores, 0.0);
}

bool CpuBudget::fits(base::Micros now, const Machine& machine, double weight, double reserve) const {
  const double cores = expected(weight);
  return cores <= 0 || free(now, machine) - cores >= reserve * machine.cores;
}

}  // namespace govern
