#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/disk_thread.h"

namespace base {

/// A small file that is written whole, again and again, on a thread of its own: nobody waits for the disk. What is put
/// while another text is being written takes the place of the one that waits. A reader finds one text or the next,
/// never a part (replace_file()). Thread: any, except where said.
class StateFile {
 public:
  struct Options {
    std::string path;  ///< its directory is there
    const char* tag;   ///< of the lines of the log
    std::string loss;  ///< for them: what it means if the newest text is not there: "events would be sent again"
  };

  explicit StateFile(Options options);
  /// finish(), where that was not called.
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  /// Returns the text's number, from 1.
  std::uint64_t put(std::string text);
  /// Waits until the text of that number, or a newer one, is on the disk. False: an attempt has failed, or it is not
  /// within `limit`. Not for a loop's thread.
  bool wait(std::uint64_t number, Micros limit);
  /// Whether the newest attempt failed.
  bool failing() const;
  /// Writes the newest text and ends; texts that are put later are not written. Where the disk does not answer in time
  /// the thread is left behind, and the log says so. Thread: one.
  void finish();

 private:
  struct Shared;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Shared> shared_;
  DiskThread thread_;
  bool finished_ = false;
};

}  // namespace base
