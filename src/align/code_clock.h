#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

#include "base/clock.h"

namespace align {

/// How a feed's time code lies against its time stamps, and whether it runs with them: each of the last codes puts time
/// stamp 0 at the same time of day. Reads no clock. Thread: one.
class CodeClock {
 public:
  /// Codes that put it no further apart are the same: codes count whole frames or pairs of them, and stamps are
  /// rounded.
  static constexpr base::Micros kSame = 60 * base::kMillisecond;
  /// A code runs once so many, over so much time, have agreed.
  static constexpr std::size_t kLeast = 3;
  static constexpr base::Micros kLeastSpan = base::kSecond;
  /// Codes that are kept: more than a second of them.
  static constexpr std::size_t kMost = 128;
  /// In a row that agree with none before: the code was set anew. Fewer are damaged.
  static constexpr int kSurelyOther = 3;
  /// No code has come for so long: there is none any more.
  static constexpr base::Micros kGone = 5 * base::kSecond;

  /// What is stamped `stamp` on the feed's clock was made at `time` after midnight.
  void note(base::Micros stamp, base::Micros time);
  /// Something stamped `stamp` has come without a code.
  void pass(base::Micros stamp);
  void restart() { *this = {}; }

  /// The time of day of stamp 0, below 24 h: the latest that the codes which are kept say, for they are rounded down.
  /// Nothing while they do not run with the stamps.
  std::optional<base::Micros> origin() const;
  /// As the newest code alone says; nothing before the first.
  std::optional<base::Micros> newest() const;

 private:
  struct Code {
    base::Micros stamp;
    base::Micros origin;
  };
  std::deque<Code> codes_;  ///< those that agree, the oldest first
  int others_ = 0;          ///< that have come since and do not
};

/// The difference of two times of day that is nearest to 0: -12 h to 12 h.
base::Micros day_distance(base::Micros from, base::Micros to);

}  // namespace align
