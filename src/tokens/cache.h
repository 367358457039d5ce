#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <unordered_map>

#include "crypto/sha256.h"
#include "tokens/verify.h"

namespace tokens {

/// Tokens that were checked, good and bad, by their SHA-256: a player shows the same one several times a second.
/// Bound: twice `most` tokens; those that were not shown for longest are forgotten, and checked again. The tokens
/// themselves are not kept. Thread: one.
class Cache {
 public:
  static constexpr std::size_t kMost = 16384;

  explicit Cache(std::size_t most = kMost) : most_(most) {}

  /// What is known of a token; null: nothing. Valid until the next add() or clear().
  const Verified* find(const crypto::Sha256& token);
  /// REQUIRES: find() knows it not. Valid likewise.
  const Verified& add(const crypto::Sha256& token, Verified verified);
  /// Keys or rules have changed.
  void clear();
  std::size_t size() const { return newer_.size() + older_.size(); }

 private:
  struct Hash {
    std::size_t operator()(const crypto::Sha256& token) const {
      std::size_t hash = 0;
      std::memcpy(&hash, token.data(), sizeof hash);
      return hash;
    }
  };
  using Map = std::unordered_map<crypto::Sha256, Verified, Hash>;

  void turn();

  const std::size_t most_;
  Map newer_;  ///< shown since the last turn
  Map older_;  ///< shown before it, and not since
};

}  // namespace tokens
