#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "feed/message.h"
#include "media/instant.h"

namespace registry {

/// The clock of one run of a source, by which all servers that it feeds put its pictures on the UTC timeline.
struct SourceClock {
  base::Micros zero = 0;  ///< UTC of time stamp 0; of any of its wraps
  feed::Format stamps = feed::Format::kMpegTs;

  friend bool operator==(const SourceClock&, const SourceClock&) = default;
};

/// When a feed's time stamps begin anew.
media::Instant wrap_of(feed::Format stamps);

/// The clocks of one channel's feed that servers have agreed on, oldest first. A source that was started anew has a new
/// one.
using SourceClocks = std::vector<SourceClock>;
/// More are not kept: the oldest goes.
inline constexpr std::size_t kMostClocks = 8;

/// As it is in etcd: {"clocks":[{"zero_us":1796000000000000,"stamps":"mpegts"}]}. Of a clock that has stamps which are
/// not known nothing is read. Errors: kMalformed, also for more than kMostClocks.
base::Result<SourceClocks> parse_clocks(std::string_view text);
std::string write_clocks(const SourceClocks& clocks);

/// The clock that a feed follows whose own clock, by its arrival, is `mine`: the nearest one that is no further than
/// media::kMostClockOff from that; nothing: it is of another run of the source, or of another source.
std::optional<SourceClock> clock_near(const SourceClocks& clocks, const SourceClock& mine);
/// Adds a clock.
void add_clock(SourceClocks& clocks, const SourceClock& clock);

}  // namespace registry
