#pragma once

#include <cstddef>
#include <vector>

#include "transcode/rung.h"

namespace transcode {

/// Index of the rung that goes on when the CPU is short, so that every player has one: the smallest of those in H.264,
/// or of all where none is. REQUIRES: a rung.
std::size_t base_rung(const std::vector<Rung>& rungs);

/// How much less CPU than the base rung's thread a rung's asks for: 0 for that one, 2 more for each that is larger.
int nice_of(const std::vector<Rung>& rungs, std::size_t rung);

}  // namespace transcode
