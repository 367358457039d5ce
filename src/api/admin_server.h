#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>

#include "api/dispatcher.h"
#include "base/clock.h"
#include "base/result.h"
#include "http/session.h"
#include "loop/loop.h"
#include "loop/stream.h"
#include "loop/timer.h"

namespace api {

/// The administration port: HTTP/1.1 and HTTP/2 (prior knowledge) in front of a Dispatcher. Routes answer now or later,
/// so that they can ask another thread first. Thread: its loop's.
class AdminServer {
 public:
  /// Units: bytes of a request's body. The next byte: 413.
  static constexpr std::size_t kMostBody = 64 * 1024;

  struct Options {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8081;
    std::size_t most_connections = 256;  ///< the oldest go first
    /// For a request to come whole, or to take something of its answer on HTTP/2.
    http::StreamTimes times{.head = 10 * base::kSecond, .stuck = 60 * base::kSecond};
  };

  /// Errors: kSystem, naming the address. `dispatcher` outlives it.
  static base::Result<std::unique_ptr<AdminServer>> make(loop::Loop& loop, const base::Clock& clock,
                                                         Dispatcher& dispatcher, const Options& options);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  std::uint16_t port() const { return listener_->port(); }

 private:
  class Connection;

  AdminServer(loop::Loop& loop, const base::Clock& clock, Dispatcher& dispatcher, const Options& options);
  void on_accept(std::unique_ptr<loop::Stream> stream);
  void retire(Connection& connection);
  void note_connections();
  void expire();

  loop::Loop& loop_;
  Dispatcher& dispatcher_;
  const Options options_;
  http::Shared shared_;
  std::unique_ptr<loop::TcpListener> listener_;
  std::list<std::shared_ptr<Connection>> connections_;
  loop::Timer tick_;
};

}  // namespace api
