#include "tokens/signed_policy.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/hex.h"
#include "base/network.h"

namespace tokens {
namespace {

using nlohmann::json;

// Beyond the year 9999 nothing can be meant.
constexpr std::int64_t kMostPolicyTime = 253402300799;

constexpr std::string_view kCookiePrefix = "CloudFront-";

std::string* place_of(SignedPolicy& to, std::string_view name) {
  if (name == "Policy") return &to.policy;
  if (name == "Expires") return &to.expires;
  if (name == "Signature") return &to.signature;
  if (name == "Key-Pair-Id") return &to.key_id;
  return name == "Hash-Algorithm" ? &to.hash : nullptr;
}

void put(SignedPolicy& to, std::string* place, std::string value) {
  const bool visible = std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!place->empty() || value.size() > SignedPolicy::kLongest || !visible) {
    to.malformed = true;
  } else {
    *place = std::move(value);
  }
}

/// What is no escape stays as it is.
std::string percent_decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? base::hex_digit(text[i + 1]) : -1;
    const int low = escape ? base::hex_digit(text[i + 2]) : -1;
    if (high < 0 || low < 0) {
      decoded += text[i];
    } else {
      decoded += static_cast<char>(high << 4 | low);
      i += 2;
    }
  }
  return decoded;
}

/// Calls `take` with the name and the value of each parameter, and the whole of it.
template <typename Take>
void for_each_parameter(std::string_view query, const Take& take) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    take(name, pair.substr(std::min(pair.size(), name.size() + 1)), pair);
  }
}

std::optional<std::int64_t> policy_time(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = fault == std::errc{} && end == text.data() + text.size();
  return whole && value > 0 && value <= kMostPolicyTime ? std::optional(value) : std::nullopt;
}

/// {"AWS:EpochTime": 1767290400}
std::optional<std::int64_t> epoch_of(const json& condition) {
  if (!condition.is_object() || condition.size() != 1) return std::nullopt;
  const auto found = condition.find("AWS:EpochTime");
  if (found == condition.end() || !found->is_number_integer()) return std::nullopt;
  const auto value = found->get<std::int64_t>();
  return value > 0 && value <= kMostPolicyTime ? std::optional(value) : std::nullopt;
}

/// "192.0.2.0/24", or one address. Bits behind the prefix are of no account, as with CloudFront.
std::optional<base::Network> source_of(std::string_view text) {
  const std::size_t slash = text.find('/');
  auto address = base::parse_network(text.substr(0, slash));
  if (!address.ok()) return std::nullopt;
  base::Network network = address.take();
  if (slash == std::string_view::npos) return network;
  const int most = text.substr(0, slash).find(':') == std::string_view::npos ? 32 : 128;
  int bits = 0;
  const std::string_view digits = text.substr(slash + 1);
  const auto [end, fault] = std::from_chars(digits.data(), digits.data() + digits.size(), bits);
  if (fault != std::errc{} || end != digits.data() + digits.size() || bits < 0 || bits > most) return std::nullopt;
  network.prefix = 128 - most + bits;
  for (int bit = network.prefix; bit < 128; ++bit)
    network.bytes[static_cast<std::size_t>(bit / 8)] &= static_cast<std::uint8_t>(~(0x80u >> bit % 8));
  return network;
}

/// {"AWS:SourceIp": "192.0.2.0/24"}; "0.0.0.0/0" is everybody, over IPv6 too.
bool add_source(const json& condition, std::vector<base::Network>& to) {
  if (!condition.is_object() || condition.size() != 1) return false;
  const auto found = condition.find("AWS:SourceIp");
  if (found == condition.end() || !found->is_string()) return false;
  const auto text = found->get<std::string>();
  const auto network = source_of(text);
  if (network && !(network->prefix == 96 && text.starts_with("0.0.0.0/"))) to.push_back(*network);
  return network.has_value();
}

bool add_condition(Claims& claims, const std::string& name, const json& condition) {
  if (name == "IpAddress") return add_source(condition, claims.networks);
  const auto time = epoch_of(condition);
  if (!time) return false;
  if (name == "DateLessThan") claims.expires = *time;
  if (name == "DateGreaterThan") claims.not_before = *time + 1;
  return name == "DateLessThan" || name == "DateGreaterThan";
}

/// What CloudFront makes of a URL and a time, to the byte. Nothing of a URL that JSON would have to escape.
std::optional<std::string> canned_policy(const std::string& url, std::string_view expires) {
  const auto is_plain = [](unsigned char c) { return c > ' ' && c < 0x7F && c != '"' && c != '\\'; };
  if (!std::all_of(url.begin(), url.end(), is_plain)) return std::nullopt;
  return R"({"Statement":[{"Resource":")" + url + R"(","Condition":{"DateLessThan":{"AWS:EpochTime":)" +
         std::string(expires) + "}}}]}";
}

}  // namespace

std::string SignedPolicy::identity(std::string_view target) const {
  std::string all = "CloudFront";
  // None of them can have a line feed: see put(). Nor can a token, or what is asked for.
  for (const std::string* one : {&policy, &signature, &key_id, &hash}) (all += '\n') += *one;
  if (is_canned()) ((((all += '\n') += expires) += '\n') += target);
  return all;
}

SignedPolicy signed_policy_of_query(std::string_view query) {
  SignedPolicy shown;
  for_each_parameter(query, [&shown](std::string_view name, std::string_view value, std::string_view) {
    if (auto* const place = place_of(shown, name)) put(shown, place, percent_decoded(value));
  });
  return shown;
}

void add_cookie(SignedPolicy& to, std::string_view name, std::string_view value) {
  if (!name.starts_with(kCookiePrefix)) return;
  auto* const place = place_of(to, name.substr(kCookiePrefix.size()));
  // Browsers send the cookie of the longest path first.
  if (place != nullptr && place->empty()) put(to, place, std::string(value));
}

std::string unsigned_query(std::string_view query) {
  SignedPolicy unused;
  std::string rest;
  for_each_parameter(query, [&](std::string_view name, std::string_view, std::string_view pair) {
    if (place_of(unused, name) == nullptr) (rest += rest.empty() ? "" : "&") += pair;
  });
  return rest;
}

std::optional<std::vector<std::uint8_t>> policy_base64_decoded(std::string_view text) {
  std::string standard(text);
  for (char& c : standard) {
    if (c == '+' || c == '=' || c == '/') return std::nullopt;
    c = c == '-' ? '+' : c == '_' ? '=' : c == '~' ? '/' : c;
  }
  return base::base64_decoded(standard);
}

bool matches_pattern(std::string_view text, std::string_view pattern) {
  std::size_t at = 0;
  std::size_t in_pattern = 0;
  std::size_t star = std::string_view::npos;  // the last one that was met, and what it stands for ends at `resume`
  std::size_t resume = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      resume = at;
    } else if (in_pattern < pattern.size() && (pattern[in_pattern] == '?' || pattern[in_pattern] == text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', in_pattern) == std::string_view::npos;
}

std::variant<Claims, Fault> read_policy(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object() || document.size() != 1) return Fault::kMalformed;
  const auto statements = document.find("Statement");
  if (statements == document.end() || !statements->is_array() || statements->size() != 1) return Fault::kMalformed;
  const json& statement = statements->front();
  if (!statement.is_object()) return Fault::kMalformed;
  Claims claims;
  claims.resource = "*";
  bool conditions = false;
  for (const auto& [name, value] : statement.items()) {
    if (name == "Resource" && value.is_string()) {
      claims.resource = value.get<std::string>();
    } else if (name == "Condition" && value.is_object()) {
      conditions = true;
      for (const auto& [condition, what] : value.items())
        if (!add_condition(claims, condition, what)) return Fault::kMalformed;
    } else {
      return Fault::kMalformed;
    }
  }
  if (!conditions || claims.expires == 0) return Fault::kMalformed;
  return claims;
}

const crypto::PublicKey* Signers::find(std::string_view id) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [id](const auto& key) { return key.first == id; });
  return found == keys_.end() ? nullptr : &found->second;
}

Verified Signers::verify(const SignedPolicy& shown, std::string_view target) const {
  if (shown.malformed || shown.signature.empty() || shown.key_id.empty()) return Fault::kMalformed;
  if (!shown.hash.empty() && shown.hash != "SHA1" && shown.hash != "SHA256") return Fault::kAlgorithm;
  const auto hash = shown.hash == "SHA256" ? crypto::SignatureHash::kSha256 : crypto::SignatureHash::kSha1;
  const auto signature = policy_base64_decoded(shown.signature);
  const auto policy = policy_base64_decoded(shown.policy);
  const auto expires = policy_time(shown.expires);
  if (!signature || !policy || (shown.is_canned() && !expires)) return Fault::kMalformed;
  const crypto::PublicKey* const key = find(shown.key_id);
  if (key == nullptr) return Fault::kUnknownKey;
  if (!shown.is_canned()) {
    if (!key->has_signed(*policy, *signature, hash)) return Fault::kSignature;
    return read_policy(base::text_of(*policy));
  }
  for (const std::string& url : urls_) {
    const auto canned = canned_policy(url + std::string(target), shown.expires);
    if (!canned || !key->has_signed(base::view_of(*canned), *signature, hash)) continue;
    Claims claims;
    claims.expires = *expires;
    claims.resource = "*";
    return claims;
  }
  return Fault::kSignature;
}

bool Signers::has_target(const Claims& claims, std::string_view target) const {
  return claims.resource && std::any_of(urls_.begin(), urls_.end(), [&](const std::string& url) {
           return matches_pattern(url + std::string(target), *claims.resource);
         });
}

}  // namespace tokens
