#include "s3/signature.h"

#include <algorithm>
#include <cctype>
#include <cstring>

#include "crypto/sha256.h"

namespace s3 {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

std::string encode(std::string_view text, std::string_view also_plain) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (letter || std::string_view("-._~").find(c) != std::string_view::npos || also_plain.find(c) != also_plain.npos) {
      out += c;
    } else {
      out += '%';
      out += kDigits[byte >> 4];
      out += kDigits[byte & 0xf];
    }
  }
  return out;
}

/// Without spaces at its ends, and with single ones within.
std::string normal_value(std::string_view value) {
  std::string out;
  for (const char c : value) {
    const bool space = c == ' ' || c == '\t' || c == '\n';
    if (space && (out.empty() || out.back() == ' ')) continue;
    out += space ? ' ' : c;
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

/// In lower case, sorted; values of one name are joined.
Pairs normal_headers(const Pairs& headers) {
  Pairs out;
  for (const auto& [name, value] : headers) {
    std::string key = name;
    for (char& c : key) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const auto same = std::find_if(out.begin(), out.end(), [&](const auto& at) { return at.first == key; });
    if (same != out.end())
      same->second += "," + normal_value(value);
    else
      out.emplace_back(std::move(key), normal_value(value));
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::string signed_names(const Pairs& headers) {
  std::string names;
  for (const auto& [name, value] : headers) names += (names.empty() ? "" : ";") + name;
  return names;
}

crypto::Sha256 mac(const crypto::Sha256& key, std::string_view text) {
  return crypto::hmac_sha256(key, base::view_of(text));
}

}  // namespace

std::string encode_path(std::string_view path) { return encode(path, "/"); }
std::string encode_value(std::string_view text) { return encode(text, ""); }

std::string encode_query(const Pairs& query) {
  Pairs encoded;
  for (const auto& [name, value] : query) encoded.emplace_back(encode_value(name), encode_value(value));
  std::sort(encoded.begin(), encoded.end());
  std::string out;
  for (const auto& [name, value] : encoded) out += (out.empty() ? "" : "&") + name + "=" + value;
  return out;
}

std::string amz_date(base::Micros utc) {
  std::string text = base::format_utc(utc);  // 2013-05-24T00:00:00.000Z
  text.resize(std::strlen("2013-05-24T00:00:00"));
  std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
  return text + "Z";
}

std::string canonical_request(const Unsigned& request) {
  const Pairs headers = normal_headers(request.headers);
  std::string text = request.method + "\n" + encode_path(request.path) + "\n" + encode_query(request.query) + "\n";
  for (const auto& [name, value] : headers) text += name + ":" + value + "\n";
  return text + "\n" + signed_names(headers) + "\n" + request.payload_hash;
}

std::string authorization(const Unsigned& request, const Keys& keys, const Scope& scope, base::Micros utc) {
  const std::string time = amz_date(utc);
  const std::string day = time.substr(0, 8);
  const std::string where = day + "/" + scope.region + "/" + scope.service + "/aws4_request";
  const std::string hash = crypto::to_hex(crypto::sha256(base::view_of(canonical_request(request))));
  const std::string text = std::string(kAlgorithm) + "\n" + time + "\n" + where + "\n" + hash;
  const std::string secret = "AWS4" + keys.secret;
  crypto::Sha256 key = crypto::hmac_sha256(base::view_of(secret), base::view_of(day));
  key = mac(mac(mac(key, scope.region), scope.service), "aws4_request");
  return std::string(kAlgorithm) + " Credential=" + keys.id + "/" + where +
         ",SignedHeaders=" + signed_names(normal_headers(request.headers)) +
         ",Signature=" + crypto::to_hex(mac(key, text));
}

}  // namespace s3
