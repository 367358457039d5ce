#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "job/options.h"

namespace channel {

/// The rungs that a channel's ladder goes without because the CPU does not suffice for all of them.
struct LeftOut {
  std::vector<std::string> rungs;  ///< by name, in the order in which they were left out; empty: the ladder is whole
  std::string reason;              ///< in words, for operators
};

/// The rung that a smaller ladder goes without first, in the order in which rungs become stills when the CPU is short
/// (transcode::Economy): those that are not H.264 first, the largest of them first. nullopt: it has only one, or none.
std::optional<std::string> first_to_leave_out(const job::Options& options);

/// Takes a rung from the ladder. Does nothing if there is no such rung, or no other.
void leave_out(std::string_view rung, job::Options& options);

}  // namespace channel
