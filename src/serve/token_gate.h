#pragma once

#include <memory>
#include <string_view>

#include "base/clock.h"
#include "http/request.h"
#include "loop/peer_limits.h"
#include "serve/counters.h"
#include "serve/token_policy.h"
#include "tokens/cache.h"

namespace serve {

/// Asks viewers of guarded channels for their token, on one loop. A player shows the same one with every request: its
/// signature is checked once, and known from then on by the token's hash until the keys change.
/// A token comes as the beginning of the path, `/t/TOKEN/live/…`, which players keep since all URIs in playlists are
/// relative; else in `Authorization: Bearer TOKEN`; else in a cookie. Spec: [RFC 6750 2.1]
/// Where there is none, and signed policies are good, one of the query counts, else one of cookies.
/// Thread: its loop's.
class TokenGate {
 public:
  /// A policy that guards no channel turns it off.
  explicit TokenGate(Counters& counters);

  /// From now on this policy holds; null: there is none. Whatever was known of tokens is forgotten.
  void use(std::shared_ptr<const TokenPolicy> policy);
  /// Some channel is guarded. Otherwise nothing here is to be asked.
  bool on() const { return policy_ != nullptr; }
  bool guards(std::string_view channel) const { return on() && policy_->guards(channel); }

  /// Takes `/t/TOKEN` from before `/live/…` or `/play/…`, if it is there. Returns the token, which is a view of the
  /// path.
  static std::string_view cut_token(std::string_view& path);

  struct Pass {
    tokens::Fault fault = tokens::Fault::kNone;
    const tokens::Claims* claims = nullptr;  ///< of a token that is accepted; valid until the next check()
  };
  /// Where a request comes from.
  struct Origin {
    std::string_view peer;     ///< "192.0.2.7:4711"
    bool vouched_for = false;  ///< of a CDN that the origin lock admits: its address is everybody's
  };
  /// Decides on a request for a guarded channel. `in_path`: what cut_token() took. `utc`, `steady`: now.
  Pass check(std::string_view channel, const http::Request& request, std::string_view in_path, const Origin& from,
             base::Micros utc, base::Micros steady);
  /// Counts a decision.
  void count(tokens::Fault fault);

 private:
  std::string_view find_token(const http::Request& request, std::string_view in_path) const;
  template <typename Check>
  const tokens::Verified* verify(std::string_view identity, const Check& check, const Origin& from,
                                 base::Micros steady);
  Pass check_token(std::string_view token, std::string_view channel, const Origin& from, base::Micros utc,
                   base::Micros steady);
  Pass check_policy(const http::Request& request, const Origin& from, base::Micros utc, base::Micros steady);
  Pass admit(const tokens::Claims& claims, bool covers, const Origin& from, base::Micros utc) const;

  Counters& counters_;
  std::shared_ptr<const TokenPolicy> policy_;
  tokens::Cache cache_;
  loop::PeerLimits forgers_;  ///< addresses whose tokens had wrong signatures
};

/// Whether the multivariant playlist of a view lists a rendition.
bool lists_rendition(std::string_view multivariant, std::string_view rendition);

}  // namespace serve
