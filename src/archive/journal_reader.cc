#include "archive/journal_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "base/hash.h"
#include "record/encoding.h"

namespace archive {
namespace {

// What is read of a record at once; that of a part is 69 bytes.
constexpr std::uint64_t kUsualHead = 128;

/// The next start trusts what was the last file now: a power cut must not take back what this one has seen.
void sync_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return;
  fdatasync(descriptor);
  close(descriptor);
}

}  // namespace

base::Bytes read_body(const base::FilePlace& place, std::uint64_t hash) {
  const int descriptor = place.path ? ::open(place.path->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
  if (descriptor < 0) return {};
  std::vector<std::uint8_t> bytes(place.size);
  const bool read = read_at(descriptor, place.offset, bytes.data(), bytes.size());
  close(descriptor);
  return read && base::hash64(bytes) == hash ? base::Bytes::adopt(std::move(bytes)) : base::Bytes();
}

base::Result<std::unique_ptr<FileReader>> FileReader::open(const std::string& path, Bodies bodies) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (descriptor < 0) return base::Error{base::Code::kSystem, path + ": " + strerror(errno)};
  struct stat status{};
  std::array<std::uint8_t, kFileHeaderSize> bytes{};
  const bool read = fstat(descriptor, &status) == 0 && read_at(descriptor, 0, bytes.data(), bytes.size());
  auto header = read ? parse_file_header(bytes) : base::Error{base::Code::kTruncated, "header of a journal's file"};
  if (!header.ok()) {
    close(descriptor);
    return base::Error{header.error().code, path + ": " + header.error().what};
  }
  return std::unique_ptr<FileReader>(
      new FileReader(descriptor, static_cast<std::uint64_t>(status.st_size), header.value(), path, bodies));
}

FileReader::FileReader(int descriptor, std::uint64_t size, const FileHeader& header, const std::string& path,
                       Bodies bodies)
    : descriptor_(descriptor), size_(size), header_(header), bodies_(bodies) {
  if (bodies_ == Bodies::kSkip) index_.emplace(descriptor_, size_);
  body_.path = std::make_shared<const std::string>(path);
}

FileReader::~FileReader() { close(descriptor_); }

void FileReader::refresh() {
  struct stat status{};
  if (fstat(descriptor_, &status) != 0) return;
  // A writer that takes the log up again cuts off what was written in part.
  size_ = std::max(at_, static_cast<std::uint64_t>(status.st_size));
  damage_.clear();
}

bool FileReader::load(std::uint64_t from, std::size_t size) {
  if (size > size_ - from) {
    damage_ = "it ends within a record";
    return false;
  }
  buffer_.resize(size);
  if (read_at(descriptor_, from, buffer_.data(), size)) return true;
  damage_ = std::string("it cannot be read: ") + strerror(errno);
  return false;
}

/// False where no index has it.
bool FileReader::load_indexed_head() {
  const base::View head = index_ ? index_->head_at(at_) : base::View{};
  if (head.empty()) return false;
  lengths_ = record::parse_lengths(head).value();
  if (lengths_.head > head.size()) return load(at_, lengths_.head);
  buffer_.assign(head.begin(), head.end());
  return true;
}

/// Puts the head of the record at `at_` into the buffer.
bool FileReader::load_head() {
  if (load_indexed_head() || !damage_.empty()) return damage_.empty();
  const std::uint64_t rest = size_ - at_;
  if (!load(at_, rest < record::kHeaderSize ? record::kHeaderSize : std::min<std::uint64_t>(rest, kUsualHead)))
    return false;
  const auto lengths = record::parse_lengths(buffer_);
  if (!lengths.ok()) {
    damage_ = lengths.error().message();
    return false;
  }
  lengths_ = lengths.value();
  if (lengths_.size() > rest) {
    damage_ = "it ends within a record";
    return false;
  }
  if (lengths_.head > buffer_.size()) return load(at_, lengths_.head);
  buffer_.resize(lengths_.head);
  return true;
}

base::Result<std::optional<record::Record>> FileReader::decode() {
  if (bodies_ == Bodies::kRead && lengths_.body > 0) return decode_whole();
  auto decoded = record::decode_head(buffer_);
  const bool old = !decoded.ok() && decoded.error().code == base::Code::kNotFound;
  return old ? decode_whole() : std::move(decoded);
}

base::Result<std::optional<record::Record>> FileReader::decode_whole() {
  if (!load(at_, lengths_.size())) return base::Error{base::Code::kSystem, damage_};
  record::Decoder decoder;
  TRY_OK(decoder.feed(buffer_));
  record::Record record;
  if (!decoder.next(record)) return std::optional<record::Record>();
  return std::optional<record::Record>(std::move(record));
}

bool FileReader::next(record::Record& record) {
  while (damage_.empty() && at_ < size_) {
    if (!load_head()) return false;
    auto decoded = decode();
    if (!decoded.ok()) {
      if (damage_.empty()) damage_ = decoded.error().message();
      return false;
    }
    body_.offset = at_ + lengths_.head;
    body_.size = static_cast<std::uint32_t>(lengths_.body);
    at_ += lengths_.size();
    if (index_) at_ = index_->behind(at_);
    std::optional<record::Record> found = decoded.take();
    if (!found) continue;  // of a type that is not known
    record = *std::move(found);
    auto* part = std::get_if<record::Part>(&record);
    if (part != nullptr && part->data.empty()) part->stored.place = body_;
    return true;
  }
  return false;
}

base::Result<JournalReader> JournalReader::open(const std::string& directory, base::Micros since, Bodies bodies) {
  JournalReader reader(bodies);
  bool newest = true;
  std::vector<ListedFile> files = list_files(directory);
  for (auto file = files.rbegin(); file != files.rend(); ++file) {
    auto header = reader.verify(*file, newest);
    if (!header.ok()) {
      // The newest may have been begun and not written: those before it still end the log.
      if (newest) continue;
      break;
    }
    newest = false;
    reader.paths_.insert(reader.paths_.begin(), file->path);
    reader.first_ = header.value();
    if (!reader.first_.continues || file->began <= since) break;
  }
  if (reader.paths_.empty()) return base::Error{base::Code::kNotFound, "journal in " + directory};
  return reader;
}

/// The newest file is cut where it is damaged.
base::Result<FileHeader> JournalReader::verify(const ListedFile& file, bool newest) {
  auto reader = FileReader::open(file.path, newest ? Bodies::kRead : Bodies::kSkip);
  if (!reader.ok()) {
    damage_ += (damage_.empty() ? "" : "; ") + reader.error().what;
    return reader.error();
  }
  FileReader& at = **reader;
  for (record::Record record; at.next(record);) {
  }
  if (!at.damage().empty()) {
    damage_ +=
        (damage_.empty() ? "" : "; ") + file.path + " at byte " + std::to_string(at.valid()) + ": " + at.damage();
    const bool seeded = at.valid() >= kFileHeaderSize + at.header().seed_size;
    const bool cut = newest && seeded && truncate(file.path.c_str(), static_cast<off_t>(at.valid())) == 0;
    if (!cut) return base::Error{base::Code::kMalformed, file.path};
  }
  if (newest) sync_file(file.path);
  bytes_ += at.valid();
  return at.header();
}

bool JournalReader::next(record::Record& record) {
  while (file_ || !paths_.empty()) {
    if (!file_) {
      auto opened = FileReader::open(paths_.front(), bodies_);
      if (!opened.ok()) return false;
      file_ = opened.take();
      paths_.erase(paths_.begin());
    }
    while (file_->next(record)) {
      if (file_->in_seed() ? !seed_read_ : fits(record)) return true;
    }
    file_.reset();
    seed_read_ = true;
  }
  return false;
}

/// Nothing is known of the beginnings of segments that had begun before the first file.
bool JournalReader::fits(const record::Record& record) const {
  return std::visit(
      [this](const auto& kind) {
        if constexpr (requires { kind.msn; }) return kind.msn > first_.standing.begun;
        return true;
      },
      record);
}

}  // namespace archive
