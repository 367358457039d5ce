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

constexpr std::size_t kLongestKeyId = 128;

/// "K2JCJMDEHXQW5F=/etc/kickoff/cloudfront.pem"
Complaint signer_key_fault(const std::string& text) {
  const std::size_t middle = text.find('=');
  const std::string id = text.substr(0, middle);
  const bool good = middle != std::string::npos && !id.empty() && id.size() <= kLongestKeyId &&
                    std::all_of(id.begin(), id.end(), [](unsigned char c) { return std::isalnum(c) != 0; }) &&
                    text.compare(middle + 1, 1, "/") == 0;
  return good ? "" : " has to be ID=FILE: the id of the public key at CloudFront, and the whole path of its PEM file";
}

Complaint signer_url_fault(const std::string& url) {
  const std::size_t host = url.find("://") + 3;
  const bool good = (url.starts_with("https://") || url.starts_with("http://")) && url.size() > host &&
                    url.size() <= 256 &&
                    std::all_of(url.begin() + static_cast<std::ptrdiff_t>(host), url.end(), [](char c) {
                      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                             std::string_view("-._:[]").find(c) != std::string_view::npos;
                    });
  return good ? "" : " has to be a scheme and a host alone, in lower case: https://live.example.com";
}

std::vector<std::string> read_signers(Config::Tokens& tokens) {
  tokens.signers = nullptr;
  if (tokens.signer_keys.empty() && tokens.signer_urls.empty()) return {};
  if (tokens.signer_keys.empty() || tokens.signer_urls.empty())
    return {"http.tokens.cloudfront: keys and urls: both or none"};
  if (tokens.signer_keys.size() > tokens::Signers::kMost) return {"http.tokens.cloudfront.keys: more than 16"};
  if (tokens.signer_urls.size() > tokens::Signers::kMostUrls) return {"http.tokens.cloudfront.urls: more than 8"};
  tokens::Signers::Keys keys;
  for (const std::string& text : tokens.signer_keys) {
    if (!signer_key_fault(text).empty()) return {};  // it has been complained of
    const std::size_t middle = text.find('=');
    const std::string id = text.substr(0, middle);
    const std::string path = text.substr(middle + 1);
    if (std::any_of(keys.begin(), keys.end(), [&id](const auto& key) { return key.first == id; }))
      return {"http.tokens.cloudfront.keys: two have the id \"" + id + "\""};
    const auto pem = base::read_regular_file(path);
    if (!pem.ok()) return {"http.tokens.cloudfront.keys: " + pem.error().what};
    auto key = crypto::PublicKey::parse(*pem);
    if (!key.ok()) return {"http.tokens.cloudfront.keys: " + path + ": " + key.error().what};
    keys.emplace_back(id, key.take());
  }
  tokens.signers = std::make_shared<const tokens::Signers>(std::move(keys), tokens.signer_urls);
  return {};
}

void declare_signers(Keys& keys, Config::Tokens& tokens) {
  constexpr Reload kRule = Reload::kAtOnce;
  keys.texts({"keys", kRule,
              "public keys of a key group, each as ID=FILE: its id at CloudFront, and its PEM file (RSA of 2048 bits, "
              "or P-256), which a reload reads anew",
              "K2JCJMDEHXQW5F=/etc/kickoff/cloudfront.pem"},
             tokens.signer_keys, signer_key_fault);
  keys.texts({"urls", kRule,
              "scheme and host of the URLs that are signed, as viewers know them: a policy's Resource is compared with "
              "each of these, followed by the request's path and query. The request's Host is not asked",
              "https://live.example.com"},
             tokens.signer_urls, signer_url_fault);
  keys.check([&tokens] { return read_signers(tokens); });
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
  keys.section("cloudfront",
               "Signed cookies and signed URLs of Amazon CloudFront are good too, for viewers that reach this server "
               "directly or through another CDN. Off while there are no keys.",
               [&](Keys& in) { declare_signers(in, tokens); });
  keys.check([&tokens] { return read_all(tokens); });
}

std::vector<std::string> token_faults(const Config& config) {
  std::vector<std::string> found;
  const Config::Tokens& tokens = config.http.tokens;
  if (!tokens.set.empty() || !tokens.jwks_url.empty() || tokens.signers != nullptr) return found;
  for (const auto& [name, channel] : config.channels)
    if (channel.tokens)
      found.push_back("channels." + name +
                      ".tokens: required needs http.tokens.keys, jwks_file, jwks_url or cloudfront");
  return found;
}

}  // namespace config
