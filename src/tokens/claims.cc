#include "tokens/claims.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

namespace tokens {
namespace {

using nlohmann::json;

// Beyond the year 9999 nothing can be meant.
constexpr double kMostTime = 253402300799.0;

/// A NumericDate, which may have decimals: to the whole second before it. [RFC 7519 2]
std::optional<std::int64_t> time_of(const json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(value >= 0 && value <= kMostTime)) return std::nullopt;
  return static_cast<std::int64_t>(std::floor(value));
}

/// Adds the texts of a claim that is one text or a list of them. False where it is neither, empty, or too much.
bool add_texts(const json& claims, const char* name, std::vector<std::string>& to) {
  const auto found = claims.find(name);
  if (found == claims.end()) return true;
  const json list = found->is_string() ? json::array({*found}) : *found;
  if (!list.is_array() || list.empty() || to.size() + list.size() > Claims::kMost) return false;
  for (const json& one : list) {
    if (!one.is_string()) return false;
    to.push_back(one.get<std::string>());
    if (to.back().empty() || to.back().size() > Claims::kLongest) return false;
  }
  return true;
}

bool add_networks(const json& claims, const char* name, std::vector<base::Network>& to) {
  std::vector<std::string> texts;
  if (!add_texts(claims, name, texts)) return false;
  for (const std::string& text : texts) {
    auto network = base::parse_network(text);
    if (!network.ok()) return false;
    to.push_back(network.take());
  }
  return true;
}

/// Whether one of `named` is among those that are expected.
bool any_of(const std::vector<std::string>& named, const std::vector<std::string>& expected) {
  return std::any_of(named.begin(), named.end(), [&expected](const std::string& one) {
    return std::find(expected.begin(), expected.end(), one) != expected.end();
  });
}

Fault check_parties(const json& claims, const Rules& rules) {
  std::vector<std::string> issuers;
  std::vector<std::string> audiences;
  if (!add_texts(claims, "iss", issuers) || !add_texts(claims, "aud", audiences)) return Fault::kMalformed;
  if (!rules.issuers.empty() && !any_of(issuers, rules.issuers)) return Fault::kIssuer;
  // One that names an audience is for nobody else, so not for a server that has no name. [RFC 7519 4.1.3]
  const bool addressed = !rules.audiences.empty() || !audiences.empty();
  return addressed && !any_of(audiences, rules.audiences) ? Fault::kAudience : Fault::kNone;
}

}  // namespace

bool Rules::allows(Algorithm algorithm) const {
  return std::find(algorithms.begin(), algorithms.end(), algorithm) != algorithms.end();
}

Fault Claims::fault_at(std::int64_t now, std::int64_t leeway) const {
  if (now >= expires + leeway) return Fault::kExpired;
  return now < not_before - leeway ? Fault::kNotYet : Fault::kNone;
}

bool Claims::has_channel(std::string_view name) const {
  return std::any_of(channels.begin(), channels.end(), [name](std::string_view one) {
    if (!one.ends_with('*')) return one == name;
    one.remove_suffix(1);
    return name.starts_with(one);
  });
}

bool Claims::has_address(const base::Address* peer) const {
  if (networks.empty()) return true;
  return peer != nullptr && std::any_of(networks.begin(), networks.end(),
                                        [peer](const base::Network& network) { return network.contains(*peer); });
}

std::variant<Claims, Fault> read_claims(std::string_view text, const Rules& rules) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return Fault::kMalformed;
  Claims claims;
  const auto expires = time_of(document, "exp");
  const auto not_before = time_of(document, "nbf");
  if (!expires || (!not_before && document.contains("nbf"))) return Fault::kMalformed;
  claims.expires = *expires;
  claims.not_before = not_before.value_or(0);
  for (const char* name : {"channel", "channels"})
    if (!add_texts(document, name, claims.channels)) return Fault::kMalformed;
  for (const char* name : {"view", "views"})
    if (!add_texts(document, name, claims.views)) return Fault::kMalformed;
  for (const char* name : {"network", "networks"})
    if (!add_networks(document, name, claims.networks)) return Fault::kMalformed;
  if (claims.channels.empty()) return Fault::kMalformed;
  const Fault fault = check_parties(document, rules);
  if (fault != Fault::kNone) return fault;
  return claims;
}

}  // namespace tokens
