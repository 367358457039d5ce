#pragma once

#include <array>
#include <string>
#include <string_view>

#include "api/counters.h"
#include "api/host_rule.h"
#include "api/router.h"
#include "api/tokens.h"
#include "base/clock.h"
#include "http/request.h"

namespace api {

/// The tokens and the host names that the port accepts.
struct Access {
  Tokens tokens;
  HostRule hosts;
};

/// What stands between a request of the network and its route, in this order:
///
///   Host known? 421 ► own Origin? 403 ► path? 404 ► method? 405 ► token? 401 ► role? 403 ► decodable? 400 ► route
///
/// Host is checked first: a request by a name that is not ours learns nothing, not even which paths there are. 421 and
/// not 403: RFC 9110 15.5.20 has it for "an authority that the server does not answer for". GET and HEAD are open
/// unless their route asks for a role. What is refused is counted, and logged at most every ten seconds a reason; what
/// a token did is always logged, with the token's name.
/// Thread: one loop's. Does no I/O.
class Dispatcher {
 public:
  /// `clock` outlives it.
  explicit Dispatcher(const base::Clock& clock) : clock_(clock) {}
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  void add(Route route);
  void set_access(Access access) { access_ = std::move(access); }

  /// Calls `respond` once, now or later, while the dispatcher lives. `peer`: for the log.
  void handle(const http::Request& request, std::string_view peer, Respond respond);
  /// The answer to what could not be made a request.
  Answer refuse_malformed(int status);

  const Router& router() const { return router_; }
  Counters& counters() { return counters_; }

 private:
  struct Refused {
    Refusal why;
    Answer answer;
    std::string by = {};  ///< the name of a token that is known and was refused
  };
  std::optional<Refused> check_sender(const http::Request& request) const;
  std::optional<Refused> check_route(const http::Request& request, const Router::Match& match) const;
  std::optional<Refused> check_token(const http::Request& request, const Route& route, Request& out) const;
  void refuse(const Refused& refused, const http::Request& request, std::string_view peer);
  void run(const Route& route, const Request& request, std::string_view peer, Respond respond);
  void count(const std::string& method, const std::string& path, int status);

  const base::Clock& clock_;
  Router router_;
  Access access_;
  Counters counters_;
  struct LastLogged {
    base::Micros at = 0;
    std::uint64_t suppressed = 0;  ///< refusals since then that were not logged
    bool ever = false;
  };
  std::array<LastLogged, kRefusals> last_logged_{};
};

}  // namespace api
