#include "http/workspace.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace http {
namespace {

constexpr std::size_t kWord = 64;  // lines that one word of the map speaks of

// What is packed changes a little from turn to turn: steps save asking the heap each time.
constexpr std::size_t kStep = 256;

std::size_t map_words(std::size_t lines) { return (lines + kWord - 1) / kWord; }

}  // namespace

/// Before each block in the workspace; a line, so that blocks are aligned as lines are.
struct Workspace::Client::Header {
  std::size_t size;
  std::uint64_t unused[3];
};

Workspace::Workspace() : lines_(std::make_unique<Line[]>(kLines)) {}

void Workspace::load(Client& client) {
  if (loaded_ != nullptr) loaded_->pack();
  loaded_ = &client;
  client.unpack();
}

Workspace::Client::~Client() {
  if (workspace_.loaded_ != this) return;
  std::memset(workspace_.lines_.get(), 0, used_ * sizeof(Line));
  workspace_.loaded_ = nullptr;
}

void* Workspace::Client::allocate(std::size_t size) {
  assert(workspace_.loaded_ == this);
  const std::size_t room = (kLines - used_) * sizeof(Line);
  if (settled_ || size > room || sizeof(Header) + size > room) return std::calloc(1, std::max<std::size_t>(size, 1));
  static_assert(sizeof(Header) == sizeof(Line));
  auto* header = reinterpret_cast<Header*>(workspace_.lines_.get() + used_);
  header->size = size;
  used_ += static_cast<std::uint32_t>(1 + (size + sizeof(Line) - 1) / sizeof(Line));
  return header + 1;
}

Workspace::Client::Header* Workspace::Client::header_of(void* block) const {
  const auto first = reinterpret_cast<std::uintptr_t>(workspace_.lines_.get());
  const auto at = reinterpret_cast<std::uintptr_t>(block);
  return at - first < kSize ? static_cast<Header*>(block) - 1 : nullptr;
}

void* Workspace::Client::resize(void* block, std::size_t size) {
  if (block == nullptr) return allocate(size);
  const Header* header = header_of(block);
  if (header == nullptr) return std::realloc(block, size);
  if (size <= header->size) return block;
  void* moved = allocate(size);
  if (moved == nullptr) return nullptr;
  std::memcpy(moved, block, header->size);
  release(block);
  return moved;
}

void Workspace::Client::release(void* block) {
  Header* header = header_of(block);
  if (header == nullptr) return std::free(block);
  assert(workspace_.loaded_ == this);
  std::memset(block, 0, header->size);
}

void Workspace::Client::pack() {
  Line* const lines = workspace_.lines_.get();
  std::array<std::uint64_t, kLines / kWord> map{};
  std::size_t full = 0;
  for (std::size_t i = 0; i < used_; ++i) {
    const auto& words = lines[i].words;
    const bool kept = (words[0] | words[1] | words[2] | words[3]) != 0;
    map[i / kWord] |= static_cast<std::uint64_t>(kept) << (i % kWord);
    full += kept ? 1 : 0;
  }
  const std::size_t words = map_words(used_);
  const std::size_t size = words * sizeof(std::uint64_t) + full * sizeof(Line);
  if (size > capacity_ || size + 2 * kStep < capacity_) {
    capacity_ = static_cast<std::uint32_t>((size + kStep - 1) / kStep * kStep);
    packed_ = std::make_unique_for_overwrite<std::uint64_t[]>(capacity_ / sizeof(std::uint64_t));
  }
  packed_size_ = static_cast<std::uint32_t>(size);
  std::copy_n(map.begin(), words, packed_.get());
  std::uint64_t* to = packed_.get() + words;
  for (std::size_t word = 0; word < words; ++word) {
    for (std::uint64_t bits = map[word]; bits != 0; bits &= bits - 1) {
      Line& line = lines[word * kWord + static_cast<std::size_t>(std::countr_zero(bits))];
      std::memcpy(to, &line, sizeof line);
      line = {};
      to += std::size(line.words);
    }
  }
}

void Workspace::Client::unpack() {
  if (packed_ == nullptr) return;
  const std::size_t words = map_words(used_);
  const std::uint64_t* from = packed_.get() + words;
  for (std::size_t word = 0; word < words; ++word) {
    for (std::uint64_t bits = packed_[word]; bits != 0; bits &= bits - 1) {
      Line& line = workspace_.lines_[word * kWord + static_cast<std::size_t>(std::countr_zero(bits))];
      std::memcpy(&line, from, sizeof line);
      from += std::size(line.words);
    }
  }
}

Workspace::Access::Access(Client& client)
    : workspace_(client.workspace_), outer_(std::exchange(workspace_.accessing_, &client)) {
  if (workspace_.loaded_ != &client) workspace_.load(client);
}

Workspace::Access::~Access() {
  workspace_.accessing_ = outer_;
  if (outer_ != nullptr && workspace_.loaded_ != outer_) workspace_.load(*outer_);
}

}  // namespace http
