#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace hls {

/// What may be left out of a playlist (EXT-X-SKIP).
enum class Skip : std::uint8_t {
  kNo,
  kYes,         ///< older segments
  kDateRanges,  ///< older segments, and date ranges that have been there for as long
};

/// What the query of a playlist request asks for (`_HLS_msn`, `_HLS_part`, `_HLS_skip`).
struct Directives {
  std::optional<std::uint64_t> msn;
  std::optional<std::uint64_t> part;
  Skip skip = Skip::kNo;
  /// LL-94, LL-95: to be answered 400, except after ENDLIST, where directives are ignored (LL-45).
  bool malformed = false;
};

/// Reads the directives out of a raw query string, without '?'; unknown parameters are ignored, in any order (LL-108).
Directives parse_directives(std::string_view query);

}  // namespace hls
