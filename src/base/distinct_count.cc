#include "base/distinct_count.h"

#include <bit>
#include <cmath>

namespace base {

void DistinctCount::add(std::uint64_t hash) {
  // The low bits choose the register, the others give the rank; a bit is set so that the rank ends.
  const std::uint64_t rest = (hash >> kBits) | (std::uint64_t{1} << (64 - kBits));
  raise(hash & (kRegisters - 1), static_cast<std::uint8_t>(std::countr_zero(rest) + 1));
}

void DistinctCount::clear() {
  for (auto& one : registers_) one.store(0, std::memory_order_relaxed);
}

void DistinctCount::merge(const DistinctCount& other) {
  for (std::size_t i = 0; i < kRegisters; ++i) raise(i, other.registers_[i].load(std::memory_order_relaxed));
}

double DistinctCount::estimate() const {
  constexpr double kCount = kRegisters;
  double sum = 0;
  int empty = 0;
  for (const auto& one : registers_) {
    const int rank = one.load(std::memory_order_relaxed);
    sum += std::ldexp(1.0, -rank);
    empty += rank == 0 ? 1 : 0;
  }
  const double raw = 0.7213 / (1 + 1.079 / kCount) * kCount * kCount / sum;
  // Few of them are counted by the registers that are still empty.
  return raw <= 2.5 * kCount && empty > 0 ? kCount * std::log(kCount / empty) : raw;
}

}  // namespace base
