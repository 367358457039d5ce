#pragma once

#include <optional>

#include "align/loudness_correlator.h"
#include "base/clock.h"

namespace align {

/// Believes an offset that several comparisons in a row have found, and keeps it until others have found another one,
/// or none though there was enough to hear. Thread: one.
class OffsetTracker {
 public:
  /// Findings that are no further apart are the same: less than half a frame of 30 pictures a second.
  static constexpr base::Micros kSame = 15 * base::kMillisecond;
  static constexpr int kConfirm = 3;  ///< findings in a row
  static constexpr int kRefute = 10;  ///< comparisons in a row that found two programmes

  struct Offset {
    base::Micros value = 0;  ///< as Match::offset
    double confidence = 0;
  };

  /// The next comparison. True if the offset has come, gone, or become another one.
  bool note(const Match& match);
  /// Nothing is known any more: one of the two began anew.
  void restart();

  /// The one that is believed.
  const std::optional<Offset>& offset() const { return offset_; }

 private:
  std::optional<Offset> offset_;
  std::optional<base::Micros> candidate_;
  int confirmed_ = 0;
  int refuted_ = 0;
};

}  // namespace align
