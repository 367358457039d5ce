#pragma once

#include <string>
#include <vector>

namespace app {

/// Lines about `kickoff upload` for --help.
extern const char* const kUploadHelp;

/// Runs `kickoff upload …`: `words` are those behind "upload". Prints to standard output and error.
/// Returns: the exit status: 0 where the bucket has what it should; 1 where something is missing or wrong, or the
/// bucket cannot be read; 2 on bad usage. Blocks on the disk and the bucket.
int run_upload_command(const std::vector<std::string>& words);

}  // namespace app
