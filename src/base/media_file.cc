#include "base/media_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

namespace base {
namespace {

// Half a second of 4 Mbit/s: small beside a window, and a mapping for each costs 3 us.
constexpr std::uint64_t kChunk = 256 * 1024;
constexpr std::uint64_t kPage = 4096;
// Years of 100 Mbit/s. What is not written takes no memory.
constexpr std::uint64_t kFileSize = std::uint64_t{1} << 50;

std::atomic<std::int64_t> mappings = 0;

constexpr std::uint64_t round_up(std::uint64_t value, std::uint64_t unit) { return (value + unit - 1) / unit * unit; }

/// A block of this size has chunks of its own; smaller ones share one and never reach into the next.
constexpr bool is_large(std::size_t size) { return size > kChunk / 2; }

}  // namespace

struct MediaFile::File {
  int descriptor = -1;
  std::uint64_t size = 0;

  explicit File(int given) : descriptor(given) {}
  ~File() { close(descriptor); }
  /// Sockets that still send from these pages keep them; the file lets go of them.
  void free_pages(std::uint64_t offset, std::uint64_t length) const {
    (void)fallocate(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                    static_cast<off_t>(length));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

/// A stretch of the file in memory. Its pages are taken from the file when nobody needs them any more.
struct MediaFile::Chunk {
  std::shared_ptr<const File> file;
  std::uint64_t offset = 0;
  std::size_t size = 0;
  FileBacking backing;

  Chunk() { ++mappings; }
  ~Chunk() {
    if (backing.begin != nullptr) munmap(const_cast<std::uint8_t*>(backing.begin), size);
    file->free_pages(offset, size);
    --mappings;
  }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
};

Result<std::unique_ptr<MediaFile>> MediaFile::make(std::int64_t most_mappings) {
  const int descriptor = memfd_create("kickoff-media", MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (descriptor < 0) return Error{Code::kSystem, std::string("memory for media: ") + strerror(errno)};
  const auto file = std::make_shared<File>(descriptor);
  // Where a limit forbids a file of this size it stays empty, and takes nothing.
  if (ftruncate(descriptor, static_cast<off_t>(kFileSize)) == 0) file->size = kFileSize;
  if (fcntl(descriptor, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) file->size = 0;
  return std::unique_ptr<MediaFile>(new MediaFile(file, most_mappings));
}

MediaFile::MediaFile(std::shared_ptr<const File> file, std::int64_t most_mappings)
    : file_(std::move(file)), most_mappings_(most_mappings) {}

MediaFile::~MediaFile() = default;

int MediaFile::descriptor() const { return file_->descriptor; }

Result<Bytes> MediaFile::at(std::uint64_t offset, std::size_t size) {
  const bool large = is_large(size);
  const std::uint64_t begin = offset / kChunk * kChunk;
  const bool placed = large ? offset == begin : offset + size <= begin + kChunk;
  if (size == 0 || offset < end_ || offset > file_->size || size > file_->size - offset || !placed) {
    return Error{Code::kMalformed, "place of media", offset};
  }
  end_ = offset + size;
  if (large || newest_ == nullptr || newest_->offset != begin) {
    // The chunk before lives on in its blocks.
    newest_ = map(begin, large ? round_up(size, kPage) : kChunk);
    if (newest_ == nullptr) return read(offset, size);
  }
  const View view{newest_->backing.begin + (offset - begin), size};
  return Bytes::of_owner(newest_, view, &newest_->backing);
}

/// Null where the process has no mapping left.
std::shared_ptr<const MediaFile::Chunk> MediaFile::map(std::uint64_t offset, std::size_t size) {
  if (mappings >= most_mappings_) return nullptr;
  auto chunk = std::make_shared<Chunk>();
  chunk->file = file_;
  void* const memory = mmap(nullptr, size, PROT_READ, MAP_SHARED, file_->descriptor, static_cast<off_t>(offset));
  if (memory == MAP_FAILED) return nullptr;
  chunk->offset = offset;
  chunk->size = size;
  chunk->backing = {file_->descriptor, static_cast<std::int64_t>(offset), static_cast<const std::uint8_t*>(memory)};
  return chunk;
}

/// A copy on the heap. Its pages go back at once, but for the last one, which the next block may begin in.
Result<Bytes> MediaFile::read(std::uint64_t offset, std::size_t size) {
  std::vector<std::uint8_t> copy(size);
  if (pread(file_->descriptor, copy.data(), size, static_cast<off_t>(offset)) != static_cast<ssize_t>(size)) {
    return Error{Code::kSystem, "media is not readable", offset};
  }
  // Whatever is in the first page before it has been read in the same way: nobody has its chunk mapped.
  const std::uint64_t first = offset / kPage * kPage;
  file_->free_pages(first, (offset + size) / kPage * kPage - first);
  return Bytes::adopt(std::move(copy));
}

std::optional<std::uint64_t> MediaWriter::write(View media) {
  std::uint64_t at = end_;
  const std::uint64_t next = round_up(at, kChunk);
  if (is_large(media.size()) || at + media.size() > next) at = next;
  for (std::size_t done = 0; done < media.size();) {
    const ssize_t count = pwrite(descriptor_, media.data() + done, media.size() - done, static_cast<off_t>(at + done));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return std::nullopt;
    done += static_cast<std::size_t>(count);
  }
  end_ = at + media.size();
  if (is_large(media.size())) end_ = round_up(end_, kChunk);
  return at;
}

}  // namespace base
