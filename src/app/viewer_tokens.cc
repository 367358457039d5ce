#include "app/viewer_tokens.h"

#include <utility>

namespace app {

ViewerTokens::ViewerTokens(loop::Mailbox& control, Use use) : control_(control), use_(std::move(use)) {}

std::shared_ptr<const serve::TokenPolicy> ViewerTokens::with(std::shared_ptr<const tokens::KeySet> keys) const {
  auto policy = std::make_shared<serve::TokenPolicy>(policy_);
  policy->keys = std::move(keys);
  policy->key_missed = missed_;
  return policy;
}

std::shared_ptr<const serve::TokenPolicy> ViewerTokens::take_up(const config::Config& config) {
  policy_ = token_policy_of(config);
  if (config.http.tokens.jwks_url != config_.jwks_url) of_url_ = {};
  config_ = config.http.tokens;
  kept_ = config.state_directory.empty() ? "" : config.state_directory + "/token_keys.json";
  auto all = std::make_shared<tokens::KeySet>(config_.set);
  all->add(of_url_);
  return with(std::move(all));
}

void ViewerTokens::follow() {
  const bool same = config_.jwks_file == followed_.jwks_file && config_.jwks_url == followed_.jwks_url &&
                    config_.keys == followed_.keys;
  if (same) return;
  watch_.reset();
  ++serial_;
  followed_ = config_;
  if (config_.jwks_file.empty() && config_.jwks_url.empty()) return;
  TokenKeys::Options options{config_.jwks_file, config_.jwks_url, {}, of_url_, kept_};
  for (const std::string& key : config_.keys)
    if (!options.fixed.add(key, tokens::KeySource::kConfiguration).ok()) return;  // it was checked
  const auto on_keys = [this, serial = ++serial_](const TokenKeys::Found& found) {
    control_.post([this, found, serial] {
      if (serial != serial_) return;  // of a watch that has ended
      of_url_ = *found.of_url;
      use_(with(found.all));
    });
  };
  watch_ =
      std::make_unique<TokenKeysWatch>(std::move(options), missed_, std::make_shared<base::SystemClock>(), on_keys);
}

std::optional<metrics::TokenKeys> ViewerTokens::report() const {
  if (watch_ == nullptr) return std::nullopt;
  const TokenKeysReport report = watch_->report();
  return metrics::TokenKeys{report.keys, report.fetches, report.failures, report.fetched / base::kSecond,
                            to_string(report.kept)};
}

}  // namespace app
