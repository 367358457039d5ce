#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "base/bytes.h"

namespace media {

/// Reads a View bit by bit, most significant first, and never past its end: a read that does not fit yields 0 and marks
/// the reader as failed for good. So a parser reads on without a check a field, and looks at failed() before it uses
/// what it read, before every loop that a read value bounds, and at the end.
class BitReader {
 public:
  explicit BitReader(base::View view) : view_(view) {}

  /// Units: bits.
  std::size_t position() const { return position_; }
  std::size_t left() const { return view_.size() * 8 - position_; }
  bool failed() const { return failed_; }

  bool flag() { return bits(1) != 0; }
  /// REQUIRES: count <= 32.
  std::uint32_t bits(unsigned count) {
    if (failed_ || left() < count) return fail();
    std::uint64_t value = 0;
    for (unsigned got = 0; got < count;) {
      const unsigned used = position_ % 8;
      const unsigned take = count - got < 8 - used ? count - got : 8 - used;
      const unsigned shifted = static_cast<unsigned>(view_[position_ / 8]) >> (8 - used - take);
      value = (value << take) | (shifted & ((1u << take) - 1));
      got += take;
      position_ += take;
    }
    return static_cast<std::uint32_t>(value);
  }
  void skip(std::size_t count) {
    if (failed_ || left() < count) {
      fail();
    } else {
      position_ += count;
    }
  }
  /// To the next whole byte after the bit at `origin`.
  void align(std::size_t origin = 0) { skip((8 - (position_ - origin) % 8) % 8); }

  /// Exp-Golomb, unsigned: 0 … 2^32 - 2.
  std::uint32_t ue() {
    unsigned zeros = 0;
    while (!failed_ && !flag()) {
      if (failed_ || ++zeros > 31) return fail();
    }
    return failed_ ? 0 : (zeros == 0 ? 0 : ((1u << zeros) - 1) + bits(zeros));
  }
  /// Exp-Golomb, signed.
  std::int32_t se() {
    const std::uint32_t code = ue();
    const auto half = static_cast<std::int64_t>(code / 2);
    return static_cast<std::int32_t>(code % 2 == 1 ? half + 1 : -half);
  }

 private:
  std::uint32_t fail() {
    failed_ = true;
    return 0;
  }

  base::View view_;
  std::size_t position_ = 0;
  bool failed_ = false;
};

/// Writes bits, most significant first.
class BitWriter {
 public:
  /// REQUIRES: count <= 32.
  void bits(unsigned count, std::uint64_t value) {
    for (unsigned i = count; i-- > 0;) {
      if (used_ % 8 == 0) buffer_.push_back(0);
      if ((value >> i) & 1) buffer_.back() = static_cast<std::uint8_t>(buffer_.back() | (0x80u >> (used_ % 8)));
      ++used_;
    }
  }
  void flag(bool value) { bits(1, value ? 1 : 0); }
  void align() { used_ = buffer_.size() * 8; }
  /// Hands the buffer over, its last byte filled with zeros.
  std::vector<std::uint8_t> take() { return std::move(buffer_); }

 private:
  std::vector<std::uint8_t> buffer_;
  std::size_t used_ = 0;
};

}  // namespace media
