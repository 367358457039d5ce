#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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

/// Whether the bodies of parts are read, or passed over: a part has Part::stored then in place of its data. What was
/// written before parts had a hash of their body is read in any case.
enum class Bodies : std::uint8_t { kRead, kSkip };

/// The body of a part; empty where it cannot be read, or is not what its hash says. Blocks on the disk.
base::Bytes read_body(const base::FilePlace& place, std::uint64_t hash);

/// Reads one file, record by record, with pread: nothing of it is kept. Where bodies are passed over, the heads come
/// from the file's index as far as it has one. Owns: a descriptor. Thread: one.
class FileReader {
 public:
  /// Errors: those of parse_file_header(), kSystem.
  static base::Result<std::unique_ptr<FileReader>> open(const std::string& path, Bodies bodies = Bodies::kRead);
  ~FileReader();
  FileReader(const FileReader&) = delete;
  FileReader& operator=(const FileReader&) = delete;

  const FileHeader& header() const { return header_; }
  /// The next record, the seed's first. False at the end, or where the file is damaged: see damage().
  bool next(record::Record& record);
  /// The file may have grown: next() continues with what it has now.
  void refresh();
  /// Whether the record that next() gave is one of the seed.
  bool in_seed() const { return at_ <= kFileHeaderSize + header_.seed_size; }
  /// Where the body of the record that next() gave lies.
  const base::FilePlace& body() const { return body_; }
  /// Where the last whole record ends. Units: bytes.
  std::uint64_t valid() const { return at_; }
  /// Why next() stopped before the end of the file; empty where it did not.
  const std::string& damage() const { return damage_; }

 private:
  FileReader(int descriptor, std::uint64_t size, const FileHeader& header, const std::string& path, Bodies bodies);
  bool load(std::uint64_t from, std::size_t size);
  bool load_head();
  bool load_indexed_head();
  base::Result<std::optional<record::Record>> decode();
  base::Result<std::optional<record::Record>> decode_whole();

  const int descriptor_;
  std::uint64_t size_;
  const FileHeader header_;
  const Bodies bodies_;
  std::optional<HeadIndexReader> index_;  ///< nothing: bodies are read
  std::uint64_t at_ = kFileHeaderSize;
  std::vector<std::uint8_t> buffer_;
  record::Lengths lengths_;  ///< of the record whose head is in buffer_
  base::FilePlace body_;
  std::string damage_;
};

/// The newest stretch of a channel's journal that has no hole, from the file that was in use at a given time on.
///
/// Opening reads the last file once, which is at most about JournalFold::kFileBytes: the journal ends where it is
/// damaged, and it is cut there, so that what a writer appends in a new file continues it. Of the files before, which
/// were on the disk before the next one was begun, it reads the records' heads. One that is damaged there is a hole, as
/// is one that does not continue.
/// Nothing of a segment of which the files do not have all is given. Blocks on the disk: not for a loop that serves.
/// Thread: one; may move to another.
class JournalReader {
 public:
  /// `bodies`: what next() does. Errors: kNotFound where no file can be read.
  static base::Result<JournalReader> open(const std::string& directory, base::Micros since,
                                          Bodies bodies = Bodies::kRead);

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
  explicit JournalReader(Bodies bodies) : bodies_(bodies) {}
  base::Result<FileHeader> verify(const ListedFile& file, bool newest);
  bool fits(const record::Record& record) const;

  Bodies bodies_;
  FileHeader first_;
  std::vector<std::string> paths_;  ///< those that are still to be read, the newest first
  std::unique_ptr<FileReader> file_;
  bool seed_read_ = false;  ///< that of the first file
  std::string damage_;
  std::uint64_t bytes_ = 0;
};

}  // namespace archive
