#include "viewers/http2_client.h"

#include <cstdlib>
#include <utility>

#include "viewers/attributes.h"
#include "viewers/engine.h"

namespace viewers {
namespace {

constexpr std::int32_t kWindow = 16 << 20;

std::string_view text(const std::uint8_t* bytes, std::size_t size) {
  return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field(std::string_view name, std::string_view value) {
  const auto bytes = [](std::string_view v) { return const_cast<std::uint8_t*>(base::view_of(v).data()); };
  return {bytes(name), bytes(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct Http2Client::Callbacks {
  static Http2Client& self(void* user) { return *static_cast<Http2Client*>(user); }

  static int on_begin_headers(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    self(user).heading_ = {self(user).find(frame->hd.stream_id), {}};
    return 0;
  }
  static int on_header(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
    Head& head = self(user).heading_.head;
    const std::string_view key = text(name, name_size);
    const std::string_view content = text(value, value_size);
    if (key == ":status") head.status = static_cast<int>(integer_of(content));
    if (key == "content-length") head.length = integer_of(content);
    if (key == "retry-after") head.retry_after = integer_of(content);
    return 0;
  }
  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* user) {
    Http2Client& client = self(user);
    if (frame->hd.type == NGHTTP2_HEADERS && client.heading_.exchange != nullptr) {
      std::exchange(client.heading_.exchange, nullptr)->take_head(client.heading_.head, client.now_);
    }
    if (frame->hd.type == NGHTTP2_GOAWAY) client.closing_ = true;
    return 0;
  }
  static int on_data(nghttp2_session*, std::uint8_t flags, std::int32_t stream, const std::uint8_t* data,
                     std::size_t size, void* user) {
    Exchange* exchange = self(user).find(stream);
    if (exchange == nullptr) return 0;
    const bool whole = exchange->received() + static_cast<std::int64_t>(size) == exchange->head().length;
    exchange->take_body({data, size}, whole && (flags & NGHTTP2_FLAG_END_STREAM) != 0);
    return 0;
  }
  static int on_stream_close(nghttp2_session*, std::int32_t stream, std::uint32_t error, void* user) {
    Http2Client& client = self(user);
    const auto at = client.streams_.find(stream);
    if (at == client.streams_.end()) return 0;
    client.done_.emplace_back(at->second, error);
    client.streams_.erase(at);
    return 0;
  }
};

Http2Client::Http2Client(Engine& engine, Transport::Pace pace) : engine_(engine), transport_(engine, *this, pace) {
  nghttp2_session_callbacks* callbacks = nullptr;
  if (nghttp2_session_callbacks_new(&callbacks) != 0) std::abort();
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, &Callbacks::on_begin_headers);
  nghttp2_session_callbacks_set_on_header_callback(callbacks, &Callbacks::on_header);
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, &Callbacks::on_frame);
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, &Callbacks::on_data);
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, &Callbacks::on_stream_close);
  if (nghttp2_session_client_new(&session_, callbacks, this) != 0) std::abort();
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {
      {NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
      {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, static_cast<std::uint32_t>(kWindow)},
  };
  nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(session_, NGHTTP2_FLAG_NONE, 0, kWindow);
}

Http2Client::~Http2Client() {
  for (auto& [stream, exchange] : streams_) exchange->forget();
  for (Exchange* exchange : waiting_) exchange->forget();
  for (auto& [exchange, error] : done_) {
    if (exchange != nullptr) exchange->forget();
  }
  nghttp2_session_del(session_);
}

Exchange* Http2Client::find(std::int32_t stream) {
  const auto at = streams_.find(stream);
  return at == streams_.end() ? nullptr : at->second;
}

void Http2Client::ask(Exchange& exchange) {
  exchange.begin(*this, steady_now());
  exchange.stream = 0;
  if (!transport_.connected()) {
    waiting_.push_back(&exchange);
    return;
  }
  submit(exchange);
  pump();
}

void Http2Client::submit(Exchange& exchange) {
  const Url& url = engine_.options.url;
  const nghttp2_nv fields[] = {
      field(":method", "GET"),       field(":scheme", url.tls ? "https" : "http"), field(":authority", url.authority),
      field(":path", exchange.path), field("user-agent", "kickoff-viewers"),
  };
  exchange.stream = nghttp2_submit_request(session_, nullptr, fields, std::size(fields), nullptr, nullptr);
  if (exchange.stream < 0) std::abort();  // out of memory, or 2^30 requests on one connection
  streams_[exchange.stream] = &exchange;
}

void Http2Client::cancel(Exchange& exchange) {
  std::erase(waiting_, &exchange);
  for (auto& [done, error] : done_) {
    if (done == &exchange) done = nullptr;
  }
  if (heading_.exchange == &exchange) heading_.exchange = nullptr;
  const auto at = streams_.find(exchange.stream);
  if (at == streams_.end() || at->second != &exchange) return;
  nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, at->first, NGHTTP2_CANCEL);
  streams_.erase(at);
  pump();
}

void Http2Client::on_connected(Micros) {
  for (Exchange* exchange : std::exchange(waiting_, {})) submit(*exchange);
  pump();
}

void Http2Client::on_bytes(base::View bytes, Micros now) {
  now_ = now;
  inside_ = true;
  const ssize_t taken = nghttp2_session_mem_recv(session_, bytes.data(), bytes.size());
  inside_ = false;
  complete_done(now);
  if (taken < 0) {
    closing_ = true;
    return on_lost(Failure::kProtocol, nghttp2_strerror(static_cast<int>(taken)));
  }
  pump();
}

/// Tells the askers; they ask on, and that goes out in one write with the acknowledgements.
void Http2Client::complete_done(Micros now) {
  inside_ = true;  // pump() once, at the end
  for (std::size_t i = 0; i < done_.size(); ++i) {
    auto [exchange, error] = done_[i];
    done_[i].first = nullptr;
    if (exchange == nullptr) continue;
    if (error != NGHTTP2_NO_ERROR) {
      exchange->fail(Failure::kClosed, nghttp2_http2_strerror(error));
    } else {
      exchange->complete(now);
    }
  }
  done_.clear();
  inside_ = false;
}

void Http2Client::pump() {
  if (inside_ || transport_.lost()) return;
  for (;;) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
    if (size <= 0) break;
    transport_.send(text(bytes, static_cast<std::size_t>(size)));
  }
}

void Http2Client::on_lost(Failure failure, std::string_view what) {
  closing_ = true;
  auto streams = std::exchange(streams_, {});
  for (auto& [stream, exchange] : streams) {
    done_.emplace_back(exchange, 0);
    exchange->stream = 0;
  }
  for (Exchange* exchange : std::exchange(waiting_, {})) done_.emplace_back(exchange, 0);
  for (std::size_t i = 0; i < done_.size(); ++i) {
    if (Exchange* exchange = std::exchange(done_[i].first, nullptr); exchange != nullptr) exchange->fail(failure, what);
  }
  done_.clear();
}

}  // namespace viewers
