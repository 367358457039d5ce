#include "hls/time_shift.h"

#include <algorithm>
#include <charconv>

#include "base/date.h"
#include "hls/tags.h"

namespace hls {
namespace {

// A segment begins with its first frame at or after its slot: up to a frame late, or with the sound a little more.
constexpr base::Micros kFrameAllowance = 100 * base::kMillisecond;
constexpr std::size_t kInstantText = std::string_view("2026-11-30T19:00:00Z").size();

/// Decimal digits without a leading zero, 1 to kLongestShift.
std::optional<base::Micros> parse_seconds(std::string_view text) {
  if (text.empty() || text.front() < '1' || text.front() > '9') return std::nullopt;
  std::int64_t value = 0;
  const auto end = std::from_chars(text.data(), text.data() + text.size(), value);
  if (end.ec != std::errc{} || end.ptr != text.data() + text.size()) return std::nullopt;
  if (value > kLongestShift / base::kSecond) return std::nullopt;
  return value * base::kSecond;
}

std::optional<TimeShift::Bound> parse_bound(std::string_view text) {
  if (text.starts_with('-')) {
    const auto seconds = parse_seconds(text.substr(1));
    return seconds ? std::optional<TimeShift::Bound>({*seconds, true}) : std::nullopt;
  }
  // The one of all spellings of RFC 3339 that has this length is whole seconds with an offset of one letter.
  if (text.size() != kInstantText || text[10] != 'T' || text.back() != 'Z') return std::nullopt;
  const auto utc = base::parse_utc(text);
  return utc ? std::optional<TimeShift::Bound>({*utc, false}) : std::nullopt;
}

ShiftFault read(TimeShift& shift, std::string_view name, std::string_view value) {
  if (name == "delay") {
    if (shift.delay > 0) return ShiftFault::kTwice;
    const auto seconds = parse_seconds(value);
    shift.delay = seconds.value_or(0);
    return seconds ? ShiftFault::kNone : ShiftFault::kForm;
  }
  std::optional<TimeShift::Bound>& bound = name == "start" ? shift.start : shift.end;
  if (bound) return ShiftFault::kTwice;
  if (name == "start" && shift.end) return ShiftFault::kOrder;
  bound = parse_bound(value);
  return bound ? ShiftFault::kNone : ShiftFault::kForm;
}

ShiftFault combination(const TimeShift& shift) {
  if ((shift.end && !shift.start) || (shift.start && shift.delay > 0)) return ShiftFault::kTogether;
  if (!shift.end || shift.start->before_now != shift.end->before_now) return ShiftFault::kNone;
  const bool backwards = shift.start->before_now ? shift.start->at <= shift.end->at : shift.start->at >= shift.end->at;
  return backwards ? ShiftFault::kBackwards : ShiftFault::kNone;
}

const Segment& first_listed(const Revision& revision) {
  const SegmentList& closed = *revision.closed;
  return closed.listed() > 0 ? closed.at(closed.first_listed) : *revision.open;
}

void write_bound(std::string& out, std::string_view name, const TimeShift::Bound& bound) {
  out += name;
  write_utc_second(out, bound.at);
}

ShiftVerdict select_delayed(const Revision& revision, base::Micros delay, int target_duration) {
  const SegmentList& closed = *revision.closed;
  ShiftVerdict verdict{ShiftVerdict::Kind::kFound, {}};
  verdict.range.first = closed.at(closed.first_listed).msn;
  verdict.range.complete = revision.ended;
  if (revision.ended) return verdict;
  const base::Micros edge = closed.at(closed.size() - 1).end_utc() - delay;
  const std::size_t until = closed.first_where([&](const Segment& segment) { return segment.end_utc() > edge; });
  if (until == closed.first_listed) return {};
  const base::Micros left = closed.at(until - 1).end_utc() - closed.at(closed.first_listed).start_utc();
  if (closed.trimmed && left < 3 * target_duration * base::kSecond) return {};
  verdict.range.until = closed.at(until - 1).msn + 1;
  return verdict;
}

}  // namespace

std::string_view explain(ShiftFault fault) {
  switch (fault) {
    case ShiftFault::kNone: break;
    case ShiftFault::kForm:
      return "start and end: whole seconds in UTC, start=2026-11-30T19:00:00Z, nothing escaped; or whole seconds "
             "before "
             "now, start=-3600. delay: whole seconds, delay=30\n";
    case ShiftFault::kTwice: return "start, end and delay: once each, start=2026-11-30T19:00:00Z\n";
    case ShiftFault::kOrder: return "start stands before end: start=2026-11-30T19:00:00Z&end=2026-11-30T20:00:00Z\n";
    case ShiftFault::kTogether:
      return "start=2026-11-30T19:00:00Z, or start=2026-11-30T19:00:00Z&end=2026-11-30T20:00:00Z, or delay=30\n";
    case ShiftFault::kBackwards: return "end is after start: start=2026-11-30T19:00:00Z&end=2026-11-30T20:00:00Z\n";
    case ShiftFault::kRelative:
      return "of a media playlist whole seconds in UTC: start=2026-11-30T19:00:00Z. The multivariant playlist takes "
             "start=-3600 and has the media playlists' URLs\n";
  }
  return "\n";
}

TimeShift parse_time_shift(std::string_view query) {
  TimeShift shift;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    const std::string_view name = pair.substr(0, pair.find('='));
    if (name != "start" && name != "end" && name != "delay") continue;
    const ShiftFault fault = read(shift, name, pair.substr(std::min(pair.size(), name.size() + 1)));
    if (shift.fault == ShiftFault::kNone) shift.fault = fault;
  }
  if (shift.fault == ShiftFault::kNone) shift.fault = combination(shift);
  return shift;
}

TimeShift resolve(const TimeShift& shift, const Revision& revision) {
  const base::Micros oldest = first_listed(revision).start_utc() + base::kSecond - 1;
  const base::Micros edge = live_edge(revision);
  TimeShift made = shift;
  for (auto* bound : {&made.start, &made.end}) {
    if (!*bound || !(*bound)->before_now) continue;
    const base::Micros at = edge - (*bound)->at;
    **bound = {std::max(at - at % kShiftGrid, oldest - oldest % base::kSecond), false};
  }
  made.fault = combination(made);
  return made;
}

std::string write_query(const TimeShift& shift) {
  std::string out;
  if (shift.start) write_bound(out, "start=", *shift.start);
  if (shift.end) write_bound(out, "&end=", *shift.end);
  if (shift.delay > 0) out += "delay=" + std::to_string(shift.delay / base::kSecond);
  return out;
}

ShiftVerdict select(const Revision& revision, const TimeShift& shift, int target_duration) {
  const SegmentList& closed = *revision.closed;
  if (!revision.started()) return {};
  if (!shift.start)
    return closed.listed() == 0 ? ShiftVerdict{} : select_delayed(revision, shift.delay, target_duration);
  const base::Micros start = shift.start->at + kFrameAllowance;
  const base::Micros next = revision.open->start_utc();
  if (start >= next) {
    const bool soon = !revision.ended && start < next + target_duration * base::kSecond + kFrameAllowance;
    return {soon ? ShiftVerdict::Kind::kSoon : ShiftVerdict::Kind::kAbsent, {}};
  }
  if (closed.listed() == 0) return {revision.ended ? ShiftVerdict::Kind::kAbsent : ShiftVerdict::Kind::kSoon, {}};
  std::size_t first = closed.first_where([&](const Segment& segment) { return segment.start_utc() > start; });
  const bool before_window = first == closed.first_listed;
  if (!before_window) --first;
  const base::Micros earliest = closed.at(first).start_utc();
  if (before_window && (shift.start->at + kShiftGrace < earliest || (closed.trimmed && shift.end))) return {};

  ShiftVerdict verdict{ShiftVerdict::Kind::kFound, {}};
  ShiftedRange& range = verdict.range;
  range.first = closed.at(first).msn;
  range.type = before_window && closed.trimmed ? PlaylistType::kSliding : PlaylistType::kEvent;
  range.from_start = true;
  range.complete = revision.ended;
  if (!shift.end) return verdict;
  const base::Micros end = shift.end->at;
  const std::size_t until = closed.first_where([&](const Segment& segment) { return segment.start_utc() >= end; });
  if (until <= first) return {};  // of a session that began after it
  range.date_ranges_until = end;
  if (until == closed.size() && closed.at(until - 1).end_utc() + kFrameAllowance < end) return verdict;
  range.until = closed.at(until - 1).msn + 1;
  range.complete = true;
  range.type = PlaylistType::kVod;
  range.from_start = false;
  return verdict;
}

std::optional<Shifted> slice(const Revision& revision, const ShiftedRange& range, int target_duration) {
  const SegmentList& closed = *revision.closed;
  const std::size_t first = closed.first_where([&](const Segment& segment) { return segment.msn >= range.first; });
  const std::size_t last = closed.first_where([&](const Segment& segment) { return segment.msn >= range.until; });
  if (first >= last) return std::nullopt;
  Shifted shifted{closed.slice(first, last), {target_duration, range.type, range.complete, range.from_start}};
  // A rendition that is some frames behind the one that was decided by has not closed the last segment yet.
  const bool behind = range.until != INT64_MAX && closed.at(last - 1).msn + 1 < range.until && !revision.ended;
  if (range.complete && behind) {
    shifted.terms.type = PlaylistType::kEvent;
    shifted.terms.ended = false;
    shifted.terms.from_start = true;
  }
  return shifted;
}

}  // namespace hls
