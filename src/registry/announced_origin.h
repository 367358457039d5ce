#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "base/result.h"

namespace registry {

/// What an origin says of itself in etcd, for edges.
struct AnnouncedOrigin {
  std::string url;                              ///< that edges reach it at: "https://host:port"
  std::set<std::string, std::less<>> channels;  ///< that it has; kMostChannels at most: the first ones by name

  friend bool operator==(const AnnouncedOrigin&, const AnnouncedOrigin&) = default;
};
/// Further ones are not announced: an edge asks for them all the same, only not here first.
inline constexpr std::size_t kMostChannels = 200;
/// Bytes of a value in etcd.
inline constexpr std::size_t kMostValue = 16 * 1024;

/// Whether it is the start of a URL that edges can ask: http or https, a host, a port perhaps, and nothing behind.
bool is_origin_url(std::string_view url);

/// The key of an origin: PREFIX/origins/URL.
std::string origins_prefix(std::string_view prefix);
std::string origin_key(std::string_view prefix, std::string_view url);

/// As it is in etcd: {"channels":["match"],"url":"https://origin-0:8443"}. Fields that are not known are passed over.
/// Errors: kMalformed, kTooLarge.
base::Result<AnnouncedOrigin> parse_origin(std::string_view value);
std::string write_origin(const AnnouncedOrigin& origin);

}  // namespace registry
