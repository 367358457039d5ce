#include "app/token_policy.h"

namespace app {

serve::TokenPolicy token_policy_of(const config::Config& config) {
  const config::Config::Tokens& from = config.http.tokens;
  serve::TokenPolicy policy;
  policy.rules.algorithms.clear();
  for (const std::string& name : from.algorithms)
    if (const auto algorithm = tokens::parse_algorithm(name)) policy.rules.algorithms.push_back(*algorithm);
  policy.rules.issuers = from.issuers;
  policy.rules.audiences = from.audiences;
  policy.rules.leeway = from.leeway / base::kSecond;
  policy.cookie = from.cookie;
  policy.signers = from.signers;
  for (const auto& [name, channel] : config.channels) {
    if (name == "*") {
      policy.others = channel.tokens;
    } else {
      policy.channels[name] = channel.tokens;
    }
  }
  return policy;
}

}  // namespace app
