#pragma once

#include <string>
#include <vector>

#include "viewers/options.h"
#include "viewers/processes.h"
#include "viewers/rounds.h"
#include "viewers/tally.h"

namespace viewers {

/// All processes' results put together.
struct Report {
  Tally total;
  Delivery delivery;
  Micros server_cpu = 0;
  Micros measured = 0;
  double generator_share = 0;  ///< of a core a process, the busiest one's
  std::uint64_t errors = 0;

  /// True where the generator itself was so busy that what it says of the server's times is not to be trusted.
  bool saturated() const { return generator_share > 0.8; }
};

Report make_report(const Options& options, Run& run);
std::string table(const Options& options, const Report& report);
std::string json(const Options& options, const Report& report);

}  // namespace viewers
