#pragma once

#include <string>
#include <vector>

#include "crypto/sha256.h"
#include "http/request.h"

namespace serve {

/// Answers a CDN alone: who finds the origin's address goes around neither the CDN's rules nor its bill. A CDN is
/// known by a secret in a header of its requests, or by a client certificate of one's own authority (CF-19).
/// Immutable: a rotation is a new lock. Thread: any.
class OriginLock {
 public:
  /// Open: admits everybody.
  OriginLock() = default;
  /// `secrets`: each of them admits, so that the CDN can change over from one to the next while both are good; only
  /// their hashes are kept. Where there are none, and no `certificates`, the lock is open.
  OriginLock(std::string header, const std::vector<std::string>& secrets, bool certificates);

  /// `certified`: the connection has shown a certificate that was verified.
  /// The time that it takes does not depend on how much of a secret is right.
  bool admits(const http::Request& request, bool certified) const {
    return open() || (certificates_ && certified) || shows_secret(request);
  }
  bool open() const { return hashes_.empty() && !certificates_; }

 private:
  bool shows_secret(const http::Request& request) const;

  std::string header_;
  std::vector<crypto::Sha256> hashes_;
  bool certificates_ = false;
};

}  // namespace serve
