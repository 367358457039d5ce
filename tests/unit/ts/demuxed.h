#pragma once

#include "ts/demuxer.h"
#include "unit/ts/ts_builder.h"

namespace ts {

inline constexpr std::uint16_t kPmtPid = 0x1000;

/// What comes out of a transport stream.
struct Demuxed {
  Trace trace;
  Demuxer demuxer;

  explicit Demuxed(const Blob& bytes, std::size_t chunk = SIZE_MAX, std::uint16_t program = 0)
      : demuxer({program}, trace) {
    feed(bytes, chunk);
    demuxer.flush();
  }
  void feed(const Blob& bytes, std::size_t chunk) {
    for (std::size_t at = 0; at < bytes.size();) {
      const std::size_t size = std::min(chunk, bytes.size() - at);
      demuxer.feed(base::View(bytes).subspan(at, size), static_cast<base::Micros>(at + size));
      at += size;
    }
  }
  const Counters& counters() const { return demuxer.counters(); }
};

}  // namespace ts
