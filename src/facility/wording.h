#pragma once

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>

#include "base/clock.h"
#include "facility/judge.h"

namespace facility {

/// "12.30".
inline std::string decimal(double value, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, value);
  return text.data();
}
/// "2.00 s".
inline std::string in_seconds(double value) { return decimal(value, 2) + " s"; }
/// "120 ms".
inline std::string in_milliseconds(double value) { return decimal(value, 0) + " ms"; }
/// "1 picture", "2 pictures".
inline std::string counted(std::uint64_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}
/// A property of which nothing is known.
inline Line unmeasured(std::string property, std::string why, std::string wanted) {
  return {std::move(property), Verdict::kNotMeasured, std::move(why), std::move(wanted), ""};
}
/// One that is as it should be, or not as `verdict` says; only then there is advice.
inline Line judged(std::string property, Verdict verdict, std::string measured, std::string wanted,
                   std::string advice) {
  if (verdict == Verdict::kPass) advice.clear();
  return {std::move(property), verdict, std::move(measured), std::move(wanted), std::move(advice)};
}
/// By where a value stands among two limits: kPass up to the first, kWarn up to the second.
inline Verdict by_limits(double value, double pass, double warn) {
  return value <= pass ? Verdict::kPass : value <= warn ? Verdict::kWarn : Verdict::kFail;
}

}  // namespace facility
