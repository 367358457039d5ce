#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tokens/verify.h"

namespace {

constexpr std::string_view kKeys =
    R"({"keys": [{"kty": "oct", "kid": "hs", "k": "YSBzZWNyZXQgb2YgdGhpcnR5LXR3byBieXRlcywgb2s"},
        {"kty": "EC", "crv": "P-256", "kid": "ec", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})";

tokens::KeySet read_keys() {
  tokens::KeySet keys;
  if (!keys.add(kKeys, tokens::KeySource::kConfiguration).ok()) std::abort();
  return keys;
}

}  // namespace

/// The bytes as a token, as claims, and as keys.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tokens::KeySet keys = read_keys();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  tokens::Rules rules;
  rules.algorithms = {tokens::Algorithm::kEs256, tokens::Algorithm::kHs256};
  tokens::verify(text, keys, rules);
  tokens::read_claims(text, rules);
  tokens::KeySet others;
  if (!others.add(text, tokens::KeySource::kConfiguration).ok() && !others.empty()) std::abort();
  return 0;
}
