#include "loop/stream.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <utility>
#include <vector>

#include "loop/handle.h"
#include "loop/stream_state.h"

namespace loop {
namespace {

// One buffer a loop's thread: reads never overlap, and on_read sees its bytes only during the call.
constexpr std::size_t kReadBuffer = 256 * 1024;
thread_local std::unique_ptr<char[]> t_read_buffer;

// IOV_MAX is 1024 on Linux; a call with more would fail.
constexpr std::size_t kMaxSlices = 1000;

void give_read_buffer(uv_handle_t*, std::size_t, uv_buf_t* buffer) {
  if (!t_read_buffer) t_read_buffer = std::make_unique<char[]>(kReadBuffer);
  *buffer = uv_buf_init(t_read_buffer.get(), kReadBuffer);
}

void report_end(Stream::State& state, int code) {
  if (state.handler == nullptr || state.ended) return;
  state.ended = true;
  uv_read_stop(&state.uv.stream);
  if (code == UV_EOF) {
    state.handler->on_end(std::nullopt);
  } else {
    state.handler->on_end(uv_error(code, "connection"));
  }
}

void on_read(uv_stream_t* stream, ssize_t length, const uv_buf_t* buffer) {
  auto* state = static_cast<Stream::State*>(stream->data);
  if (state->handler == nullptr || length == 0) return;
  if (length < 0) {
    report_end(*state, static_cast<int>(length));
    return;
  }
  state->handler->on_read({reinterpret_cast<const std::uint8_t*>(buffer->base), static_cast<std::size_t>(length)});
}

struct WriteRequest {
  uv_write_t uv{};
  Stream::State* state = nullptr;
  std::vector<base::Bytes> kept;
  std::size_t size = 0;
};

void on_written(uv_write_t* request, int code) {
  const std::unique_ptr<WriteRequest> done(static_cast<WriteRequest*>(request->data));
  Stream::State& state = *done->state;
  state.queued -= done->size;
  if (code < 0) {
    report_end(state, code);
  } else if (state.queued == 0 && state.handler != nullptr && !state.ended) {
    state.handler->on_drained();
  }
}

// A write that fails at once must not call back inside write(): the owner hears of it on the next turn.
void report_later(Stream::State& state, int code) {
  if (state.pending_error != 0) return;
  state.pending_error = code;
  state.loop->post([life = state.life, code] {
    if (*life != nullptr) report_end(**life, code);
  });
}

void queue_rest(Stream::State& state, std::span<const base::Bytes> slices, std::size_t sent) {
  auto request = std::make_unique<WriteRequest>();
  request->state = &state;
  std::vector<uv_buf_t> buffers;
  for (const base::Bytes& slice : slices) {
    if (sent >= slice.size()) {
      sent -= slice.size();
      continue;
    }
    request->kept.push_back(slice.slice(std::exchange(sent, 0)));
    const base::Bytes& rest = request->kept.back();
    request->size += rest.size();
    buffers.push_back(uv_buf_init(reinterpret_cast<char*>(const_cast<std::uint8_t*>(rest.data())),
                                  static_cast<unsigned>(rest.size())));
  }
  if (buffers.empty()) return;
  request->uv.data = request.get();
  const int code =
      uv_write(&request->uv, &state.uv.stream, buffers.data(), static_cast<unsigned>(buffers.size()), on_written);
  if (code < 0) {
    report_later(state, code);
    return;
  }
  state.queued += request->size;
  request.release();
}

std::size_t send_at_once(Stream::State& state, std::span<const base::Bytes> slices) {
  std::size_t total_sent = 0;
  while (!slices.empty()) {
    std::array<uv_buf_t, 64> buffers;
    const std::size_t count = std::min(slices.size(), buffers.size());
    std::size_t offered = 0;
    for (std::size_t i = 0; i < count; ++i) {
      buffers[i] = uv_buf_init(reinterpret_cast<char*>(const_cast<std::uint8_t*>(slices[i].data())),
                               static_cast<unsigned>(slices[i].size()));
      offered += slices[i].size();
    }
    const int sent = uv_try_write(&state.uv.stream, buffers.data(), static_cast<unsigned>(count));
    if (sent == UV_EAGAIN) return total_sent;
    if (sent < 0) {
      report_later(state, sent);
      return total_sent;
    }
    total_sent += static_cast<std::size_t>(sent);
    if (static_cast<std::size_t>(sent) < offered) return total_sent;
    slices = slices.subspan(count);
  }
  return total_sent;
}

std::string describe(const sockaddr_storage& address, bool& loopback) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    loopback = (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
    return std::string(text) + ":" + std::to_string(ntohs(v4.sin_port));
  }
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    const bool mapped = IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) != 0;
    loopback = IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) != 0 || (mapped && v6.sin6_addr.s6_addr[12] == 127);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  return {};
}

bool is_tcp(int descriptor) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) != 0) return false;
  return address.ss_family == AF_INET || address.ss_family == AF_INET6;
}

}  // namespace

Stream::State* adopt_tcp(Loop& loop, Stream::State* state) {
  state->loop = &loop;
  state->uv.stream.data = state;
  state->life = std::make_shared<Stream::State*>(state);
  sockaddr_storage address{};
  int length = sizeof address;
  if (uv_tcp_getpeername(&state->uv.tcp, reinterpret_cast<sockaddr*>(&address), &length) == 0) {
    state->peer = describe(address, state->loopback);
  }
  uv_tcp_nodelay(&state->uv.tcp, 1);
  return state;
}

void close_state(Stream::State* state) {
  *state->life = nullptr;
  state->handler = nullptr;
  uv_close(&state->uv.handle, [](uv_handle_t* handle) { delete static_cast<Stream::State*>(handle->data); });
}

base::Result<std::unique_ptr<Stream>> Stream::of_descriptor(Loop& loop, int descriptor) {
  auto* state = new State;
  int code = 0;
  if (is_tcp(descriptor)) {
    uv_tcp_init(uv_of(loop), &state->uv.tcp);
    state->uv.handle.data = state;
    code = uv_tcp_open(&state->uv.tcp, descriptor);
    if (code == 0) adopt_tcp(loop, state);
  } else {
    uv_pipe_init(uv_of(loop), &state->uv.pipe, 0);
    state->uv.handle.data = state;
    code = uv_pipe_open(&state->uv.pipe, descriptor);
  }
  state->loop = &loop;
  if (!state->life) state->life = std::make_shared<State*>(state);
  if (code < 0) {
    close_state(state);
    return uv_error(code, "descriptor " + std::to_string(descriptor));
  }
  return std::make_unique<Stream>(state);
}

Stream::~Stream() { close(); }

void Stream::close() {
  if (state_ == nullptr) return;
  close_state(std::exchange(state_, nullptr));
}

void Stream::start(StreamHandler& handler) {
  if (state_ == nullptr) return;
  state_->handler = &handler;
  resume();
}

void Stream::pause() {
  if (state_ == nullptr) return;
  state_->paused = true;
  uv_read_stop(&state_->uv.stream);
}

void Stream::resume() {
  if (state_ == nullptr || state_->ended) return;
  state_->paused = false;
  const int code = uv_read_start(&state_->uv.stream, give_read_buffer, on_read);
  if (code < 0 && code != UV_EALREADY) report_later(*state_, code);
}

bool Stream::paused() const { return state_ != nullptr && state_->paused; }

void Stream::write(std::span<const base::Bytes> slices) {
  if (state_ == nullptr || state_->ended || state_->pending_error != 0) return;
  std::size_t sent = 0;
  if (state_->queued == 0) {
    sent = send_at_once(*state_, slices);
    if (state_->pending_error != 0) return;
  }
  while (!slices.empty()) {
    const std::size_t count = std::min(slices.size(), kMaxSlices);
    std::size_t offered = 0;
    for (const base::Bytes& slice : slices.first(count)) offered += slice.size();
    const std::size_t done = std::min(sent, offered);
    if (done < offered) queue_rest(*state_, slices.first(count), done);
    sent -= done;
    slices = slices.subspan(count);
  }
}

std::size_t Stream::queued() const { return state_ == nullptr ? 0 : state_->queued; }

void Stream::shut_down() {
  if (state_ == nullptr) return;
  auto* request = new uv_shutdown_t;
  const int code = uv_shutdown(request, &state_->uv.stream, [](uv_shutdown_t* done, int) { delete done; });
  if (code < 0) delete request;
}

const std::string& Stream::peer() const {
  static const std::string none;
  return state_ == nullptr ? none : state_->peer;
}

bool Stream::peer_is_loopback() const { return state_ != nullptr && state_->loopback; }

}  // namespace loop
