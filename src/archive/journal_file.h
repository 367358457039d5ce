#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "origin/log.h"
#include "record/record.h"

/// A file of a channel's journal. Its name is the UTC of its first record: "20261130T004235.123456Z.journal".
///
///     offset  size
///          0     2  'K' 'J'
///          2     1  version, 1
///          3     1  flags: bit 0 continues
///          4     8  UTC of the first record. Units: µs.
///         12     8  what was added to the source's segment numbers: origin::Numbering
///         20     8  newest segment that any rendition had begun before; -1: none
///         28     8  discontinuities up to that segment
///         36     4  target duration so far. Units: s.
///         40     4  size of the seed
///         44     4  low half of XXH3-64 over the bytes above
///         48        the seed: records that were in force when the file began (the presentation, markers that may still
///                   be shown, the end where the log was over), so that the file can be read alone
///                   the log's records, in order, in segments' published numbers, and indices of them
///                   (archive/head_index.h)
///
/// Both are as record/encoding.h has them, bodies in place. All integers are big-endian. "Continues": the records
/// follow those of the file before without a hole; its reader passes over the seed. A file that does not continue
/// begins the log, or stands behind a hole: of the segments that were begun before it has nothing, or the rest.
/// A file may end within a record (the process or the machine stopped): what follows the last whole record is no part
/// of it. Within a version fields may be added to no place but the records; another version is refused.
namespace archive {

inline constexpr std::size_t kFileHeaderSize = 48;

struct FileHeader {
  bool continues = false;
  base::Micros began = 0;  ///< UTC
  std::int64_t numbering = 0;
  origin::Log::Standing standing;
  std::uint32_t seed_size = 0;
};

/// The header as it is written.
std::vector<std::uint8_t> encode_file_header(const FileHeader& header);
/// The header and the seed as they are written; sets seed_size.
std::vector<std::uint8_t> encode_file_start(FileHeader header, const std::vector<record::Record>& seed);
/// Errors: kTruncated, kMalformed, kUnsupported.
base::Result<FileHeader> parse_file_header(base::View bytes);

std::string file_name(base::Micros began);
/// UTC of the first record, by the name; nothing where it is no name of a journal's file.
std::optional<base::Micros> parse_file_name(std::string_view name);
/// The directory of a channel within that of the journal; nothing where the channel's name is not fit for one: only
/// ASCII letters, digits, '-' and '_' are, at most 64 of them.
std::optional<std::string> channel_directory(const std::string& root, std::string_view channel);

struct ListedFile {
  std::string path;
  base::Micros began = 0;    ///< UTC, by the name
  base::Micros written = 0;  ///< UTC, last change
  std::uint64_t size = 0;
};

/// The journal's files in a channel's directory, the oldest first; empty where there are none or it cannot be read.
std::vector<ListedFile> list_files(const std::string& directory);
/// Names of the channels that have a directory.
std::vector<std::string> list_channels(const std::string& root);

}  // namespace archive
