#pragma once

#include <string_view>

#include "feed/message.h"
#include "record/position.h"
#include "record/record.h"

namespace channel {

/// Where a source's records go. Calls come on later turns than the source's calls that caused them, or from within its
/// tick().
class LogWriter {
 public:
  virtual ~LogWriter() = default;
  virtual void on_record(const record::Record& record) = 0;
  /// The records that came together are complete.
  virtual void on_batch_end() = 0;
  /// finish() is done: the End is written, or there was nothing to end. Nothing comes any more; last statement.
  virtual void on_source_end() = 0;
};

/// Writes a channel's log, from its position until finish() or abort(). Thread: the control loop's.
class Source {
 public:
  virtual ~Source() = default;
  /// Continues with the log that stands at `position`, which follows the records and outlives this; for a source that
  /// runs already nothing.
  virtual void start(const record::Position& position) = 0;
  /// It is `utc`: time goes by in the log, with or without a feed. Called every 0.1 s.
  virtual void tick(base::Micros utc) = 0;
  /// Flush, write what closes the log and, when players have had time to fetch it, the End; LogWriter::on_source_end
  /// follows.
  virtual void finish() = 0;
  /// What takes too long to finish ends now: on_source_end comes within this call.
  virtual void abort(std::string_view why) = 0;
};

}  // namespace channel
