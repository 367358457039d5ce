#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace http {

/// Memory at one place that objects (tenants) use in turns, for those that ask for much, leave most of it zero and work
/// a microsecond at a time: an nghttp2 session takes 26 KB and has 2 KB in it. Who is present finds its blocks where it
/// left them; of who is away, only what is not zero is kept, packed. The same tenant again costs nothing, another one
/// 0.5 us.
/// Thread: one loop's.
class Workspace {
 public:
  static constexpr std::size_t kSize = 32 * 1024;
  class Tenant;
  class Visit;

  Workspace();
  Workspace(const Workspace&) = delete;
  Workspace& operator=(const Workspace&) = delete;

 private:
  struct alignas(32) Line {
    std::uint64_t words[4];
  };
  static constexpr std::size_t kLines = kSize / sizeof(Line);

  void bring(Tenant& tenant);

  std::unique_ptr<Line[]> lines_;  ///< zero but for what the present tenant has in it
  Tenant* present_ = nullptr;      ///< whose bytes lie here
  Tenant* visiting_ = nullptr;     ///< of the innermost Visit
};

/// One user of a workspace: an allocator whose first blocks lie in it.
class Workspace::Tenant {
 public:
  /// `workspace` outlives the tenant.
  explicit Tenant(Workspace& workspace) : workspace_(workspace) {}
  /// Frees what is in the workspace. REQUIRES: no Visit to it.
  ~Tenant();
  Tenant(const Tenant&) = delete;
  Tenant& operator=(const Tenant&) = delete;

  /// Zeroed memory, aligned like malloc's: in the workspace until settle() and while there is room, from the heap
  /// otherwise. Null when out of memory. What lies in the workspace is there during a Visit only, and its place is not
  /// given out again. REQUIRES: a Visit.
  void* allocate(std::size_t size);
  /// As realloc and free do. REQUIRES: a Visit.
  void* resize(void* block, std::size_t size);
  void release(void* block);
  /// What is allocated from now on comes and goes: it is the heap's.
  void settle() { settled_ = true; }

  /// What is kept of its blocks while it is away. Units: bytes; 0 while it is present.
  std::size_t packed() const { return packed_ == nullptr ? 0 : packed_size_; }

 private:
  friend class Workspace;
  struct Header;

  Header* header_of(void* block) const;
  void pack();
  void unpack();

  Workspace& workspace_;
  std::unique_ptr<std::uint64_t[]> packed_;  ///< null: never was away; a bit a line, then the lines that are not zero
  std::uint32_t packed_size_ = 0;
  std::uint32_t capacity_ = 0;  ///< of packed_. Units: bytes
  std::uint32_t used_ = 0;      ///< lines of the workspace
  bool settled_ = false;
};

/// While it lives, its tenant is present. They nest: the outer one's tenant is back when the inner one ends.
class Workspace::Visit {
 public:
  explicit Visit(Tenant& tenant);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

 private:
  Workspace& workspace_;
  Tenant* outer_;
};

}  // namespace http
