#include "viewers/processes.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "viewers/archive.h"

namespace viewers {
namespace {

// Standard streams, libuv's own, the loop's epoll, results.
constexpr double kOwnDescriptors = 32;

volatile std::sig_atomic_t interrupted = 0;

Micros thread_cpu(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "r");
  if (file == nullptr) return 0;
  long long nanos = 0;
  const bool read = std::fscanf(file, "%lld", &nanos) == 1;
  std::fclose(file);
  return read ? nanos / 1000 : 0;
}

void sleep_until(Micros at) {
  while (interrupted == 0) {
    const Micros left = at - steady_now();
    if (left <= 0) return;
    const timespec span{left / base::kSecond, left % base::kSecond * 1000};
    nanosleep(&span, nullptr);
  }
}

[[noreturn]] void child(const Options& options, std::size_t index, const Schedule& schedule, int results) {
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  Tally tally = run_share(options.share(index), index, schedule);
  ArchiveWriter writer;
  writer(tally);
  const std::string bytes = writer.take();
  for (std::size_t at = 0; at < bytes.size();) {
    const ssize_t wrote = write(results, bytes.data() + at, bytes.size() - at);
    if (wrote <= 0) std::_Exit(3);
    at += static_cast<std::size_t>(wrote);
  }
  std::_Exit(0);
}

std::string read_all(int descriptor) {
  std::string bytes(static_cast<std::size_t>(lseek(descriptor, 0, SEEK_END)), '\0');
  std::size_t at = 0;
  while (at < bytes.size()) {
    const ssize_t got = pread(descriptor, bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (got <= 0) break;
    at += static_cast<std::size_t>(got);
  }
  return bytes;
}

struct Child {
  pid_t pid = 0;
  int results = -1;  ///< memory that it writes its tally to
};

/// Waits for a child and adds what it saw.
void collect(const Child& child, Run& run) {
  int status = 0;
  waitpid(child.pid, &status, 0);
  Tally tally;
  const std::string bytes = read_all(child.results);
  ArchiveReader reader(bytes);
  reader(tally);
  close(child.results);
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0 || reader.broken()) {
    run.failure = WIFSIGNALED(status) ? "a process ended by signal " + std::to_string(WTERMSIG(status))
                                      : std::string("a process ended without results");
    return;
  }
  run.tallies.push_back(std::move(tally));
}

}  // namespace

std::string check_descriptors(const Options& options) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  const double whole = std::ceil(static_cast<double>(options.viewers) * options.descriptors_per_viewer()) +
                       static_cast<double>(options.slow);
  const double each = std::ceil(whole / static_cast<double>(options.processes)) + kOwnDescriptors;
  const double most = static_cast<double>(limit.rlim_cur);
  if (each <= most) return "";
  const auto text = [](double number) { return std::to_string(static_cast<long long>(number)); };
  std::string out = text(each) + " descriptors are needed in each process and " + text(most) + " are allowed";
  if (most > kOwnDescriptors)
    out += ": use --processes " + text(std::ceil(whole / (most - kOwnDescriptors))) + " or more";
  return out;
}

Micros cpu_of(const std::vector<int>& pids) {
  Micros cpu = 0;
  for (const int pid : pids) {
    const std::string tasks = "/proc/" + std::to_string(pid) + "/task";
    DIR* directory = opendir(tasks.c_str());
    if (directory == nullptr) continue;
    while (const dirent* entry = readdir(directory)) {
      if (entry->d_name[0] != '.') cpu += thread_cpu(tasks + "/" + entry->d_name + "/schedstat");
    }
    closedir(directory);
  }
  return cpu;
}

Run run_processes(const Options& options) {
  Schedule schedule;
  schedule.start = steady_now() + 100 * base::kMillisecond;
  schedule.measure = schedule.start + options.warmup;
  schedule.end = schedule.measure + options.duration;
  std::vector<Child> children;
  for (std::size_t i = 0; i < options.processes; ++i) {
    Child next;
    next.results = memfd_create("viewers", MFD_CLOEXEC);
    next.pid = fork();
    if (next.pid == 0) child(options, i, schedule, next.results);
    children.push_back(next);
  }
  // The processes get the terminal's SIGINT themselves; SIGTERM is passed on.
  const auto note = [](int) { interrupted = 1; };
  std::signal(SIGINT, note);
  std::signal(SIGTERM, note);
  Run run;
  sleep_until(schedule.measure);
  const Micros cpu = cpu_of(options.server_pids);
  run.measured_from = steady_now();
  sleep_until(schedule.end);
  run.server_cpu = cpu_of(options.server_pids) - cpu;
  run.measured = steady_now() - run.measured_from;
  if (interrupted != 0) {
    for (const Child& one : children) kill(one.pid, SIGTERM);
  }
  for (const Child& one : children) collect(one, run);
  return run;
}

}  // namespace viewers
