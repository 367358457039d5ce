#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "registry/registry.h"

namespace app {

/// What edges find of this server in etcd: its URL, and the channels that they can get from it. Thread: the control
/// loop's.
class OriginAnnouncement {
 public:
  /// `registry` outlives it.
  OriginAnnouncement(registry::Registry& registry, std::string url) : registry_(registry), origin_{std::move(url), {}} {
    registry_.announce(origin_);
  }

  /// A channel is there, or still is.
  void add(std::string_view channel) {
    if (origin_.channels.contains(channel)) return;
    origin_.channels.emplace(channel);
    registry_.announce(origin_);
  }
  void remove(const std::string& channel) {
    if (origin_.channels.erase(channel) > 0) registry_.announce(origin_);
  }

 private:
  registry::Registry& registry_;
  registry::AnnouncedOrigin origin_;
};

}  // namespace app
