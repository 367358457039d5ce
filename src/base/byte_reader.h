#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace base {

/// Reads big-endian integers and slices off a View, one after another, never past its end.
/// Errors: kTruncated with the field's name and the offset; the reader then stays where it was.
class ByteReader {
 public:
  explicit ByteReader(View view) : view_(view) {}

  std::size_t offset() const { return offset_; }
  std::size_t left() const { return view_.size() - offset_; }
  bool empty() const { return left() == 0; }
  View rest() const { return view_.subspan(offset_); }

  Result<std::uint8_t> u8(const char* field) { return number<std::uint8_t, 1>(field); }
  Result<std::uint16_t> u16(const char* field) { return number<std::uint16_t, 2>(field); }
  Result<std::uint32_t> u24(const char* field) { return number<std::uint32_t, 3>(field); }
  Result<std::uint32_t> u32(const char* field) { return number<std::uint32_t, 4>(field); }
  Result<std::uint64_t> u64(const char* field) { return number<std::uint64_t, 8>(field); }
  Result<std::uint32_t> u32_little(const char* field) {
    TRY(std::uint32_t value, u32(field));
    return __builtin_bswap32(value);
  }

  /// The next `length` bytes, which live as long as the view read from.
  Result<View> bytes(std::size_t length, const char* field) {
    if (left() < length) return truncated(field);
    View taken = view_.subspan(offset_, length);
    offset_ += length;
    return taken;
  }
  Status skip(std::size_t length, const char* field) {
    TRY_OK(bytes(length, field));
    return Ok{};
  }

 private:
  template <typename T, std::size_t kSize>
  Result<T> number(const char* field) {
    if (left() < kSize) return truncated(field);
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < kSize; ++i) value = (value << 8) | view_[offset_ + i];
    offset_ += kSize;
    return static_cast<T>(value);
  }
  Error truncated(const char* field) const { return Error{Code::kTruncated, field, offset_}; }

  View view_;
  std::size_t offset_ = 0;
};

}  // namespace base
