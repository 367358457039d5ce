#pragma once

#include <string>
#include <vector>

#include "job/spawn_message.h"

namespace worker {

/// The whole life of one channel's worker process: reads feed messages from `feed`, writes records to `records`, keeps
/// the job::Stats in the memory file `stats` up to date. Returns the exit status: 0 after Finish or when the server
/// closed the feed pipe, 1 on a broken pipe, 2 on options that it cannot read. Owns: the descriptors.
/// `refused` is logged: what a worker should not be able to do, and is.
int run_channel(const std::string& options_json, const job::SpawnDescriptors& descriptors,
                const std::vector<std::string>& refused);

}  // namespace worker
