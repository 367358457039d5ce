#include "webhook/signature.h"

#include "base/base64.h"
#include "crypto/sha256.h"

namespace webhook {
namespace {

constexpr std::string_view kPrefix = "whsec_";
// Of a secret. Units: bytes.
constexpr std::size_t kLeast = 24;
constexpr std::size_t kMost = 64;

}  // namespace

base::Result<Secret> parse_secret(std::string_view text) {
  const base::Error refused{base::Code::kMalformed,
                            "has to be whsec_ and 24 to 64 bytes in base64: echo \"whsec_$(openssl rand -base64 32)\""};
  if (!text.starts_with(kPrefix)) return refused;
  auto bytes = base::base64_decoded(text.substr(kPrefix.size()));
  if (!bytes || bytes->size() < kLeast || bytes->size() > kMost) return refused;
  return *std::move(bytes);
}

std::string sign(const std::vector<Secret>& secrets, std::string_view id, std::int64_t timestamp,
                 std::string_view body) {
  std::string content(id);
  content += "." + std::to_string(timestamp) + ".";
  content += body;
  std::string text;
  for (const Secret& secret : secrets) {
    if (!text.empty()) text += ' ';
    text += "v1," + base::base64_encoded(crypto::hmac_sha256(secret, base::view_of(content)));
  }
  return text;
}

}  // namespace webhook
