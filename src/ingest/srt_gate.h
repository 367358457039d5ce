#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "ingest/auth.h"
#include "ingest/network.h"
#include "ingest/publisher.h"
#include "loop/peer_limits.h"

namespace ingest {

/// The reason that a refused caller receives (SR-5); the numbers are those on the wire.
enum class SrtReject : int {
  kSyntax = 1400,
  kUnauthorized = 1401,
  kOverload = 1402,
  kForbidden = 1403,
  kNotFound = 1404,
  kBadMode = 1405,
  kConflict = 1409,
  kMedia = 1415,
  kInternal = 1500,
  kDown = 1503,
};
inline constexpr std::array kSrtRejects{
    SrtReject::kSyntax,  SrtReject::kUnauthorized, SrtReject::kOverload, SrtReject::kForbidden, SrtReject::kNotFound,
    SrtReject::kBadMode, SrtReject::kConflict,     SrtReject::kMedia,    SrtReject::kInternal,  SrtReject::kDown};

/// What SRT adds to a channel's settings.
struct SrtChannel {
  std::string passphrase;      ///< 10 to 80 characters (SR-8); empty: the feed is not encrypted
  int key_length = 0;          ///< Units: bytes: 16, 24, 32; 0: the caller chooses (SR-10)
  base::Micros latency = 0;    ///< 0: the listener's
  bool takeover = false;       ///< a second publisher is let in, to replace the first
  std::vector<Network> allow;  ///< addresses that may publish; none: all (SR-23)
};

/// Everything that is looked up while a caller waits. Immutable; a reload makes a new one.
struct SrtPolicy {
  PublishPolicy keys{{}};
  std::map<std::string, SrtChannel, std::less<>> channels;  ///< "*" for names without an entry
  bool publish_without_mode = false;                        ///< SR-3

  /// REQUIRES: nothing; a channel without an entry has the defaults.
  const SrtChannel& channel(std::string_view name) const;
};

/// Decides about a caller in memory alone, while the library's receive thread waits for the answer (SR-6).
/// Thread: any.
class SrtGate {
 public:
  struct Admission {
    PublishRequest request;
    SrtChannel channel;
  };
  struct Refusal {
    SrtReject code = SrtReject::kInternal;
    std::string text;
  };

  SrtGate(std::shared_ptr<const SrtPolicy> policy, const loop::PeerLimits::Options& limits);

  std::variant<Admission, Refusal> decide(std::string_view stream_id, const Address& peer, base::Micros now);

  /// As which feed a request that was admitted counts.
  feed::Id feed_of(const PublishRequest& request) const;

  void set_policy(std::shared_ptr<const SrtPolicy> policy);
  /// Feeds that have a publisher now: callers for them get 1409, unless they may take over (SR-23).
  void set_live(std::shared_ptr<const FeedNames> live);
  /// No channel can be made now that the policy does not name: callers for such get 1402, but for these channels, which
  /// are there. Null: there is room.
  void set_full(std::shared_ptr<const std::set<std::string, std::less<>>> but_for);
  /// From now on everybody is refused with 1503.
  void close() { closed_ = true; }
  /// The library refused a caller that decide() had admitted, as it does for a wrong passphrase: the address comes
  /// nearer to being shut out. Thread: any.
  void note_failure(const Address& peer, base::Micros now);
  void prune(base::Micros now);

  /// Refusals with this code so far.
  std::uint64_t refused(SrtReject code) const;

 private:
  using Names = std::set<std::string, std::less<>>;
  Refusal count(Refusal refusal);

  std::atomic<bool> closed_{false};
  std::array<std::atomic<std::uint64_t>, kSrtRejects.size()> refused_{};
  /// Guards what follows: the library calls decide() on a thread of its own, and holding it lasts for one copy of a
  /// pointer or one look-up. (std::atomic<std::shared_ptr> takes a lock, too, one that ThreadSanitizer does not
  /// understand.)
  mutable std::mutex mutex_;
  std::shared_ptr<const SrtPolicy> policy_;
  std::shared_ptr<const FeedNames> live_;
  std::shared_ptr<const Names> full_but_for_;
  loop::PeerLimits limits_;
};

}  // namespace ingest
