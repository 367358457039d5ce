#include <netinet/in.h>
#include <sys/socket.h>

#include <utility>

#include "loop/handle.h"
#include "loop/stream_state.h"

namespace loop {

struct TcpListener::State {
  uv_tcp_t uv{};
  Loop* loop = nullptr;
  OnAccept on_accept;
  std::uint16_t port = 0;
};

namespace {

void accept_one(uv_stream_t* server, int status) {
  auto* state = static_cast<TcpListener::State*>(server->data);
  if (status < 0) return;
  auto* accepted = new Stream::State;
  uv_tcp_init(server->loop, &accepted->uv.tcp);
  accepted->uv.handle.data = accepted;
  accepted->life = std::make_shared<Stream::State*>(accepted);
  if (uv_accept(server, &accepted->uv.stream) < 0 || !state->on_accept) {
    close_state(accepted);
    return;
  }
  adopt_tcp(*state->loop, accepted);
  state->on_accept(std::make_unique<Stream>(accepted));
}

int parse_address(const TcpListener::Options& options, sockaddr_storage& address) {
  const int v4 = uv_ip4_addr(options.host.c_str(), options.port, reinterpret_cast<sockaddr_in*>(&address));
  if (v4 == 0) return 0;
  return uv_ip6_addr(options.host.c_str(), options.port, reinterpret_cast<sockaddr_in6*>(&address));
}

// libuv 1.44 knows no SO_REUSEPORT: the descriptor is made by init_ex, and the option set before bind.
int bind_and_listen(TcpListener::State& state, const TcpListener::Options& options, const sockaddr_storage& address) {
  if (options.reuse_port) {
    uv_os_fd_t descriptor = -1;
    const int code = uv_fileno(reinterpret_cast<uv_handle_t*>(&state.uv), &descriptor);
    if (code < 0) return code;
    const int on = 1;
    if (setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) != 0) return uv_translate_sys_error(errno);
  }
  // No Nagle: accepted sockets inherit it, which spares a call for each.
  int code = uv_tcp_nodelay(&state.uv, 1);
  if (code < 0) return code;
  code = uv_tcp_bind(&state.uv, reinterpret_cast<const sockaddr*>(&address), 0);
  if (code < 0) return code;
  code = uv_listen(reinterpret_cast<uv_stream_t*>(&state.uv), options.backlog, accept_one);
  if (code < 0) return code;
  sockaddr_storage bound{};
  int length = sizeof bound;
  uv_tcp_getsockname(&state.uv, reinterpret_cast<sockaddr*>(&bound), &length);
  state.port = bound.ss_family == AF_INET6 ? ntohs(reinterpret_cast<const sockaddr_in6&>(bound).sin6_port)
                                           : ntohs(reinterpret_cast<const sockaddr_in&>(bound).sin_port);
  return 0;
}

}  // namespace

base::Result<std::unique_ptr<TcpListener>> TcpListener::make(Loop& loop, const Options& options, OnAccept on_accept) {
  const std::string where = options.host + ":" + std::to_string(options.port);
  sockaddr_storage address{};
  if (parse_address(options, address) != 0) {
    return base::Error{base::Code::kMalformed, "listen address " + where + ": not an IPv4 or IPv6 address"};
  }
  auto* state = new State;
  state->loop = &loop;
  state->on_accept = std::move(on_accept);
  int code = uv_tcp_init_ex(uv_of(loop), &state->uv, address.ss_family);
  state->uv.data = state;
  std::unique_ptr<TcpListener> listener(new TcpListener(state));
  if (code == 0) code = bind_and_listen(*state, options, address);
  if (code < 0) return uv_error(code, "listen on " + where);
  return listener;
}

TcpListener::~TcpListener() {
  state_->on_accept = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->uv),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

std::uint16_t TcpListener::port() const { return state_->port; }

}  // namespace loop
