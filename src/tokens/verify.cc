#include "tokens/verify.h"

#include <cstdint>
#include <optional>
#include <string>

#include "tokens/base64url.h"
#include "tokens/handle.h"

namespace tokens {
namespace {

/// Three parts with points between them. [RFC 7515 3.1]
bool is_compact(std::string_view token) {
  if (token.size() > kLongestToken) return false;
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
  if (second == std::string_view::npos) return false;
  return is_base64url(token.substr(0, first)) && is_base64url(token.substr(first + 1, second - first - 1)) &&
         is_base64url(token.substr(second + 1));
}

std::optional<std::string> field_of(cjose_header_t* head, const char* name) {
  cjose_err fault{};
  const char* const value = cjose_header_get(head, name, &fault);
  if (value == nullptr) return std::nullopt;
  return value;
}

/// Whether the head has a field, whatever is in it.
bool has_field(cjose_header_t* head, const char* name) {
  cjose_err fault{};
  const std::unique_ptr<char, JoseFree> value(cjose_header_get_raw(head, name, &fault));
  return value != nullptr;
}

std::string_view payload_of(const cjose_jws_t* token) {
  cjose_err fault{};
  std::uint8_t* bytes = nullptr;
  std::size_t size = 0;
  if (!cjose_jws_get_plaintext(token, &bytes, &size, &fault) || bytes == nullptr) return {};
  return {reinterpret_cast<const char*>(bytes), size};
}

/// kNone if one of the keys has signed it.
Fault check_signature(cjose_jws_t* token, const KeySet& keys, const Rules& rules) {
  cjose_header_t* const head = cjose_jws_get_protected(token);
  // An extension that has to be understood: we know none. [RFC 7515 4.1.11]
  if (head == nullptr || has_field(head, "crit")) return Fault::kMalformed;
  const auto name = field_of(head, "alg");
  const auto algorithm = name ? parse_algorithm(*name) : std::nullopt;
  if (!algorithm || !rules.allows(*algorithm)) return Fault::kAlgorithm;
  const std::string id = field_of(head, "kid").value_or("");
  const auto candidates = keys.find(id, *algorithm);
  if (candidates.empty()) return Fault::kUnknownKey;
  for (const Key* key : candidates) {
    cjose_err fault{};
    if (cjose_jws_verify(token, key->handle().key.get(), &fault)) return Fault::kNone;
  }
  return Fault::kSignature;
}

}  // namespace

Verified verify(std::string_view token, const KeySet& keys, const Rules& rules) {
  if (!is_compact(token)) return Fault::kMalformed;
  cjose_err problem{};
  const JoseToken read(cjose_jws_import(token.data(), token.size(), &problem));
  if (read == nullptr) return Fault::kMalformed;
  const Fault fault = check_signature(read.get(), keys, rules);
  if (fault != Fault::kNone) return fault;
  return read_claims(payload_of(read.get()), rules);
}

}  // namespace tokens
