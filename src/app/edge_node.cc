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
  if (!config.edge.used()) return;
  plan.each.relay.patience = kEdgePatience;
  plan.each.channels.hold_media = true;
  plan.each.on_demand = std::move(demand);
}

namespace {

/// As relay/ has them.
std::vector<relay::FoundOrigin> found_from(const std::vector<registry::AnnouncedOrigin>& announced) {
  std::vector<relay::FoundOrigin> found;
  for (const registry::AnnouncedOrigin& origin : announced) found.push_back({origin.url, origin.channels});
  return found;
}

}  // namespace

EdgeNode::EdgeNode(const config::Config& config, std::uint64_t node, const Context& context)
    : mailbox_(context.loop), tick_(context.loop, [this] { edge_->tick(); }) {
  client::CurlStreams::Options options;
  options.certificates = config.edge.certificates;
  transport_ = std::make_unique<client::CurlStreams>(options, mailbox_.poster(), late_);
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
  late_.handler = edge_.get();
  tick_.start(kEdgeTick, kEdgeTick);
  if (config.edge.discover) {
    finder_ = std::make_unique<OriginFinder>(
        config.etcd, context.loop, context.clock,
        [this](const std::vector<registry::AnnouncedOrigin>& origins) { edge_->take_origins(found_from(origins)); });
  }
  base::log_info("app", "an edge: it takes no feeds",
                 {{"origins", config.edge.origins.size()}, {"discovers", config.edge.discover}});
}

EdgeNode::~EdgeNode() {
  finder_.reset();
  transport_.reset();  // it calls no more
}

}  // namespace app
