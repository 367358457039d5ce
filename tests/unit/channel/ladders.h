#pragma once

#include <utility>
#include <vector>

#include "job/options.h"

namespace channel {

/// A channel that encodes just these rungs.
inline job::Options ladder(std::vector<job::Rung> rungs) {
  job::Options options;
  options.default_ladder = false;
  options.ladder = std::move(rungs);
  return options;
}

}  // namespace channel
