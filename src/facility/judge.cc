#include "facility/judge.h"

#include <algorithm>
#include <array>
#include <iterator>

#include "facility/wording.h"

namespace facility {
namespace {

constexpr std::array<std::string_view, 4> kVerdictNames{"not_measured", "pass", "warn", "fail"};

Line judge_publisher(const Observation& seen) {
  const std::uint64_t came = seen.counts.publishes.total();
  const std::string wanted = "there all the time";
  const bool there = seen.absent == 0;
  std::string measured = there ? "there in all of " + counted(static_cast<std::uint64_t>(seen.samples), "sample")
                               : "missing or silent in " + std::to_string(seen.absent) + " of " +
                                     counted(static_cast<std::uint64_t>(seen.samples), "sample");
  if (came > 0) measured += ", came anew " + counted(came, "time");
  const Verdict verdict = !there ? Verdict::kFail : came > 0 ? Verdict::kWarn : Verdict::kPass;
  return judged("publisher", verdict, std::move(measured), wanted,
                "look at the encoder's log and its uplink: events of type publisher. say why it went");
}

}  // namespace

std::string_view to_string(Verdict verdict) { return kVerdictNames[static_cast<std::size_t>(verdict)]; }

std::vector<Line> judge(const Observation& seen, const Wanted& wanted) {
  std::vector<Line> lines{judge_publisher(seen)};
  for (auto* part : {judge_video, judge_sound, judge_extras, judge_arrival}) {
    std::vector<Line> more = part(seen, wanted);
    lines.insert(lines.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  }
  return lines;
}

Verdict overall(const std::vector<Line>& lines) {
  Verdict worst = Verdict::kPass;
  for (const Line& line : lines) worst = std::max(worst, line.verdict);
  return worst;
}

std::string named(const std::vector<Line>& lines, Verdict verdict) {
  std::string names;
  for (const Line& line : lines) {
    if (line.verdict == verdict) names += (names.empty() ? "" : " ") + line.property;
  }
  return names;
}

}  // namespace facility
