#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/publisher.h"

namespace ingest {

/// True for [A-Za-z0-9_-]{1,64}: what may stand in a URL, a file name and a metric label as it is.
bool is_channel_name(std::string_view name);

/// Compares without telling by its duration where the texts differ (RT-44); their lengths are no secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// Who may publish to which channel: the configuration's answer. Immutable; a reload makes a new one.
///
///   the key given is one of the channel's             admitted (in any reading: PublishRequest::other_keys)
///   no key given, from a loopback address             admitted
///   any key given, loopback, the channel has no keys  admitted
///   all else                                          refused, kDenied
///
/// A channel without an entry is that of "*", if there is one; else it is refused with kNotFound. So is, with kBadName,
/// one whose name is somebody's key: encoders' forms have one field for both, and the name is public.
/// Thread: any.
class PublishPolicy {
 public:
  /// Keys by channel name; several of a channel are valid at once, so that one can be changed without a break.
  using Keys = std::map<std::string, std::vector<std::string>, std::less<>>;

  explicit PublishPolicy(Keys keys) : keys_(std::move(keys)) {}

  /// Why the request is refused; nullopt: it is admitted. The text names neither keys nor their number.
  std::optional<Publisher::Refusal> check(const PublishRequest& request) const;

 private:
  bool is_a_key(std::string_view name) const;

  Keys keys_;
};

}  // namespace ingest
