#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/file_check.h"
#include "archive/journal_file.h"
#include "base/clock.h"
#include "base/result.h"

namespace archive {

/// Offline work on a channel's journal, for people. All of it waits for the disk. Thread: any.

struct CheckedFile {
  ListedFile file;
  FileContents contents;
  bool hole = false;         ///< its records do not follow those of the file before
  base::Micros missing = 0;  ///< media time between the two, where there is a hole and both times are known
};

/// Checks all files of a channel's directory, the oldest first. May run beside the server that writes: its newest file
/// is read again while it grows.
std::vector<CheckedFile> check_channel(const std::string& directory);

enum class Original : std::uint8_t {
  kKeep,    ///< beside the repaired file, with ".damaged" behind its name
  kDelete,  ///< replaced
};

/// Puts a repaired file in the place of one that is not sound: without its damage, with the same name and time. One
/// whose header cannot be read is taken away. At no time is there no file, or part of one, under the name.
/// Errors: kSystem, also where the name for the original is taken. REQUIRES: no server uses the directory.
base::Status repair_file(const ListedFile& file, Original original);

}  // namespace archive
