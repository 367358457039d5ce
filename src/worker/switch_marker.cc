#include "worker/switch_marker.h"

#include <string>
#include <utility>

namespace worker {

void SwitchMarker::select(feed::Id feed, std::optional<feed::SwitchReason> reason) {
  const bool back = pending_ && pending_->to != feed;
  if (back || !reason) {
    pending_.reset();
  } else {
    pending_ = Pending{feed, *reason};
  }
}

record::Marker SwitchMarker::take(base::Micros at) {
  const Pending seen = *std::exchange(pending_, std::nullopt);
  record::Marker marker;
  marker.id = "switch-" + std::to_string(at / base::kMillisecond);
  marker.kind = record::kSwitchClass;
  marker.start = at;
  marker.end = at;
  marker.attributes = {{"X-FROM", std::string(feed::to_string(feed::other(seen.to)))},
                       {"X-TO", std::string(feed::to_string(seen.to))},
                       {"X-REASON", std::string(feed::to_string(seen.reason))}};
  return marker;
}

}  // namespace worker
