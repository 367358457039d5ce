#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "ingest/backoff.h"
#include "ingest/network.h"
#include "ingest/pull.h"
#include "ingest/rtp.h"
#include "loop/loop.h"
#include "loop/timer.h"
#include "loop/udp_receiver.h"

namespace ingest {

/// A feed of MPEG-TS in datagrams, plain or in RTP. Its port is open all the time. The feed lasts while datagrams come:
/// the first one publishes it, Options::silence without one ends it.
///
/// Datagrams of two senders would make nonsense of each other: only one is listened to at a time. Another one takes its
/// place, as a new feed, when it has been silent for Options::sender_silence.
class UdpPull final : public Pull, private loop::UdpHandler {
 public:
  struct Options {
    base::Micros silence = 10 * base::kSecond;
    base::Micros sender_silence = 500 * base::kMillisecond;
    Backoff::Options backoff;  ///< of the port that cannot be opened, and of the channel that refuses
  };

  /// Begins at once. What it is given by reference outlives it.
  UdpPull(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, const std::string& channel, feed::Id feed,
          PullSource source, const Options& options, std::uint32_t seed);
  ~UdpPull() override = default;

  PullStats statistics() const override;
  /// 0 while it is not open.
  std::uint16_t port() const { return receiver_ ? receiver_->port() : std::uint16_t{0}; }

 private:
  void on_datagrams(std::span<const loop::Datagram> datagrams, std::uint64_t lost) override;
  void open();
  void watch();
  bool accept(const Address& from);
  void take(const Address& from, base::View datagram);
  void hand_on();
  void refuse();
  void warn(const std::string& why);

  loop::Loop& loop_;
  const base::Clock& clock_;
  const PullSource source_;
  const Options options_;
  std::vector<Network> sources_;
  Address sender_;
  base::Micros heard_ = 0;  ///< when the sender's last datagram came, steady
  base::Micros refused_until_ = 0;
  std::string last_problem_;         ///< the same one is logged once
  std::vector<std::uint8_t> bytes_;  ///< of the datagrams that are being taken
  RtpOrder order_;
  Backoff backoff_;
  PullPublication publication_;
  loop::Timer timer_;
  std::unique_ptr<loop::UdpReceiver> receiver_;
};

}  // namespace ingest
