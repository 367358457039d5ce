#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "facility/observation.h"
#include "facility/sample.h"

namespace facility {

enum class Verdict : std::uint8_t {
  kNotMeasured,  ///< nothing is known; counts for nothing
  kPass,
  kWarn,  ///< it can be used, and somebody should know
  kFail,  ///< viewers would notice, or the channel cannot do what it is configured to
};
/// "pass", "warn", "fail", "not_measured".
std::string_view to_string(Verdict verdict);

/// One property of a feed. All texts are of one line, for people.
struct Line {
  std::string property = {};  ///< "gop_length"
  Verdict verdict = Verdict::kNotMeasured;
  std::string measured = {};  ///< with its unit; of kNotMeasured why it is not
  std::string wanted = {};
  std::string advice = {};  ///< of kWarn and kFail: what to do about it
};

/// All properties, in an order that does not change. docs/operations.md, "Before the night", says what each limit is
/// for. Pure.
std::vector<Line> judge(const Observation& seen, const Wanted& wanted);
/// The worst of them, kPass where none is worse.
Verdict overall(const std::vector<Line>& lines);
/// Names of the properties with this verdict: "gop_length loudness"; empty: none.
std::string named(const std::vector<Line>& lines, Verdict verdict);

// The parts of judge().
std::vector<Line> judge_video(const Observation& seen, const Wanted& wanted);
std::vector<Line> judge_sound(const Observation& seen, const Wanted& wanted);
std::vector<Line> judge_extras(const Observation& seen, const Wanted& wanted);
std::vector<Line> judge_arrival(const Observation& seen, const Wanted& wanted);

}  // namespace facility
