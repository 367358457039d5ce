#include "archive/journal_reader.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>
#include <variant>

#include "base/byte_reader.h"
#include "record/encoding.h"

namespace archive {
namespace {

bool read_at(int descriptor, std::uint64_t from, std::uint8_t* into, std::size_t size) {
  while (size > 0) {
    const ssize_t got = pread(descriptor, into, size, static_cast<off_t>(from));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return false;
    from += static_cast<std::uint64_t>(got);
    into += got;
    size -= static_cast<std::size_t>(got);
  }
  return true;
}

}  // namespace

base::Result<std::unique_ptr<FileReader>> FileReader::open(const std::string& path) {
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
      new FileReader(descriptor, static_cast<std::uint64_t>(status.st_size), header.value(), path));
}

FileReader::FileReader(int descriptor, std::uint64_t size, const FileHeader& header, const std::string& path)
    : descriptor_(descriptor), size_(size), header_(header) {
  body_.path = std::make_shared<const std::string>(path);
}

FileReader::~FileReader() { close(descriptor_); }

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

bool FileReader::next(record::Record& record) {
  while (damage_.empty() && at_ < size_) {
    if (!load(at_, record::kHeaderSize)) return false;
    base::ByteReader in(buffer_);
    static_cast<void>(in.skip(4, "magic"));
    const std::uint64_t head = record::kHeaderSize + std::uint64_t{in.u32("fields").value()};
    const std::uint32_t body = in.u32("body").value();
    const std::uint64_t size = head + body;
    if (size > record::kHeaderSize + record::kMaxPayload) {
      damage_ = "no record stands there";
      return false;
    }
    if (!load(at_, size)) return false;
    record::Decoder decoder;
    const base::Status status = decoder.feed(buffer_);
    if (!status.ok()) {
      damage_ = status.error().message();
      return false;
    }
    body_.offset = at_ + head;
    body_.size = body;
    at_ += size;
    if (decoder.next(record)) return true;
  }
  return false;
}

base::Result<JournalReader> JournalReader::open(const std::string& directory, base::Micros since) {
  JournalReader reader;
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

/// Reads the file to its end. The newest is cut where it is damaged.
base::Result<FileHeader> JournalReader::verify(const ListedFile& file, bool newest) {
  auto reader = FileReader::open(file.path);
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
  bytes_ += at.valid();
  return at.header();
}

bool JournalReader::next(record::Record& record) {
  while (file_ || !paths_.empty()) {
    if (!file_) {
      auto opened = FileReader::open(paths_.front());
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
