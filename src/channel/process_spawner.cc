#include "channel/process_spawner.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>

#include "base/log.h"

namespace channel {

/// Closed with the object.
struct OwnedDescriptor {
  int number = -1;
  OwnedDescriptor() = default;
  explicit OwnedDescriptor(int descriptor) : number(descriptor) {}
  OwnedDescriptor(OwnedDescriptor&& other) noexcept : number(other.release()) {}
  OwnedDescriptor(const OwnedDescriptor&) = delete;
  OwnedDescriptor& operator=(const OwnedDescriptor&) = delete;
  ~OwnedDescriptor() {
    if (number >= 0) ::close(number);
  }
  int release() { return std::exchange(number, -1); }
};

namespace {

// The parent is killed after so many pings without an answer.
constexpr int kAskMost = 3;
// One that is just being loaded, from a slow disk, is given longer.
constexpr int kAskMostAtFirst = 30;
// A parent that dies at once must not be restarted in a busy loop. One that lived for so many pings is restarted at
// once.
constexpr std::uint64_t kParentSettled = 10;
constexpr base::Micros kReapLimit = base::kSecond;
constexpr unsigned kReapStep = 2'000;
// A server that stalls for some seconds does not stall the worker: most media is in its file, not in the pipe.
constexpr int kRecordPipeSize = 256 * 1024;

base::Error system_error(const char* what) { return {base::Code::kSystem, std::string(what) + ": " + strerror(errno)}; }

struct Pipe {
  OwnedDescriptor read_end;
  OwnedDescriptor write_end;

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

/// Reads /proc/PID/schedstat, which is not on a disk: nanoseconds on a CPU, nanoseconds waiting for one, time slices.
base::Micros cpu_wait_of(int pid) {
  if (pid <= 0) return 0;
  base::Micros running = 0;
  base::Micros waiting = 0;
  std::ifstream("/proc/" + std::to_string(pid) + "/schedstat") >> running >> waiting;
  return waiting / 1000;
}

/// The server's environment may contain keys and tokens. Workers, which read untrusted media, get only the variables
/// that the dynamic loader and the sanitizers need.
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

base::Micros WorkerProcess::cpu_wait() const { return cpu_wait_of(pid_); }

/// A request that has not been sent, with the worker's ends of the descriptors that it will share with the server.
struct ProcessSpawner::Request {
  std::string options;
  std::uint64_t memory = 0;
  OwnedDescriptor feed;
  OwnedDescriptor records;
  OwnedDescriptor stats;
  int media = -1;  ///< the WorkerProcess's
  std::shared_ptr<const base::SharedFile> slate = nullptr;
  std::shared_ptr<const base::SharedFile> font = nullptr;
};

ProcessSpawner::ProcessSpawner(loop::Loop& loop, Options options)
    : loop_(loop),
      options_(std::move(options)),
      restart_(loop,
               [this] {
                 const base::Status status = start_parent();
                 if (status.ok()) return;
                 base::log_error("channel", "workers' parent cannot start", {{"why", status.error().message()}});
                 restart_.start(options_.pause);
               }),
      watch_(loop, [this] { watch_parent(); }) {}

base::Result<std::unique_ptr<ProcessSpawner>> ProcessSpawner::make(loop::Loop& loop, Options options) {
  if (access(options.program.c_str(), X_OK) != 0) {
    return base::Error{base::Code::kNotFound,
                       "media worker " + options.program + ": " + strerror(errno) +
                           "; kickoff-worker has to stand beside kickoff (build it with tools/build)"};
  }
  std::unique_ptr<ProcessSpawner> spawner(new ProcessSpawner(loop, std::move(options)));
  TRY_OK(spawner->start_parent());
  spawner->watch_.start(spawner->options_.ask_every, spawner->options_.ask_every);
  return spawner;
}

// The parent exits when its socket is closed, and its workers with it. It is waited for, so that no process outlives
// the server.
ProcessSpawner::~ProcessSpawner() {
  const bool alive = requests_ >= 0;
  close_requests();
  reports_.reset();
  if (!parent_) return;
  const int pid = parent_->pid();
  if (alive) ::kill(pid, SIGCONT);  // one that has been stopped would not see the end of its socket
  for (base::Micros waited = 0; waitpid(pid, nullptr, WNOHANG) == 0; waited += kReapStep) {
    if (waited > kReapLimit) ::kill(pid, SIGKILL);
    usleep(kReapStep);
  }
}

base::Status ProcessSpawner::start_parent() {
  int ends[2];
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) return system_error("socket for workers");
  OwnedDescriptor ours(ends[0]);
  const OwnedDescriptor theirs(ends[1]);
  loop::Process::Options process;
  process.program = options_.program;
  process.arguments = {"--requests-on-3"};
  process.inherit = {{theirs.number, job::kSpawnSocket}};
  process.environment = environment_of_workers();
  TRY(parent_, loop::Process::spawn(loop_, process, [this](loop::Process::Exit exit) { on_parent_exit(exit); }));
  close_requests();
  requests_ = fcntl(ours.number, F_DUPFD_CLOEXEC, 0);
  TRY(reports_, loop::Stream::of_descriptor(loop_, ours.release()));
  reports_->start(*this);
  requests_sent_ = 0;
  unanswered_ = 0;
  parent_answered_ = false;
  parent_pings_ = 0;
  parent_waited_ = 0;
  send_waiting();
  return base::Ok{};
}

void ProcessSpawner::close_requests() {
  if (requests_ >= 0) ::close(std::exchange(requests_, -1));
}

void ProcessSpawner::on_parent_exit(loop::Process::Exit exit) {
  ++parent_restarts_;
  base::log_error("channel", "workers' parent ended; starting it again",
                  {{"status", exit.status}, {"signal", exit.signal}});
  // What was sent to it is lost: the pipes of those workers have ended, which their channels see.
  close_requests();
  requests_sent_ = 0;
  restart_.start(parent_pings_ >= kParentSettled ? 0 : options_.pause);
}

/// Pings the parent: one that is stopped or stuck would otherwise be noticed only when a worker is needed.
void ProcessSpawner::watch_parent() {
  ++parent_pings_;
  if (requests_ < 0) return;
  const int pid = parent_->pid();
  const base::Micros waited = cpu_wait_of(pid);
  // Time in which it was ready to run and no CPU was free does not count: a new one would cost more CPU.
  const bool starved = waited - std::exchange(parent_waited_, waited) > options_.ask_every / 2;
  if (!starved && unanswered_ >= (parent_answered_ ? kAskMost : kAskMostAtFirst)) {
    base::log_error(
        "channel", "workers' parent does not answer; killing it, live channels continue",
        {{"pid", pid}, {"ms", unanswered_ * options_.ask_every / base::kMillisecond}, {"waiting", waiting()}});
    close_requests();
    parent_->kill(SIGKILL);
    return;
  }
  if (!starved) ++unanswered_;
  static_cast<void>(job::send_ping(requests_).ok());  // a socket that is full is no answer either
}

base::Result<std::unique_ptr<Worker>> ProcessSpawner::spawn(const job::Options& options, const SpawnOrder& order) {
  Pipe feed;
  Pipe records;
  TRY_OK(feed.open());
  TRY_OK(records.open());
  fcntl(records.write_end.number, F_SETPIPE_SZ, kRecordPipeSize);
  TRY(const int stats_file, make_stats_file());
  OwnedDescriptor stats(stats_file);
  TRY(auto media, base::MediaFile::make());
  const std::uint64_t id = next_id_++;
  std::unique_ptr<WorkerProcess> process(new WorkerProcess(*this, id));
  void* page = mmap(nullptr, sizeof(job::Stats), PROT_READ, MAP_SHARED, stats.number, 0);
  if (page == MAP_FAILED) return system_error("memory for a worker's counters");
  process->stats_ = static_cast<const job::Stats*>(page);
  process->media_ = std::move(media);
  TRY(process->feed_, loop::Stream::of_descriptor(loop_, feed.write_end.release()));
  TRY(process->records_, loop::Stream::of_descriptor(loop_, records.read_end.release()));
  if (!queue_.push(id, order)) return base::Error{base::Code::kSystem, "too many workers wait to be started"};
  workers_[id] = process.get();
  requests_waiting_[id] =
      std::make_unique<Request>(Request{job::to_json(options), options.memory, OwnedDescriptor(feed.read_end.release()),
                                        OwnedDescriptor(records.write_end.release()), OwnedDescriptor(stats.release()),
                                        process->media_->descriptor(), options.slate, options.slate_font});
  send_waiting();
  return std::unique_ptr<Worker>(std::move(process));
}

void ProcessSpawner::send_waiting() {
  while (requests_ >= 0 && requests_sent_ < kAtATime) {
    const auto id = queue_.next();
    if (!id) return;
    const Request& request = *requests_waiting_.at(*id);
    const job::SpawnDescriptors descriptors{request.feed.number,
                                            request.records.number,
                                            request.stats.number,
                                            request.media,
                                            request.slate ? request.slate->descriptor() : -1,
                                            request.font ? request.font->descriptor() : -1};
    // The request stays in the queue until there is a parent that takes it; see watch_parent().
    if (!job::send_request(requests_, {*id, request.options, request.memory}, descriptors).ok()) return;
    ++requests_sent_;
    queue_.remove(*id);
    requests_waiting_.erase(*id);
  }
}

void ProcessSpawner::on_read(base::View packet) {
  const auto report = job::parse_report(packet);
  if (!report.ok()) return;
  unanswered_ = 0;
  parent_answered_ = true;
  const auto found = workers_.find(report->id);
  switch (report->kind) {
    case job::SpawnReport::Kind::kStarted:
      requests_sent_ = std::max(requests_sent_ - 1, 0);  // 0: from a parent that has died since
      if (found != workers_.end()) {
        on_started(*found->second, report->pid);
      } else {
        ::kill(report->pid, SIGKILL);  // its channel withdrew the request meanwhile
      }
      break;
    case job::SpawnReport::Kind::kFailed:
      requests_sent_ = std::max(requests_sent_ - 1, 0);  // 0: from a parent that has died since
      base::log_error("channel", "worker not forked", {{"errno", report->status}});
      break;
    case job::SpawnReport::Kind::kExited:
      // What it leaves behind shows as the end of its record pipe; here it is only reported and reaped.
      if (report->signal != 0 || report->status != 0) {
        base::log_warn("channel", "worker ended",
                       {{"pid", report->pid}, {"status", report->status}, {"signal", report->signal}});
      }
      if (found != workers_.end()) found->second->pid_ = 0;
      break;
    case job::SpawnReport::Kind::kAlive: break;
  }
  send_waiting();
}

void ProcessSpawner::on_started(WorkerProcess& process, int pid) {
  process.pid_ = pid;
  process.started_ = true;
  if (const auto callback = std::exchange(process.on_start_, nullptr)) callback();
}

void ProcessSpawner::on_end(const std::optional<base::Error>&) {}

void ProcessSpawner::forget(std::uint64_t id) {
  queue_.remove(id);
  requests_waiting_.erase(id);
  workers_.erase(id);
}

}  // namespace channel
