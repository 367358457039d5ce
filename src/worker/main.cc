#include <sys/stat.h>

#include <cstdio>
#include <cstring>

#include "base/allocator.h"
#include "base/log.h"
#include "captions/korean.h"
#include "job/spawn_message.h"
#include "worker/run.h"
#include "worker/zygote.h"

// kickoff-worker is started by kickoff alone, with the socket that requests come over as descriptor 3.
int main(int argc, char** argv) {
  base::settle_allocator();
  struct stat info{};
  const bool by_server = argc == 2 && std::strcmp(argv[1], "--requests-on-3") == 0 &&
                         fstat(job::kSpawnSocket, &info) == 0 && S_ISSOCK(info.st_mode);
  if (!by_server) {
    std::fputs(
        "kickoff-worker is Kickoff's media process: it demuxes, decodes, encodes and packages.\n"
        "It is started by `kickoff serve`, which finds it beside its own program; there is nothing to run by hand.\n",
        stderr);
    return 2;
  }
  // Before workers are confined: the C library reads its converter from files.
  if (const base::Status loaded = captions::digital::load_korean(); !loaded.ok()) {
    base::log_warn("worker", "text of Korean captions (CEA-708 in EUC-KR) will be wrong",
                   {{"why", loaded.error().message()}});
  }
  return worker::run_zygote(job::kSpawnSocket, worker::run_channel);
}
