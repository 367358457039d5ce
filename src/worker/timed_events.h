#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "job/options.h"
#include "packager/packager.h"

namespace worker {

/// What players find within the media (emsg) of what the feed that is shown, and operators, signal: splice information
/// and timed metadata (ID3). A splice that is announced several times is one event, with one id, which depends on
/// nothing but what is announced and when it takes place: another machine gives it the same one.
///
/// Bound: kMost splices are remembered. Thread: one.
class TimedEvents {
 public:
  static constexpr std::size_t kMost = 64;
  /// What is announced again is this near to what was announced before: feeds of one programme are within a second.
  static constexpr base::Micros kSame = base::kSecond;
  /// A splice that is to happen at once is signalled a few times.
  static constexpr base::Micros kSameAtOnce = 10 * base::kSecond;

  /// `packager` outlives this.
  TimedEvents(job::Options::Emsg which, packager::Packager& packager) : which_(which), packager_(packager) {}

  /// Splice information that is about `at` (UTC). What cannot be read does nothing.
  void splice(const base::Bytes& section, base::Micros at);
  /// An ID3v2 tag that is about `at` (UTC).
  void tag(const base::Bytes& id3, base::Micros at);

 private:
  struct Known {
    std::uint64_t message = 0;  ///< of what the section says, whatever its pts_adjustment
    base::Micros at = 0;
  };
  bool is_new(const Known& splice, base::Micros tolerance);

  const job::Options::Emsg which_;
  packager::Packager& packager_;
  std::deque<Known> known_;  ///< as they came
};

}  // namespace worker
