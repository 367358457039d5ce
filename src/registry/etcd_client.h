#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "client/transport.h"

namespace registry {

/// Asks a cluster of etcd over its JSON gateway. Thread: one, which waits for the answers.
class EtcdClient {
 public:
  struct Options {
    std::vector<std::string> endpoints;  ///< URLs, without a path; at least one
    std::string user;                    ///< empty: no login
    std::string password;
  };
  struct Call {
    std::string_view path;  ///< of a literal
    std::string body;
  };
  using Answers = std::vector<base::Result<std::string>>;

  /// Both outlive it.
  EtcdClient(Options options, client::Transport& transport, const base::Clock& clock);

  /// What is answered to each, in the same order. What an endpoint does not answer is asked of the next one, each
  /// endpoint once, until `until` (steady); the one that answered last is the first the next time.
  /// Errors: kSystem: no endpoint answered in time, kDenied: etcd refuses it.
  Answers call(const std::vector<Call>& calls, base::Micros until);

 private:
  base::Status log_in(const std::string& endpoint, base::Micros timeout);
  client::Request request(const std::string& endpoint, const Call& call, base::Micros timeout) const;
  std::vector<client::Answer> perform(const std::string& endpoint, const std::vector<Call>& calls,
                                      const std::vector<std::size_t>& open, base::Micros timeout);

  const Options options_;
  client::Transport& transport_;
  const base::Clock& clock_;
  std::size_t current_ = 0;  ///< index of the endpoint that answered last
  std::string token_;        ///< empty: not logged in
};

}  // namespace registry
