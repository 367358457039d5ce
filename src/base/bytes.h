#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/file_backing.h"

namespace base {

using View = std::span<const std::uint8_t>;

/// Bytes of a literal or a string as a View that lives as long as they do.
inline View view_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
/// The same memory as characters.
inline std::string_view text_of(View view) { return {reinterpret_cast<const char*>(view.data()), view.size()}; }

/// An immutable, counted slice of memory: copying one copies a pointer, never the bytes.
/// Owns: a share of the block; the block is freed with the last slice of it.
/// Thread: any; the bytes never change and the count is atomic.
class Bytes {
 public:
  Bytes() = default;

  static Bytes copy_of(View view) { return adopt(std::vector<std::uint8_t>(view.begin(), view.end())); }
  static Bytes copy_of(std::string_view text) { return copy_of(view_of(text)); }
  /// Takes the vector's memory over without copying it.
  static Bytes adopt(std::vector<std::uint8_t>&& storage) { return adopt_storage(std::move(storage)); }
  static Bytes adopt(std::string&& storage) { return adopt_storage(std::move(storage)); }
  /// A slice of memory that `owner` keeps alive. REQUIRES: nobody writes to it from now on.
  /// `backing`, where the memory lies in a file, lives as long as `owner`.
  static Bytes of_owner(std::shared_ptr<const void> owner, View view, const FileBacking* backing = nullptr) {
    Bytes bytes;
    bytes.owner_ = std::move(owner);
    bytes.view_ = view;
    bytes.backing_ = backing;
    return bytes;
  }
  /// A slice of memory with static lifetime.
  static Bytes of_static(std::string_view text) { return of_owner(nullptr, view_of(text)); }

  const std::uint8_t* data() const { return view_.data(); }
  std::size_t size() const { return view_.size(); }
  bool empty() const { return view_.empty(); }
  View view() const { return view_; }
  std::string_view text() const { return text_of(view_); }
  /// Where the bytes lie in a file that the kernel can send from; null: in memory alone.
  const FileBacking* backing() const { return backing_; }
  const std::uint8_t* begin() const { return view_.data(); }
  const std::uint8_t* end() const { return view_.data() + view_.size(); }

  /// The part of this slice from `offset` on, at most `length` bytes; clamped to what is there.
  Bytes slice(std::size_t offset, std::size_t length = SIZE_MAX) const {
    if (offset > view_.size()) offset = view_.size();
    if (length > view_.size() - offset) length = view_.size() - offset;
    return of_owner(owner_, view_.subspan(offset, length), backing_);
  }

  friend bool operator==(const Bytes& a, const Bytes& b) { return a.text() == b.text(); }

 private:
  template <typename Storage>
  static Bytes adopt_storage(Storage&& storage) {
    auto owner = std::make_shared<const std::remove_reference_t<Storage>>(std::move(storage));
    View view{reinterpret_cast<const std::uint8_t*>(owner->data()), owner->size()};
    return of_owner(std::move(owner), view);
  }

  std::shared_ptr<const void> owner_;
  View view_;
  const FileBacking* backing_ = nullptr;
};

}  // namespace base
