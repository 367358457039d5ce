#include "ingest/srt_call.h"

#include <netdb.h>

#include <memory>

#include "ingest/srt_option.h"

namespace ingest {
namespace {

constexpr int kCallMinVersion = 0x010300;  // SR-1: HSv5

int milliseconds(base::Micros span) { return static_cast<int>(span / base::kMillisecond); }

bool configure_call(int socket, const SrtCall& call) {
  using srt_option::set;
  using srt_option::set_text;
  const SrtBuffers buffers = srt_buffers(call.latency, call.max_bitrate);
  bool ok = set(socket, SRTO_TRANSTYPE, SRTT_LIVE) && set(socket, SRTO_RCVSYN, false) &&
            set(socket, SRTO_SNDSYN, false) && set(socket, SRTO_MINVERSION, kCallMinVersion) &&
            set(socket, SRTO_TSBPDMODE, true) && set(socket, SRTO_TLPKTDROP, true) &&
            set(socket, SRTO_ENFORCEDENCRYPTION, true) && set(socket, SRTO_RCVLATENCY, milliseconds(call.latency)) &&
            set(socket, SRTO_PEERIDLETIMEO, milliseconds(call.peer_idle)) &&
            set(socket, SRTO_CONNTIMEO, milliseconds(call.patience)) &&
            // The receive buffer is cut to the flight window, so the window comes first.
            set(socket, SRTO_FC, buffers.packets) && set(socket, SRTO_RCVBUF, buffers.bytes);
  if (!call.stream_id.empty()) ok = ok && set_text(socket, SRTO_STREAMID, call.stream_id);
  if (call.key_length != 0) ok = ok && set(socket, SRTO_PBKEYLEN, call.key_length);
  if (!call.passphrase.empty()) ok = ok && set_text(socket, SRTO_PASSPHRASE, call.passphrase);
  return ok;
}

}  // namespace

base::Result<int> srt_begin_call(const SrtCall& call, SrtPoll& poll) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  if (getaddrinfo(call.address.c_str(), std::to_string(call.port).c_str(), &hints, &found) != 0) {
    return base::Error{base::Code::kMalformed, "not an IP address: " + call.address};
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> address(found, freeaddrinfo);
  const int socket = srt_create_socket();
  if (socket == SRT_INVALID_SOCK) return srt_option::library_error("SRT socket");
  poll.add_calling(socket);  // before the call, or its end might be missed
  const bool begun =
      configure_call(socket, call) && srt_connect(socket, address->ai_addr, static_cast<int>(address->ai_addrlen)) == 0;
  if (begun) return socket;
  const base::Error error = srt_option::library_error("SRT call");
  poll.remove(socket);
  srt_close(socket);
  return error;
}

SrtCallState srt_call_state(int socket) {
  switch (srt_getsockstate(socket)) {
    case SRTS_INIT:
    case SRTS_OPENED:
    case SRTS_CONNECTING: return SrtCallState::kCalling;
    case SRTS_CONNECTED: return SrtCallState::kConnected;
    default: return SrtCallState::kFailed;
  }
}

std::string srt_call_failure(int socket) {
  const int reason = srt_getrejectreason(socket);
  switch (reason) {
    case SRT_REJ_UNKNOWN:
    case SRT_REJ_TIMEOUT: return "no answer";
    case SRT_REJ_BADSECRET: return "the passphrase is not the listener's";
    case SRT_REJ_UNSECURE: return "one side has a passphrase and the other has none";
    default: break;
  }
  // SR-5: from 1000 on codes are the application's.
  if (reason >= SRT_REJC_PREDEFINED) return "the listener refused with code " + std::to_string(reason);
  return std::string("the listener refused: ") + srt_rejectreason_str(reason);
}

SrtAcceptor::Accepted srt_called(int socket) {
  SrtAcceptor::Accepted called;
  called.socket = socket;
  called.version = srt_option::version_text(srt_option::get_int(socket, SRTO_PEERVERSION));
  called.encryption = srt_encryption(socket);
  return called;
}

}  // namespace ingest
