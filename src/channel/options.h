#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "job/options.h"

namespace channel {

/// How one channel is run. Defaults as documented in conf/kickoff.yaml.
struct Options {
  job::Options media;                        ///< `channel` is filled in at each start of a worker
  base::Micros window = 60 * base::kSecond;  ///< of the playlists
  base::Micros grace = 20 * base::kSecond;   ///< that a publisher may be away before the channel ends
  bool takeover = false;                     ///< a second publisher replaces the first instead of being refused (RT-28)
  std::vector<std::string> keys;             ///< any of them admits a publisher; none: loopback addresses only
};

}  // namespace channel
