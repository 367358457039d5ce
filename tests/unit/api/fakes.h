#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/dispatcher.h"

namespace api_test {

class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return now; }
  base::Micros steady() const override { return now; }
  base::Micros now = 1'800'000'000 * base::kSecond;
};

/// A request for Dispatcher::handle, with all that its views point to.
struct Asked {
  std::string verb = "GET";
  std::string path = "/";
  std::string query = {};
  std::string host = "localhost:8081";
  std::vector<std::pair<std::string, std::string>> fields = {};
  std::string body = {};
};

/// The answer, if it came at once.
inline std::optional<api::Answer> ask(api::Dispatcher& dispatcher, const Asked& asked) {
  http::Request request;
  request.method = asked.verb == "GET"    ? http::Method::kGet
                   : asked.verb == "HEAD" ? http::Method::kHead
                                          : http::Method::kOther;
  request.verb = asked.verb;
  request.path = asked.path;
  request.query = asked.query;
  request.host = asked.host;
  request.body = asked.body;
  for (const auto& [name, value] : asked.fields) request.fields.push_back({name, value});
  // A route may answer when nobody waits here any more.
  const auto answer = std::make_shared<std::optional<api::Answer>>();
  dispatcher.handle(request, "192.0.2.1:5", [answer](api::Answer given) { *answer = std::move(given); });
  return *answer;
}

inline std::string field_of(const api::Answer& answer, std::string_view name) {
  for (const auto& [key, value] : answer.fields)
    if (key == name) return value;
  return {};
}

}  // namespace api_test
