#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "viewers/clock.h"
#include "viewers/url.h"

namespace viewers {

enum class Mode : std::uint8_t { kWatch, kReload, kPart, kJoin };

/// What one run does. Defaults are here and nowhere else; --help prints them.
struct Options {
  Url url;
  Mode mode = Mode::kWatch;
  std::size_t viewers = 100;
  double join_rate = 0;  ///< a second; 0: all at once
  Micros duration = 20 * base::kSecond;
  Micros warmup = 2 * base::kSecond;
  Micros timeout = 30 * base::kSecond;
  bool h2 = false;
  std::size_t per_connection = 1;
  double avplayer = 0.3;
  int rendition = -1;  ///< index of the variant; -1: spread over all
  bool skip = true;    ///< half of the viewers ask for delta updates
  Micros switch_every = 0;
  double churn = 0;
  std::size_t slow = 0;
  std::size_t slow_rate = 10'000;
  bool resume = false;
  Micros rtt = 0;  ///< between an answer and the viewer's next request, modes reload and part
  std::size_t processes = 1;
  std::vector<int> server_pids;
  std::string json;
  bool quiet = false;
  bool help = false;

  /// How many descriptors one viewer may need at once, the slow ones not counted.
  double descriptors_per_viewer() const;
  /// What process `index` of `processes` does of this.
  Options share(std::size_t index) const;
};

/// Errors: an unknown option, a value that is none, no URL.
base::Result<Options> parse_options(int argc, const char* const* argv);
std::string help_text();
std::string_view name_of(Mode mode);

}  // namespace viewers
