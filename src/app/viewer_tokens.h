#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "app/token_keys_watch.h"
#include "app/token_policy.h"
#include "loop/mailbox.h"
#include "metrics/exposition.h"

namespace app {

/// Viewers' tokens as a configuration has them, and as their keys change by themselves. Thread: the control loop's.
class ViewerTokens {
 public:
  using Use = std::function<void(const std::shared_ptr<const serve::TokenPolicy>&)>;

  /// `use`: gets each policy that comes of other keys. `control`, whose thread this is of, outlives it.
  ViewerTokens(loop::Mailbox& control, Use use);

  /// The policy of a configuration, with the keys that its URL gave before, if it had the same one.
  std::shared_ptr<const serve::TokenPolicy> take_up(const config::Config& config);
  /// From now on keys that change are followed. REQUIRES: take_up().
  void follow();
  /// Another configuration: its policy is used, and its keys are followed.
  void reload(const config::Config& config) {
    use_(take_up(config));
    follow();
  }
  /// Nothing where no keys change by themselves.
  std::optional<metrics::TokenKeys> report() const;

 private:
  std::shared_ptr<const serve::TokenPolicy> with(std::shared_ptr<const tokens::KeySet> keys) const;

  loop::Mailbox& control_;
  const Use use_;
  const std::shared_ptr<std::atomic<bool>> missed_ = std::make_shared<std::atomic<bool>>(false);
  serve::TokenPolicy policy_;  ///< of the configuration, without keys
  config::Config::Tokens config_;
  std::string kept_;  ///< the file of the keys that a URL gave; empty: none
  tokens::KeySet of_url_;
  std::uint64_t serial_ = 0;               ///< of the watch, or of there being none
  config::Config::Tokens followed_;        ///< by watch_
  std::unique_ptr<TokenKeysWatch> watch_;  ///< null: no keys change by themselves
};

}  // namespace app
