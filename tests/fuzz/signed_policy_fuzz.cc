#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "tokens/signed_policy.h"

namespace {

constexpr std::string_view kPem =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKQo3zBMYPf+eTMBJnAmk34yqJ1+H\n"
    "Z6ey80vAnrplvq0Kjg/8F39WQWbPI57jlxholZLT2n0N75oEsLMP+ooYsQ==\n"
    "-----END PUBLIC KEY-----\n";

tokens::Signers make_signers() {
  auto key = crypto::PublicKey::parse(kPem);
  if (!key.ok()) std::abort();
  tokens::Signers::Keys keys;
  keys.emplace_back("KEC", key.take());
  return {std::move(keys), {"https://live.example.com"}};
}

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

/// The bytes as a query, as a policy, as base64, as a pattern, and as a key.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const tokens::Signers signers = make_signers();
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const tokens::SignedPolicy shown = tokens::signed_policy_of_query(text);
  const std::string rest = tokens::unsigned_query(text);
  check(!tokens::signed_policy_of_query(rest).any());
  signers.verify(shown, "/live/match/index.m3u8");
  if (!shown.malformed) check(shown.identity("/").find('\0') == std::string::npos);

  const auto policy = tokens::read_policy(text);
  if (const auto* claims = std::get_if<tokens::Claims>(&policy)) {
    check(claims->resource.has_value() && claims->expires > 0 && claims->channels.empty());
    signers.has_target(*claims, "/live/match/index.m3u8");
  }
  tokens::policy_base64_decoded(text);
  const std::string_view first = text.substr(0, 64);
  check(tokens::matches_pattern(first, "*") && tokens::matches_pattern(first, std::string(first.size(), '?')));
  tokens::matches_pattern("https://live.example.com/live/match/index.m3u8", first);
  if (text.starts_with("-----BEGIN ")) static_cast<void>(crypto::PublicKey::parse(text).ok());
  return 0;
}
