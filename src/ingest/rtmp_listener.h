#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ingest/publisher.h"
#include "ingest/rtmp_connection.h"
#include "loop/peer_limits.h"
#include "loop/stream.h"
#include "loop/timer.h"
#include "tls/context.h"

namespace ingest {

/// Takes RTMP publishers on one port, or RTMPS ones where it is given a certificate (RT-27).
/// Owns: its connections. Thread: the loop's.
class RtmpListener final : private RtmpConnectionOwner {
 public:
  struct Options {
    loop::TcpListener::Options tcp{.port = 1935};
    std::shared_ptr<const tls::Context> tls;  ///< null: plain RTMP. Made without ALPN.
    /// The handshake's limit leaves room for the tick that enforces it within 5 s (RT-40).
    rtmp::Session::Options session{.handshake_limit = 4'700 * base::kMillisecond};
    loop::PeerLimits::Options peers;
    PublishRate publishes;        ///< of one connection
    PublishGate* gate = nullptr;  ///< what is asked before the publisher; it outlives the listener. Null: nothing
    std::size_t connections = 4096;
    /// Shaking hands at a time; one more cuts the one that has taken longest, so that a flood does not shut out those
    /// that are honest.
    std::size_t half_open = 1024;
  };

  /// Errors: kSystem, the port cannot be had.
  static base::Result<std::unique_ptr<RtmpListener>> make(loop::Loop& loop, const base::Clock& clock,
                                                          Publisher& publisher, Options options);
  /// Ends all connections; their sinks hear of it from here.
  ~RtmpListener() override;
  RtmpListener(const RtmpListener&) = delete;
  RtmpListener& operator=(const RtmpListener&) = delete;

  std::uint16_t port() const;
  const RtmpCounters& statistics() const { return counters_; }
  /// New connections use this certificate. REQUIRES: made with one.
  void set_tls(std::shared_ptr<const tls::Context> context) { options_.tls = std::move(context); }
  /// How often a connection that comes from now on may publish.
  void set_publish_rate(const PublishRate& rate) { options_.publishes = rate; }
  /// Takes no more connections; those that are there continue.
  void stop_accepting() { tcp_.reset(); }
  /// Asks the encoders that can to publish to `tc_url` (empty: here, anew) from now on (RT-38, OP-3).
  void request_reconnect(std::string_view tc_url, std::string_view why);

 private:
  RtmpListener(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, Options options);

  void on_accept(std::unique_ptr<loop::Stream> stream);
  bool admit(const loop::Stream& stream);
  void cut_oldest_half_open();
  void on_tick();

  Publisher& publisher() override { return publisher_; }
  PublishGate* gate() override { return options_.gate; }
  RtmpCounters& counters() override { return counters_; }
  void on_denied(std::string_view peer, bool loopback) override;
  void retire(std::uint64_t id) override;

  loop::Loop& loop_;
  const base::Clock& clock_;
  Publisher& publisher_;
  Options options_;
  loop::PeerLimits limits_;
  RtmpCounters counters_;
  std::uint64_t next_id_ = 1;
  base::Micros pruned_ = 0;
  std::map<std::uint64_t, std::unique_ptr<RtmpConnection>> connections_;  ///< oldest first
  std::vector<std::unique_ptr<RtmpConnection>> retired_;                  ///< destroyed on the next turn
  std::shared_ptr<RtmpListener*> life_;  ///< null inside once destroyed: for tasks posted before
  loop::Timer timer_;
  std::unique_ptr<loop::TcpListener> tcp_;
};

}  // namespace ingest
