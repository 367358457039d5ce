#include "serve/origin_lock.h"

#include <utility>

namespace serve {
namespace {

crypto::Sha256 digest_of(std::string_view secret) {
  return crypto::sha256({reinterpret_cast<const std::uint8_t*>(secret.data()), secret.size()});
}

}  // namespace

OriginLock::OriginLock(std::string header, const std::vector<std::string>& secrets, bool certificates)
    : header_(std::move(header)), certificates_(certificates) {
  for (const std::string& secret : secrets) hashes_.push_back(digest_of(secret));
}

bool OriginLock::shows_secret(const http::Request& request) const {
  if (hashes_.empty()) return false;
  const std::string_view shown = request.find(header_);
  if (shown.empty()) return false;
  const crypto::Sha256 hash = digest_of(shown);
  bool good = false;
  for (const crypto::Sha256& one : hashes_) good |= crypto::equal_in_constant_time(one, hash);
  return good;
}

}  // namespace serve
