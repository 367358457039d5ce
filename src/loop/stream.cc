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
#include "loop/send_now.h"
#include "loop/stream_state.h"

namespace loop {
namespace {

// One buffer a loop's thread: reads never overlap, and on_read sees its bytes only during the call.
constexpr std::size_t kReadBuffer = 256 * 1024;
thread_local std::unique_ptr<char[]> t_read_buffer;

void give_read_buffer(uv_handle_t*, std::size_t, uv_buf_t* buffer) {
  if (!t_read_buffer) t_read_buffer = std::make_unique<char[]>(kReadBuffer);
  *buffer = uv_buf_init(t_read_buffer.get(), kReadBuffer);
}

void report_end(Stream::State& state, int code) {
  // A TCP peer that has said all may still listen. The end of a pipe, or of a process behind a socket pair, is both.
  if (code != UV_EOF || state.descriptor < 0) state.broken = true;
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

/// A write that libuv has: the first bytes of what the kernel did not take. When they are through, the rest is tried
/// again at once, without copying where that can be.
struct WriteRequest {
  uv_write_t uv{};
  Stream::State* state = nullptr;
  base::Bytes first;
};

// Small beside what a socket takes when it takes something again.
constexpr std::size_t kFirst = 32 * 1024;

// A write that fails at once must not call back inside write(): the owner hears of it on the next turn.
void report_later(Stream::State& state, int code) {
  if (state.pending_error != 0) return;
  state.pending_error = code;
  state.loop->post([life = state.life, code] {
    if (*life != nullptr) report_end(**life, code);
  });
}

/// Bytes that the kernel takes now.
std::size_t send_at_once(Stream::State& state, std::span<const base::Bytes> slices, Stream::Follows follows) {
  if (state.descriptor >= 0) {
    const Sent sent = send_now(state.descriptor, slices, follows == Stream::Follows::kEnd);
    if (sent.error != 0) report_later(state, uv_translate_sys_error(sent.error));
    return sent.bytes;
  }
  std::size_t total = 0;
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
    if (sent < 0 && sent != UV_EAGAIN) report_later(state, sent);
    if (sent < 0) return total;
    total += static_cast<std::size_t>(sent);
    if (static_cast<std::size_t>(sent) < offered) return total;
    slices = slices.subspan(count);
  }
  return total;
}

void shut_down_now(Stream::State& state) {
  // libuv would wait a turn for the socket to be writable first; here nothing is left to be written.
  if (state.descriptor >= 0) {
    shutdown(state.descriptor, SHUT_WR);
    return;
  }
  auto* request = new uv_shutdown_t;
  const int code = uv_shutdown(request, &state.uv.stream, [](uv_shutdown_t* done, int) { delete done; });
  if (code < 0) delete request;
}

void on_written(uv_write_t* request, int code);

/// Drops the first `count` bytes of what waits.
void drop_front(Stream::State& state, std::size_t count) {
  std::size_t whole = 0;
  while (whole < state.waiting.size() && count >= state.waiting[whole].size()) count -= state.waiting[whole++].size();
  state.waiting.erase(state.waiting.begin(), state.waiting.begin() + static_cast<std::ptrdiff_t>(whole));
  if (count > 0) state.waiting.front() = state.waiting.front().slice(count);
  if (state.waiting.empty()) state.waiting.shrink_to_fit();  // most viewers never need it again
}

/// Gives libuv the first of what waits, so that it tells when the kernel takes more.
void write_first(Stream::State& state) {
  if (state.waiting.empty()) return;
  auto request = std::make_unique<WriteRequest>();
  request->state = &state;
  request->uv.data = request.get();
  request->first = state.waiting.front().slice(0, kFirst);
  const base::Bytes& first = request->first;
  const uv_buf_t buffer = uv_buf_init(reinterpret_cast<char*>(const_cast<std::uint8_t*>(first.data())),
                                      static_cast<unsigned>(first.size()));
  const int code = uv_write(&request->uv, &state.uv.stream, &buffer, 1, on_written);
  if (code < 0) return report_later(state, code);
  drop_front(state, first.size());
  static_cast<void>(request.release());  // on_written() has it
}

void send_waiting(Stream::State& state) {
  const std::size_t sent = send_at_once(state, state.waiting, Stream::Follows::kAnything);
  drop_front(state, sent);
  state.queued -= sent;
  if (state.pending_error == 0) write_first(state);
}

void on_written(uv_write_t* request, int code) {
  const std::unique_ptr<WriteRequest> done(static_cast<WriteRequest*>(request->data));
  Stream::State& state = *done->state;
  state.queued -= done->first.size();
  if (code < 0) return report_end(state, code);
  send_waiting(state);
  if (state.queued != 0 || state.handler == nullptr || state.broken || state.pending_error != 0) return;
  if (std::exchange(state.shutdown_wanted, false)) shut_down_now(state);
  state.handler->on_drained();
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

// Read when first used: most connections are served without it.
const Stream::State& with_peer(Stream::State& state) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (state.descriptor >= 0 && state.peer.empty() &&
      getpeername(state.descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0)
    state.peer = describe(address, state.loopback);
  return state;
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
  uv_fileno(&state->uv.handle, &state->descriptor);
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
    if (code == 0) {
      adopt_tcp(loop, state);
      uv_tcp_nodelay(&state->uv.tcp, 1);
    }
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

void Stream::set_low_water(std::size_t bytes) {
  if (state_ == nullptr || state_->descriptor < 0) return;
  const int count = static_cast<int>(bytes);
  setsockopt(state_->descriptor, SOL_SOCKET, SO_RCVLOWAT, &count, sizeof count);
}

bool Stream::paused() const { return state_ != nullptr && state_->paused; }

void Stream::write(std::span<const base::Bytes> slices, Follows follows) {
  if (state_ == nullptr || state_->broken || state_->pending_error != 0) return;
  std::size_t sent = 0;
  const bool idle = state_->queued == 0;
  if (idle) sent = send_at_once(*state_, slices, follows);
  if (state_->pending_error != 0) return;
  for (const base::Bytes& slice : slices) {
    const std::size_t through = std::min(sent, slice.size());
    sent -= through;
    if (through == slice.size()) continue;
    state_->waiting.push_back(slice.slice(through));
    state_->queued += slice.size() - through;
  }
  if (idle) write_first(*state_);
}

std::size_t Stream::queued() const { return state_ == nullptr ? 0 : state_->queued; }

void Stream::shut_down() {
  if (state_ == nullptr) return;
  state_->shutdown_wanted = state_->queued != 0;
  if (!state_->shutdown_wanted) shut_down_now(*state_);
}

const std::string& Stream::peer() const {
  static const std::string none;
  return state_ == nullptr ? none : with_peer(*state_).peer;
}

bool Stream::peer_is_loopback() const { return state_ != nullptr && with_peer(*state_).loopback; }

}  // namespace loop
