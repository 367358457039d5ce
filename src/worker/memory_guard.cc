#include "worker/memory_guard.h"

#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include <new>

#include "sandbox/sandbox.h"

namespace worker {
namespace {

// Three planes of a picture of 1080 lines with the room that a codec puts around them take 4 MiB.
constexpr std::size_t kLittle = std::size_t{16} << 20;

// Neither kind of handler takes an argument.
job::Stats* told = nullptr;

void note() { told->out_of_memory.store(1, std::memory_order_relaxed); }

/// Only what may be called in a signal handler. The signal comes again when this returns, and then ends the process.
void on_crash(int signal) {
  if (mmap(nullptr, kLittle, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED) note();
  raise(signal);
}

void watch_crashes() {
  struct sigaction action{};
  action.sa_handler = on_crash;
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  for (const int signal : {SIGSEGV, SIGBUS, SIGABRT}) sigaction(signal, &action, nullptr);
}

}  // namespace

void end_without_memory(job::Stats& stats) {
  told = &stats;
  std::set_new_handler([] {
    // Nothing here may allocate; the server logs it.
    note();
    _exit(kOutOfMemory);
  });
  if (!sandbox::kSanitized) watch_crashes();
}

}  // namespace worker
