#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <map>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace viewers {

// Carries results from a process to the one that forked it: same program, same machine, so plain memory order.
// A type is written and read by one function: `template <typename A> void visit(A& archive) { archive(a_, b_); }`.

class ArchiveWriter {
 public:
  template <typename... Types>
  void operator()(Types&... values) {
    (write(values), ...);
  }
  std::string take() { return std::move(out_); }

 private:
  template <typename T>
  void write(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      out_.append(reinterpret_cast<const char*>(&value), sizeof value);
    } else {
      value.visit(*this);
    }
  }
  void write(std::string& text) { write(std::as_const(text)); }
  void write(const std::string& text) {
    size(text.size());
    out_ += text;
  }
  template <typename T>
  void write(std::vector<T>& list) {
    size(list.size());
    for (T& value : list) write(value);
  }
  template <typename T, std::size_t kSize>
  void write(std::array<T, kSize>& list) {
    for (T& value : list) write(value);
  }
  template <typename K, typename V>
  void write(std::map<K, V>& map) {
    size(map.size());
    for (auto& [key, value] : map) {
      write(key);
      write(value);
    }
  }
  void size(std::uint64_t count) { write(count); }

  std::string out_;
};

/// Reading past the end leaves values as they are and sets broken().
class ArchiveReader {
 public:
  explicit ArchiveReader(std::string_view in) : in_(in) {}

  template <typename... Types>
  void operator()(Types&... values) {
    (read(values), ...);
  }
  bool broken() const { return broken_; }

 private:
  template <typename T>
  void read(T& value) {
    if constexpr (std::is_trivially_copyable_v<T>) {
      if (in_.size() < sizeof value) {
        broken_ = true;
        return;
      }
      std::memcpy(&value, in_.data(), sizeof value);
      in_.remove_prefix(sizeof value);
    } else {
      value.visit(*this);
    }
  }
  void read(std::string& text) {
    text = in_.substr(0, size());
    in_.remove_prefix(text.size());
  }
  template <typename T>
  void read(std::vector<T>& list) {
    list.resize(size());
    for (T& value : list) read(value);
  }
  template <typename T, std::size_t kSize>
  void read(std::array<T, kSize>& list) {
    for (T& value : list) read(value);
  }
  template <typename K, typename V>
  void read(std::map<K, V>& map) {
    for (std::uint64_t left = size(); left > 0 && !broken_; --left) {
      K key{};
      read(key);
      read(map[key]);
    }
  }
  /// A count of things that take a byte at least: never more than there are bytes.
  std::uint64_t size() {
    std::uint64_t count = 0;
    read(count);
    if (count <= in_.size()) return count;
    broken_ = true;
    return 0;
  }

  std::string_view in_;
  bool broken_ = false;
};

}  // namespace viewers
