#include "viewers/transport.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "viewers/engine.h"

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

namespace viewers {
namespace {

constexpr int kSlowReceiveBuffer = 4096;
// Reads in a row before others get their turn.
constexpr int kReadsATurn = 4;

/// The server's address. Returns its length.
socklen_t address_of(const Url& url, sockaddr_storage& out) {
  if (url.address == "::1") {
    auto& v6 = reinterpret_cast<sockaddr_in6&>(out);
    v6.sin6_family = AF_INET6;
    v6.sin6_addr = in6addr_loopback;
    v6.sin6_port = htons(url.port);
    return sizeof v6;
  }
  auto& v4 = reinterpret_cast<sockaddr_in&>(out);
  v4.sin_family = AF_INET;
  inet_pton(AF_INET, url.address.c_str(), &v4.sin_addr);
  v4.sin_port = htons(url.port);
  return sizeof v4;
}

/// A destination takes about 28,000 connections from one source address: more need more of 127.0.0.0/8.
void bind_source(int descriptor, std::size_t number) {
  const int on = 1;
  setsockopt(descriptor, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  sockaddr_in source{};
  source.sin_family = AF_INET;
  source.sin_addr.s_addr = htonl(INADDR_LOOPBACK + static_cast<std::uint32_t>(number));
  static_cast<void>(bind(descriptor, reinterpret_cast<const sockaddr*>(&source), sizeof source));
}

}  // namespace

struct Transport::Watch {
  uv_poll_t poll{};
  Transport* transport = nullptr;
};

Transport::Transport(Engine& engine, TransportUser& user, Pace pace)
    : engine_(engine), user_(user), pace_(pace), opened_(steady_now()) {
  descriptor_ = open_socket();
  paced_until_ = opened_;
  watch_ = new Watch;
  watch_->transport = this;
  uv_poll_init(&engine_.loop, &watch_->poll, descriptor_);
  watch_->poll.data = watch_;
  watch(UV_WRITABLE);
}

Transport::~Transport() {
  watch_->transport = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&watch_->poll),
           [](uv_handle_t* handle) { delete static_cast<Watch*>(handle->data); });
  // A session whose connection was not shut down could not be resumed.
  if (tls_ != nullptr) SSL_set_shutdown(tls_, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
  SSL_free(tls_);
  if (descriptor_ >= 0) close(descriptor_);
}

int Transport::open_socket() {
  sockaddr_storage server{};
  const socklen_t size = address_of(engine_.options.url, server);
  const int descriptor = socket(server.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) {
    std::perror("kickoff-viewers: socket");
    std::exit(2);
  }
  const int on = 1;
  setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (pace_.bytes_per_second > 0) {
    setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &kSlowReceiveBuffer, sizeof kSlowReceiveBuffer);
  }
  const std::size_t number = engine_.connections++ % engine_.sources;
  if (engine_.sources > 1 && server.ss_family == AF_INET) bind_source(descriptor, number);
  // A refusal shows as an event, as on any other failure.
  static_cast<void>(connect(descriptor, reinterpret_cast<const sockaddr*>(&server), size));
  return descriptor;
}

void Transport::watch(int events) {
  if (events == events_) return;
  events_ = events;
  if (events == 0) {
    uv_poll_stop(&watch_->poll);
    return;
  }
  uv_poll_start(&watch_->poll, events, [](uv_poll_t* poll, int status, int ready) {
    Transport* transport = static_cast<Watch*>(poll->data)->transport;
    if (transport != nullptr) transport->on_ready(status < 0 ? UV_READABLE | UV_WRITABLE : ready);
  });
}

void Transport::on_ready(int events) {
  if (state_ == State::kConnecting) {
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) return lose(Failure::kConnect, std::strerror(error));
    if (engine_.tls == nullptr) {
      state_ = State::kOpen;
      watch(pace_.bytes_per_second > 0 ? 0 : UV_READABLE);
      user_.on_connected(steady_now());
      return flush();
    }
    tls_ = engine_.tls->connect(descriptor_);
    state_ = State::kHandshake;
  }
  if (state_ == State::kHandshake) return handshake();
  if ((events & UV_WRITABLE) != 0) flush();
  if (state_ == State::kOpen && (events & UV_READABLE) != 0) read(engine_.read_buffer.size());
}

void Transport::handshake() {
  ERR_clear_error();
  const int result = SSL_do_handshake(tls_);
  if (result != 1) {
    const int why = SSL_get_error(tls_, result);
    if (why == SSL_ERROR_WANT_READ) return watch(UV_READABLE);
    if (why == SSL_ERROR_WANT_WRITE) return watch(UV_WRITABLE);
    const char* reason = ERR_reason_error_string(ERR_peek_error());
    return lose(Failure::kTls, reason != nullptr ? reason : "the connection closed during the handshake");
  }
  const unsigned char* protocol = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(tls_, &protocol, &size);
  const bool h2 = size == 2 && std::memcmp(protocol, "h2", 2) == 0;
  if (engine_.tls->wants_h2() && !h2) return lose(Failure::kTls, "the server does not choose h2 by ALPN");
  const Micros now = steady_now();
  engine_.tally.add(Count::kHandshakes);
  engine_.tally.add(Span::kHandshake, now - opened_);
  if (SSL_session_reused(tls_) == 1) engine_.tally.add(Count::kResumed);
  state_ = State::kOpen;
  watch(pace_.bytes_per_second > 0 ? 0 : UV_READABLE);
  user_.on_connected(now);
  flush();
  if (state_ == State::kOpen && SSL_pending(tls_) > 0) read(engine_.read_buffer.size());
}

void Transport::read(std::size_t most) {
  if (tls_ != nullptr) return read_tls(most);
  auto& buffer = engine_.read_buffer;
  for (int i = 0; i < kReadsATurn; ++i) {
    const ssize_t got = ::read(descriptor_, buffer.data(), most);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) return lose(Failure::kClosed, got == 0 ? "the server closed the connection" : std::strerror(errno));
    const auto size = static_cast<std::size_t>(got);
    user_.on_bytes({buffer.data(), size}, steady_now());
    // A short read has emptied the socket: level-triggered polling tells of more.
    if (state_ != State::kOpen || size < most || pace_.bytes_per_second > 0) return;
  }
}

void Transport::read_tls(std::size_t most) {
  auto& buffer = engine_.read_buffer;
  std::size_t filled = 0;
  bool over = false;
  ERR_clear_error();
  while (filled < most) {
    const int got = SSL_read(tls_, buffer.data() + filled, static_cast<int>(most - filled));
    if (got <= 0) {
      const int why = SSL_get_error(tls_, got);
      over = why != SSL_ERROR_WANT_READ && why != SSL_ERROR_WANT_WRITE;
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  if (filled > 0) user_.on_bytes({buffer.data(), filled}, steady_now());
  if (over && state_ == State::kOpen) return lose(Failure::kClosed, "the server closed the connection");
  if (state_ == State::kOpen && filled == most && pace_.bytes_per_second == 0 && SSL_pending(tls_) > 0) read_tls(most);
}

void Transport::read_paced(Micros now) {
  if (state_ != State::kOpen) return;
  const auto rate = static_cast<Micros>(pace_.bytes_per_second);
  const auto allowed = static_cast<std::size_t>((now - paced_until_) * rate / base::kSecond);
  if (allowed == 0) return;
  paced_until_ = now;
  read(std::min(allowed, engine_.read_buffer.size()));
}

void Transport::send(std::string_view bytes) {
  if (state_ == State::kLost) return;
  if (state_ != State::kOpen || !unsent_.empty()) {
    unsent_ += bytes;
    if (state_ == State::kOpen) flush();
    return;
  }
  if (tls_ == nullptr) {
    const ssize_t sent = ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent == static_cast<ssize_t>(bytes.size())) return;
    bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  }
  unsent_ += bytes;
  flush();
}

void Transport::flush() {
  if (state_ != State::kOpen) return;
  while (!unsent_.empty() && state_ == State::kOpen) {
    ERR_clear_error();
    const auto sent = tls_ == nullptr ? ::send(descriptor_, unsent_.data(), unsent_.size(), MSG_NOSIGNAL)
                                      : SSL_write(tls_, unsent_.data(), static_cast<int>(unsent_.size()));
    // What cannot be sent because the connection broke shows when reading.
    if (sent <= 0) break;
    unsent_.erase(0, static_cast<std::size_t>(sent));
  }
  const int reading = pace_.bytes_per_second > 0 ? 0 : UV_READABLE;
  watch(reading | (unsent_.empty() ? 0 : UV_WRITABLE));
}

void Transport::lose(Failure failure, std::string_view what) {
  state_ = State::kLost;
  watch(0);
  user_.on_lost(failure, what);
}

}  // namespace viewers
