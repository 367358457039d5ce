#include "channel/smaller_ladder.h"

#include <algorithm>
#include <climits>
#include <tuple>

#include "channel/ladder_weight.h"

namespace channel {
namespace {

/// As in transcode/economy.cc; a rung of the source's size is larger than those that have one.
auto order_of(const job::Rung& rung) {
  const int lines = rung.height > 0 ? rung.height : INT_MAX;
  return std::tuple(rung.codec != media::Codec::kH264, lines, rung.width, rung.bitrate);
}

}  // namespace

std::optional<std::string> first_to_leave_out(const job::Options& options) {
  const auto rungs = rungs_of(options);
  if (rungs.size() < 2) return std::nullopt;
  const auto less = [](const job::Rung& a, const job::Rung& b) { return order_of(a) < order_of(b); };
  return std::max_element(rungs.begin(), rungs.end(), less)->name;
}

void leave_out(std::string_view rung, job::Options& options) {
  const auto rungs = rungs_of(options);
  const auto at = std::find_if(rungs.begin(), rungs.end(), [&](const job::Rung& one) { return one.name == rung; });
  if (at == rungs.end() || rungs.size() < 2) return;
  if (!options.default_ladder) {
    options.ladder.erase(options.ladder.begin() + (at - rungs.begin()));
  } else if (at + 1 != rungs.end()) {
    options.most_lines = job::lines_of(*(at + 1));
  }
}

}  // namespace channel
