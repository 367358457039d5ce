#pragma once

#include <xxhash.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "viewers/clock.h"

namespace viewers {

class Connection;
class Exchange;

/// Why there was no whole response.
enum class Failure : std::uint8_t { kConnect, kTls, kTimeout, kClosed, kProtocol };

/// The head of a response, as far as a player looks at it.
struct Head {
  int status = 0;
  std::int64_t length = -1;       ///< Content-Length; -1: none
  std::int64_t retry_after = -1;  ///< seconds; -1: none
  bool chunked = false;
  bool close = false;
};

/// Whose exchange it is. Never called inside Exchange's or Connection's calls of theirs, and at most once an ask.
class ExchangeOwner {
 public:
  virtual ~ExchangeOwner() = default;
  /// The response is there as a whole; `exchange.body()` is valid during the call.
  virtual void on_response(Exchange& exchange) = 0;
  /// The first byte of a response of status 200 is there. May not ask or cancel.
  virtual void on_first_byte(Exchange& exchange) { static_cast<void>(exchange); }
  virtual void on_failure(Exchange& exchange, Failure failure, std::string_view what) = 0;
};

/// One request and its response; made once and used again and again.
class Exchange {
 public:
  enum class Keep : std::uint8_t { kDigest, kBody };

  explicit Exchange(ExchangeOwner& owner) : owner_(owner) {}
  ~Exchange();
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // Set by the owner before Lines::ask().
  std::string path;  ///< with the query
  Keep keep = Keep::kDigest;

  bool in_flight() const { return asked_ != 0; }
  const Head& head() const { return head_; }
  Micros asked() const { return asked_; }
  Micros first_byte() const { return first_byte_; }
  Micros last_byte() const { return last_byte_; }
  std::int64_t received() const { return received_; }
  /// XXH3-64 of the body.
  std::uint64_t hash() const { return hash_; }
  /// The body where it is kept.
  std::string_view body() const { return body_; }
  /// The first bytes of the body, as far as there are.
  const std::array<std::uint8_t, 8>& lead() const { return lead_; }

  // For connections.
  void begin(Connection& connection, Micros now);
  void take_head(const Head& head, Micros now);
  /// `last`: nothing of the body comes after it, and complete() is called while the bytes are still valid.
  void take_body(base::View bytes, bool last);
  void complete(Micros now);
  void fail(Failure failure, std::string_view what);
  Connection* connection() const { return connection_; }
  std::int32_t stream = 0;  ///< HTTP/2
  bool retried = false;     ///< over a fresh connection, because an idle one closed under it

  /// Forgets the response under way; nothing is called for it any more. The connection is notified.
  void cancel();
  /// As cancel(), for a connection that gives the exchange back.
  void forget();

 private:
  struct FreeState {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };

  ExchangeOwner& owner_;
  Connection* connection_ = nullptr;
  Head head_;
  Micros asked_ = 0;
  Micros first_byte_ = 0;
  Micros last_byte_ = 0;
  std::int64_t received_ = 0;
  std::uint64_t hash_ = 0;
  base::View only_;  ///< the body so far, while it came in one piece
  bool pieces_ = false;
  std::string kept_;
  std::string_view body_;
  std::array<std::uint8_t, 8> lead_{};
  std::unique_ptr<XXH3_state_t, FreeState> state_;  ///< made for the first body in several pieces
};

/// One connection to the server, HTTP/1.1 or HTTP/2.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Sends the request, at once or when connected. REQUIRES: can_take().
  virtual void ask(Exchange& exchange) = 0;
  /// True where one more request may be asked: HTTP/1.1 takes one at a time.
  virtual bool can_take() const = 0;
  /// The exchange does not want its response any more.
  virtual void cancel(Exchange& exchange) = 0;
  /// True once it is of no use any more.
  virtual bool lost() const = 0;
  /// Of a slow reader: reads what its rate allows since the last call.
  virtual void read_paced(Micros now) = 0;
};

}  // namespace viewers
