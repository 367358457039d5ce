#pragma once

#include <cstdint>
#include <optional>

namespace ts {

/// Undoes the wrap of 33-bit 90 kHz timestamps (every 26.5 h, TS-4). One for all streams of a program, so that audio
/// and video that wrap at different moments stay together: each value goes to the instant nearest to the one before.
/// The first value is kept as it is.
class Unwrapper {
 public:
  std::int64_t unwrap(std::uint64_t raw) {
    constexpr std::int64_t kSpan = std::int64_t{1} << 33;
    const auto value = static_cast<std::int64_t>(raw) & (kSpan - 1);
    if (!last_) {
      last_ = value;
      return value;
    }
    std::int64_t step = (value - *last_) & (kSpan - 1);
    if (step >= kSpan / 2) step -= kSpan;
    *last_ += step;
    return *last_;
  }
  /// What it is the instant of, beside the newest value, which stays. REQUIRES: there is one.
  std::int64_t beside_last(std::uint64_t raw) const {
    Unwrapper copy = *this;
    return copy.unwrap(raw);
  }
  /// The newest value; nothing before the first.
  std::optional<std::int64_t> last() const { return last_; }

 private:
  std::optional<std::int64_t> last_;
};

}  // namespace ts
