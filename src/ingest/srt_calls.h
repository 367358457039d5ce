#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "ingest/srt_call.h"
#include "ingest/srt_stats.h"
#include "ingest/srt_thread.h"
#include "loop/loop.h"
#include "loop/mailbox.h"

namespace ingest {

/// What becomes of one call.
class SrtCallHandler {
 public:
  virtual ~SrtCallHandler() = default;
  virtual void on_srt_connected(const SrtAcceptor::Accepted& listener) = 0;
  /// `dropped` bytes are missing before these (SR-13).
  virtual void on_srt_media(base::Micros arrived, base::Bytes&& bytes, std::uint64_t dropped) = 0;
  /// Comes once, last; also where the call was not answered.
  virtual void on_srt_ended(const std::string& reason) = 0;
};

/// Calls of this server to SRT listeners. Thread: the loop's. Owns: a thread of its own that reads the sockets, from
/// the first call on.
class SrtCalls final : private SrtThreadSink {
 public:
  /// `clock` outlives this.
  SrtCalls(loop::Loop& loop, const base::Clock& clock, const SrtThread::Options& options = {});
  /// Closes all connections; no handler hears of it.
  ~SrtCalls() override;
  SrtCalls(const SrtCalls&) = delete;
  SrtCalls& operator=(const SrtCalls&) = delete;

  /// The id of a call that begins now. `handler` is called on later turns, until its end or hang_up().
  std::uint64_t call(SrtCall call, SrtCallHandler& handler);
  /// Ends a call; its handler hears nothing more. One that has ended is left alone.
  void hang_up(std::uint64_t id);
  /// Of a connection, a second old at most; null before that.
  const SrtStats* statistics(std::uint64_t id) const;

 private:
  struct Line {
    SrtCallHandler* handler = nullptr;
    std::shared_ptr<SrtBacklog> backlog;  ///< shared with the thread: see there; null before the answer
  };

  // On the SRT thread: each posts a message.
  void on_srt_arrival(SrtArrival arrival) override;
  void on_srt_bytes(std::uint64_t id, base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) override;
  void on_srt_end(std::uint64_t id, std::string reason) override;
  void on_srt_stats(std::map<std::uint64_t, SrtStats> stats) override;
  void on_srt_failed_handshakes(std::uint64_t /*callers*/) override {}

  SrtLibrary library_;
  const base::Clock& clock_;
  const SrtThread::Options options_;
  std::map<std::uint64_t, Line> lines_;
  std::map<std::uint64_t, SrtStats> stats_;
  loop::Mailbox mailbox_;
  std::unique_ptr<SrtThread> thread_;  ///< posts into mailbox_, so it goes first
};

}  // namespace ingest
