#pragma once

#include <cstdint>
#include <string>

namespace base {

/// Microseconds: a UTC instant since 1970 (no leap seconds), or a steady instant, or a span, as the name says.
using Micros = std::int64_t;
inline constexpr Micros kSecond = 1'000'000;
inline constexpr Micros kMillisecond = 1'000;

/// Where time comes from. Cores take instants as arguments; only adapters and main hold a Clock.
class Clock {
 public:
  virtual ~Clock() = default;
  /// UTC now. Never steps back while the process lives: read once at start, then carried by the steady clock,
  /// so that a step of the host clock cannot tear PROGRAM-DATE-TIME (LL-53).
  virtual Micros utc() const = 0;
  /// Steady time since an arbitrary start.
  virtual Micros steady() const = 0;
};

/// The machine's clocks. UTC is the wall clock at construction plus steady time since.
class SystemClock final : public Clock {
 public:
  SystemClock();
  Micros utc() const override;
  Micros steady() const override;

 private:
  Micros utc_at_start_;
  Micros steady_at_start_;
};

/// "2026-11-22T13:00:00.250Z", always UTC with milliseconds (LL-49).
std::string format_utc(Micros utc);

}  // namespace base
