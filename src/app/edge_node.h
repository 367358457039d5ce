#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/late_handler.h"
#include "app/origin_finder.h"
#include "base/clock.h"
#include "client/curl_streams.h"
#include "config/config.h"
#include "events/event.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/timer.h"
#include "relay/edge.h"

namespace app {

class ServeThreads;
struct ServePlan;

/// What a configuration says of edges, for the serve loops: who may get channels, and, on an edge, that channels which
/// are not here are asked for. `node`: this server. `demand` is called on any thread.
void plan_relay(ServePlan& plan, const config::Config& config, std::uint64_t node,
                std::function<void(const std::string& channel, const relay::Path& path)> demand);

/// A server that takes no feeds, on the control loop: see relay::Edge. Thread: the control loop's.
class EdgeNode {
 public:
  /// All of it outlives the node.
  struct Context {
    loop::Loop& loop;
    const base::Clock& clock;
    events::Sink& events;
    ServeThreads& serve;
  };

  EdgeNode(const config::Config& config, std::uint64_t node, const Context& context);
  ~EdgeNode();
  EdgeNode(const EdgeNode&) = delete;
  EdgeNode& operator=(const EdgeNode&) = delete;

  void demand(const std::string& channel, const relay::Path& path) { edge_->demand(channel, path); }
  relay::EdgeReport report() const { return edge_->report(); }
  /// Nothing: it looks for no origins.
  std::optional<registry::WatchReport> watch_report() const {
    return finder_ ? std::optional(finder_->report()) : std::nullopt;
  }

 private:
  loop::Mailbox mailbox_;
  LateHandler late_;
  std::unique_ptr<client::StreamTransport> transport_;
  std::unique_ptr<relay::Edge> edge_;
  std::unique_ptr<OriginFinder> finder_;  ///< null: the configuration's origins are all
  loop::Timer tick_;
};

}  // namespace app
