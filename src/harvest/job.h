#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/vod_export.h"
#include "base/clock.h"
#include "base/result.h"

/// Live to video on demand: stretches of channels' journals as HLS presentations of their own, made by jobs beside the
/// live output.
namespace harvest {

enum class Place : std::uint8_t {
  kDisk,  ///< a directory of the server's
  kS3,    ///< the bucket to which the channel is uploaded
};

/// "disk:first-half", "s3:first-half".
struct Destination {
  Place place = Place::kDisk;
  std::string name;  ///< 1 to 64 ASCII letters, digits, '-' and '_'

  std::string text() const;
};
/// Nothing where it is none.
std::optional<Destination> parse_destination(std::string_view text);

/// What is to be made.
struct Order {
  std::string channel;
  base::Micros from = 0;  ///< UTC
  base::Micros to = 0;    ///< UTC. REQUIRES: later than `from`.
  Destination destination;
  bool mp4 = false;  ///< an MP4 a rendition too. REQUIRES: Place::kDisk.
};

enum class State : std::uint8_t { kWaiting, kRunning, kDone, kFailed, kCanceled };
std::string_view to_string(State state);
constexpr bool over(State state) { return state != State::kWaiting && state != State::kRunning; }

/// A job as it is now.
struct Report {
  std::uint64_t id = 0;
  Order order;
  State state = State::kWaiting;
  // UTC; 0: not yet.
  base::Micros ordered = 0;
  base::Micros began = 0;
  base::Micros ended = 0;
  std::uint64_t bytes = 0;            ///< of media and playlists that were written so far
  std::string location;               ///< of the multivariant playlist: a path, or s3://BUCKET/KEY
  archive::VodExport::Totals totals;  ///< State::kDone
  base::Error why;                    ///< State::kFailed: kNotFound: no media; kBusy: there is something already
};

}  // namespace harvest
