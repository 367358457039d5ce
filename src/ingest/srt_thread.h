#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "ingest/srt_call.h"
#include "ingest/srt_socket.h"

namespace ingest {

/// One publisher's bytes on their way from the SRT thread to the control loop. Shared by both, since the thread must
/// know without asking whether the loop keeps up; nothing but atomics in it.
struct SrtBacklog {
  std::atomic<std::size_t> queued{0};     ///< bytes posted and not yet handed on
  std::atomic<std::uint64_t> dropped{0};  ///< bytes dropped so far
};

/// A publisher that came, or a listener that was called and answered; `id` names it from now on.
struct SrtArrival {
  std::uint64_t id = 0;
  SrtAcceptor::Accepted caller;         ///< the other end
  std::shared_ptr<SrtBacklog> backlog;  ///< shared: see there
};

/// What the SRT thread reports. Thread: called on the SRT thread; implementations only pass it on.
class SrtThreadSink {
 public:
  virtual ~SrtThreadSink() = default;
  virtual void on_srt_arrival(SrtArrival arrival) = 0;
  /// `dropped` bytes are missing before these (SR-13).
  virtual void on_srt_bytes(std::uint64_t id, base::Micros arrived, base::Bytes bytes, std::uint64_t dropped) = 0;
  /// Comes once for each arrival, last. For a call that was not answered it comes without an arrival.
  virtual void on_srt_end(std::uint64_t id, std::string reason) = 0;
  /// Once a second, and when the last publisher has gone.
  virtual void on_srt_stats(std::map<std::uint64_t, SrtStats> stats) = 0;
  /// So many more callers that the SrtGate had let in have been refused by the library.
  virtual void on_srt_failed_handshakes(std::uint64_t callers) = 0;
};

/// Reads all SRT sockets on a thread of its own, since the library can be waited for only through its own poll (SR-22).
/// While packets come it reads at most every 2 ms, all sockets in one go, so that many feeds do not mean many wake-ups.
/// Owns: the acceptor and every socket that it accepted or called with; destroying it ends the thread and closes them,
/// without more reports.
class SrtThread {
 public:
  struct Options {
    std::size_t connections = 256;  ///< one more is closed at once
    std::size_t backlog_bytes = std::size_t{8}
                                << 20;  ///< of a publisher; what comes beyond is dropped until half is taken
  };

  /// `clock`, `sink` must outlive the thread. `acceptor`: null where nobody is let in.
  SrtThread(const Options& options, std::unique_ptr<SrtAcceptor> acceptor, const base::Clock& clock,
            SrtThreadSink& sink);
  ~SrtThread();
  SrtThread(const SrtThread&) = delete;
  SrtThread& operator=(const SrtThread&) = delete;

  /// Calls a listener, within 50 ms. Returns the call's id: an arrival or an end with it follows. Thread: any.
  std::uint64_t call(SrtCall call);
  /// Closes a connection, or gives up a call, within 50 ms. Thread: any.
  void close(std::uint64_t id, std::string reason);

 private:
  struct Connection {
    std::uint64_t id = 0;
    bool calling = false;  ///< not connected yet
    SrtStats stats;
    std::shared_ptr<SrtBacklog> backlog;
    bool dropping = false;              ///< its backlog was full: bytes are dropped until half of it is taken
    std::uint64_t unreported_drop = 0;  ///< bytes dropped that are not reported to the sink yet
  };

  void run();
  void accept_all();
  void run_commands();
  void begin_call(std::uint64_t id, const SrtCall& call);
  void answer_call(int socket, Connection& connection);
  bool serve(int socket);
  bool read(int socket, Connection& connection);
  void take(Connection& connection, std::vector<std::uint8_t> bytes);
  void end(int socket, std::string reason);
  void report_stats();

  Options options_;
  const base::Clock& clock_;
  SrtThreadSink& sink_;
  std::unique_ptr<SrtAcceptor> acceptor_;
  SrtPoll poll_;
  std::map<int, Connection> connections_;  ///< by socket
  std::atomic<std::uint64_t> next_id_{1};
  base::Micros stats_at_ = 0;  ///< when stats are due, steady

  std::atomic<bool> stopping_{false};
  std::mutex mutex_;  ///< guards calls_, orders_: what the control loop asks of a thread that no mailbox can wake
  std::map<std::uint64_t, SrtCall> calls_;       ///< to begin
  std::map<std::uint64_t, std::string> orders_;  ///< connections to close, and why
  std::thread thread_;                           ///< last: it uses everything above
};

}  // namespace ingest
