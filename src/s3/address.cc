#include "s3/address.h"

#include <algorithm>
#include <cctype>

namespace s3 {
namespace {

constexpr std::string_view kScheme = "s3://";

base::Error malformed(std::string what) { return {base::Code::kMalformed, std::move(what)}; }

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool valid_bucket(std::string_view name) {
  return name.size() >= 3 && name.size() <= 63 && lower_or_digit(name.front()) && lower_or_digit(name.back()) &&
         std::all_of(name.begin(), name.end(), [](char c) { return lower_or_digit(c) || c == '.' || c == '-'; });
}

bool valid_prefix(std::string_view prefix) {
  return prefix.size() <= 512 && prefix.find("//") == prefix.npos &&
         std::all_of(prefix.begin(), prefix.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  std::string_view("/!-_.*'()=,@:+").find(static_cast<char>(c)) != std::string_view::npos;
         });
}

bool valid_region(std::string_view region) {
  return !region.empty() && region.size() <= 32 &&
         std::all_of(region.begin(), region.end(), [](char c) { return lower_or_digit(c) || c == '-'; });
}

bool valid_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  });
}

std::string_view without_slashes(std::string_view text) {
  while (text.starts_with('/')) text.remove_prefix(1);
  while (text.ends_with('/')) text.remove_suffix(1);
  return text;
}

/// The default port of a scheme is not sent, and so is not signed.
std::string_view without_default_port(std::string_view host, std::string_view scheme) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  if (host.ends_with(port)) host.remove_suffix(port.size());
  return host;
}

}  // namespace

std::string Address::path_of(std::string_view key) const {
  return (path_style ? "/" + bucket : std::string()) + "/" + std::string(key);
}

std::string Address::key_of(std::string_view name) const {
  return prefix.empty() ? std::string(name) : prefix + "/" + std::string(name);
}

std::string Address::url() const { return std::string(kScheme) + bucket + (prefix.empty() ? "" : "/" + prefix); }

base::Result<Address> parse_address(const std::string& url, const std::string& endpoint, const std::string& region) {
  Address made;
  if (!url.starts_with(kScheme)) return malformed("the URL has to be s3://BUCKET or s3://BUCKET/PREFIX");
  const std::string_view rest = std::string_view(url).substr(kScheme.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  made.bucket = rest.substr(0, slash);
  made.prefix = without_slashes(rest.substr(slash));
  if (!valid_bucket(made.bucket))
    return malformed("a bucket's name has 3 to 63 lower-case letters, digits, '.' and '-': not \"" + made.bucket +
                     "\"");
  if (!valid_prefix(made.prefix)) return malformed("the prefix has a character that is not fit for URLs, or \"//\"");
  if (!valid_region(region)) return malformed("the region has to be a name such as eu-central-1");
  made.region = region;
  if (endpoint.empty()) {
    const std::string base = "s3." + region + ".amazonaws.com" + (region.starts_with("cn-") ? ".cn" : "");
    // A certificate for *.s3… does not hold for names with further dots.
    made.path_style = made.bucket.find('.') != std::string::npos;
    made.host = made.path_style ? base : made.bucket + "." + base;
    return made;
  }
  const std::size_t end = endpoint.find("://");
  made.scheme = endpoint.substr(0, std::min(end, endpoint.size()));
  if (end == std::string::npos || (made.scheme != "http" && made.scheme != "https"))
    return malformed("the endpoint has to begin with http:// or https://");
  const std::string_view host = without_slashes(std::string_view(endpoint).substr(end + 3));
  if (!valid_host(host))
    return malformed("the endpoint has to be a URL without a path, such as https://s3.example.com");
  made.host = without_default_port(host, made.scheme);
  made.path_style = true;
  return made;
}

}  // namespace s3
