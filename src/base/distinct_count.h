#pragma once

#include <array>
#include <atomic>
#include <cstdint>

namespace base {

/// How many different hashes were added, to within 2.3 % (one standard deviation), in 2 KiB however many there are.
/// Spec: HyperLogLog, Flajolet et al. 2007, of 2,048 registers.
/// Thread: one adds and clears, any reads; a reader beside clear() may see a part of what was there.
class DistinctCount {
 public:
  /// `hash`: of 64 good bits.
  void add(std::uint64_t hash);
  void clear();
  /// What both have been given, each hash counted once.
  void merge(const DistinctCount& other);
  double estimate() const;

 private:
  static constexpr unsigned kBits = 11;
  static constexpr std::size_t kRegisters = std::size_t{1} << kBits;

  void raise(std::size_t at, std::uint8_t rank) {
    if (registers_[at].load(std::memory_order_relaxed) < rank) registers_[at].store(rank, std::memory_order_relaxed);
  }

  std::array<std::atomic<std::uint8_t>, kRegisters> registers_{};
};

}  // namespace base
