#include "registry/reachability.h"

#include <algorithm>
#include <utility>

namespace registry {

std::optional<Reachability::Change> Reachability::note(const std::string& fault, base::Micros now) {
  const bool good = fault.empty();
  const bool first = !std::exchange(asked_, true);
  const bool was = std::exchange(reachable_, good);
  const base::Micros pause = good ? kSteady : pause_;
  pause_ = good ? kFirst : std::min(2 * pause_, kLongest);
  next_ = now + static_cast<base::Micros>(static_cast<double>(pause) * (0.75 + spread_() / 2));
  if (first ? good : was == good) return std::nullopt;
  return Change{good, fault};
}

}  // namespace registry
