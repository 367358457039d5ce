#include "events/conditions.h"

#include <utility>

namespace events {

std::uint64_t Conditions::take(const Fact& fact, std::uint64_t id) {
  if (fact.state == State::kMoment) return id;
  Name name{fact.type, fact.channel, fact.which};
  if (fact.state == State::kRaised) {
    set(std::move(name), id);
    return id;
  }
  const auto found = raised_.find(name);
  if (found == raised_.end()) return id;
  const std::uint64_t raise = found->second;
  raised_.erase(found);
  return raise;
}

void Conditions::set(Name name, std::uint64_t id) {
  if (raised_.size() < most_ || raised_.contains(name)) raised_[std::move(name)] = id;
}

}  // namespace events
