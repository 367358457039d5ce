#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "ingest/srt_socket.h"

/// The calls of libsrt that a caller needs.
namespace ingest {

/// Whom to call, and with which settings.
struct SrtCall {
  std::string address;  ///< IPv4 or IPv6, in figures
  std::uint16_t port = 0;
  std::string stream_id;
  std::string passphrase;                           ///< empty: the feed is not encrypted
  int key_length = 0;                               ///< Units: bytes: 16, 24, 32; 0: the listener's
  base::Micros latency = 120 * base::kMillisecond;  ///< the larger of this and the listener's holds (SR-12)
  std::int64_t max_bitrate = 40'000'000;            ///< the receive buffer has room for it. Units: bits a second.
  base::Micros peer_idle = 5 * base::kSecond;       ///< silence after which the listener is gone (SR-15)
  base::Micros patience = 3 * base::kSecond;        ///< for the listener's answer
};

/// A socket that calls, watched by `poll`. Does not wait. Owns: the caller, who closes it with srt_close_socket().
/// Errors: kMalformed, kSystem.
base::Result<int> srt_begin_call(const SrtCall& call, SrtPoll& poll);

enum class SrtCallState : std::uint8_t { kCalling, kConnected, kFailed };
SrtCallState srt_call_state(int socket);
/// Why the call of a socket failed: "the listener refused: 1401 …", "the passphrase is not the listener's".
std::string srt_call_failure(int socket);
/// What is known of the listener; its address is not, since the caller knows it. REQUIRES: kConnected.
SrtAcceptor::Accepted srt_called(int socket);

}  // namespace ingest
