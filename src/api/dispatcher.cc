#include "api/dispatcher.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace api {
namespace {

constexpr base::Micros kLogEvery = 10 * base::kSecond;
constexpr const char* kOther = "other";

/// For the log: of what a peer sends, no more than a line's worth.
std::string_view shortened(std::string_view text) { return text.substr(0, 200); }

Answer unauthorized(std::string_view path, const char* challenge, const char* detail) {
  Answer answer = error_for(path, 401, detail);
  answer.fields.emplace_back("www-authenticate", challenge);
  return answer;
}

}  // namespace

std::string_view to_string(Refusal refusal) {
  switch (refusal) {
    case Refusal::kHost: return "host";
    case Refusal::kOrigin: return "origin";
    case Refusal::kNoPath: return "no_path";
    case Refusal::kMethod: return "method";
    case Refusal::kMissingToken: return "missing_token";
    case Refusal::kUnknownToken: return "unknown_token";
    case Refusal::kExpiredToken: return "expired_token";
    case Refusal::kRole: return "role";
    case Refusal::kTooLarge: return "too_large";
    case Refusal::kMalformed: return "malformed";
  }
  return "?";
}

void Dispatcher::add(Route route) {
  counters_.requests[{route.method, route.path}];
  counters_.requests[{kOther, kOther}];
  router_.add(std::move(route));
}

void Dispatcher::handle(const http::Request& request, std::string_view peer, Respond respond) {
  std::optional<Refused> refused = check_sender(request);
  Router::Match match;
  Request own;
  if (!refused) {
    match = router_.match(request.verb, request.path);
    refused = check_route(request, match);
  }
  if (!refused) refused = check_token(request, *match.route, own);
  if (!refused) {
    auto query = parse_query(request.query);
    if (match.malformed || !query) {
      refused = Refused{Refusal::kMalformed,
                        error_for(request.path, 400, "a % in the path or the query is not followed by two digits")};
    } else {
      own.query = std::move(*query);
    }
  }
  if (refused) {
    refuse(*refused, request, peer);
    const Route* route = match.route;
    count(route == nullptr ? kOther : route->method, route == nullptr ? kOther : route->path, refused->answer.status);
    return respond(std::move(refused->answer));
  }
  own.method = match.route->method;
  own.path = request.path;
  own.parameters = std::move(match.parameters);
  own.body = request.body;
  own.content_type = request.find("content-type");
  own.accept = request.find("accept");
  own.last_event_id = request.find("last-event-id");
  own.if_match = request.find("if-match");
  own.if_none_match = request.find("if-none-match");
  run(*match.route, own, peer, std::move(respond));
}

Answer Dispatcher::refuse_malformed(int status) {
  const Refusal why = status == 413 ? Refusal::kTooLarge : Refusal::kMalformed;
  ++counters_.refused[static_cast<std::size_t>(why)];
  count(kOther, kOther, status);
  // Its path may not have been understood.
  return problem(status, status == 413 ? "the body is too large" : "the request is malformed or too large");
}

std::optional<Dispatcher::Refused> Dispatcher::check_sender(const http::Request& request) const {
  if (!access_.hosts.admits(request.host)) {
    return Refused{Refusal::kHost, error_for(request.path, 421, "this is not a name of this server; see admin.hosts")};
  }
  const bool reads = request.method == http::Method::kGet || request.method == http::Method::kHead;
  const std::string_view origin = request.find("origin");
  if (!reads && !origin.empty() && !same_origin(origin, request.host))
    return Refused{Refusal::kOrigin, error_for(request.path, 403, "not from a page of another origin")};
  return std::nullopt;
}

std::optional<Dispatcher::Refused> Dispatcher::check_route(const http::Request& request,
                                                           const Router::Match& match) const {
  if (match.route != nullptr) return std::nullopt;
  if (match.allow.empty()) return Refused{Refusal::kNoPath, error_for(request.path, 404, "no such page; see /")};
  Answer answer = error_for(request.path, 405, "only " + match.allow);
  answer.fields.emplace_back("allow", match.allow);
  return Refused{Refusal::kMethod, std::move(answer)};
}

std::optional<Dispatcher::Refused> Dispatcher::check_token(const http::Request& request, const Route& route,
                                                           Request& out) const {
  if (route.role == Role::kNobody) return std::nullopt;
  const Tokens::Verdict verdict = access_.tokens.verify(request.find("authorization"), clock_.utc());
  switch (verdict.outcome) {
    case Tokens::Outcome::kMissing:
      return Refused{Refusal::kMissingToken,
                     unauthorized(request.path, "Bearer realm=\"kickoff\"",
                                  "needs Authorization: Bearer TOKEN, a token of admin.tokens")};
    case Tokens::Outcome::kUnknown:
      return Refused{Refusal::kUnknownToken,
                     unauthorized(request.path, "Bearer realm=\"kickoff\", error=\"invalid_token\"", "no such token")};
    case Tokens::Outcome::kExpired:
      return Refused{
          Refusal::kExpiredToken,
          unauthorized(request.path, "Bearer realm=\"kickoff\", error=\"invalid_token\"", "the token has expired"),
          verdict.name};
    case Tokens::Outcome::kGood: break;
  }
  out.caller = verdict.name;
  if (verdict.role >= route.role) return std::nullopt;
  Answer answer = error_for(request.path, 403, "needs a token of the role " + std::string(to_string(route.role)));
  answer.fields.emplace_back("www-authenticate", "Bearer realm=\"kickoff\", error=\"insufficient_scope\", scope=\"" +
                                                     std::string(to_string(route.role)) + "\"");
  return Refused{Refusal::kRole, std::move(answer), verdict.name};
}

void Dispatcher::refuse(const Refused& refused, const http::Request& request, std::string_view peer) {
  const auto reason = static_cast<std::size_t>(refused.why);
  ++counters_.refused[reason];
  // A mistyped address is no matter for the log.
  if (refused.why == Refusal::kNoPath || refused.why == Refusal::kMethod || refused.why == Refusal::kMalformed) return;
  LastLogged& last = last_logged_[reason];
  const base::Micros now = clock_.steady();
  if (last.ever && now - last.at < kLogEvery) {
    ++last.suppressed;
    return;
  }
  // Not the query: people put tokens there.
  base::log_warn("api", "request refused",
                 {{"reason", to_string(refused.why)},
                  {"by", refused.by},
                  {"method", shortened(request.verb)},
                  {"path", shortened(request.path)},
                  {"host", shortened(request.host)},
                  {"peer", peer},
                  {"more", std::exchange(last.suppressed, 0)}});
  last.at = now;
  last.ever = true;
}

void Dispatcher::run(const Route& route, const Request& request, std::string_view peer, Respond respond) {
  const auto answered = [this, method = route.method, path = route.path, asked = request.path, caller = request.caller,
                         from = std::string(peer), began = clock_.steady(),
                         respond = std::move(respond)](Answer answer) {
    counters_.duration.observe(clock_.steady() - began);
    count(method, path, answer.status);
    if (!caller.empty()) {
      base::log_info(
          "api", "request",
          {{"by", caller}, {"method", method}, {"path", shortened(asked)}, {"status", answer.status}, {"peer", from}});
    }
    respond(std::move(answer));
  };
  route.handler(request, answered);
}

void Dispatcher::count(const std::string& method, const std::string& path, int status) {
  const int status_class = std::clamp(status / 100, 2, 5);
  ++counters_.requests[{method, path}][static_cast<std::size_t>(status_class - 2)];
}

}  // namespace api
