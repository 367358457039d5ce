#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "loop/loop.h"

namespace loop {

/// A datagram and its sender; both are valid during the call only.
struct Datagram {
  base::View bytes;
  const sockaddr* from = nullptr;
};

class UdpHandler {
 public:
  virtual ~UdpHandler() = default;
  /// What has come since the last call, at least one datagram, in the kernel's order. `lost`: datagrams that the kernel
  /// has dropped meanwhile, since nobody had fetched them in time, or that were longer than UdpReceiver::kLongest.
  virtual void on_datagrams(std::span<const Datagram> datagrams, std::uint64_t lost) = 0;
};

/// Receives datagrams on one port, of this machine's address or of a multicast group. It fetches many with one call of
/// the kernel, and looks again after kGather instead of at each, so that a fast stream does not mean a wake-up for
/// every datagram. Thread: the loop's. Memory: about 300 KB beside the kernel's buffer.
class UdpReceiver {
 public:
  struct Options {
    std::string host = "0.0.0.0";  ///< an IPv4 or IPv6 address of this machine, or a multicast group, in figures
    std::uint16_t port = 0;        ///< 0: any free one, see port()
    /// Joins the group on this interface, named "eth1" or by an address that it has; empty: by the routing table.
    std::string interface;
    /// Joins the group for these senders alone (source-specific multicast), addresses in figures; none: for all.
    std::vector<std::string> sources;
    int buffer_bytes = 8 << 20;  ///< asked of the kernel, which gives less by net.core.rmem_max; see buffer_bytes()
  };
  /// The longest datagram that is taken: a jumbo frame's.
  static constexpr std::size_t kLongest = 9216;
  static constexpr base::Micros kGather = 2 * base::kMillisecond;

  /// Errors: kMalformed, kSystem, naming host, port and reason. `handler` outlives the receiver.
  static base::Result<std::unique_ptr<UdpReceiver>> make(Loop& loop, const Options& options, UdpHandler& handler);
  /// No callback comes after. Not from within on_datagrams().
  ~UdpReceiver();
  UdpReceiver(const UdpReceiver&) = delete;
  UdpReceiver& operator=(const UdpReceiver&) = delete;

  std::uint16_t port() const;
  /// The receive buffer as the kernel counts it, twice what it lets a socket ask for.
  int buffer_bytes() const;

  struct State;

 private:
  explicit UdpReceiver(State* state) : state_(state) {}
  State* state_;
};

/// Whether `host` is an IPv4 or IPv6 address in figures, and if so, that of a multicast group.
enum class HostKind : std::uint8_t { kName, kUnicast, kMulticast };
HostKind host_kind(const std::string& host);

}  // namespace loop
