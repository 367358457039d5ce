#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "app/token_keys.h"

namespace app {

/// Follows TokenKeys on a thread of its own, so that no loop waits for a disk or a server. Its end waits for neither:
/// the thread, which owns what it uses, ends when it can. Thread: any.
class TokenKeysWatch {
 public:
  /// Called on the own thread with other keys than before, and not after the end of the watch: it must not wait.
  using OnKeys = std::function<void(const TokenKeys::Found&)>;

  /// Begins with the keys that are there. `missed`: see serve::TokenPolicy. `transport`: null for the network.
  TokenKeysWatch(TokenKeys::Options options, std::shared_ptr<std::atomic<bool>> missed,
                 std::shared_ptr<const base::Clock> clock, OnKeys on_keys,
                 std::unique_ptr<client::Transport> transport = nullptr);
  /// A request that is on its way is broken off.
  ~TokenKeysWatch();
  TokenKeysWatch(const TokenKeysWatch&) = delete;
  TokenKeysWatch& operator=(const TokenKeysWatch&) = delete;

  TokenKeysReport report() const;

 private:
  struct Shared;

  const std::shared_ptr<Shared> shared_;
};

}  // namespace app
