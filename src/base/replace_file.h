#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace base {

/// Puts `text` in the place of a file, for its owner alone (mode 0600): a reader, and a start after the machine failed,
/// finds the old text or the new one and never a part. When it returns, the new one is on the disk: beside the file
/// (PATH.new), fdatasync, rename, fsync of the directory. Thread: any that may wait for a disk; one for one file.
/// Errors: kSystem, with the path and the reason; the old text is there.
Status replace_file(const std::string& path, std::string_view text);

/// What was made, renamed or deleted in a directory is on the disk once this returns. Thread: any that may wait for a
/// disk. Errors: as above.
Status sync_directory(const std::string& path);

}  // namespace base
