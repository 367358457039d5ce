#include "app/feed_ingest.h"

#include <algorithm>
#include <utility>

#include "app/channel_settings.h"
#include "config/feed_sources.h"

namespace app {

FeedIngest::FeedIngest(const Context& context, const config::Config& config)
    : context_(context),
      admission_(context.clock, context.control, context.events),
      pulled_(context.loop, context.clock, context.channels, config::pull_options(config)) {}

base::Result<std::unique_ptr<FeedIngest>> FeedIngest::start(const Context& context, const config::Config& config,
                                                            std::shared_ptr<const tls::Context> rtmps) {
  TRY(auto policy, srt_policy_of(config));
  std::unique_ptr<FeedIngest> ingest(new FeedIngest(context, config));
  ingest->admission_.configure(config.publish_hook.settings, policy);
  TRY_OK(ingest->listen(config, std::move(policy), std::move(rtmps)));
  ingest->pulled_.configure(config::pulled_sources(config));
  return ingest;
}

base::Status FeedIngest::listen(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy,
                                std::shared_ptr<const tls::Context> rtmps) {
  ingest::RtmpListener::Options options;
  options.gate = &admission_;
  options.tcp.host = config.rtmp.listen;
  options.publishes = publish_rate_of(config.limits);
  if (config.rtmp.port != 0) {
    options.tcp.port = config.rtmp.port;
    TRY(rtmp_, ingest::RtmpListener::make(context_.loop, context_.clock, context_.channels, options));
  }
  if (config.rtmp.tls_port != 0) {
    options.tcp.port = config.rtmp.tls_port;
    options.tls = std::move(rtmps);
    TRY(rtmps_, ingest::RtmpListener::make(context_.loop, context_.clock, context_.channels, options));
  }
  return config.srt.port == 0 ? base::Status(base::Ok{}) : listen_srt(config, std::move(policy));
}

base::Status FeedIngest::listen_srt(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy) {
  ingest::SrtListener::Options options;
  options.gate = &admission_;
  options.socket.host = config.srt.listen;
  options.socket.port = config.srt.port;
  options.socket.latency = config.srt.latency;
  options.socket.max_bitrate = std::int64_t{config.srt.max_mbps} * 1'000'000;
  options.socket.max_reorder = config.srt.max_reorder;
  for (const auto& [name, entry] : config.channels) {
    options.socket.max_latency = std::max(options.socket.max_latency, entry.srt_latency);
  }
  TRY(srt_, ingest::SrtListener::make(context_.loop, context_.clock, context_.channels, std::move(policy), options));
  return base::Ok{};
}

void FeedIngest::configure(const config::Config& config, std::shared_ptr<const ingest::SrtPolicy> policy,
                           std::shared_ptr<const tls::Context> rtmps) {
  admission_.configure(config.publish_hook.settings, policy);
  if (srt_) srt_->set_policy(std::move(policy));
  if (rtmps_) rtmps_->set_tls(std::move(rtmps));
  if (!stopped_) pulled_.configure(config::pulled_sources(config));
  for (auto* listener : {rtmp_.get(), rtmps_.get()}) {
    if (listener != nullptr) listener->set_publish_rate(publish_rate_of(config.limits));
  }
}

void FeedIngest::note_occupied() {
  if (!srt_) return;
  srt_->set_occupied(context_.channels.occupied());
  srt_->set_full(context_.channels.accepted_when_full());
}

void FeedIngest::stop() {
  stopped_ = true;
  for (auto* listener : {rtmp_.get(), rtmps_.get()}) {
    if (listener == nullptr) continue;
    listener->stop_accepting();
    listener->request_reconnect("", "the server stops");
  }
  if (srt_) srt_->stop_accepting();
  pulled_.configure({});
}

FeedIngest::Network FeedIngest::network_of(const std::string& channel, feed::Id feed) const {
  Network network;
  const auto take = [&](std::vector<ingest::SrtStats> all) {
    for (ingest::SrtStats& stats : all) {
      if (stats.channel == channel && stats.feed == feed::to_string(feed)) network.srt = std::move(stats);
    }
  };
  if (srt_) take(srt_->socket_statistics());
  take(pulled_.socket_statistics());
  for (ingest::PullStats& stats : pulled_.statistics()) {
    if (stats.channel == channel && stats.feed == feed && stats.protocol != "srt-caller")
      network.pull = std::move(stats);
  }
  return network;
}

void FeedIngest::report(metrics::Instance& to) const {
  to.publish_hook = admission_.counters();
  if (rtmp_) to.rtmp = rtmp_->statistics();
  if (rtmps_) to.rtmps = rtmps_->statistics();
  if (srt_) {
    to.srt = srt_->statistics();
    to.publishers_denied += to.srt.denied();
    to.srt_sockets = srt_->socket_statistics();
  }
  to.pulled = pulled_.statistics();
  for (ingest::SrtStats& stats : pulled_.socket_statistics()) to.srt_sockets.push_back(std::move(stats));
}

}  // namespace app
