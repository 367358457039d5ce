#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "channel/histogram.h"

namespace api {

/// Why a request did not reach its route.
enum class Refusal : std::uint8_t {
  kHost,          ///< a name that is not one of ours: 421
  kOrigin,        ///< from another origin's page: 403
  kNoPath,        ///< 404
  kMethod,        ///< 405
  kMissingToken,  ///< 401
  kUnknownToken,  ///< 401
  kExpiredToken,  ///< 401
  kRole,          ///< the token may do less: 403
  kTooLarge,      ///< 413
  kMalformed,     ///< whatever else HTTP does not allow: 400, 414, 417, 431, 505
};
inline constexpr std::size_t kRefusals = 10;
/// "host", "missing_token": a metric's label.
std::string_view to_string(Refusal refusal);

/// What the administration port counts. Bounded: by the routes there are.
/// Thread: the port's.
struct Counters {
  using Classes = std::array<std::uint64_t, 4>;  ///< 2xx, 3xx, 4xx, 5xx

  /// By method and path of the route; {"other", "other"} for what has none.
  std::map<std::pair<std::string, std::string>, Classes> requests;
  std::array<std::uint64_t, kRefusals> refused{};
  std::size_t connections = 0;  ///< open now
  std::uint64_t connections_total = 0;
  /// From a whole request to its answer.
  channel::Histogram duration{channel::kLatencyBounds};
};

}  // namespace api
