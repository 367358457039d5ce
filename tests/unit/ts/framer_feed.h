#pragma once

#include <cstdint>
#include <optional>

#include "ts/framer.h"
#include "unit/ts/ts_builder.h"

namespace ts {

/// PES packets into one framer of video, and what came of them; the n-th of them arrived at n.
template <typename Framer>
struct FramerFeed {
  Counters counters;
  Trace trace;
  TrackWriter writer{kVideo, trace, counters};
  Framer framer{writer};
  base::Micros now = 0;

  FramerFeed& pes(std::optional<std::int64_t> pts, std::optional<std::int64_t> dts, const Blob& data,
                  bool bounded = false) {
    framer.feed({pts, dts, ++now, bounded, base::Bytes::copy_of(data)});
    return *this;
  }
  FramerFeed& unit(std::optional<std::int64_t> pts, const Blob& data, bool bounded = false) {
    return pes(pts, std::nullopt, data, bounded);
  }
  void end() { framer.flush(); }
};

}  // namespace ts
