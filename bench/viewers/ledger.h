#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace viewers {

/// What was sent under each address: an immutable object has to be the same for everybody (LL-68).
class Ledger {
 public:
  /// False where somebody was sent other bytes under this path before. `hash` is of the body.
  bool agrees(const std::string& path, std::uint64_t hash) {
    const auto [entry, is_new] = entries_.try_emplace(path, Entry{hash, 0});
    ++entry->second.times;
    return entry->second.hash == hash;
  }

  /// Calls `differs(path, times)` for each path that the other was sent something else under.
  template <typename Differs>
  void merge(const Ledger& other, Differs differs) {
    for (const auto& [path, theirs] : other.entries_) {
      const auto [entry, is_new] = entries_.try_emplace(path, theirs);
      if (is_new) continue;
      if (entry->second.hash != theirs.hash) differs(path, std::min(entry->second.times, theirs.times));
      entry->second.times += theirs.times;
    }
  }
  std::size_t size() const { return entries_.size(); }

  template <typename Archive>
  void visit(Archive& archive) {
    archive(entries_);
  }

 private:
  struct Entry {
    std::uint64_t hash = 0;
    std::uint64_t times = 0;
  };
  std::map<std::string, Entry> entries_;
};

}  // namespace viewers
