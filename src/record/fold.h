#pragma once

#include "record/record.h"

namespace record {

/// What publishes a log, or counts it: the live window, counters, a journal. Folds do not know each other, and one that
/// is slow drops by its own policy. Thread: the log's.
class Fold {
 public:
  virtual ~Fold() = default;
  /// Takes the log's next record. Cheap: a few pointer copies; what costs more waits for settle().
  virtual void apply(const Record& record) = 0;
  /// The batch that came together is over: now publish what became of it.
  virtual void settle() = 0;
};

}  // namespace record
