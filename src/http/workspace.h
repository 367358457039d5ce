#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace http {

/// Memory at a fixed address that its clients use in turns. It is for objects that allocate much, leave most of it zero
/// and are used for a microsecond at a time: an nghttp2 session takes 26 KB, of which 2 KB are not zero. During an
/// Access a client's blocks lie where it left them; between accesses of other clients only those bytes that are not
/// zero are kept, packed. An Access of the same client as before costs nothing, one of another client 0.5 us. Thread:
/// one loop's.
class Workspace {
 public:
  static constexpr std::size_t kSize = 32 * 1024;
  class Client;
  class Access;

  Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

 private:
  struct alignas(32) Line {
    std::uint64_t words[4];
  };
  static constexpr std::size_t kLines = kSize / sizeof(Line);

  void load(Client& client);

  std::unique_ptr<Line[]> lines_;  ///< zero except for the blocks of loaded_
  Client* loaded_ = nullptr;       ///< the client whose blocks lie here
  Client* accessing_ = nullptr;    ///< of the innermost Access
};

/// One user of a workspace: an allocator whose first blocks lie in it.
class Workspace::Client {
 public:
  /// `workspace` outlives the client.
  explicit Client(Workspace& workspace) : workspace_(workspace) {}
  /// Frees what is in the workspace. REQUIRES: no Access to it.
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Zeroed memory, aligned like malloc's: in the workspace until settle() and while there is room, from the heap
  /// otherwise. Null when out of memory. What lies in the workspace is there during an Access only, and its place is
  /// not given out again. REQUIRES: an Access.
  void* allocate(std::size_t size);
  /// As realloc and free do. REQUIRES: an Access.
  void* resize(void* block, std::size_t size);
  void release(void* block);
  /// What is allocated from now on comes and goes: it is the heap's.
  void settle() { settled_ = true; }

  /// Size of its packed blocks. Units: bytes; 0 while they are in the workspace.
  std::size_t packed() const { return packed_ == nullptr ? 0 : packed_size_; }

 private:
  friend class Workspace;
  struct Header;

  Header* header_of(void* block) const;
  void pack();
  void unpack();

  Workspace& workspace_;
  std::unique_ptr<std::uint64_t[]> packed_;  ///< null: never packed; a bit a line, then the lines that are not zero
  std::uint32_t packed_size_ = 0;
  std::uint32_t capacity_ = 0;  ///< of packed_. Units: bytes
  std::uint32_t used_ = 0;      ///< lines of the workspace
  bool settled_ = false;
};

/// While it exists, the blocks of its client are in the workspace. Accesses nest: the outer one's client is loaded
/// again when the inner one ends.
class Workspace::Access {
 public:
  explicit Access(Client& client);
  ~Access();
  Access(const Access&) = delete;
  Access& operator=(const Access&) = delete;

 private:
  Workspace& workspace_;
  Client* outer_;
};

}  // namespace http
