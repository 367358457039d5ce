#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace events {

/// A file of the log, "events-SEQUENCE.jsonl": lines that are only ever appended. The sequence is that of the first
/// event which was to be in it, in 20 digits, so that names sort as the files do.
/// Thread: one at a time. It waits for the disk.
class LogFile {
 public:
  LogFile() = default;
  ~LogFile() { close(); }
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

  /// Opens the file, or makes it, in place of the one that was open. A line that has no end, because the server or the
  /// machine went down while it was written, is cut off. Errors: kSystem.
  base::Status open(const std::string& path);
  /// Appends all of `lines` or, as far as the disk allows, nothing: then the file is closed. Errors: kSystem.
  base::Status append(std::string_view lines);
  /// Waits until what was appended is on the disk. Errors: kSystem; then the file is closed.
  base::Status sync();
  void close();

  bool is_open() const { return descriptor_ >= 0; }
  std::uint64_t size() const { return size_; }

 private:
  base::Status cut_tail();
  base::Error fail(const char* what);

  std::string path_;
  int descriptor_ = -1;
  std::uint64_t size_ = 0;  ///< bytes
};

/// Name, without its directory, of the file that begins with an event.
std::string log_file_name(std::uint64_t first);
/// Names of the files of the log in a directory, the oldest first. None where it cannot be read.
std::vector<std::string> list_log_files(const std::string& directory);
/// Deletes the oldest files beyond `bytes` for all together, and those that were last written before `oldest` (seconds
/// since 1970), but never the newest. Returns how many.
int expire_log_files(const std::string& directory, std::uint64_t bytes, std::int64_t oldest);

}  // namespace events
