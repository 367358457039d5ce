#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "archive/journal_file.h"
#include "base/clock.h"
#include "base/file_place.h"
#include "base/result.h"
#include "record/record.h"

namespace archive {

/// Reads one file, record by record, with pread: nothing of it is kept. Owns: a descriptor. Thread: one.
class FileReader {
 public:
  /// Errors: those of parse_file_header(), kSystem.
  static base::Result<std::unique_ptr<FileReader>> open(const std::string& path);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  const FileHeader& header() const { return header_; }
  /// The next record, the seed's first. False at the end, or where the file is damaged: see damage().
  bool next(record::Record& record);
  /// Whether the record that next() gave is one of the seed.
  bool in_seed() const { return at_ <= kFileHeaderSize + header_.seed_size; }
  /// Where the body of the record that next() gave lies.
  const base::FilePlace& body() const { return body_; }
  /// Where the last whole record ends. Units: bytes.
  std::uint64_t valid() const { return at_; }
  /// Why next() stopped before the end of the file; empty where it did not.
  const std::string& damage() const { return damage_; }

 private:
  FileReader(int descriptor, std::uint64_t size, const FileHeader& header, const std::string& path);
  bool load(std::uint64_t from, std::size_t size);

  const int descriptor_;
  const std::uint64_t size_;
  const FileHeader header_;
  std::uint64_t at_ = kFileHeaderSize;
  std::vector<std::uint8_t> buffer_;
  base::FilePlace body_;
  std::string damage_;
};

/// The newest stretch of a channel's journal that has no hole, from the file that was in use at a given time on.
///
/// Opening reads all of it once: it ends where its last file is damaged, which is cut there, so that what a writer
/// appends in a new file continues it. A damaged file before the last one is a hole, as is one that does not continue.
/// Nothing of a segment of which the files do not have all is given. Blocks on the disk: not for a loop that serves.
/// Thread: one.
class JournalReader {
 public:
  /// Errors: kNotFound where no file can be read.
  static base::Result<JournalReader> open(const std::string& directory, base::Micros since);

  /// Of the first file that is read.
  const FileHeader& first() const { return first_; }
  /// What was added to the source's segment numbers in the record that next() gave last.
  std::int64_t numbering() const { return file_ ? file_->header().numbering : first_.numbering; }
  /// The records that were in force, then those of the log. False at the end.
  bool next(record::Record& record);
  /// Where the body of the record lies that next() gave last. REQUIRES: it gave one.
  const base::FilePlace& body() const { return file_->body(); }
  /// What was found damaged, with file, place and reason, for a log line; empty if nothing was.
  const std::string& damage() const { return damage_; }
  /// Of the files that are read.
  std::uint64_t bytes() const { return bytes_; }

 private:
  JournalReader() = default;
  base::Result<FileHeader> verify(const ListedFile& file, bool newest);
  bool fits(const record::Record& record) const;

  FileHeader first_;
  std::vector<std::string> paths_;  ///< those that are still to be read, the newest first
  std::unique_ptr<FileReader> file_;
  bool seed_read_ = false;  ///< that of the first file
  std::string damage_;
  std::uint64_t bytes_ = 0;
};

}  // namespace archive
