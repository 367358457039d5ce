#pragma once

#include <memory>
#include <string>

#include "base/clock.h"

namespace webhook {

/// A small file that is written whole, again and again, on a thread of its own: nobody waits for the disk. What is put
/// while another text is being written takes the place of the one that waits. A reader finds one text or the next,
/// never a part (write, fdatasync, rename). Thread: any.
class StateFile {
 public:
  /// How long the destructor waits for the newest text.
  static constexpr base::Micros kFinish = 2 * base::kSecond;

  /// `path`: its directory is there.
  explicit StateFile(std::string path);
  /// Where the disk does not answer in time the thread is left behind.
  ~StateFile();
  StateFile(const StateFile&) = delete;
  StateFile& operator=(const StateFile&) = delete;

  void put(std::string text);
  /// Whether the newest attempt failed.
  bool failing() const;

 private:
  struct Shared;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Shared> shared_;
};

}  // namespace webhook
