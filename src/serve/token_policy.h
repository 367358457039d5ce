#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "tokens/claims.h"
#include "tokens/keys.h"
#include "tokens/signed_policy.h"

namespace serve {

/// Which channels are shown only to bearers of a token, and which tokens are good. Immutable, shared by the loops:
/// other keys are another policy.
struct TokenPolicy {
  std::shared_ptr<const tokens::KeySet> keys;      ///< null: none have come so far
  std::shared_ptr<const tokens::Signers> signers;  ///< of signed URLs and cookies; null: none are good
  tokens::Rules rules;
  std::string cookie;                                 ///< the name of the cookie that may have the token; empty: none
  std::map<std::string, bool, std::less<>> channels;  ///< by name: whether it needs one
  bool others = false;                                ///< whether channels that have no entry do
  /// Set by any loop when a token has a key that is not known: keys that come from elsewhere may have changed. Or null.
  std::shared_ptr<std::atomic<bool>> key_missed;

  bool guards(std::string_view channel) const {
    const auto found = channels.find(channel);
    return found == channels.end() ? others : found->second;
  }
  bool guards_any() const {
    for (const auto& [name, guarded] : channels)
      if (guarded) return true;
    return others;
  }
};

}  // namespace serve
