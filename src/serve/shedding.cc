#include "serve/shedding.h"

#include <algorithm>
#include <utility>

namespace serve {

Shedding::Accept Shedding::accept(std::size_t open) {
  if (open < most_connections_) return Accept::kServe;
  counters_.connections_refused.add();
  return open < most_connections_ + kMostRefusing ? Accept::kRefuse : Accept::kClose;
}

void Shedding::set_shared_headroom(double memory, double egress) {
  shared_headroom_[Resource::kMemory] = memory;
  shared_headroom_[Resource::kEgress] = egress;
}

void Shedding::measure(const Load& load) {
  Headroom headroom = shared_headroom_;
  headroom[Resource::kLoop] = loop_headroom(load.busy_share);
  const auto open = static_cast<double>(load.connections);
  headroom[Resource::kConnections] = std::max(0.0, 1 - open / static_cast<double>(most_connections_));
  for (std::size_t i = 0; i < kResources; ++i)
    counters_.headroom[i].set(static_cast<std::uint64_t>(headroom.left[i] * 1e6));
  // Shown is how busy the loop is; shed is only what hurts somebody.
  headroom[Resource::kLoop] = loop_headroom(load.busy_share, load.longest_turn);
  admission_.update(headroom);
}

std::optional<Verdict> Shedding::admit(Viewer& viewer, ChannelView& channel, const ObjectRequest& wanted,
                                       const http::Request& request, base::Micros now) {
  const bool joins = wanted.kind == Route::Kind::kMultivariant && joins_.is_new(viewer.join, request);
  if (joins && admission_.refuses_joins()) return turn_join_away(channel, wanted);
  if (admission_.sheds_depth() && channel.is_deep(wanted)) return Verdict{errors_.get_busy(), Cause::kDepthShed};
  if (joins) joins_.admit(viewer.join, request, now);
  return std::nullopt;
}

Verdict Shedding::turn_join_away(ChannelView& channel, const ObjectRequest& wanted) {
  http::Response elsewhere;
  if (!admission_.overflow().empty()) elsewhere = channel.overflow(admission_.overflow(), wanted);
  if (elsewhere == nullptr) return {errors_.get_busy(), Cause::kNoHeadroom};
  counters_.joins_redirected.add();
  return {std::move(elsewhere), Cause::kNone};
}

}  // namespace serve
