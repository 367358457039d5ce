#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

/// What the server and the warmed parent of the workers say to each other, over a SOCK_SEQPACKET socket pair: one
/// message a packet.
namespace job {

/// Server to parent: fork a worker.
struct SpawnRequest {
  /// The id of a request that forks nothing: the parent answers with SpawnReport::Kind::kAlive.
  static constexpr std::uint64_t kPing = 0;

  std::uint64_t id = kPing;  ///< chosen by the server, comes back in every report
  std::string options;       ///< to_json(Options)
  std::uint64_t memory = 0;  ///< Options::memory
};
/// Descriptors that travel with a SpawnRequest.
struct SpawnDescriptors {
  int feed = -1;     ///< read end of the feed pipe
  int records = -1;  ///< write end of the record pipe
  int stats = -1;    ///< memory file of the size of Stats
  int media = -1;    ///< that of a base::MediaFile
  int slate = -1;    ///< that of a base::SharedFile, of Options::slate; -1: there is none
  int font = -1;     ///< likewise, of Options::slate_font
};

/// Parent to server.
struct SpawnReport {
  enum class Kind : std::uint8_t { kStarted, kFailed, kExited, kAlive };
  Kind kind = Kind::kStarted;
  std::uint64_t id = 0;  ///< of the request; 0 for kAlive, and where the request could not be read
  int pid = 0;
  int status = 0;  ///< of kExited: the exit status; of kFailed: why, an errno
  int signal = 0;  ///< that ended it; 0 if it ended by itself
};

/// The number under which the parent finds its socket.
inline constexpr int kSpawnSocket = 3;

/// Never blocks. Errors: kSystem (also when the socket is full: the parent hangs).
base::Status send_request(int socket, const SpawnRequest& request, const SpawnDescriptors& descriptors);
/// Asks the parent whether it still works. Never blocks. Errors: as send_request().
base::Status send_ping(int socket);
/// Waits for the next request; a ping has no descriptors. Errors: kCanceled at the end of the socket, kMalformed,
/// kSystem. Owns: the received descriptors are the caller's.
base::Result<SpawnRequest> receive_request(int socket, SpawnDescriptors& descriptors);

base::Status send_report(int socket, const SpawnReport& report);
/// Reads one packet of the socket. Errors: kMalformed.
base::Result<SpawnReport> parse_report(base::View packet);

}  // namespace job
