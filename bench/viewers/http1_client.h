#pragma once

#include <string>

#include "base/result.h"
#include "viewers/exchange.h"
#include "viewers/transport.h"

namespace viewers {

/// Reads the head of a response. Errors: not HTTP/1.x. Also for tests.
base::Result<Head> parse_head(std::string_view text);

/// Takes the chunk framing off a body (RFC 9112 7.1), fed in any pieces.
class ChunkedBody {
 public:
  /// Consumes bytes up to the body's end at most, hands what is data to `exchange`. Returns what was not consumed.
  /// `done()` and `broken()` tell what came of it.
  std::string_view feed(std::string_view bytes, Exchange& exchange);
  bool done() const { return state_ == State::kDone; }
  bool broken() const { return state_ == State::kBroken; }

 private:
  /// kSize → kData → kDataEnd → kSize …; a size of 0 → kTrailer → kDone.
  enum class State : std::uint8_t { kSize, kData, kDataEnd, kTrailer, kDone, kBroken };
  void take_line();

  State state_ = State::kSize;
  std::string line_;
  std::uint64_t left_ = 0;
};

/// One keep-alive connection with one request at a time.
class Http1Client final : public Connection, private TransportUser {
 public:
  Http1Client(Engine& engine, Transport::Pace pace);
  ~Http1Client() override;

  void ask(Exchange& exchange) override;
  bool can_take() const override { return exchange_ == nullptr && !transport_.lost() && !closing_; }
  void cancel(Exchange& exchange) override;
  bool lost() const override { return transport_.lost() || closing_; }
  void read_paced(Micros now) override { transport_.read_paced(now); }

 private:
  void on_connected(Micros now) override;
  void on_bytes(base::View bytes, Micros now) override;
  void on_lost(Failure failure, std::string_view what) override;
  void send_request();
  std::string_view read_head(std::string_view bytes, Micros now);
  std::string_view read_body(std::string_view bytes, Micros now);
  void fail(std::string_view what);

  Engine& engine_;
  Transport transport_;
  Exchange* exchange_ = nullptr;
  std::string head_text_;  ///< a head that came in pieces
  Head head_;
  bool in_body_ = false;
  bool closing_ = false;  ///< the response that was abandoned, or the last, is on it
  bool used_ = false;     ///< has answered before
  std::uint64_t left_ = 0;
  ChunkedBody chunked_;
};

}  // namespace viewers
