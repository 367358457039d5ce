#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tokens/algorithm.h"

namespace tokens {

/// One key that tokens are checked with, and the one algorithm that it is for. Immutable. Thread: any.
class Key {
 public:
  struct Handle;  ///< the library's key

  Key(std::string id, Algorithm algorithm, std::shared_ptr<const Handle> handle)
      : id_(std::move(id)), algorithm_(algorithm), handle_(std::move(handle)) {}

  const std::string& id() const { return id_; }  ///< `kid`; empty: it has none
  Algorithm algorithm() const { return algorithm_; }
  const Handle& handle() const { return *handle_; }

 private:
  std::string id_;
  Algorithm algorithm_;
  std::shared_ptr<const Handle> handle_;
};

/// Where a set of keys comes from.
enum class KeySource : std::uint8_t {
  kConfiguration,
  kNetwork,  ///< what anybody can read: it has no shared secrets
};

/// The keys of an issuer. Immutable: a rotation is a new set. Thread: any.
class KeySet {
 public:
  static constexpr std::size_t kMost = 64;             ///< keys
  static constexpr std::size_t kLongest = 256u << 10;  ///< of a JWKS text. Units: bytes.
  static constexpr std::size_t kLeastSecret = 32;      ///< of an HS256 key. Units: bytes. [RFC 7518 3.2]
  static constexpr std::size_t kLeastModulus = 2048;   ///< of an RS256 key. Units: bits. [RFC 7518 3.3]

  KeySet() = default;

  /// Adds the keys of a JWKS text ({"keys": […]}) or a single JWK. Keys that no token here can have, those of another
  /// type or use, are left out. Errors, which show nothing of a key: kMalformed, kTooLarge, kUnsupported where a key is
  /// too short, or private, or (kNetwork) a secret, or where none is left.
  /// Spec: [RFC 7517 4, 5]
  base::Status add(std::string_view text, KeySource source);

  /// Adds those of another set.
  void add(const KeySet& others) { keys_.insert(keys_.end(), others.keys_.begin(), others.keys_.end()); }

  /// The keys that a token of this head can have been signed with: those with its `id`, and of a token without one the
  /// only key of its algorithm.
  std::vector<const Key*> find(std::string_view id, Algorithm algorithm) const;

  bool has(Algorithm algorithm) const;
  std::size_t size() const { return keys_.size(); }
  bool empty() const { return keys_.empty(); }

 private:
  std::vector<Key> keys_;
};

}  // namespace tokens
