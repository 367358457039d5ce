#include "config/feed_sources.h"

#include <cstdint>

namespace config {
namespace {

/// A UDP port that somebody receives on.
struct Port {
  std::string key;
  std::string host;
  std::uint16_t port = 0;
  bool multicast = false;  ///< bound to the group, and shared with whoever has joined it, too
};

bool any(const std::string& host) { return host == "0.0.0.0" || host == "::"; }

bool meet(const Port& a, const Port& b) {
  if (a.port != b.port || (a.multicast && b.multicast)) return false;
  return a.host == b.host || any(a.host) || any(b.host);
}

std::vector<Port> ports_of(const Config& config) {
  std::vector<Port> ports;
  if (config.srt.port != 0) ports.push_back({"srt.port", config.srt.listen, config.srt.port, false});
  for (const auto& [name, source] : pulled_sources(config)) {
    if (source.kind == ingest::PullSource::Kind::kSrt) continue;
    ports.push_back({source_key(name.first, name.second), source.host, source.port, source.multicast()});
  }
  return ports;
}

}  // namespace

std::string source_key(const std::string& channel, feed::Id feed) {
  return "channels." + channel + ".feeds." + std::string(feed::to_string(feed)) + ".source";
}

ingest::PulledFeeds::Sources pulled_sources(const Config& config) {
  ingest::PulledFeeds::Sources sources;
  for (const auto& [name, channel] : config.channels) {
    for (const feed::Id feed : feed::kIds) {
      const auto& parsed = channel.sources[feed::index(feed)].parsed;
      if (parsed) sources[{name, feed}] = *parsed;
    }
  }
  return sources;
}

ingest::PulledFeeds::Options pull_options(const Config& config) {
  ingest::PulledFeeds::Options options;
  options.srt.latency = config.srt.latency;
  options.srt.max_bitrate = std::int64_t{config.srt.max_mbps} * 1'000'000;
  return options;
}

std::vector<std::string> source_conflicts(const Config& config) {
  std::vector<std::string> found;
  const auto others = config.channels.find("*");
  for (const feed::Id feed : feed::kIds) {
    if (others == config.channels.end() || !others->second.sources[feed::index(feed)].parsed) continue;
    found.push_back(source_key("*", feed) + " is of no channel; give the channel an entry with its name");
  }
  const std::vector<Port> ports = ports_of(config);
  for (auto second = ports.begin(); second != ports.end(); ++second) {
    for (auto first = ports.begin(); first != second; ++first) {
      if (!meet(*first, *second)) continue;
      found.push_back(second->key + " is on UDP port " + std::to_string(second->port) + ", which " + first->key +
                      " has already; give one of them another port");
    }
  }
  return found;
}

}  // namespace config
