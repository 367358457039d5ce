#include "tokens/keys.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "tokens/base64url.h"
#include "tokens/handle.h"

namespace tokens {
namespace {

using base::Code;
using base::Error;
using nlohmann::json;

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// Whether it is a key to check signatures with at all. Spec: [RFC 7517 4.2, 4.3]
bool is_for_signatures(const json& key) {
  const auto use = key.find("use");
  if (use != key.end() && *use != "sig") return false;
  const auto operations = key.find("key_ops");
  return operations == key.end() ||
         (operations->is_array() &&
          std::any_of(operations->begin(), operations->end(), [](const json& one) { return one == "verify"; }));
}

/// The algorithm that a key of this type is for. Nothing: none that can be allowed.
std::optional<Algorithm> algorithm_of(const json& key) {
  const std::string type = text_of(key, "kty");
  std::optional<Algorithm> algorithm;
  if (type == "EC" && text_of(key, "crv") == "P-256") algorithm = Algorithm::kEs256;
  if (type == "RSA") algorithm = Algorithm::kRs256;
  if (type == "oct") algorithm = Algorithm::kHs256;
  // A key may say more narrowly what it is for, such as PS256. [RFC 7517 4.4]
  const auto said = key.find("alg");
  if (algorithm && said != key.end() && *said != to_string(*algorithm)) return std::nullopt;
  return algorithm;
}

/// Whether each number and secret of the key is one that the library can read.
bool is_readable(const json& key) {
  for (const char* name : {"k", "x", "y", "n", "e", "d", "p", "q", "dp", "dq", "qi"}) {
    const auto found = key.find(name);
    if (found != key.end() && (!found->is_string() || !is_base64url(found->get_ref<const std::string&>())))
      return false;
  }
  return true;
}

/// What the library made of the key, if it is strong enough.
base::Status check_strength(const cjose_jwk_t* key, Algorithm algorithm, const std::string& place) {
  cjose_err fault{};
  const std::size_t bits = cjose_jwk_get_keysize(key, &fault);
  if (algorithm == Algorithm::kRs256 && bits < KeySet::kLeastModulus)
    return Error{Code::kUnsupported, place + ": RS256 needs a key of at least 2048 bits"};
  if (algorithm != Algorithm::kHs256) return base::Ok{};
  if (bits < 8 * KeySet::kLeastSecret)
    return Error{Code::kUnsupported, place + ": HS256 needs a secret of at least 32 bytes"};
  // A public key as the secret is the confusion that an attacker hopes for: everybody has it.
  const auto* const secret = static_cast<const char*>(cjose_jwk_get_keydata(key, &fault));
  if (secret != nullptr && std::string_view(secret, bits / 8).starts_with("-----BEGIN"))
    return Error{Code::kUnsupported, place + ": a PEM file is no secret for HS256"};
  return base::Ok{};
}

base::Result<std::optional<Key>> read_key(const json& key, KeySource source, const std::string& place) {
  if (!key.is_object()) return Error{Code::kMalformed, place + " is no JSON object"};
  const auto algorithm = algorithm_of(key);
  if (!algorithm || !is_for_signatures(key)) return std::optional<Key>();
  if (*algorithm == Algorithm::kHs256 && source == KeySource::kNetwork)
    return Error{Code::kUnsupported, place + " is a shared secret, which no JWKS that others can read may hold"};
  if (*algorithm != Algorithm::kHs256 && key.contains("d"))
    return Error{Code::kUnsupported, place + " is a private key: give the public one, without \"d\""};
  const std::string text = key.dump(-1, ' ', false, json::error_handler_t::replace);
  cjose_err fault{};
  JoseKey made(is_readable(key) ? cjose_jwk_import(text.data(), text.size(), &fault) : nullptr);
  if (made == nullptr) return Error{Code::kMalformed, place + " is no good key of type " + text_of(key, "kty")};
  TRY_OK(check_strength(made.get(), *algorithm, place));
  return std::optional(Key(text_of(key, "kid"), *algorithm, std::make_shared<const Key::Handle>(std::move(made))));
}

}  // namespace

base::Status KeySet::add(std::string_view text, KeySource source) {
  if (text.size() > kLongest) return Error{Code::kTooLarge, "more than 256 KiB of keys"};
  const json document = json::parse(text, nullptr, false);
  if (!document.is_object()) return Error{Code::kMalformed, "no JSON object with keys"};
  const auto list = document.find("keys");
  if (list != document.end() && !list->is_array()) return Error{Code::kMalformed, "\"keys\" is no list"};
  const json keys = list == document.end() ? json::array({document}) : *list;
  std::vector<Key> read;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string place = list == document.end() ? "the key" : "key " + std::to_string(i + 1);
    TRY(auto key, read_key(keys[i], source, place));
    if (key) read.push_back(std::move(*key));
  }
  if (read.empty()) return Error{Code::kUnsupported, "no key for ES256 (P-256), RS256 or HS256 signatures"};
  if (keys_.size() + read.size() > kMost) return Error{Code::kTooLarge, "more than 64 keys"};
  std::move(read.begin(), read.end(), std::back_inserter(keys_));
  return base::Ok{};
}

bool KeySet::has(Algorithm algorithm) const {
  return std::any_of(keys_.begin(), keys_.end(), [&](const Key& key) { return key.algorithm() == algorithm; });
}

std::vector<const Key*> KeySet::find(std::string_view id, Algorithm algorithm) const {
  std::vector<const Key*> found;
  for (const Key& key : keys_)
    if (key.algorithm() == algorithm && (id.empty() || key.id() == id)) found.push_back(&key);
  if (id.empty() && found.size() > 1) found.clear();
  return found;
}

}  // namespace tokens
