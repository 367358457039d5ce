#pragma once

#include <cstdint>
#include <random>

#include "base/clock.h"

namespace ingest {

/// How long to wait before something is tried again: `first`, then twice as long each time up to `most`, a quarter more
/// or less by chance, so that servers that lost the same encoder do not come back at the same moment.
class Backoff {
 public:
  struct Options {
    base::Micros first = 500 * base::kMillisecond;
    base::Micros most = 10 * base::kSecond;
    base::Micros well_after = 10 * base::kSecond;  ///< of media, after which the next wait is `first` again
  };

  Backoff(const Options& options, std::uint32_t seed) : options_(options), step_(options.first), random_(seed) {}

  /// The next wait. `flowed`: for how long media came since the last one.
  base::Micros next(base::Micros flowed);

 private:
  Options options_;
  base::Micros step_;
  std::minstd_rand random_;
};

}  // namespace ingest
