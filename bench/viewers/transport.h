#pragma once

#include <openssl/ssl.h>
#include <uv.h>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "viewers/exchange.h"

namespace viewers {

struct Engine;

class TransportUser {
 public:
  virtual ~TransportUser() = default;
  virtual void on_connected(Micros now) = 0;
  virtual void on_bytes(base::View bytes, Micros now) = 0;
  /// Comes once, and nothing after.
  virtual void on_lost(Failure failure, std::string_view what) = 0;
};

/// A TCP connection to the server, with TLS where the URL says so. Reads with read(2) into one buffer that all share,
/// and writes at once. Callbacks come from the loop, and none after destruction.
class Transport {
 public:
  /// Limits how fast a slow reader reads.
  struct Pace {
    std::size_t bytes_per_second = 0;  ///< 0: as fast as it comes
  };

  Transport(Engine& engine, TransportUser& user, Pace pace);
  ~Transport();
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Sends, or keeps until the kernel takes it.
  void send(std::string_view bytes);
  bool lost() const { return state_ == State::kLost; }
  bool connected() const { return state_ == State::kOpen; }
  /// For a paced reader: reads what its rate allows since the last call.
  void read_paced(Micros now);

 private:
  /// kConnecting → (kHandshake →) kOpen; any → kLost.
  enum class State : std::uint8_t { kConnecting, kHandshake, kOpen, kLost };
  struct Watch;  ///< the libuv handle, which outlives the transport until it has closed

  int open_socket();
  void on_ready(int events);
  void handshake();
  void read(std::size_t most);
  void read_tls(std::size_t most);
  void flush();
  void watch(int events);
  void lose(Failure failure, std::string_view what);

  Engine& engine_;
  TransportUser& user_;
  Watch* watch_ = nullptr;
  SSL* tls_ = nullptr;
  int descriptor_ = -1;
  int events_ = 0;
  State state_ = State::kConnecting;
  Pace pace_;
  Micros paced_until_ = 0;  ///< up to when what was allowed has been read
  Micros opened_ = 0;
  std::string unsent_;
};

}  // namespace viewers
