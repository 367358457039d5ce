#pragma once

#include <cstdint>
#include <limits>
#include <string>

#include "base/clock.h"
#include "registry/etcd_client.h"

namespace registry {

/// Keeps one key in etcd for as long as this server lives: under a lease that is renewed, so that it is gone kLease
/// after a kill, and at once after withdraw(). Thread: one, which waits.
class Announcer {
 public:
  static constexpr base::Micros kLease = 10 * base::kSecond;    ///< Units: whole seconds.
  static constexpr base::Micros kRenewal = 3 * base::kSecond;   ///< how often
  static constexpr base::Micros kLeastBetween = base::kSecond;  ///< writes of a value that changes
  static constexpr base::Micros kRetry = base::kSecond;         ///< after a failure
  static constexpr base::Micros kNever = std::numeric_limits<base::Micros>::max();

  /// Both outlive it.
  Announcer(EtcdClient& client, const base::Clock& clock) : client_(client), clock_(clock) {}

  /// What is to be in etcd from now on; the key is the same each time.
  void set(std::string key, std::string value);
  /// When there is something to do next, steady; kNever: nothing.
  base::Micros next() const;
  /// Does what is due, by `until` (steady) or a little later. fault() has the outcome.
  void step(base::Micros until);
  /// Takes the key away, and does nothing more.
  void withdraw(base::Micros until);

  /// Whether the key is in etcd, as far as is known.
  bool announced() const { return written_ && clock_.steady() - renewed_at_ < kLease; }
  /// Why the last step() or withdraw() failed; empty: it did not.
  const std::string& fault() const { return fault_; }

 private:
  bool grant(base::Micros until);
  bool renew(base::Micros until);
  void put(base::Micros until);
  base::Result<std::string> call(std::string_view path, std::string body, base::Micros until);
  void fail(const std::string& why);

  EtcdClient& client_;
  const base::Clock& clock_;
  std::string key_;
  std::string value_;
  std::string fault_;
  bool wanted_ = false;     ///< there is something to announce
  bool changed_ = false;    ///< `value_` is not what was written last
  bool written_ = false;    ///< the key is there, under lease_
  std::int64_t lease_ = 0;  ///< 0: none
  base::Micros renewed_at_ = 0;
  base::Micros wrote_at_ = -kLeastBetween;
  base::Micros retry_at_ = 0;  ///< nothing is done before
};

}  // namespace registry
