#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace base {

/// Where a stretch of memory lies in a file of the kernel's, for sendfile(2). Lives as long as the memory's owner.
struct FileBacking {
  int descriptor = -1;
  std::int64_t offset = 0;              ///< of `begin` in the file
  const std::uint8_t* begin = nullptr;  ///< in memory
};

/// Memory for media that the kernel can send to a socket without copying it once a viewer: pages of a file without a
/// name (memfd), written through a mapping and sent with sendfile.
///
/// Pages are never written a second time: a socket may still hold them when everybody here has let go. Media comes and
/// goes in order, so that blocks share chunks; a chunk's pages go back to the kernel with the last block of it.
/// Where the kernel has no such file to give, blocks come from the heap and have no backing.
/// Owns: one descriptor, from the first large block until the last block has gone. Thread: allocate() one; blocks any.
class MediaMemory {
 public:
  struct Block {
    std::shared_ptr<std::uint8_t[]> bytes;
    const FileBacking* backing = nullptr;  ///< null: on the heap
  };

  /// `size` bytes, not cleared. Up to 4 MiB have their pages at once; beyond, as they are written: a large size may be
  /// a promise that is not kept.
  Block allocate(std::size_t size);

  /// Smaller blocks come from the heap: a copy is cheaper than a system call of their own (loop/send_now.cc).
  static constexpr std::size_t kLeast = 24 * 1024;

 private:
  struct File;
  struct Chunk;

  std::shared_ptr<Chunk> make_chunk(std::size_t size);

  std::shared_ptr<File> file_;
  std::shared_ptr<Chunk> chunk_;
  std::size_t used_ = 0;  ///< of chunk_
  bool refused_ = false;  ///< the kernel gave no file: not asked again
};

}  // namespace base
