#pragma once

#include <string>
#include <vector>

namespace desk {

/// Runs a command of this folder (see knows()): `words` are those behind "kickoff", `others` the commands of other
/// folders. Asks a server over the network; prints to standard output and error. Waits.
/// Returns: the exit status: 0; 1 where the server cannot be asked or refuses; 2 on bad usage.
int run(const std::vector<std::string>& words, const std::vector<std::string>& others);

}  // namespace desk
