#include "serve/counters.h"

#include <algorithm>

namespace serve {
namespace {

using base::kMillisecond;
using base::kSecond;

constexpr base::Micros kWaitBounds[] = {10 * kMillisecond,  50 * kMillisecond,  100 * kMillisecond, 200 * kMillisecond,
                                        300 * kMillisecond, 500 * kMillisecond, 750 * kMillisecond, kSecond,
                                        2 * kSecond,        4 * kSecond,        6 * kSecond,        10 * kSecond,
                                        25 * kSecond};
constexpr base::Micros kJoinBounds[] = {10 * kMillisecond,  25 * kMillisecond,  50 * kMillisecond, 100 * kMillisecond,
                                        250 * kMillisecond, 500 * kMillisecond, kSecond,           2 * kSecond,
                                        3 * kSecond,        5 * kSecond,        10 * kSecond};
constexpr base::Micros kSendBounds[] = {kMillisecond,       2 * kMillisecond,  5 * kMillisecond,   10 * kMillisecond,
                                        20 * kMillisecond,  50 * kMillisecond, 100 * kMillisecond, 200 * kMillisecond,
                                        500 * kMillisecond, kSecond,           2 * kSecond,        5 * kSecond};

}  // namespace

void Histogram::observe(base::Micros value) {
  const auto bucket = std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin();
  counts_[static_cast<std::size_t>(bucket)].add();
  sum_.add(static_cast<std::uint64_t>(std::max<base::Micros>(value, 0)));
}

Counters::Counters()
    : join_time(kJoinBounds), blocked_wait(kWaitBounds), part_to_last_byte(kSendBounds), wake_pass(kSendBounds) {}

std::string_view to_string(ObjectKind kind) {
  switch (kind) {
    case ObjectKind::kMultivariant: return "multivariant";
    case ObjectKind::kPlaylist: return "playlist";
    case ObjectKind::kSegment: return "segment";
    case ObjectKind::kPart: return "part";
    case ObjectKind::kInit: return "init";
    case ObjectKind::kShifted: return "shifted_playlist";
    case ObjectKind::kPage: return "page";
    case ObjectKind::kReport: return "report";
    case ObjectKind::kOther: return "other";
  }
  return "unknown";
}

std::string_view to_string(Cause cause) {
  switch (cause) {
    case Cause::kNone: return "none";
    case Cause::kDirectives: return "directives";
    case Cause::kTooFarAhead: return "too_far_ahead";
    case Cause::kTimeShift: return "time_shift";
    case Cause::kMalformed: return "malformed";
    case Cause::kMethod: return "method";
    case Cause::kLocked: return "locked";
    case Cause::kToken: return "token";
    case Cause::kUnknownPath: return "unknown_path";
    case Cause::kUnknownChannel: return "unknown_channel";
    case Cause::kAbsent: return "absent";
    case Cause::kGap: return "gap";
    case Cause::kNotStarted: return "not_started";
    case Cause::kHeldTooLong: return "held_too_long";
    case Cause::kTooManyHeld: return "too_many_held";
    case Cause::kTooManyConnections: return "too_many_connections";
    case Cause::kNoHeadroom: return "no_headroom";
    case Cause::kTooManyReads: return "too_many_reads";
    case Cause::kDepthShed: return "depth_shed";
    case Cause::kReportRate: return "report_rate";
    case Cause::kRelayLocked: return "relay_locked";
    case Cause::kRelayLoop: return "relay_loop";
    case Cause::kNoOrigin: return "no_origin";
    case Cause::kShuttingDown: return "shutting_down";
  }
  return "unknown";
}

Headroom headroom_of(std::span<const Counters* const> loops, double control_busy) {
  Headroom headroom;
  headroom[Resource::kLoop] = loop_headroom(control_busy);
  for (const Counters* loop : loops) {
    for (std::size_t i = 0; i < kResources; ++i)
      headroom.left[i] = std::min(headroom.left[i], static_cast<double>(loop->headroom[i].get()) / 1e6);
  }
  return headroom;
}

}  // namespace serve
