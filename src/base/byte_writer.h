#pragma once

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace base {

/// Appends big-endian integers and slices to a growing buffer.
class ByteWriter {
 public:
  ByteWriter() = default;
  explicit ByteWriter(std::size_t reserve) { buffer_.reserve(reserve); }

  void u8(std::uint64_t value) { number<1>(value); }
  void u16(std::uint64_t value) { number<2>(value); }
  void u24(std::uint64_t value) { number<3>(value); }
  void u32(std::uint64_t value) { number<4>(value); }
  void u64(std::uint64_t value) { number<8>(value); }
  void bytes(View view) { buffer_.insert(buffer_.end(), view.begin(), view.end()); }
  void text(std::string_view text) { bytes(view_of(text)); }
  void zeros(std::size_t count) { buffer_.insert(buffer_.end(), count, 0); }

  /// Overwrites four bytes written before. REQUIRES: offset + 4 <= size().
  void patch_u32(std::size_t offset, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i) buffer_[offset + i] = static_cast<std::uint8_t>(value >> (24 - 8 * i));
  }

  std::size_t size() const { return buffer_.size(); }
  View view() const { return buffer_; }
  /// Hands the buffer over and leaves this writer empty.
  std::vector<std::uint8_t> take() { return std::exchange(buffer_, {}); }
  Bytes take_bytes() { return Bytes::adopt(take()); }

 private:
  template <int kSize>
  void number(std::uint64_t value) {
    for (int i = kSize - 1; i >= 0; --i) buffer_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }

  std::vector<std::uint8_t> buffer_;
};

}  // namespace base
