#include "viewers/url.h"

#include <charconv>
#include <vector>

namespace viewers {
namespace {

base::Error bad_url(std::string what) { return {base::Code::kMalformed, std::move(what), 0}; }

/// Takes "." and ".." out of a path without a query.
std::string without_dots(std::string_view path) {
  std::vector<std::string_view> kept;
  bool directory = false;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const std::size_t end = path.find('/');
    const std::string_view name = path.substr(0, end);
    path = end == std::string_view::npos ? std::string_view() : path.substr(end);
    directory = name == "." || name == "..";
    if (name == ".." && !kept.empty()) kept.pop_back();
    if (!directory) kept.push_back(name);
  }
  std::string out;
  for (const std::string_view name : kept) {
    out += '/';
    out += name;
  }
  if (directory || out.empty()) out += '/';
  return out;
}

std::string numeric(std::string_view host) {
  if (host == "localhost" || host == "127.0.0.1") return "127.0.0.1";
  if (host == "[::1]") return "::1";
  const bool loopback = host.substr(0, 4) == "127." && host.find_first_not_of("0123456789.") == std::string_view::npos;
  return loopback ? std::string(host) : std::string();
}

}  // namespace

base::Result<Url> parse_url(std::string_view text) {
  Url url;
  const std::string_view http = "http://";
  const std::string_view https = "https://";
  url.tls = text.substr(0, https.size()) == https;
  if (!url.tls && text.substr(0, http.size()) != http) return bad_url("the URL is neither http:// nor https://");
  text.remove_prefix(url.tls ? https.size() : http.size());
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return bad_url("the URL names no playlist");
  url.authority = text.substr(0, slash);
  url.path = text.substr(slash);
  std::string_view host = url.authority;
  url.port = url.tls ? 443 : 80;
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && host.back() != ']') {
    const std::string_view port = host.substr(colon + 1);
    const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (error != std::errc() || end != port.data() + port.size()) return bad_url("the URL's port is no number");
    host = host.substr(0, colon);
  }
  url.address = numeric(host);
  if (url.address.empty()) return bad_url("the URL is not on this machine: only loopback addresses are loaded");
  return url;
}

std::string resolve(std::string_view base, std::string_view reference, std::string_view authority) {
  const std::size_t scheme = reference.find("://");
  if (scheme != std::string_view::npos && scheme < reference.find('?')) {
    reference.remove_prefix(scheme + 3);
    if (reference.substr(0, authority.size()) != authority) return "";
    reference.remove_prefix(authority.size());
    if (reference.empty() || reference[0] != '/') return "";
  }
  const std::size_t question = reference.find('?');
  const std::string_view query = question == std::string_view::npos ? std::string_view() : reference.substr(question);
  const std::string_view path = reference.substr(0, question);
  if (!path.empty() && path[0] == '/') return without_dots(path) + std::string(query);
  const std::string_view folder = base.substr(0, base.substr(0, base.find('?')).rfind('/') + 1);
  return without_dots(std::string(folder) + std::string(path)) + std::string(query);
}

}  // namespace viewers
