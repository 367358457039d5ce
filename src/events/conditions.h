#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "events/event.h"

namespace events {

/// What is raised and not cleared, by type, channel and Fact::which, with the id of the event that raised it.
class Conditions {
 public:
  using Name = std::tuple<Type, std::string, std::string>;

  static constexpr std::size_t kMost = 10'000;

  /// Bound: `most` conditions; one above it is not remembered.
  explicit Conditions(std::size_t most = kMost) : most_(most) {}

  /// Takes up what `fact` says. Returns the id of its event: `id` if it raises a condition, clears none that is known
  /// or is a moment; else that of the event which raised the condition.
  std::uint64_t take(const Fact& fact, std::uint64_t id);
  void set(Name name, std::uint64_t id);
  const std::map<Name, std::uint64_t>& all() const { return raised_; }

 private:
  std::size_t most_;
  std::map<Name, std::uint64_t> raised_;
};

}  // namespace events
