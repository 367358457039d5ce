#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/growing_body.h"
#include "http/response.h"

namespace api {

/// What a token may do; each includes those before it.
enum class Role : std::uint8_t {
  kNobody,   ///< no token is needed
  kRead,     ///< sees
  kOperate,  ///< does what passes: disconnects, switches
  kAdmin,    ///< changes what stays: channels, keys
};
std::string_view to_string(Role role);

using Texts = std::map<std::string, std::string, std::less<>>;

/// A request as a route sees it: checked, decoded, and its own copy, so that it can be answered later.
struct Request {
  std::string method;         ///< "GET", "DELETE"; HEAD comes as GET
  std::string path;           ///< as sent, without the query
  Texts parameters;           ///< by their names in the route's path, percent-decoded, never empty
  Texts query;                ///< percent-decoded; of a name given twice the first
  std::string body;           ///< at most AdminServer::kMostBody
  std::string content_type;   ///< of the body, as sent
  std::string accept;         ///< as sent
  std::string last_event_id;  ///< as sent: where a client of an event stream was
  std::string if_match;       ///< as sent
  std::string if_none_match;  ///< as sent
  std::string caller;         ///< the name of the token; empty where the route needs none

  /// Empty where the route has no such parameter.
  const std::string& parameter(std::string_view name) const;
  std::optional<std::string> query_of(std::string_view name) const;
};

/// What a route answers: small, never cached.
struct Answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";  ///< left out where the body is empty
  std::string body;
  http::HeaderBlock::Fields fields;  ///< further ones, lower-case names
  /// A body that grows, in place of `body`. Whoever cannot send it calls its leave().
  std::shared_ptr<http::GrowingBody> stream = nullptr;
};

/// Answers a request, once, on the server's thread and while the server lives.
using Respond = std::function<void(Answer)>;
using Handler = std::function<void(const Request&, Respond)>;

/// An error as application/problem+json. `detail`: one line for people. Spec: RFC 9457.
Answer problem(int status, std::string_view detail);
/// An error in the form that goes with the path: problem() below /api/, a line of text elsewhere.
Answer error_for(std::string_view path, int status, std::string_view detail);

/// Undoes %XX; '+' stays. Empty where a '%' is not followed by two hexadecimal digits.
std::optional<std::string> percent_decoded(std::string_view text);
/// "a=1&b" → {a: 1, b: }. Names and values percent-decoded, '+' is a blank. Empty where one cannot be decoded.
std::optional<Texts> parse_query(std::string_view query);

}  // namespace api
