#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace govern {

/// How a ladder keeps up with its feed.
struct Load {
  base::Micros lag = 0;    ///< media time that waits to be decoded
  std::uint64_t lost = 0;  ///< pictures lost because encoders were busy, so far
};

/// The level of economy of one ladder, by how it keeps up: up fast, down slowly. Pure: time comes in. Thread: one.
///
/// A second is bad if media waited longer than Options::lag all the time, or Options::lost pictures were lost in it.
/// After two bad seconds in a row the level rises by one, and again after two more. Without a bad second for a while
/// (Options::calm) it falls by one. If it has to rise within that time again, the while doubles, up to
/// Options::longest_calm; it halves again where the lower level lasts.
class Pace {
 public:
  struct Options {
    base::Micros lag = 250 * base::kMillisecond;
    std::uint64_t lost = 3;  ///< a second
    base::Micros calm = 60 * base::kSecond;
    base::Micros longest_calm = 600 * base::kSecond;
  };
  struct Step {
    int from = 0;
    int to = 0;
    base::Micros lag = 0;    ///< the least of the last second
    std::uint64_t lost = 0;  ///< in the last second
  };

  Pace() : Pace(Options{}) {}
  explicit Pace(const Options& options) : options_(options), calm_(options.calm) {}

  /// The step that is due at `now`, if any. Ask a few times a second. `most`: the last level that there is.
  std::optional<Step> update(base::Micros now, const Load& load, int most);
  int level() const { return level_; }

 private:
  struct Second {
    base::Micros began = 0;
    base::Micros least_lag = 0;
    std::uint64_t lost_before = 0;
  };
  std::optional<Step> end_second(base::Micros now, bool bad, int most);

  const Options options_;
  base::Micros calm_;  ///< what is waited for before the next step down
  int level_ = 0;
  int bad_seconds_ = 0;  ///< in a row
  std::optional<Second> second_;
  base::Micros calm_since_ = 0;
  std::optional<base::Micros> lowered_at_;  ///< while it is not known whether the lower level lasts
};

}  // namespace govern
