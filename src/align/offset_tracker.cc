#include "align/offset_tracker.h"

#include <cstdlib>

namespace align {

bool OffsetTracker::note(const Match& match) {
  if (match.kind == Match::Kind::kDifferent) {
    candidate_.reset();
    if (++refuted_ < kRefute || !offset_) return false;
    offset_.reset();
    return true;
  }
  // Silence and beats say nothing, neither for nor against.
  if (match.kind != Match::Kind::kFound) return false;
  refuted_ = 0;
  const bool again = candidate_ && std::abs(match.offset - *candidate_) <= kSame;
  confirmed_ = again ? confirmed_ + 1 : 1;
  candidate_ = match.offset;
  const bool same = offset_ && std::abs(match.offset - offset_->value) <= kSame;
  if (!same && confirmed_ < kConfirm) return false;
  offset_ = Offset{match.offset, match.confidence};
  return !same;
}

void OffsetTracker::restart() { *this = {}; }

}  // namespace align
