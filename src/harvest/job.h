#pragma once

#include <cstddef>
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
inline constexpr std::size_t kStates = static_cast<std::size_t>(State::kCanceled) + 1;
std::string_view to_string(State state);
constexpr bool over(State state) { return state != State::kWaiting && state != State::kRunning; }

/// What a job notes of itself, so that another start of it, after the server was killed, knows what is there.
struct Progress {
  int starts = 0;                                  ///< that had no end: the server was killed, or has crashed
  bool claimed = false;                            ///< the place was free: what is there is this job's own
  std::optional<archive::VodExport::Totals> made;  ///< all of it was there but for the last step
};

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
  Progress progress = {};
};

}  // namespace harvest
