#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "events/conditions.h"
#include "events/line.h"

namespace events {

/// An event as the log has it.
struct Kept {
  std::shared_ptr<const Event> event;
  /// The highest sequence of the events directly before it that the log has lost; 0: it follows on the one before.
  std::uint64_t lost = 0;
};

/// Events that are asked for beside the newest.
struct Wanted {
  std::uint64_t oldest = UINT64_MAX;               ///< none has a lower sequence
  std::function<bool(const Event&)> is = nullptr;  ///< null: none
};

/// What the files of a log say.
struct Restored {
  std::deque<Kept> events = {};  ///< the newest, in order
  /// Those wanted that are older.
  std::map<std::uint64_t, std::shared_ptr<const Event>> wanted = {};
  std::uint64_t begin = 0;  ///< the highest sequence that may have been before `events`
  std::uint64_t next = 0;   ///< above all sequences; 0: there were no files
  Conditions raised = Conditions();
  std::size_t unreadable = 0;  ///< lines, and files, that were passed over
};

/// Reads the files of a log: the newest `most` events, and, of those before, the ones that are `wanted`.
/// What cannot be read is passed over, and the log says where the first of it is in each file. Waits for the disk.
Restored restore_log(const std::string& directory, std::size_t most, const Wanted& wanted = {});

}  // namespace events
