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
  const auto turn =
      std::find_if(turns_.begin(), turns_.end(), [&](const Turn& known) { return known.name == order.turn; });
  if (turn != turns_.end()) {
    turn->ids.push_back(id);
  } else {
    turns_.push_back({order.turn, {id}});
  }
  return true;
}

std::optional<std::uint64_t> SpawnQueue::next() const {
  if (!replacements_.empty()) return replacements_.front();
  if (!turns_.empty()) return turns_.front().ids.front();
  return std::nullopt;
}

void SpawnQueue::remove(std::uint64_t id) {
  if (std::erase(replacements_, id) != 0) return;
  for (auto turn = turns_.begin(); turn != turns_.end(); ++turn) {
    const bool was_next = turn == turns_.begin() && turn->ids.front() == id;
    if (std::erase(turn->ids, id) == 0) continue;
    --waiting_;
    if (turn->ids.empty()) {
      turns_.erase(turn);
    } else if (was_next) {
      std::rotate(turns_.begin(), turns_.begin() + 1, turns_.end());
    }
    return;
  }
}

}  // namespace channel
