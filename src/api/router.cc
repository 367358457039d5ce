#include "api/router.h"

#include <optional>
#include <utility>

namespace api {
namespace {

/// Takes the segment at the front: "/a/b" gives "a" and leaves "/b". REQUIRES: begins with '/'.
std::string_view take_segment(std::string_view& path) {
  path.remove_prefix(1);
  const std::size_t end = std::min(path.find('/'), path.size());
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(end);
  return segment;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

/// The raw parameters by name, in order; empty where the path does not fit.
using Raw = std::vector<std::pair<std::string_view, std::string_view>>;
std::optional<Raw> fit(std::string_view pattern, std::string_view path) {
  Raw parameters;
  while (pattern.starts_with('/') && path.starts_with('/')) {
    const std::string_view wanted = take_segment(pattern);
    const std::string_view given = take_segment(path);
    if (!is_parameter(wanted)) {
      if (wanted != given) return std::nullopt;
    } else if (given.empty()) {
      return std::nullopt;
    } else {
      parameters.emplace_back(wanted.substr(1, wanted.size() - 2), given);
    }
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return parameters;
}

void allow(std::string& list, std::string_view method) {
  if (!list.empty()) list += ", ";
  list += method == "GET" ? "GET, HEAD" : method;
}

}  // namespace

void Router::add(Route route) {
  if (route.method != "GET" && route.role == Role::kNobody) route.role = Role::kAdmin;
  routes_.push_back(std::move(route));
}

Router::Match Router::match(std::string_view method, std::string_view path) const {
  if (method == "HEAD") method = "GET";
  Match match;
  std::optional<Raw> best;
  std::string_view pattern;
  for (const Route& route : routes_) {
    auto parameters = fit(route.path, path);
    if (!parameters || (best && route.path != pattern && parameters->size() >= best->size())) continue;
    if (route.path != pattern) {  // says more literally than what fitted before
      match = {};
      pattern = route.path;
      best = std::move(parameters);
    }
    allow(match.allow, route.method);
    if (route.method == method) match.route = &route;
  }
  if (!best) return match;
  for (const auto& [name, raw] : *best) {
    const auto decoded = percent_decoded(raw);
    if (!decoded) match.malformed = true;
    match.parameters.emplace(name, decoded.value_or(""));
  }
  return match;
}

}  // namespace api
