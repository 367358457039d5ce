#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

/// Media that one process writes and another serves, without a copy on its way: pages of a file without a name (memfd),
/// written once with pwrite and sent to sockets with sendfile. This is the side that serves; MediaWriter the other.
///
/// Pages are never written a second time: a socket may still hold them when everybody here has let go. Media comes and
/// goes in order, so that blocks share chunks; a chunk's pages go back to the kernel with the last block of it. The
/// file cannot be made shorter (it is sealed), so that no writer can make a reader fault. Owns: one descriptor, until
/// the file and its last block have gone. Thread: at() one; blocks any.
class MediaFile {
 public:
  /// Chunks that a process has mapped at once. The kernel allows 65,530 mappings (vm.max_map_count), and a process that
  /// has none left gets no memory for anything; these are 8 GiB of media.
  static constexpr std::int64_t kMostMappings = 32 * 1024;

  /// Where the files of this process have `most_mappings` together, and where the kernel refuses one, blocks are copies
  /// on the heap until there is room again.
  /// Errors: kSystem.
  static Result<std::unique_ptr<MediaFile>> make(std::int64_t most_mappings = kMostMappings);
  ~MediaFile();
  MediaFile(const MediaFile&) = delete;
  MediaFile& operator=(const MediaFile&) = delete;

  /// For the writer, which may be another process.
  int descriptor() const;
  /// What was written at `offset`. Places come in the order of writing.
  /// Errors: kMalformed for a place that no writer can have given; kSystem.
  Result<Bytes> at(std::uint64_t offset, std::size_t size);

  /// Smaller blocks are better off on the heap: a copy is cheaper than a system call of their own (loop/send_now.cc).
  static constexpr std::size_t kLeast = 24 * 1024;

 private:
  struct File;
  struct Chunk;

  MediaFile(std::shared_ptr<const File> file, std::int64_t most_mappings);
  std::shared_ptr<const Chunk> map(std::uint64_t offset, std::size_t size);
  Result<Bytes> read(std::uint64_t offset, std::size_t size);

  const std::shared_ptr<const File> file_;
  const std::int64_t most_mappings_;
  std::uint64_t end_ = 0;  ///< of the newest block
  std::shared_ptr<const Chunk> newest_;
};

/// Writes into a MediaFile. Thread: one.
class MediaWriter {
 public:
  /// `descriptor` is that of the file, in this process; it outlives this.
  explicit MediaWriter(int descriptor) : descriptor_(descriptor) {}

  /// Where `media` now stands; nothing where the file does not take it: out of memory, or over a limit of the process.
  std::optional<std::uint64_t> write(View media);

 private:
  const int descriptor_;
  std::uint64_t end_ = 0;
};

}  // namespace base
