#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "http/session.h"
#include "loop/loop.h"
#include "loop/stream.h"

namespace api {

/// What a route answers: always small, always text, never cached.
struct Answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

/// The administration port: health, metrics, the JSON API, the operations page. Routes answer now or later, so that
/// they can ask another thread first. GET and HEAD only. Thread: its loop's.
class AdminServer {
 public:
  using Respond = std::function<void(Answer)>;
  using Route = std::function<void(Respond)>;
  struct Options {
    std::string listen = "127.0.0.1";
    std::uint16_t port = 8081;
    std::size_t most_connections = 256;  ///< the oldest go first
  };

  /// Errors: kSystem, naming the address.
  static base::Result<std::unique_ptr<AdminServer>> make(loop::Loop& loop, const base::Clock& clock,
                                                         const Options& options);
  ~AdminServer();
  AdminServer(const AdminServer&) = delete;
  AdminServer& operator=(const AdminServer&) = delete;

  void add(std::string path, Route route) { routes_[std::move(path)] = std::move(route); }
  std::uint16_t port() const { return listener_->port(); }

 private:
  class Connection;

  AdminServer(loop::Loop& loop, const base::Clock& clock, const Options& options)
      : loop_(loop), options_(options), shared_(clock) {}
  void on_accept(std::unique_ptr<loop::Stream> stream);
  void retire(Connection& connection);

  loop::Loop& loop_;
  const Options options_;
  http::Shared shared_;
  std::map<std::string, Route, std::less<>> routes_;
  std::unique_ptr<loop::TcpListener> listener_;
  std::list<std::shared_ptr<Connection>> connections_;
};

}  // namespace api
