#include "api/host_rule.h"

#include <arpa/inet.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "http/request.h"

namespace api {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string lower(std::string_view text) {
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lowered;
}

bool is_address(int family, const std::string& text) {
  in6_addr parsed{};
  return inet_pton(family, text.c_str(), &parsed) == 1;
}

/// The name without its port and without the root's dot, lower case; empty where it is none.
std::optional<std::string> name_of(std::string_view host) {
  std::size_t end = host.find(':');
  if (host.starts_with('[')) {
    end = host.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    ++end;
  }
  end = std::min(end, host.size());
  const std::string_view port = host.substr(end);
  if (!port.empty() && (port[0] != ':' || !std::all_of(port.begin() + 1, port.end(), is_digit))) return std::nullopt;
  std::string name = lower(host.substr(0, end));
  if (name.ends_with('.')) name.pop_back();
  return name;
}

bool fits(const std::string& name, const std::string& pattern) {
  if (!pattern.starts_with("*.")) return name == pattern;
  const std::string_view below = std::string_view(pattern).substr(1);
  return name.size() > below.size() && name.ends_with(below);
}

}  // namespace

HostRule::HostRule(std::vector<std::string> hosts) : hosts_(std::move(hosts)) {
  for (std::string& host : hosts_) host = lower(host);
}

bool HostRule::admits(std::string_view host) const {
  if (host.empty()) return true;
  const auto name = name_of(host);
  if (!name || name->empty()) return false;
  if (*name == "localhost" || is_address(AF_INET, *name)) return true;
  if (name->front() == '[') return is_address(AF_INET6, name->substr(1, name->size() - 2));
  return std::any_of(hosts_.begin(), hosts_.end(), [&](const std::string& pattern) { return fits(*name, pattern); });
}

bool valid_host_name(std::string_view name) {
  if (name.starts_with("*.")) name.remove_prefix(2);
  return !name.empty() && name.size() <= 253 && name.front() != '.' && name.back() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_';
         });
}

bool same_origin(std::string_view origin, std::string_view host) {
  const std::size_t scheme = origin.find("://");
  return scheme != std::string_view::npos && http::same_name(origin.substr(scheme + 3), host);
}

}  // namespace api
