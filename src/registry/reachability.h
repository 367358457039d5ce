#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"

namespace registry {

/// Whether etcd answers, and when to look again: each kSteady while it does, and from kFirst on at growing intervals
/// while it does not. Reads no clock. Thread: one.
class Reachability {
 public:
  static constexpr base::Micros kSteady = 5 * base::kSecond;
  static constexpr base::Micros kFirst = base::kSecond;
  static constexpr base::Micros kLongest = 15 * base::kSecond;

  /// `spread`: a random number from 0 to 1; intervals differ by up to a quarter, so that servers do not come together.
  explicit Reachability(std::function<double()> spread) : spread_(std::move(spread)) {}

  struct Change {
    bool reachable = false;
    std::string why;  ///< it is not
  };
  /// Takes the outcome of a request; `fault`: empty for a good one. Units: `now` steady. Returns what is news: the
  /// first answer of all is none, the first failure of all is.
  std::optional<Change> note(const std::string& fault, base::Micros now);

  /// Before the first answer it is not.
  bool reachable() const { return reachable_; }
  /// When to send a request, should none be sent before. 0 before the first one.
  base::Micros next() const { return next_; }

 private:
  std::function<double()> spread_;
  bool asked_ = false;
  bool reachable_ = false;
  base::Micros pause_ = kFirst;
  base::Micros next_ = 0;
};

}  // namespace registry
