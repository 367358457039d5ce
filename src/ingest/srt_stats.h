#pragma once

#include <cstdint>
#include <string>

namespace ingest {

/// State of the key exchange (SR-10); the numbers are the library's.
enum class SrtEncryption : std::uint8_t { kNone = 0, kSecuring = 1, kSecured = 2, kNoSecret = 3, kBadSecret = 4 };

/// One SRT publisher, or one listener that the server has called, about a second old at most (SR-21). What ends in
/// _total only grows while the publisher stays.
struct SrtStats {
  std::string channel;
  std::string feed;  ///< "primary", "backup"
  SrtEncryption encryption = SrtEncryption::kNone;
  std::uint64_t packets_received_total = 0;         ///< pktRecvTotal
  std::uint64_t packets_received_unique_total = 0;  ///< pktRecvUniqueTotal
  std::uint64_t packets_lost_total = 0;             ///< pktRcvLossTotal
  std::uint64_t packets_retransmitted_total = 0;    ///< pktRcvRetrans, summed up
  std::uint64_t packets_dropped_total = 0;          ///< pktRcvDropTotal: came too late to be delivered (SR-13)
  std::uint64_t packets_undecrypted_total = 0;      ///< pktRcvUndecryptTotal
  std::uint64_t packets_belated_total = 0;          ///< pktRcvBelated, summed up
  std::uint64_t naks_sent_total = 0;                ///< pktSentNAKTotal
  std::uint64_t bytes_received_total = 0;           ///< byteRecvTotal
  std::uint64_t bytes_discarded_total = 0;          ///< by us: the channel's queue was full or paused
  double receive_mbps = 0;                          ///< mbpsRecvRate
  double bandwidth_mbps = 0;                        ///< mbpsBandwidth, an estimate
  double rtt_ms = 0;                                ///< msRTT
  int buffer_ms = 0;                                ///< msRcvBuf
  int latency_ms = 0;                               ///< msRcvTsbPdDelay: the one negotiated (SR-12)
  int reorder_tolerance_packets = 0;                ///< pktReorderTolerance
  int buffer_free_bytes = 0;                        ///< byteAvailRcvBuf
};

/// What this build of the library can do; asked of it at start (SR-18, SR-19).
struct SrtFeatures {
  std::string version;
  bool bonding = false;
  bool aead = false;
};

}  // namespace ingest
