#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "archive/journal_file.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "record/record.h"

namespace archive {

/// A stretch of a file that holds no sound record.
struct Damage {
  std::uint64_t from = 0;
  std::uint64_t to = 0;  ///< the next sound record begins there, or the file ends
  std::string why;

  std::uint64_t size() const { return to - from; }
};

/// What one file of a journal holds.
struct FileContents {
  std::uint64_t size = 0;
  std::optional<FileHeader> header;  ///< nothing: the file cannot be read, `error` says why
  std::string error;
  std::uint64_t seed_records = 0;
  std::uint64_t records = 0;  ///< those of the log
  base::Micros first = 0;     ///< UTC, where the media of the log's records begins; 0: there is none
  base::Micros last = 0;      ///< UTC, where it ends
  std::vector<Damage> damage;

  bool sound() const { return header && damage.empty(); }
  /// Ends within a record or with garbage: what a process leaves that was killed.
  bool torn() const { return !damage.empty() && damage.back().to == size; }
};

/// Largest file that is checked: several times what a writer makes.
inline constexpr std::size_t kLargestFile = std::size_t{1} << 30;

/// Takes a sound record; `bytes`: as it stands in the file. Null: it is of a type that is not known.
using OnRecord = std::function<void(const record::Record* record, base::View bytes, bool seed)>;

/// Reads a file to its end. Behind damage it continues with the next sound record: a place where magic, lengths and
/// checksum are right.
/// The work is bounded also for bytes that were made to look like records: a multiple of the size. What is left then
/// counts as damaged.
FileContents check_contents(base::View bytes, const OnRecord& on_record = {});

/// The same file without what is damaged, with a header that fits. REQUIRES: check_contents(bytes).header.
std::vector<std::uint8_t> without_damage(base::View bytes);

}  // namespace archive
