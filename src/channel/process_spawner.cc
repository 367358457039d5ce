#include "channel/process_spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "base/log.h"

namespace channel {
namespace {

// A parent that dies at once must not be started in a busy circle.
constexpr base::Micros kParentPause = base::kSecond;
constexpr base::Micros kReapLimit = base::kSecond;
constexpr unsigned kReapStep = 2'000;
// A server that stalls for some seconds does not stall the worker: most media is in its file, not in the pipe.
constexpr int kRecordPipeSize = 256 * 1024;

base::Error system_error(const char* what) { return {base::Code::kSystem, std::string(what) + ": " + strerror(errno)}; }

struct Descriptor {
  int number = -1;
  Descriptor() = default;
  explicit Descriptor(int descriptor) : number(descriptor) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number >= 0) ::close(number);
  }
  int release() { return std::exchange(number, -1); }
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;

  base::Status open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return system_error("pipe for a worker");
    read_end.number = ends[0];
    write_end.number = ends[1];
    return base::Ok{};
  }
};

base::Result<int> make_stats_file() {
  const int descriptor = memfd_create("kickoff-stats", MFD_CLOEXEC);
  if (descriptor < 0) return system_error("memory for a worker's counters");
  if (ftruncate(descriptor, sizeof(job::Stats)) != 0) {
    ::close(descriptor);
    return system_error("memory for a worker's counters");
  }
  return descriptor;
}

/// Keys and tokens are in the server's environment; who reads strangers' media has nothing of it but what its loader
/// and the sanitizers need.
std::vector<std::string> environment_of_workers() {
  std::vector<std::string> kept;
  for (const char* name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* value = std::getenv(name)) kept.push_back(std::string(name) + "=" + value);
  }
  return kept;
}

}  // namespace

WorkerProcess::~WorkerProcess() {
  kill();
  spawner_.forget(id_);
  if (stats_ != nullptr) munmap(const_cast<job::Stats*>(stats_), sizeof(job::Stats));
}

void WorkerProcess::kill() {
  if (pid_ > 0) ::kill(pid_, SIGKILL);
}

/// A file of the kernel's that no disk stands behind: nanoseconds on a CPU, nanoseconds waiting for one, turns.
base::Micros WorkerProcess::cpu_wait() const {
  if (pid_ <= 0) return 0;
  base::Micros running = 0;
  base::Micros waiting = 0;
  std::ifstream("/proc/" + std::to_string(pid_) + "/schedstat") >> running >> waiting;
  return waiting / 1000;
}

ProcessSpawner::ProcessSpawner(loop::Loop& loop, std::string program)
    : loop_(loop), program_(std::move(program)), restart_(loop, [this] {
        const base::Status status = start_parent();
        if (status.ok()) return;
        base::log_error("channel", "workers' parent cannot start", {{"why", status.error().message()}});
        restart_.start(kParentPause);
      }) {}

base::Result<std::unique_ptr<ProcessSpawner>> ProcessSpawner::make(loop::Loop& loop, std::string program) {
  if (access(program.c_str(), X_OK) != 0) {
    return base::Error{base::Code::kNotFound,
                       "media worker " + program + ": " + strerror(errno) +
                           "; kickoff-worker has to stand beside kickoff (build it with tools/build)"};
  }
  std::unique_ptr<ProcessSpawner> spawner(new ProcessSpawner(loop, std::move(program)));
  TRY_OK(spawner->start_parent());
  return spawner;
}

// The end of the process: the parent leaves when its socket ends, and takes its workers along. It is waited for, so
// that nothing of ours is left behind when we are gone.
ProcessSpawner::~ProcessSpawner() {
  if (requests_ >= 0) ::close(requests_);
  reports_.reset();
  if (!parent_) return;
  const int pid = parent_->pid();
  for (base::Micros waited = 0; waitpid(pid, nullptr, WNOHANG) == 0; waited += kReapStep) {
    if (waited > kReapLimit) ::kill(pid, SIGKILL);
    usleep(kReapStep);
  }
}

base::Status ProcessSpawner::start_parent() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return system_error("socket for workers");
  Descriptor ours(ends[0]);
  const Descriptor theirs(ends[1]);
  loop::Process::Options process;
  process.program = program_;
  process.arguments = {"--requests-on-3"};
  process.inherit = {{theirs.number, job::kSpawnSocket}};
  process.environment = environment_of_workers();
  TRY(parent_, loop::Process::spawn(loop_, process, [this](loop::Process::Exit exit) { on_parent_exit(exit); }));
  if (requests_ >= 0) ::close(requests_);
  requests_ = fcntl(ours.number, F_DUPFD_CLOEXEC, 0);
  TRY(reports_, loop::Stream::of_descriptor(loop_, ours.release()));
  reports_->start(*this);
  return base::Ok{};
}

void ProcessSpawner::on_parent_exit(loop::Process::Exit exit) {
  ++parent_restarts_;
  base::log_error("channel", "workers' parent ended; starting it again",
                  {{"status", exit.status}, {"signal", exit.signal}});
  restart_.start(kParentPause);
}

base::Result<std::unique_ptr<Worker>> ProcessSpawner::spawn(const job::Options& options) {
  Pipe feed;
  Pipe records;
  TRY_OK(feed.open());
  TRY_OK(records.open());
  fcntl(records.write_end.number, F_SETPIPE_SZ, kRecordPipeSize);
  TRY(const int stats_file, make_stats_file());
  const Descriptor stats(stats_file);
  TRY(auto media, base::MediaFile::make());
  const std::uint64_t id = next_id_++;
  const job::SpawnDescriptors descriptors{feed.read_end.number, records.write_end.number, stats.number,
                                          media->descriptor()};
  TRY_OK(job::send_request(requests_, {id, job::to_json(options)}, descriptors));

  std::unique_ptr<WorkerProcess> process(new WorkerProcess(*this, id));
  void* page = mmap(nullptr, sizeof(job::Stats), PROT_READ, MAP_SHARED, stats.number, 0);
  if (page == MAP_FAILED) return system_error("memory for a worker's counters");
  process->stats_ = static_cast<const job::Stats*>(page);
  process->media_ = std::move(media);
  TRY(process->feed_, loop::Stream::of_descriptor(loop_, feed.write_end.release()));
  TRY(process->records_, loop::Stream::of_descriptor(loop_, records.read_end.release()));
  workers_[id] = process.get();
  return std::unique_ptr<Worker>(std::move(process));
}

void ProcessSpawner::on_read(base::View packet) {
  const auto report = job::parse_report(packet);
  if (!report.ok()) return;
  const auto found = workers_.find(report->id);
  switch (report->kind) {
    case job::SpawnReport::Kind::kStarted:
      if (found != workers_.end()) {
        found->second->pid_ = report->pid;
      } else {
        ::kill(report->pid, SIGKILL);  // its channel gave it up before it had started
      }
      break;
    case job::SpawnReport::Kind::kFailed:
      base::log_error("channel", "worker not forked", {{"errno", report->status}});
      break;
    case job::SpawnReport::Kind::kExited:
      // What it leaves behind shows as the end of its record pipe; here it is only told and reaped.
      if (report->signal != 0 || report->status != 0) {
        base::log_warn("channel", "worker ended",
                       {{"pid", report->pid}, {"status", report->status}, {"signal", report->signal}});
      }
      if (found != workers_.end()) found->second->pid_ = 0;
      break;
  }
}

void ProcessSpawner::on_end(const std::optional<base::Error>&) {}

void ProcessSpawner::forget(std::uint64_t id) { workers_.erase(id); }

}  // namespace channel
