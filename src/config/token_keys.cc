#include <algorithm>
#include <cctype>

#include "base/regular_file.h"
#include "config/config_keys.h"

namespace config {
namespace {

Complaint algorithm_fault(const std::string& name) {
  return tokens::parse_algorithm(name) ? "" : not_wanted("ES256, RS256 or HS256", name);
}

Complaint party_fault(const std::string& name) {
  return !name.empty() && name.size() <= tokens::Claims::kLongest ? "" : " has to be of 1 to 128 bytes";
}

/// Never with the key: it may be a secret.
Complaint jwk_fault(const std::string& text) {
  tokens::KeySet one;
  const base::Status status = one.add(text, tokens::KeySource::kConfiguration);
  return status.ok() ? "" : " has to be a JSON Web Key: " + status.error().what;
}

bool good_cookie(const std::string& name) {
  // RFC 9110 5.6.2.
  return name.size() <= 64 && std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) != 0 ||
                  std::string_view("!#$%&'*+-.^_`|~").find(static_cast<char>(c)) != std::string::npos;
         });
}

/// Who can change keys on their way can make tokens.
bool good_url(const std::string& url) {
  const bool safe = url.starts_with("https://") || url.starts_with("http://127.0.0.1:") ||
                    url.starts_with("http://[::1]:") || url.starts_with("http://localhost:");
  return safe && url.size() <= 2048 && url.find("://") + 3 < url.size() &&
         std::all_of(url.begin(), url.end(), [](unsigned char c) { return c > ' ' && c < 0x7F; });
}

std::vector<std::string> read_all(Config::Tokens& tokens) {
  tokens.set = {};
  // Those that are faulty have been complained of.
  for (const std::string& key : tokens.keys)
    if (!tokens.set.add(key, tokens::KeySource::kConfiguration).ok()) return {};
  if (!tokens.jwks_file.empty()) {
    const auto text = base::read_regular_file(tokens.jwks_file);
    if (!text.ok()) return {"http.tokens.jwks_file: " + text.error().what};
    const base::Status status = tokens.set.add(*text, tokens::KeySource::kConfiguration);
    if (!status.ok()) return {"http.tokens.jwks_file: " + tokens.jwks_file + ": " + status.error().what};
  }
  const auto has_key = [&tokens](const std::string& name) {
    const auto algorithm = tokens::parse_algorithm(name);
    return algorithm && tokens.set.has(*algorithm);
  };
  const bool all_here = !tokens.set.empty() && tokens.jwks_url.empty();
  if (all_here && std::none_of(tokens.algorithms.begin(), tokens.algorithms.end(), has_key))
    return {"http.tokens.algorithms allow none of the keys: no token could be good"};
  return {};
}

}  // namespace

void declare_tokens(Keys& keys, Config::Tokens& tokens) {
  constexpr Reload kRule = Reload::kAtOnce;
  keys.texts({"algorithms", kRule,
              "ES256, RS256, HS256: no token of another one is good. With HS256 who can check tokens can make them"},
             tokens.algorithms, algorithm_fault);
  keys.texts({"keys", kRule, "JSON Web Keys, each a text; those of HS256 are secrets"}, tokens.keys, jwk_fault);
  keys.key(
      {"jwks_file", kRule, "a file with a JSON Web Key Set, or one key; it is read again within seconds of a change",
       "/etc/kickoff/jwks.json"},
      Value::path(tokens.jwks_file));
  keys.key(
      {"jwks_url", kRule,
       "where the issuer has its JSON Web Key Set: asked every five minutes, and when a token has another key. Keys "
       "stay while it does not answer",
       "https://id.example.com/.well-known/jwks.json"},
      Value::text(tokens.jwks_url, "a URL of https, or of http on this machine", good_url));
  keys.texts({"issuers", kRule, "of these alone (iss); none: of any"}, tokens.issuers, party_fault);
  keys.texts({"audiences", kRule, "only for one of these (aud); none: only tokens that name no audience"},
             tokens.audiences, party_fault);
  keys.key({"leeway", kRule, "that the clocks of issuer and server may differ by"},
           Value::duration(tokens.leeway, 0, 600 * base::kSecond));
  keys.key({"cookie", kRule, "the name of a cookie that may have the token; empty: none"},
           Value::text(tokens.cookie, "the name of a cookie", good_cookie));
  keys.check([&tokens] { return read_all(tokens); });
}

std::vector<std::string> token_faults(const Config& config) {
  std::vector<std::string> found;
  if (!config.http.tokens.set.empty() || !config.http.tokens.jwks_url.empty()) return found;
  for (const auto& [name, channel] : config.channels)
    if (channel.tokens)
      found.push_back("channels." + name + ".tokens: required needs http.tokens.keys, jwks_file or jwks_url");
  return found;
}

}  // namespace config
