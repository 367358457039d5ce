#include "app/edge_node.h"

#include <random>
#include <utility>

#include "app/serve_threads.h"
#include "base/log.h"

namespace app {
namespace {

constexpr base::Micros kEdgeTick = 100 * base::kMillisecond;
// An edge's own origin answers, or is given up, within relay::Edge::Options::greeting of 5 s: the edges behind it wait
// less, and say so to their viewers in time.
constexpr base::Micros kEdgePatience = 4 * base::kSecond;
constexpr const char* kRelayHeader = "X-Kickoff-Relay";

}  // namespace

void plan_relay(ServePlan& plan, const config::Config& config, std::uint64_t node,
                std::function<void(const std::string& channel, const relay::Path& path)> demand) {
  plan.each.relay.lock = serve::OriginLock(kRelayHeader, config.relay.secrets, false);
  plan.each.relay.node = node;
  if (config.edge.origins.empty()) return;
  plan.each.relay.patience = kEdgePatience;
  plan.each.channels.hold_media = true;
  plan.each.on_demand = std::move(demand);
}

/// The edge, in place of which the transport knows this: it is made before.
class EdgeNode::Late final : public client::StreamHandler {
 public:
  void on_head(client::StreamId id, int status) override { edge->on_head(id, status); }
  void on_body(client::StreamId id, base::Bytes bytes) override { edge->on_body(id, std::move(bytes)); }
  void on_end(client::StreamId id, std::string_view error) override { edge->on_end(id, error); }

  client::StreamHandler* edge = nullptr;
};

EdgeNode::EdgeNode(const config::Config& config, std::uint64_t node, const Context& context)
    : mailbox_(context.loop), late_(std::make_unique<Late>()), tick_(context.loop, [this] { edge_->tick(); }) {
  client::CurlStreams::Options options;
  options.certificates = config.edge.certificates;
  transport_ = std::make_unique<client::CurlStreams>(options, mailbox_.poster(), *late_);
  relay::Edge::Options edge;
  edge.origins = config.edge.origins;
  edge.secret = config.relay.secrets.front();
  edge.node = node;
  edge.window = config.edge.window;
  edge.chance = std::random_device{}();
  ServeThreads& serve = context.serve;
  edge_ = std::make_unique<relay::Edge>(
      std::move(edge),
      relay::Edge::Context{
          context.clock, *transport_, context.events,
          [&serve](const std::shared_ptr<const origin::ChannelSnapshot>& snapshot) { serve.publish(snapshot); },
          [&serve](const std::string& channel, const std::shared_ptr<const relay::Reel>& reel) {
            serve.relay(channel, reel);
          },
          [&serve](const std::string& channel) { serve.remove(channel); },
          [&serve](const std::string& channel) { serve.give_up(channel); }});
  late_->edge = edge_.get();
  tick_.start(kEdgeTick, kEdgeTick);
  base::log_info("app", "an edge: it takes no feeds",
                 {{"origins", config.edge.origins.size()}, {"first", config.edge.origins.front()}});
}

EdgeNode::~EdgeNode() {
  transport_.reset();  // it calls no more
}

}  // namespace app
