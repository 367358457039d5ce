#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "ingest/publisher.h"

namespace ingest {

/// True for [A-Za-z0-9_-]{1,64}: what may stand in a URL, a file name and a metric label as it is.
bool is_channel_name(std::string_view name);

/// Compares without telling by its duration where the texts differ (RT-44); their lengths are no secret.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// The keys of a channel; several are valid at once, so that one can be changed without a break.
struct ChannelKeys {
  ChannelKeys() = default;
  ChannelKeys(std::initializer_list<std::string> keys) : any(keys) {}
  ChannelKeys(std::vector<std::string> of_any, std::vector<std::string> of_backup)
      : any(std::move(of_any)), backup(std::move(of_backup)) {}

  bool empty() const { return any.empty() && backup.empty(); }

  std::vector<std::string> any;     ///< admit either feed: the one that is named, else the primary
  std::vector<std::string> backup;  ///< admit the backup feed alone, also where none is named
};

/// Who may publish to which channel: the configuration's answer. Immutable; a reload makes a new one.
///
///   the key given is one of the channel's             admitted (in any reading: PublishRequest::other_keys)
///   no key given, from a loopback address             admitted
///   any key given, loopback, the channel has no keys  admitted
///   pulled by the server, the channel has an entry    admitted
///   all else                                          refused, kDenied
///
/// A channel without an entry is that of "*", if there is one; else it is refused with kNotFound. So is, with kBadName,
/// one whose name is somebody's key: encoders' forms have one field for both, and the name is public.
/// Thread: any.
class PublishPolicy {
 public:
  using Keys = std::map<std::string, ChannelKeys, std::less<>>;  ///< by channel name

  explicit PublishPolicy(Keys keys) : keys_(std::move(keys)) {}

  /// As which feed of its channel the request is admitted, or why it is refused. The text names neither keys nor their
  /// number.
  std::variant<feed::Id, Publisher::Refusal> check(const PublishRequest& request) const;

 private:
  bool is_a_key(std::string_view name) const;

  Keys keys_;
};

}  // namespace ingest
