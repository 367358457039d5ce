#include "base/media_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

namespace base {
namespace {

// Half a second of 4 Mbit/s: small beside a window, and a mapping for each costs 3 us.
constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kPage = 4096;

std::size_t whole_pages(std::size_t size) { return (size + kPage - 1) / kPage * kPage; }

// What is asked for beyond this may be a promise that is not kept.
constexpr std::size_t kMostTouched = 4u << 20;

/// Has the kernel give all pages of a block in one go: a fault for each would cost three times as much.
void touch(std::uint8_t* from, std::size_t size) {
  if (size > kMostTouched) return;
  const auto begin = reinterpret_cast<std::uintptr_t>(from) / kPage * kPage;
  const auto end = whole_pages(reinterpret_cast<std::uintptr_t>(from) + size);
  (void)madvise(reinterpret_cast<void*>(begin), end - begin, MADV_POPULATE_WRITE);
}

}  // namespace

/// A file that grows for ever and is nearly empty: what was freed is a hole.
struct MediaMemory::File {
  int descriptor = -1;
  std::int64_t end = 0;

  explicit File(int given) : descriptor(given) {}
  ~File() { close(descriptor); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
};

struct MediaMemory::Chunk {
  std::shared_ptr<File> file;
  std::uint8_t* begin = nullptr;
  std::size_t size = 0;
  FileBacking backing;

  Chunk() = default;
  ~Chunk() {
    if (begin == nullptr) return;
    munmap(begin, size);
    // Sockets that still send from these pages keep them; the file lets go of them.
    (void)fallocate(file->descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, backing.offset,
                    static_cast<off_t>(size));
  }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;
};

std::shared_ptr<MediaMemory::Chunk> MediaMemory::make_chunk(std::size_t size) {
  if (file_ == nullptr) {
    const int descriptor = memfd_create("kickoff-media", MFD_CLOEXEC);
    if (descriptor < 0) return nullptr;
    file_ = std::make_shared<File>(descriptor);
  }
  auto chunk = std::make_shared<Chunk>();
  const std::int64_t offset = file_->end;
  if (ftruncate(file_->descriptor, offset + static_cast<off_t>(size)) != 0) return nullptr;
  void* const memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, file_->descriptor, offset);
  if (memory == MAP_FAILED) return nullptr;
  file_->end += static_cast<std::int64_t>(size);
  chunk->file = file_;
  chunk->begin = static_cast<std::uint8_t*>(memory);
  chunk->size = size;
  chunk->backing = {file_->descriptor, offset, chunk->begin};
  return chunk;
}

MediaMemory::Block MediaMemory::allocate(std::size_t size) {
  const auto from_heap = [size] { return Block{std::make_shared_for_overwrite<std::uint8_t[]>(size), nullptr}; };
  if (size < kLeast || refused_) return from_heap();
  if (chunk_ == nullptr || size > chunk_->size - used_) {
    const bool large = size > kChunk / 2;
    std::shared_ptr<Chunk> chunk = make_chunk(large ? whole_pages(size) : kChunk);
    refused_ = chunk == nullptr;
    if (refused_) return from_heap();
    if (large) touch(chunk->begin, size);
    if (large) return {std::shared_ptr<std::uint8_t[]>(chunk, chunk->begin), &chunk->backing};
    chunk_ = std::move(chunk);
    used_ = 0;
  }
  Block block{std::shared_ptr<std::uint8_t[]>(chunk_, chunk_->begin + used_), &chunk_->backing};
  touch(block.bytes.get(), size);
  used_ += size;
  return block;
}

}  // namespace base
