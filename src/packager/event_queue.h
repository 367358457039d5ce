#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"

namespace packager {

/// Something that happens at an instant and that players find within the media, as emsg.
struct Event {
  std::string_view scheme;  ///< outlives the packager: cmaf::kScte35Scheme, cmaf::kId3Scheme
  std::uint32_t id = 0;     ///< the same wherever the event is said again
  base::Micros at = 0;      ///< UTC
  std::optional<base::Micros> duration;
  base::Bytes data;
};

/// The events that wait for the part of one rendition in which they happen.
///
/// Bound: kMost events and kMostBytes of emsg boxes, which is also the most that a part gets; a newer event is dropped.
class EventQueue {
 public:
  static constexpr std::size_t kMost = 64;
  static constexpr std::size_t kMostBytes = std::size_t{32} << 10;
  /// What happened longer before the part that it would come in is of no use to players any more, and is dropped.
  static constexpr base::Micros kMostBehind = 10 * base::kSecond;

  /// Adds an event; one whose id is waiting already for the same instant changes nothing. `written`: UTC up to which
  /// parts are written. False where it is dropped.
  bool add(const Event& event, base::Micros written);
  /// The boxes of the events that happen before `end`, the end of a part, in their order, which then wait no longer. An
  /// event before `segment`, the start of the part's segment, gets that time (CM-23). Units: ticks of `timescale`, UTC.
  std::vector<std::uint8_t> take(std::int64_t end, std::int64_t segment, std::int64_t timescale);
  bool empty() const { return events_.empty(); }

 private:
  std::deque<Event> events_;  ///< by their time, then as they came
  std::size_t bytes_ = 0;
};

}  // namespace packager
