#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace viewers {

/// Where the load goes. Loopback only: a load generator is not to be aimed at others by a slip of the pen.
struct Url {
  bool tls = false;
  std::string address;    ///< numeric: 127.0.0.1 or ::1
  std::string authority;  ///< as it stands in the URL, for the Host field
  std::uint16_t port = 0;
  std::string path;  ///< with the query
};

/// Errors: not http or https, no loopback host (127.x.x.x, ::1, localhost), no path.
base::Result<Url> parse_url(std::string_view text);

/// Path (with query) of `reference` seen from the resource at `base`, RFC 3986 5.2. Empty where it leads to another
/// authority than `authority`. `base` begins with a slash.
std::string resolve(std::string_view base, std::string_view reference, std::string_view authority);

}  // namespace viewers
