#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "ingest/backoff.h"
#include "ingest/network.h"
#include "ingest/pull.h"
#include "ingest/srt_calls.h"
#include "loop/loop.h"
#include "loop/resolver.h"
#include "loop/timer.h"

namespace ingest {

/// A feed from an SRT listener that the server calls, for ever:
///
///   kWaiting ──wait over──► kLookingUp ──address──► kCalling ──answer, and the channel takes it──► kLive
///      ▲                        │ none                 │ none, or refused                            │ ended, or
///      closed └────────────────────────┴──────────────────────┴─────────────────────────────────────────────┘
///
/// Where a name has several addresses each call takes the next one.
class SrtPull final : public Pull, private SrtCallHandler {
 public:
  struct Options {
    base::Micros latency = 120 * base::kMillisecond;  ///< where the source has none
    std::int64_t max_bitrate = 40'000'000;            ///< Units: bits a second
    Backoff::Options backoff;
  };

  /// Begins at once. What it is given by reference outlives it.
  SrtPull(loop::Loop& loop, SrtCalls& calls, Publisher& publisher, const std::string& channel, feed::Id feed,
          PullSource source, const Options& options, std::uint32_t seed);
  ~SrtPull() override;

  PullStats statistics() const override { return publication_.stats; }
  std::optional<SrtStats> srt_statistics() const override;

 private:
  enum class State : std::uint8_t { kWaiting, kLookingUp, kCalling, kLive };

  void begin();
  void call(base::Result<loop::Addresses> found);
  void wait(const std::string& why);
  void fail(const std::string& why);
  void on_srt_connected(const SrtAcceptor::Accepted& listener) override;
  void on_srt_media(base::Micros arrived, base::Bytes&& bytes, std::uint64_t dropped) override;
  void on_srt_ended(const std::string& reason) override;

  SrtCalls& calls_;
  const PullSource source_;
  const Options options_;
  State state_ = State::kWaiting;
  std::uint64_t call_ = 0;  ///< of kCalling and kLive
  std::uint64_t next_address_ = 0;
  Address listener_;          ///< of the last call
  std::string last_failure_;  ///< the same one is logged once
  Backoff backoff_;
  loop::Resolver resolver_;
  loop::Timer timer_;
  PullPublication publication_;
};

}  // namespace ingest
