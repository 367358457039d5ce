#include "channel/admission.h"

#include <climits>
#include <cstddef>

#include "base/log.h"

namespace channel {
namespace {

constexpr base::Micros kLogEvery = 10 * base::kSecond;
// A second's worth of channels is too few for a rack of encoders that start together.
constexpr int kBurstSeconds = 4;
constexpr std::size_t kMostAddresses = 16'384;

std::string_view reason_of(Limit limit) {
  switch (limit) {
    case Limit::kChannels: return "the server has as many channels as it may have";
    case Limit::kChannelsPerAddress: return "your address has as many channels as it may have";
    case Limit::kNewPerSecond: return "too many new channels from your address; try again in a second";
    case Limit::kCpuReserve: return "the server has not enough CPU left for another ladder";
  }
  return "the server takes no further channel";
}

}  // namespace

std::string_view to_string(Limit limit) {
  switch (limit) {
    case Limit::kChannels: return "channels";
    case Limit::kChannelsPerAddress: return "channels_per_address";
    case Limit::kNewPerSecond: return "new_channels_per_second";
    case Limit::kCpuReserve: return "cpu_reserve";
  }
  return "unknown";
}

loop::PeerLimits::Options Admission::rate_of(const Limits& limits) {
  loop::PeerLimits::Options options;
  options.connections = INT_MAX;  // at a time: full() looks at channels, which outlive their publishers
  options.per_second = limits.new_per_second;
  options.burst = kBurstSeconds * limits.new_per_second;
  options.peers = kMostAddresses;
  return options;
}

std::optional<Limit> Admission::full(const Count& count, bool loopback) const {
  if (!loopback && count.of_address >= limits_.channels_per_address) return Limit::kChannelsPerAddress;
  if (count.channels >= limits_.channels) return Limit::kChannels;
  return std::nullopt;
}

std::optional<Limit> Admission::take(std::string_view peer, bool loopback, base::Micros now) {
  if (!rate_.admit(peer, loopback, now)) return Limit::kNewPerSecond;
  rate_.leave(peer, loopback);
  return std::nullopt;
}

ingest::Publisher::Refusal Admission::refuse(Limit limit, std::string_view peer, base::Micros now) {
  const auto index = static_cast<std::size_t>(limit);
  ++refused_[index];
  if (!logged_at_[index] || now - *logged_at_[index] >= kLogEvery) {
    base::log_warn("channel", "publishers refused for a limit",
                   {{"limit", to_string(limit)},
                    {"refused", refused_[index] - logged_[index]},
                    {"last_peer", peer},
                    {"total", refused_[index]}});
    logged_at_[index] = now;
    logged_[index] = refused_[index];
  }
  return {ingest::Publisher::Refusal::Why::kOverload, std::string(reason_of(limit))};
}

void Admission::configure(const Limits& limits) {
  if (limits == limits_) return;
  limits_ = limits;
  rate_ = loop::PeerLimits(rate_of(limits));
}

}  // namespace channel
