#pragma once

#include <functional>
#include <string>
#include <vector>

#include "job/spawn_message.h"

namespace worker {

/// What the forked process does, confined (sandbox/sandbox.h): runs one channel and gives its exit status. `refused`:
/// the steps that the kernel refused (sandbox::confine()), to be logged; the first process gets them, later ones none.
using RunChannel = std::function<int(const std::string& options_json, const job::SpawnDescriptors& descriptors,
                                     const std::vector<std::string>& refused)>;

/// The warmed parent of all workers: loads what they need once, then forks one for each request on `socket` and tells
/// the server of every exit. FFmpeg's libraries cost a fresh process 50 ms and megabytes of its own relocations; a
/// forked one shares them all. Has one thread, so that fork is safe. Returns the exit status when the server went away.
int run_zygote(int socket, const RunChannel& run_channel);

}  // namespace worker
