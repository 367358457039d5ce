#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/session.h"
#include "loop/loop.h"
#include "loop/stream.h"
#include "serve/counters.h"
#include "serve/timer_wheel.h"
#include "serve/viewer.h"
#include "tls/session.h"

namespace serve {

class Connection;

/// Decides on requests, and owns the connections.
class ConnectionOwner : public RequestHandler {
 public:
  /// Its first whole request has come; on_request() follows.
  virtual void on_first_request(Connection& connection) = 0;
  /// The connection has closed; destroy it on a later turn.
  virtual void retire(Connection& connection) = 0;
};

struct Timeouts {
  /// For a TLS handshake, from there to the first request's first byte, and from a request's first byte to its last.
  base::Micros head = 10 * base::kSecond;
  /// Keep-alive, beyond CloudFront's longest 120 s (CF-2): from the last request, or the end of the last answer.
  /// Nothing else is activity: no PING, SETTINGS, WINDOW_UPDATE or PRIORITY, no empty line, no part of a head.
  base::Micros idle = 130 * base::kSecond;
  /// For a client that reads nothing of its answer: the connection is closed, over HTTP/2 the stream reset.
  base::Micros stuck = 60 * base::kSecond;
  base::Micros linger = 2 * base::kSecond;  ///< how long the peer's end is waited for after ours
};

/// What the connections of one loop share. Thread: that loop's.
struct LoopContext {
  LoopContext(const base::Clock& given_clock, const http::Limits& limits, const Timeouts& given_timeouts)
      : clock(given_clock), timeouts(given_timeouts), http(given_clock, limits) {}

  /// An empty buffer to encrypt into, large enough for a whole send. One of a few that are reused; those that the
  /// queues of slow readers still hold are skipped.
  const std::shared_ptr<tls::Session::Buffer>& encrypted();

  const base::Clock& clock;
  Timeouts timeouts;
  http::Shared http;
  TimerWheel wheel;
  Counters counters;
  std::vector<base::Bytes> slices;
  tls::Session::Buffer plain;
  std::array<std::shared_ptr<tls::Session::Buffer>, 16> buffers;
};

/// One connection of a viewer or a cache: passes bytes between stream, TLS and HTTP session, and closes it on timeouts.
///
///   kOpen ──session done, all sent──► kLingering ──peer's end, or linger time──► kRetired
///   kOpen ──the same, and the peer sends no more──► kRetired
///   kOpen ──peer gone, timer, TLS failure──► kRetired
class Connection final : public Viewer, public TimerWheel::Place, private loop::StreamHandler, private http::Handler {
 public:
  /// `tls` null: plaintext. Starts reading.
  static std::unique_ptr<Connection> make(ConnectionOwner& owner, LoopContext& context,
                                          std::unique_ptr<loop::Stream> stream,
                                          const std::shared_ptr<const tls::Context>& tls);
  ~Connection() override;

  void answer(http::StreamId id, http::Response response, base::Micros part_published) override;
  bool answer(http::StreamId id, http::Response head, std::shared_ptr<http::GrowingBody> body) override;
  void pump() override;
  void shut_down() override;
  void shut_down_after_answer() override { session_->shut_down(); }
  std::string_view peer() const override { return stream_->peer(); }
  void prefetch_parts() const override {
    const auto* line = reinterpret_cast<const char*>(session_.get());
    for (std::size_t at = 0; at < kSessionLines * kCacheLine; at += kCacheLine) __builtin_prefetch(line + at);
    __builtin_prefetch(stream_.get());
  }
  void prefetch_socket() const override { stream_->prefetch(); }
  /// Closes at once.
  void close();

  std::size_t index = 0;  ///< its place among its owner's connections

 private:
  enum class State : std::uint8_t { kOpen, kLingering, kRetired };
  static constexpr std::size_t kSessionLines = 6;  // an HTTP/1.1 session's; a prefetch past an object harms nobody

  Connection(ConnectionOwner& owner, LoopContext& context, std::unique_ptr<loop::Stream> stream);

  void on_read(base::View bytes) override;
  void on_end(const std::optional<base::Error>& why) override;
  void on_drained() override { pump(); }
  void on_deadline(base::Micros now) override;
  void on_request(http::StreamId id, const http::Request& request) override;
  void on_stream_closed(http::StreamId id) override { drop_held(id); }
  void on_output() override { owner_.on_output(*this); }
  void on_stream_refused() override { context_.counters.streams_refused.add(); }
  http::Response refuse(int status) override { return owner_.on_malformed(status); }

  bool read_tls(base::View bytes);
  void start_session(std::string_view alpn);
  void send(std::span<const base::Bytes> slices);
  void settle();
  void note_protocol();
  void note_phase(http::Phase phase);
  base::Micros deadline() const;
  void set_deadline();
  bool continues(base::Micros now);
  void linger();

  ConnectionOwner& owner_;
  LoopContext& context_;
  std::unique_ptr<loop::Stream> stream_;
  std::unique_ptr<tls::Session> tls_;
  std::unique_ptr<http::Session> session_;
  State state_ = State::kOpen;
  bool ended_ = false;     ///< the peer sends no more
  bool said_end_ = false;  ///< the end of the stream went with the last answer: nothing may be written any more
  http::Phase phase_ = http::Phase::kReading;
  std::uint32_t requests_ = 0;
  std::uint32_t requests_at_phase_ = 0;
  base::Micros phase_since_ = 0;
  base::Micros progress_ = 0;  ///< when it was accepted, TLS was set up, a request came, or an answering phase ended
  base::Micros moved_ = 0;     ///< when the kernel was last seen to take data
  base::Micros part_published_ = 0;
  std::uint64_t sent_ = 0;   ///< bytes given to the stream
  std::uint64_t taken_ = 0;  ///< of those, taken by the kernel when continues() last looked
};

}  // namespace serve
