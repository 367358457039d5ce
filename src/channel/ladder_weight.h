#pragma once

#include <vector>

#include "job/options.h"

namespace channel {

/// The rungs that a channel encodes. Of the default ladder, which its source decides: those of a 1080p30 source.
std::vector<job::Rung> rungs_of(const job::Options& options);

/// How much work the encoders of a channel are, in units of a 1080p30 rung of H.264 at veryfast; 0 where it encodes no
/// video. What its source decides (the default ladder, sizes and rates that are the source's) is taken for that of
/// 1080p30. An estimate: see govern::CpuBudget, which measures what a unit costs.
double weight_of(const job::Options& options);

}  // namespace channel
