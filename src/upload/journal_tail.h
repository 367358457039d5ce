#pragma once

#include <memory>
#include <optional>
#include <string>

#include "archive/journal_reader.h"
#include "base/clock.h"
#include "record/record.h"

namespace upload {

/// Reads a channel's journal to its end, and what is written to it from then on. Waits for the disk. Thread: one.
class JournalTail {
 public:
  /// `from`: UTC of the name of the file to begin with, or the oldest that there is; 0 likewise.
  JournalTail(std::string directory, base::Micros from) : directory_(std::move(directory)), next_(from) {}

  enum class Found {
    kNothing,  ///< at the end for now
    kFile,     ///< a file begins: see header(), whole_before()
    kRecord,   ///< of the log, or of the file's seed: see in_seed()
  };
  Found next(record::Record& record);

  /// REQUIRES: next() has found a file.
  const archive::FileHeader& header() const { return reader_->header(); }
  bool in_seed() const { return reader_->in_seed(); }
  /// Whether the file before was read to its end.
  bool whole_before() const { return whole_before_; }
  /// UTC of the name of the file that is read, or that is looked for.
  base::Micros file() const { return file_; }

 private:
  std::optional<std::string> newer();

  std::string directory_;
  base::Micros next_;      ///< files with a name from here on
  base::Micros file_ = 0;  ///< UTC, by the name
  std::unique_ptr<archive::FileReader> reader_;
  bool whole_before_ = false;
};

}  // namespace upload
