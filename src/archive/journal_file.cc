#include "archive/journal_file.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <memory>

#include "base/byte_reader.h"
#include "base/byte_writer.h"
#include "base/directory.h"
#include "base/hash.h"
#include "record/encoding.h"

namespace archive {
namespace {

constexpr std::uint8_t kFileVersion = 1;
constexpr std::uint8_t kContinuesFlag = 1;
constexpr std::size_t kChecked = kFileHeaderSize - 4;
constexpr std::string_view kSuffix = "Z.journal";
constexpr std::size_t kLongestChannel = 64;
// "20261130T004235.123456"
constexpr std::size_t kStampSize = 22;

std::uint32_t check_of(base::View bytes) { return static_cast<std::uint32_t>(base::hash64(bytes.first(kChecked))); }

bool fit_for_directory(std::string_view channel) {
  constexpr std::string_view kFit = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  return !channel.empty() && channel.size() <= kLongestChannel && channel.find_first_not_of(kFit) == channel.npos;
}

/// Names of what is in a directory, sorted.
std::vector<std::string> entries_of(const std::string& directory) {
  auto names = base::list_directory(directory);
  return names ? names.take() : std::vector<std::string>{};
}

}  // namespace

std::vector<std::uint8_t> encode_file_header(const FileHeader& header) {
  base::ByteWriter out(kFileHeaderSize);
  out.text("KJ");
  out.u8(kFileVersion);
  out.u8(header.continues ? kContinuesFlag : 0);
  out.u64(static_cast<std::uint64_t>(header.began));
  out.u64(static_cast<std::uint64_t>(header.numbering));
  out.u64(static_cast<std::uint64_t>(header.standing.begun));
  out.u64(static_cast<std::uint64_t>(header.standing.discontinuities));
  out.u32(static_cast<std::uint32_t>(header.standing.target_duration));
  out.u32(header.seed_size);
  out.u32(check_of(out.view()));
  return out.take();
}

std::vector<std::uint8_t> encode_file_start(FileHeader header, const std::vector<record::Record>& seed) {
  base::ByteWriter records;
  for (const record::Record& record : seed) {
    const record::Encoded encoded = record::encode(record);
    records.bytes(encoded.head);
    records.bytes(encoded.body.view());
  }
  header.seed_size = static_cast<std::uint32_t>(records.size());
  std::vector<std::uint8_t> start = encode_file_header(header);
  start.insert(start.end(), records.view().begin(), records.view().end());
  return start;
}

base::Result<FileHeader> parse_file_header(base::View bytes) {
  if (bytes.size() < kFileHeaderSize) return base::Error{base::Code::kTruncated, "header of a journal's file"};
  base::ByteReader in(bytes);
  TRY(const base::View magic, in.bytes(2, "magic"));
  if (base::text_of(magic) != "KJ") return base::Error{base::Code::kMalformed, "no file of a journal"};
  TRY(const std::uint8_t version, in.u8("version"));
  if (version != kFileVersion) return base::Error{base::Code::kUnsupported, "version of a journal's file"};
  TRY(const std::uint8_t flags, in.u8("flags"));
  FileHeader header;
  header.continues = (flags & kContinuesFlag) != 0;
  const auto read = [&in](const char* field) { return in.u64(field); };
  TRY(const std::uint64_t began, read("began"));
  TRY(const std::uint64_t numbering, read("numbering"));
  TRY(const std::uint64_t begun, read("begun"));
  TRY(const std::uint64_t discontinuities, read("discontinuities"));
  TRY(const std::uint32_t target, in.u32("target duration"));
  TRY(header.seed_size, in.u32("size of the seed"));
  TRY(const std::uint32_t check, in.u32("checksum"));
  if (check != check_of(bytes)) return base::Error{base::Code::kMalformed, "checksum of a journal's file header"};
  header.began = static_cast<base::Micros>(began);
  header.numbering = static_cast<std::int64_t>(numbering);
  header.standing = {static_cast<std::int64_t>(begun), static_cast<std::int64_t>(discontinuities),
                     static_cast<int>(target)};
  return header;
}

std::string file_name(base::Micros began) {
  const std::time_t second = began / base::kSecond;
  std::tm at{};
  gmtime_r(&second, &at);
  std::array<char, 96> text{};
  std::snprintf(text.data(), text.size(), "%04d%02d%02dT%02d%02d%02d.%06dZ.journal", at.tm_year + 1900, at.tm_mon + 1,
                at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec, static_cast<int>(began % base::kSecond));
  return text.data();
}

std::optional<base::Micros> parse_file_name(std::string_view name) {
  if (name.size() != kStampSize + kSuffix.size() || !name.ends_with(kSuffix)) return std::nullopt;
  const std::string text(name);
  std::tm at{};
  int micros = 0;
  const int fields = std::sscanf(text.c_str(), "%4d%2d%2dT%2d%2d%2d.%6d", &at.tm_year, &at.tm_mon, &at.tm_mday,
                                 &at.tm_hour, &at.tm_min, &at.tm_sec, &micros);
  if (fields != 7) return std::nullopt;
  at.tm_year -= 1900;
  at.tm_mon -= 1;
  const base::Micros began = timegm(&at) * base::kSecond + micros;
  // Whatever else sscanf takes (signs, spaces) is no name of ours.
  if (began < 0 || file_name(began) != text) return std::nullopt;
  return began;
}

std::optional<std::string> channel_directory(const std::string& root, std::string_view channel) {
  if (!fit_for_directory(channel)) return std::nullopt;
  return root + "/" + std::string(channel);
}

std::vector<ListedFile> list_files(const std::string& directory) {
  std::vector<ListedFile> files;
  for (const std::string& name : entries_of(directory)) {
    const auto began = parse_file_name(name);
    const std::string path = directory + "/" + name;
    struct stat status{};
    if (!began || lstat(path.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) continue;
    files.push_back({path, *began, status.st_mtim.tv_sec * base::kSecond + status.st_mtim.tv_nsec / 1000,
                     static_cast<std::uint64_t>(status.st_size)});
  }
  return files;
}

std::vector<std::string> list_channels(const std::string& root) {
  std::vector<std::string> names = entries_of(root);
  std::erase_if(names, [&](const std::string& name) {
    struct stat status{};
    return !fit_for_directory(name) || lstat((root + "/" + name).c_str(), &status) != 0 || !S_ISDIR(status.st_mode);
  });
  return names;
}

}  // namespace archive
