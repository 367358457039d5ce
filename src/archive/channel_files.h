#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "archive/head_index.h"
#include "archive/journal_file.h"
#include "base/clock.h"
#include "base/file_place.h"
#include "base/result.h"
#include "record/encoding.h"
#include "record/record.h"

namespace archive {

/// Writes the files of one channel's journal. All calls may wait for the disk. After an error nothing is written until
/// begin(). Owns: the descriptor of the file that is written. Thread: one.
class ChannelFiles {
 public:
  explicit ChannelFiles(std::string directory) : directory_(std::move(directory)) {}
  ~ChannelFiles();
  ChannelFiles(const ChannelFiles&) = delete;
  ChannelFiles& operator=(const ChannelFiles&) = delete;

  /// Begins a file, and ends the one before. Makes the directory where it is missing. Its name follows all names that
  /// are there, also where the clock was set back.
  /// Errors: kSystem.
  base::Status begin(FileHeader header, const std::vector<record::Record>& seed);
  /// Errors: kSystem. REQUIRES: open().
  base::Status append(const record::Record& record);
  /// Ends the file in order, with the index that its readers need: nothing may be appended behind it.
  /// Errors: kSystem. REQUIRES: open().
  base::Status seal();
  /// Waits until what was appended is on the disk. Errors: kSystem. REQUIRES: open().
  base::Status sync();
  void close();
  /// Where the body of what append() wrote last lies. REQUIRES: append() was called, and was ok.
  const base::FilePlace& body() const { return body_; }

  bool open() const { return descriptor_ >= 0; }
  const std::string& directory() const { return directory_; }
  /// Errno of the last error.
  int error() const { return error_; }
  /// Written in all, headers included. Units: bytes.
  std::uint64_t written() const { return written_; }

 private:
  base::Status append(const record::Encoded& encoded);
  base::Status write(base::View head, base::View body);
  base::Error failed(const char* what);

  const std::string directory_;
  std::string path_;
  base::FilePlace body_;
  HeadIndex index_;
  std::uint64_t size_ = 0;  ///< of the file
  int descriptor_ = -1;
  int error_ = 0;
  std::uint64_t written_ = 0;
};

/// What is kept of a channel's journal.
struct Keep {
  base::Micros age = 0;     ///< since a file's last record
  std::uint64_t bytes = 0;  ///< of all files together; 0: no limit
  base::Micros least = 0;   ///< as `age`, what is kept beyond `bytes`: media that playlists list is read from it
  /// UTC of the name of the oldest file that somebody still reads: it and later ones stay whatever their age; 0: all
  /// do.
  base::Micros read_from = INT64_MAX;
};

/// Deletes files of a channel's directory that are older, and the oldest ones beyond the bytes, but not the newest file
/// while it is written; an empty directory is deleted too where nothing is written. May wait for the disk.
/// Returns: how many files were deleted.
int expire_files(const std::string& directory, base::Micros utc, const Keep& keep, bool writing);

}  // namespace archive
