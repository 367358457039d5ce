// A workers' parent for process_spawner_test.cc: the one of kickoff-worker, with workers that read their feed and
// leave.
#include <unistd.h>

#include "job/spawn_message.h"
#include "worker/zygote.h"

int main() {
  return worker::run_zygote(job::kSpawnSocket, [](const std::string&, const job::SpawnDescriptors& descriptors,
                                                  const std::vector<std::string>&) {
    char bytes[256];
    while (read(descriptors.feed, bytes, sizeof bytes) > 0) {
    }
    return 0;
  });
}
