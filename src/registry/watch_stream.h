#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

namespace registry {

// Requests and answers of etcd's JSON gateway about all keys below a prefix: see gateway.h.

/// A key as a list or a watch has it.
struct KeyChange {
  std::string key;
  std::string value;
  std::int64_t revision = 0;  ///< of its last change
  bool deleted = false;
};

/// Of all keys that begin with `prefix`, which does not end in a byte 255; kRangePath.
std::string list_request(std::string_view prefix);
struct KeyList {
  std::vector<KeyChange> keys;
  std::int64_t revision = 0;  ///< of etcd as a whole: a watch goes on behind it
};
/// Errors: kMalformed.
base::Result<KeyList> parse_list(std::string_view answer);

inline constexpr std::string_view kWatchPath = "/v3/watch";
/// Of what changes below `prefix` from `revision` on.
std::string watch_request(std::string_view prefix, std::int64_t revision);

struct WatchMessage {
  bool created = false;  ///< the watch is there: the first message of all
  std::string over;      ///< why etcd ends it, printable; empty: it does not
  std::vector<KeyChange> changes;
};
/// One message of a watch. Errors: kMalformed.
base::Result<WatchMessage> parse_watch(std::string_view line);

/// Cuts the answer to a watch, which grows for as long as it lasts, into its messages: JSON, one a line. Bytes in,
/// messages out; fed byte by byte it gives the same. Bound: kMostLine bytes of a message.
class WatchStream {
 public:
  static constexpr std::size_t kMostLine = std::size_t{2} << 20;

  /// Calls `sink` with each message that is complete. Errors: kTooLarge, kMalformed: the watch is of no use any more.
  base::Status feed(base::View bytes, const std::function<void(WatchMessage)>& sink);

 private:
  std::string line_;
};

}  // namespace registry
