#include <algorithm>
#include <array>
#include <cctype>

#include "config/config_keys.h"
#include "config/secrets.h"
#include "http/request.h"

namespace config {
namespace {

// What a CDN cannot be told to add to its requests to an origin (CF-19), or what means something else here.
constexpr std::array kTakenHeaders{"Accept-Encoding",
                                   "Cache-Control",
                                   "Connection",
                                   "Content-Length",
                                   "Cookie",
                                   "Host",
                                   "If-Match",
                                   "If-None-Match",
                                   "If-Range",
                                   "If-Modified-Since",
                                   "Max-Forwards",
                                   "If-Unmodified-Since",
                                   "Pragma",
                                   "Origin",
                                   "Proxy-Connection",
                                   "Proxy-Authenticate",
                                   "Range",
                                   "Proxy-Authorization",
                                   "Request-Range",
                                   "TE",
                                   "Trailer",
                                   "Transfer-Encoding",
                                   "Upgrade",
                                   "Via",
                                   "X-Real-Ip"};

bool begins_with(const std::string& name, std::string_view prefix) {
  return name.size() >= prefix.size() && http::same_name(std::string_view(name).substr(0, prefix.size()), prefix);
}

bool good_header(const std::string& name) {
  // RFC 9110 5.6.2.
  const auto is_token = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string::npos;
  };
  return !name.empty() && name.size() <= 128 && std::all_of(name.begin(), name.end(), is_token) &&
         !begins_with(name, "X-Amz-") && !begins_with(name, "X-Edge-") &&
         std::none_of(kTakenHeaders.begin(), kTakenHeaders.end(),
                      [&](const char* taken) { return http::same_name(name, taken); });
}

Complaint secret_fault(const std::string& secret) {
  const bool good = !secret.empty() && secret.size() <= 512 &&
                    std::all_of(secret.begin(), secret.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
  return good ? "" : " has to be of 1 to 512 visible ASCII characters without blanks, as a header carries them";
}

}  // namespace

void declare_origin_lock(Keys& keys, Config::OriginLock& lock) {
  constexpr Reload kRule = Reload::kAtOnce;
  keys.key({"header", kRule, "of the CDN's requests that has one of the secrets"},
           Value::text(lock.header,
                       "the name of a header that a CDN can add: no X-Amz-…, no X-Edge-…, none that HTTP has a use for",
                       good_header));
  declare_secrets(keys,
                  {{"secrets", kRule,
                    "any of them admits: put the next one in beside the old, change the CDN, take the old one out"},
                   {"secrets_env", kRule, "an environment variable with more of them, separated by commas",
                    "KICKOFF_ORIGIN_SECRETS"},
                   {"secrets_file", kRule, "a file with more of them, one a line", "/run/secrets/kickoff-origin"}},
                  "secret", lock.secrets, secret_fault);
  keys.key({"client_ca", kRule,
            "PEM file of the authority that signs the CDN's client certificates. Who shows one on tls_port needs no "
            "secret; one of another authority ends the handshake. Empty: nobody is asked for one"},
           Value::path(lock.client_ca));
}

}  // namespace config
