#include "ingest/srt_socket.h"

#include <netdb.h>
#include <srt/logging_api.h>
#include <syslog.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "base/log.h"
#include "ingest/srt_option.h"

namespace ingest {
namespace {

using srt_option::get_int;
using srt_option::get_text;
using srt_option::set;
using srt_option::set_text;

/// MTU less IPv4, UDP and SRT headers: the most that one packet carries (SR-16).
constexpr std::size_t kMaxPayload = 1456;
/// A packet's share of the receive buffer, as the library counts it: MTU less IPv4 and UDP headers.
constexpr std::int64_t kPacketSpace = 1472;
constexpr int kDefaultFlightPackets = 25600;
constexpr int kDefaultBufferPackets = 8192;
constexpr int kMinVersion = 0x010300;  // SR-1: HSv5
/// The library ends a handshake right after the gate's answer, or not at all.
constexpr base::Micros kHandshakeTime = base::kSecond;
constexpr std::size_t kMostAdmitted = 1024;

void on_library_log(void* /*opaque*/, int level, const char* /*file*/, int /*line*/, const char* /*area*/,
                    const char* message) {
  std::string_view text(message);
  while (text.ends_with('\n')) text.remove_suffix(1);
  base::log(level <= LOG_CRIT ? base::Level::kError : base::Level::kDebug, "ingest", "libsrt", {{"says", text}});
}

std::uint64_t unsigned_of(std::int64_t value) { return value > 0 ? static_cast<std::uint64_t>(value) : 0; }

}  // namespace

SrtLibrary::SrtLibrary() {
  srt_startup();
  srt_setloglevel(LOG_ERR);
  srt_setloghandler(nullptr, on_library_log);
}

SrtLibrary::~SrtLibrary() { srt_cleanup(); }

SrtFeatures srt_features() {
  SrtFeatures features;
  features.version = srt_option::version_text(static_cast<int>(srt_getversion()));
  const int probe = srt_create_socket();
  features.bonding = set(probe, SRTO_GROUPCONNECT, 1);
  constexpr int kCryptoMode = 62;  // SRTO_CRYPTOMODE from 1.5.2 on, where AEAD was built in
  features.aead = set(probe, static_cast<SRT_SOCKOPT>(kCryptoMode), 0);
  srt_close(probe);
  return features;
}

SrtBuffers srt_buffers(base::Micros latency, std::int64_t bitrate) {
  // In packets of the usual 1,316 bytes of payload: each takes the space of a whole one.
  constexpr std::int64_t kUsualPayload = 1316;
  const __int128 bits = static_cast<__int128>(latency) * bitrate * 5 / 4 / base::kSecond;
  const std::int64_t packets =
      std::clamp<std::int64_t>(static_cast<std::int64_t>(bits / 8 / kUsualPayload) + 1, kDefaultBufferPackets, 1 << 20);
  return {static_cast<int>(packets * kPacketSpace),
          static_cast<int>(std::max<std::int64_t>(packets, kDefaultFlightPackets))};
}

base::Result<std::unique_ptr<SrtAcceptor>> SrtAcceptor::make(const SrtSettings& settings, SrtGate& gate,
                                                             const base::Clock& clock) {
  std::unique_ptr<SrtAcceptor> acceptor(new SrtAcceptor(settings, gate, clock));
  const std::string place = settings.host + ":" + std::to_string(settings.port) + "/udp";
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(settings.host.c_str(), std::to_string(settings.port).c_str(), &hints, &found);
      code != 0) {
    return base::Error{base::Code::kSystem, "SRT listener on " + place + ": " + gai_strerror(code)};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, freeaddrinfo);
  TRY_OK(acceptor->configure());
  const int socket = acceptor->socket_;
  // Before listening, or the first callers would get past it (SR-7).
  srt_listen_callback(socket, on_caller, acceptor.get());
  if (srt_bind(socket, address->ai_addr, static_cast<int>(address->ai_addrlen)) != 0 ||
      srt_listen(socket, settings.backlog) != 0) {
    return srt_option::library_error("SRT listener on " + place);
  }
  return acceptor;
}

SrtAcceptor::SrtAcceptor(const SrtSettings& settings, SrtGate& gate, const base::Clock& clock)
    : settings_(settings), gate_(gate), clock_(clock), socket_(srt_create_socket()) {}

SrtAcceptor::~SrtAcceptor() { srt_close(socket_); }

base::Status SrtAcceptor::configure() const {
  const auto milliseconds = [](base::Micros span) { return static_cast<int>(span / base::kMillisecond); };
  const SrtBuffers buffers = srt_buffers(std::max(settings_.latency, settings_.max_latency), settings_.max_bitrate);
  const bool ok = set(socket_, SRTO_TRANSTYPE, SRTT_LIVE) && set(socket_, SRTO_RCVSYN, false) &&
                  set(socket_, SRTO_MINVERSION, kMinVersion) && set(socket_, SRTO_TSBPDMODE, true) &&
                  set(socket_, SRTO_TLPKTDROP, true) && set(socket_, SRTO_ENFORCEDENCRYPTION, true) &&
                  set(socket_, SRTO_RCVLATENCY, milliseconds(settings_.latency)) &&
                  set(socket_, SRTO_PEERIDLETIMEO, milliseconds(settings_.peer_idle)) &&
                  set(socket_, SRTO_LOSSMAXTTL, settings_.max_reorder) &&
                  // The receive buffer is cut to the flight window, so the window comes first.
                  set(socket_, SRTO_FC, buffers.packets) && set(socket_, SRTO_RCVBUF, buffers.bytes);
  if (!ok) return srt_option::library_error("SRT listener's options");
  return base::Ok{};
}

std::uint16_t SrtAcceptor::port() const {
  sockaddr_storage storage{};
  int size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  return srt_getsockname(socket_, address, &size) == 0 ? address_of(address).port : std::uint16_t{0};
}

int SrtAcceptor::on_caller(void* self, int socket, int version, const sockaddr* peer, const char* stream_id) {
  if (version < 5) {
    // SR-1: the library's own rejection says so to the caller.
    base::log_warn("ingest", "SRT caller refused",
                   {{"peer", address_of(peer).text()}, {"why", "its handshake is of a version before 5 (libsrt 1.3)"}});
    return -1;
  }
  return static_cast<SrtAcceptor*>(self)->admit(socket, peer, stream_id);
}

int SrtAcceptor::admit(int socket, const sockaddr* peer, const char* stream_id) {
  const Address address = address_of(peer);
  auto decision = gate_.decide(stream_id == nullptr ? "" : stream_id, address, clock_.steady());
  if (const auto* refusal = std::get_if<SrtGate::Refusal>(&decision)) {
    base::log_info("ingest", "SRT caller refused",
                   {{"peer", address.text()}, {"code", static_cast<int>(refusal->code)}, {"why", refusal->text}});
    srt_setrejectreason(socket, static_cast<int>(refusal->code));
    return -1;
  }
  // The stream's own settings, while they still can be set (SR-7).
  const auto& admission = std::get<SrtGate::Admission>(decision);
  const SrtChannel& channel = admission.channel;
  bool ok = true;
  if (channel.key_length != 0) ok = set(socket, SRTO_PBKEYLEN, channel.key_length);
  if (!channel.passphrase.empty()) ok = ok && set_text(socket, SRTO_PASSPHRASE, channel.passphrase);
  if (channel.latency > 0) {
    const base::Micros latency = std::min(channel.latency, std::max(settings_.latency, settings_.max_latency));
    ok = ok && set(socket, SRTO_RCVLATENCY, static_cast<int>(latency / base::kMillisecond));
  }
  if (ok) {
    const std::lock_guard lock(mutex_);
    if (admitted_.size() < kMostAdmitted)
      admitted_[socket] = {address, admission.request.channel, !channel.passphrase.empty(), clock_.steady()};
    return 0;
  }
  base::log_error("ingest", "SRT settings of a stream refused by the library", {{"why", srt_getlasterror_str()}});
  srt_setrejectreason(socket, static_cast<int>(SrtReject::kInternal));
  return -1;
}

base::Result<SrtAcceptor::Accepted> SrtAcceptor::accept() {
  sockaddr_storage storage{};
  int size = sizeof storage;
  auto* address = reinterpret_cast<sockaddr*>(&storage);
  Accepted accepted;
  accepted.socket = srt_accept(socket_, address, &size);
  if (accepted.socket == SRT_INVALID_SOCK) return base::Error{base::Code::kBusy, "no SRT caller"};
  {
    const std::lock_guard lock(mutex_);
    admitted_.erase(accepted.socket);
  }
  set(accepted.socket, SRTO_RCVSYN, false);
  accepted.peer = address_of(address);
  accepted.stream_id = get_text(accepted.socket, SRTO_STREAMID);
  accepted.version = srt_option::version_text(get_int(accepted.socket, SRTO_PEERVERSION));
  accepted.encryption = srt_encryption(accepted.socket);
  return accepted;
}

std::uint64_t SrtAcceptor::report_failed_handshakes() {
  const base::Micros now = clock_.steady();
  std::map<int, Admitted> overdue;
  {
    const std::lock_guard lock(mutex_);
    for (auto at = admitted_.begin(); at != admitted_.end();) {
      const auto next = std::next(at);
      if (now - at->second.at > kHandshakeTime) overdue.insert(admitted_.extract(at));
      at = next;
    }
  }
  std::uint64_t failed = 0;
  for (const auto& [socket, caller] : overdue) {
    if (srt_getsockstate(socket) == SRTS_CONNECTED) continue;  // it waits for accept()
    ++failed;
    gate_.note_failure(caller.peer, now);
    base::log_warn("ingest", "SRT handshake failed",
                   {{"channel", caller.channel},
                    {"peer", caller.peer.text()},
                    {"why", caller.encrypted
                                ? "the caller's passphrase is not the channel's, or it is not in live mode"
                                : "the caller encrypts and the channel has no passphrase, or it is not in live mode"}});
  }
  return failed;
}

base::Status srt_read(int socket, std::vector<std::uint8_t>& out, std::size_t most) {
  while (out.size() < most) {
    const std::size_t before = out.size();
    out.resize(before + kMaxPayload);
    const int size = srt_recvmsg2(socket, reinterpret_cast<char*>(out.data() + before), kMaxPayload, nullptr);
    out.resize(before + static_cast<std::size_t>(std::max(size, 0)));
    if (size > 0) continue;
    if (size < 0 && srt_getlasterror(nullptr) == SRT_EASYNCRCV) return base::Ok{};
    return base::Error{base::Code::kCanceled, size < 0 ? srt_getlasterror_str() : "end of stream"};
  }
  return base::Ok{};
}

void srt_read_stats(int socket, SrtStats& stats) {
  SRT_TRACEBSTATS raw{};
  // Cleared, because retransmitted and belated packets are only counted since the last time.
  if (srt_bstats(socket, &raw, 1) != 0) return;
  stats.packets_received_total = unsigned_of(raw.pktRecvTotal);
  stats.packets_received_unique_total = unsigned_of(raw.pktRecvUniqueTotal);
  stats.packets_lost_total = unsigned_of(raw.pktRcvLossTotal);
  stats.packets_retransmitted_total += unsigned_of(raw.pktRcvRetrans);
  stats.packets_dropped_total = unsigned_of(raw.pktRcvDropTotal);
  stats.packets_undecrypted_total = unsigned_of(raw.pktRcvUndecryptTotal);
  stats.packets_belated_total += unsigned_of(raw.pktRcvBelated);
  stats.naks_sent_total = unsigned_of(raw.pktSentNAKTotal);
  stats.bytes_received_total = raw.byteRecvTotal;
  stats.receive_mbps = raw.mbpsRecvRate;
  stats.bandwidth_mbps = raw.mbpsBandwidth;
  stats.rtt_ms = raw.msRTT;
  stats.buffer_ms = raw.msRcvBuf;
  stats.latency_ms = raw.msRcvTsbPdDelay;
  stats.reorder_tolerance_packets = raw.pktReorderTolerance;
  stats.buffer_free_bytes = raw.byteAvailRcvBuf;
  stats.encryption = srt_encryption(socket);
}

SrtEncryption srt_encryption(int socket) {
  return static_cast<SrtEncryption>(std::clamp(get_int(socket, SRTO_RCVKMSTATE), 0, 4));
}

void srt_close_socket(int socket) { srt_close(socket); }

SrtPoll::SrtPoll() : poll_(srt_epoll_create()) {
  // Without it the library refuses to wait while there is no socket.
  srt_epoll_set(poll_, SRT_EPOLL_ENABLE_EMPTY);
}

SrtPoll::~SrtPoll() { srt_epoll_release(poll_); }

void SrtPoll::add(int socket) {
  const auto events = static_cast<int>(SRT_EPOLL_IN | SRT_EPOLL_ERR);
  srt_epoll_add_usock(poll_, socket, &events);
}

void SrtPoll::add_calling(int socket) {
  const auto events = static_cast<int>(SRT_EPOLL_OUT | SRT_EPOLL_ERR);
  srt_epoll_add_usock(poll_, socket, &events);
}

void SrtPoll::remove(int socket) { srt_epoll_remove_usock(poll_, socket); }

const std::vector<int>& SrtPoll::wait(base::Micros timeout) {
  std::array<SRT_EPOLL_EVENT, 256> events{};
  const int count =
      srt_epoll_uwait(poll_, events.data(), static_cast<int>(events.size()), timeout / base::kMillisecond);
  ready_.clear();
  for (int i = 0; i < std::min(count, static_cast<int>(events.size())); ++i) {
    ready_.push_back(events[static_cast<std::size_t>(i)].fd);
  }
  return ready_;
}

}  // namespace ingest
