#pragma once

#include <cstdint>
#include <string_view>

namespace http {

/// True where an Accept-Encoding value allows gzip: named or by "*", and not with q=0 (RFC 9110 12.5.3).
bool accepts_gzip(std::string_view accept_encoding);

/// True where an If-None-Match value names `etag`, compared weakly: CloudFront may have weakened it (CF-16).
bool etag_matches(std::string_view if_none_match, std::string_view etag);

struct Range {
  enum class Kind : std::uint8_t { kWhole, kPart, kUnsatisfiable };
  Kind kind = Kind::kWhole;
  std::uint64_t first = 0;
  std::uint64_t length = 0;
};

/// What a Range value asks of an object of `size` bytes (CF-24). Several ranges, another unit and bad syntax count as
/// no range at all, which RFC 9110 14.2 allows.
Range parse_range(std::string_view range, std::uint64_t size);

}  // namespace http
