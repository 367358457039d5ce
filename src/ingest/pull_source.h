#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace ingest {

/// Where the server gets a feed by itself, as a URL of the configuration says:
///
///   srt://HOST:PORT?streamid=…&passphrase=…&pbkeylen=16&latency=200     calls an SRT listener
///   udp://ADDRESS:PORT?localaddr=…&sources=…                            MPEG-TS in datagrams
///   rtp://ADDRESS:PORT?localaddr=…&sources=…                            the same in RTP (RFC 2250)
///
/// ADDRESS is one of this machine, or a multicast group; `localaddr` is the interface that the group is joined on, by
/// name or address; `sources` are the senders that are listened to, separated by commas. Query values may be
/// percent-encoded.
struct PullSource {
  enum class Kind : std::uint8_t { kSrt, kUdp, kRtp };

  Kind kind = Kind::kSrt;
  std::string host;  ///< IPv6 without brackets
  std::uint16_t port = 0;
  std::string stream_id;             ///< SRT; may hold a key: never log it
  std::string passphrase;            ///< SRT, 10 to 80 characters (SR-8); never log it
  int key_length = 0;                ///< SRT. Units: bytes: 16, 24, 32; 0: the listener's
  base::Micros latency = 0;          ///< SRT; 0: the server's default
  std::string interface;             ///< UDP
  std::vector<std::string> sources;  ///< UDP; none: anybody

  bool operator==(const PullSource&) const = default;
  /// "srt://HOST:PORT", for logs and pages: without what is secret.
  std::string place() const;
  bool multicast() const;
  /// "srt-caller", "udp", "rtp": PublishRequest::protocol.
  std::string_view protocol() const;
};

/// Errors: kMalformed, a sentence for the operator that quotes no value which may be secret.
base::Result<PullSource> parse_pull_source(std::string_view url);

}  // namespace ingest
