#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "ingest/network.h"
#include "ingest/srt_gate.h"
#include "ingest/srt_stats.h"

/// The few calls of libsrt that the listener needs. Only srt_*.cc include srt.h.
namespace ingest {

/// Starts the library, and cleans up after the last one (SR: threads of its own end there). Counted by the library.
class SrtLibrary {
 public:
  SrtLibrary();
  ~SrtLibrary();
  SrtLibrary(const SrtLibrary&) = delete;
  SrtLibrary& operator=(const SrtLibrary&) = delete;
};

SrtFeatures srt_features();

/// What the listening socket is given, and accepted ones inherit.
struct SrtSettings {
  std::string host = "0.0.0.0";
  std::uint16_t port = 9000;                        ///< UDP; 0: any free one
  base::Micros latency = 120 * base::kMillisecond;  ///< the larger of this and the caller's holds (SR-12)
  base::Micros max_latency = 2 * base::kSecond;     ///< receive buffers have room for it, at …
  std::int64_t max_bitrate = 40'000'000;            ///< … this, a quarter added (SR-14). Units: bits a second.
  base::Micros peer_idle = 5 * base::kSecond;       ///< silence after which a caller is gone (SR-15)
  int max_reorder = 0;                              ///< SRTO_LOSSMAXTTL (SR-17). Units: packets.
  int backlog = 64;
};

/// Sizes for SRTO_RCVBUF (bytes) and SRTO_FC (packets) that hold `latency` at `bitrate` with a quarter to spare
/// (SR-14), at least the library's own defaults.
struct SrtBuffers {
  int bytes = 0;
  int packets = 0;
};
SrtBuffers srt_buffers(base::Micros latency, std::int64_t bitrate);

/// A listening socket; callers go through `gate`. Errors: kSystem, naming address and reason.
/// `gate` and `clock` must outlive the socket.
class SrtAcceptor {
 public:
  struct Accepted {
    int socket = -1;
    Address peer;
    std::string stream_id;
    std::string version;  ///< of the caller's library
    SrtEncryption encryption = SrtEncryption::kNone;
  };

  static base::Result<std::unique_ptr<SrtAcceptor>> make(const SrtSettings& settings, SrtGate& gate,
                                                         const base::Clock& clock);
  ~SrtAcceptor();
  SrtAcceptor(const SrtAcceptor&) = delete;
  SrtAcceptor& operator=(const SrtAcceptor&) = delete;

  int socket() const { return socket_; }
  std::uint16_t port() const;
  /// The next caller that passed the gate. Errors: kBusy if there is none.
  base::Result<Accepted> accept();
  /// Logs the callers that passed the gate and whose handshake the library itself then refused, which tells nobody: a
  /// wrong passphrase, an encrypted caller of a channel without one, file mode. Returns how many. Call once a second,
  /// on accept()'s thread.
  std::uint64_t report_failed_handshakes();

 private:
  SrtAcceptor(const SrtSettings& settings, SrtGate& gate, const base::Clock& clock);
  /// A caller between the gate's answer and accept().
  struct Admitted {
    Address peer;
    std::string channel;
    bool encrypted = false;  ///< the channel has a passphrase
    base::Micros at = 0;     ///< steady time
  };
  static int on_caller(void* self, int socket, int version, const sockaddr* peer, const char* stream_id);
  int admit(int socket, const sockaddr* peer, const char* stream_id);
  base::Status configure() const;

  SrtSettings settings_;
  SrtGate& gate_;
  const base::Clock& clock_;
  int socket_ = -1;
  std::mutex mutex_;                  ///< guards admitted_, which the library's receive thread adds to
  std::map<int, Admitted> admitted_;  ///< by socket; at most kMostAdmitted
};

/// Appends what `socket` has, up to about `most` bytes. Errors: kCanceled when the connection is over.
base::Status srt_read(int socket, std::vector<std::uint8_t>& out, std::size_t most);
/// Adds to `stats` what the library knows now; interval counters are summed up, so call it from one place only.
void srt_read_stats(int socket, SrtStats& stats);
SrtEncryption srt_encryption(int socket);
void srt_close_socket(int socket);

/// Waits for several sockets. Level-triggered.
class SrtPoll {
 public:
  SrtPoll();
  ~SrtPoll();
  SrtPoll(const SrtPoll&) = delete;
  SrtPoll& operator=(const SrtPoll&) = delete;

  void add(int socket);
  /// For a socket that calls: it is ready when it is connected, or has failed.
  void add_calling(int socket);
  void remove(int socket);
  /// Sockets with something to read, or broken, after at most `timeout`.
  const std::vector<int>& wait(base::Micros timeout);

 private:
  int poll_ = -1;
  std::vector<int> ready_;
};

}  // namespace ingest
