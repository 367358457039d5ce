#include "channel/spawn_queue.h"

#include <algorithm>

namespace channel {

bool SpawnQueue::push(std::uint64_t id, const SpawnOrder& order) {
  if (order.replacement) {
    replacements_.push_back(id);
    return true;
  }
  if (waiting_ >= kMost) return false;
  ++waiting_;
  const auto group =
      std::find_if(groups_.begin(), groups_.end(), [&](const Group& known) { return known.name == order.group; });
  if (group != groups_.end()) {
    group->ids.push_back(id);
  } else {
    groups_.push_back({order.group, {id}});
  }
  return true;
}

std::optional<std::uint64_t> SpawnQueue::next() const {
  if (!replacements_.empty()) return replacements_.front();
  if (!groups_.empty()) return groups_.front().ids.front();
  return std::nullopt;
}

void SpawnQueue::remove(std::uint64_t id) {
  if (std::erase(replacements_, id) != 0) return;
  for (auto group = groups_.begin(); group != groups_.end(); ++group) {
    const bool was_next = group == groups_.begin() && group->ids.front() == id;
    if (std::erase(group->ids, id) == 0) continue;
    --waiting_;
    if (group->ids.empty()) {
      groups_.erase(group);
    } else if (was_next) {
      std::rotate(groups_.begin(), groups_.begin() + 1, groups_.end());
    }
    return;
  }
}

}  // namespace channel
