#pragma once

#include <string>
#include <vector>

namespace app {

/// Lines about `kickoff journal` for --help.
extern const char* const kJournalHelp;

/// Runs `kickoff journal …`: `words` are those behind "journal". Prints to standard output and error.
/// Returns: the exit status: 0; 1 where something is damaged or failed; 2 on bad usage. Blocks on the disk.
int run_journal_command(const std::vector<std::string>& words);

}  // namespace app
