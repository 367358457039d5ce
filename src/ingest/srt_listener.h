#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "ingest/publish_gate.h"
#include "ingest/publisher.h"
#include "ingest/srt_gate.h"
#include "ingest/srt_stats.h"
#include "ingest/srt_thread.h"
#include "loop/loop.h"
#include "loop/mailbox.h"
#include "loop/peer_limits.h"

namespace ingest {

/// What the SRT listener counts; all but publishing only grow.
struct SrtCounters {
  std::uint64_t publishing = 0;
  std::uint64_t accepted = 0;                  ///< callers that passed the gate and shook hands
  std::uint64_t publishes = 0;                 ///< of these, admitted by the channel
  std::uint64_t late_refusals = 0;             ///< of these, refused by it after all
  std::map<SrtReject, std::uint64_t> refused;  ///< at the gate, by the code that they received (SR-5)
  std::uint64_t failed_handshakes = 0;         ///< admitted by the gate, refused by the library: passphrase, mode
  std::uint64_t bytes = 0;                     ///< handed on
  std::uint64_t bytes_discarded = 0;           ///< the loop lagged by `backlog_bytes`

  /// Of all these refusals, those for a key, a name, an unknown channel or a passphrase.
  std::uint64_t denied() const;
};

/// Takes SRT publishers on one UDP port. A caller is checked twice: in memory, within the library's callback, by
/// policy and the channels that are occupied (SR-5 to SR-7), and again by `publisher` on the loop, which alone knows.
///
///   caller ─► gate ─► handshake ─► kWaiting ─► PublishGate ─► on_publish ─► kLive ─► on_feed_end
///              └ 14xx                             └ refused ─────┴─► closed
///
/// What a caller sends before it is let in waits, up to the same bound as what the loop has not read, and is handed on
/// in order when it is.
///
/// A live sender cannot be made to wait: while the loop lags by SrtThread::Options::backlog_bytes, what arrives is
/// dropped and reported as feed::Dropped (SR-13).
/// Thread: the loop's. Owns: a thread of its own that reads the sockets.
class SrtListener final : private SrtThreadSink {
 public:
  struct Options {
    SrtSettings socket;
    SrtThread::Options thread;
    loop::PeerLimits::Options peers;
    PublishGate* gate = nullptr;  ///< what is asked before the publisher; it outlives the listener. Null: nothing
  };

  /// Errors: kSystem, the port cannot be had.
  static base::Result<std::unique_ptr<SrtListener>> make(loop::Loop& loop, const base::Clock& clock,
                                                         Publisher& publisher, std::shared_ptr<const SrtPolicy> policy,
                                                         const Options& options);
  /// Ends all connections; their sinks hear of it from here. The thread has ended and the port is free afterwards.
  ~SrtListener() override;
  SrtListener(const SrtListener&) = delete;
  SrtListener& operator=(const SrtListener&) = delete;

  std::uint16_t port() const { return port_; }
  const SrtFeatures& features() const { return features_; }

  /// New callers are judged by this.
  void set_policy(std::shared_ptr<const SrtPolicy> policy) { gate_.set_policy(std::move(policy)); }
  /// Channels whose further publishers are refused by the gate.
  void set_occupied(FeedNames feeds);
  /// Callers for channels that the policy does not name are refused by the gate, but for these; nullopt: nobody is.
  void set_full(std::optional<std::set<std::string, std::less<>>> but_for);
  /// Refuses callers with 1503 from now on; publishers that are there continue (OP-3).
  void stop_accepting() { gate_.close(); }

  SrtCounters statistics() const;
  /// One entry a live publisher, as of the last second.
  std::vector<SrtStats> socket_statistics() const;

 private:
  class SrtFeed;

  SrtListener(loop::Loop& loop, const base::Clock& clock, Publisher& publisher, std::shared_ptr<const SrtPolicy> policy,
              const Options& options);

  // On the SRT thread: each posts a message to itself.
  void on_srt_arrival(SrtArrival arrival) override;
  void on_srt_bytes(std::uint64_t id, base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) override;
  void on_srt_end(std::uint64_t id, std::string reason) override;
  void on_srt_stats(std::map<std::uint64_t, SrtStats> stats) override;
  void on_srt_failed_handshakes(std::uint64_t callers) override;

  void admit(SrtArrival&& arrival);
  void take_answer(std::uint64_t id, const PublishGate::Answer& answer);
  void begin(std::uint64_t id);
  void refuse(std::uint64_t id, const Publisher::Refusal& refusal);
  void deliver(std::uint64_t id, base::Micros arrived, base::Bytes&& bytes, std::uint64_t dropped);
  void retire(std::uint64_t id, std::string_view reason);

  SrtLibrary library_;
  const base::Clock& clock_;
  Publisher& publisher_;
  PublishGate* const publish_gate_;
  SrtGate gate_;
  SrtFeatures features_;
  std::uint16_t port_ = 0;
  SrtCounters counters_;
  std::map<std::uint64_t, std::unique_ptr<SrtFeed>> feeds_;
  std::map<std::uint64_t, SrtStats> stats_;
  base::Micros pruned_ = 0;
  std::shared_ptr<SrtListener*> life_;  ///< null inside once destroyed: for answers that come later
  loop::Mailbox mailbox_;
  std::unique_ptr<SrtThread> thread_;  ///< posts into mailbox_, so it goes first
};

}  // namespace ingest
