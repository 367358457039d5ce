#include "worker/zygote.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <map>

#include "base/log.h"
#include "job/spawn_message.h"
#include "sandbox/sandbox.h"

namespace worker {
namespace {

class Zygote {
 public:
  Zygote(int socket, const RunChannel& run_channel) : socket_(socket), run_channel_(run_channel) {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    close_strangers();
    exits_ = signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK);
    // The terminal's Ctrl-C goes to the whole group; the server says when to leave.
    signal(SIGINT, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes: writes fail instead
  }

  int run() {
    for (;;) {
      pollfd watched[2] = {{socket_, POLLIN, 0}, {exits_, POLLIN, 0}};
      if (poll(watched, 2, -1) < 0 && errno != EINTR) return 1;
      if (watched[1].revents != 0) reap();
      if (watched[0].revents != 0 && !serve_request()) return leave();
    }
  }

 private:
  // Descriptors that the server inherited from its own parent are not for workers.
  void close_strangers() const {
    const auto socket = static_cast<unsigned>(socket_);
    if (socket > 3) close_range(3, socket - 1, 0);
    close_range(socket + 1, ~0U, 0);
  }

  // The server is gone: what the workers write is not read any more.
  int leave() {
    for (const auto& [pid, id] : children_) kill(pid, SIGKILL);
    while (waitpid(-1, nullptr, 0) > 0) {
    }
    return 0;
  }

  bool serve_request() {
    job::SpawnDescriptors descriptors;
    const auto request = job::receive_request(socket_, descriptors);
    if (!request.ok()) {
      if (request.error().code == base::Code::kMalformed) {
        base::log_error("worker", "request dropped", {{"why", request.error().message()}});
        // Every request is answered, or the server would wait for this one.
        return job::send_report(socket_, {.kind = job::SpawnReport::Kind::kFailed, .status = EBADMSG}).ok();
      }
      return false;
    }
    if (request->id == job::SpawnRequest::kPing) {
      return job::send_report(socket_, {.kind = job::SpawnReport::Kind::kAlive}).ok();
    }
    const int pid = fork();
    if (pid == 0) become_worker(*request, descriptors);
    refusals_told_ = true;
    // The worker has its own copies. If there is none, the server sees the record pipe end, as after a worker's crash.
    close(descriptors.feed);
    close(descriptors.records);
    close(descriptors.stats);
    close(descriptors.media);
    if (descriptors.slate >= 0) close(descriptors.slate);
    if (descriptors.font >= 0) close(descriptors.font);
    job::SpawnReport report{.id = request->id, .pid = pid};  // kStarted, unless fork() failed
    if (pid < 0) {
      report.kind = job::SpawnReport::Kind::kFailed;
      report.status = errno;
    } else {
      children_[pid] = request->id;
    }
    return job::send_report(socket_, report).ok();
  }

  [[noreturn]] void become_worker(const job::SpawnRequest& request, const job::SpawnDescriptors& descriptors) {
    close(socket_);
    close(exits_);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    // From here on it reads untrusted media, so it gives up its rights first.
    std::vector<std::string> refused = sandbox::confine({.data = request.memory});
    // One worker logs what the kernel refused; it is the same for all.
    if (refusals_told_) refused.clear();
    _exit(run_channel_(request.options, descriptors, refused));
  }

  // Reports every worker that has ended.
  void reap() {
    signalfd_siginfo info;
    // Several exits may share one signal, so the signals are only read away and waitpid() gives the exits.
    while (read(exits_, &info, sizeof info) == sizeof info) {
    }
    int status = 0;
    for (int pid = waitpid(-1, &status, WNOHANG); pid > 0; pid = waitpid(-1, &status, WNOHANG)) {
      const auto child = children_.find(pid);
      if (child == children_.end()) continue;
      job::SpawnReport report{.kind = job::SpawnReport::Kind::kExited, .id = child->second, .pid = pid};
      if (WIFSIGNALED(status)) {
        report.signal = WTERMSIG(status);
      } else {
        report.status = WEXITSTATUS(status);
      }
      children_.erase(child);
      if (!job::send_report(socket_, report).ok()) return;
    }
  }

  const int socket_;
  const RunChannel& run_channel_;
  int exits_ = -1;                         ///< signalfd of SIGCHLD
  bool refusals_told_ = false;             ///< a worker has been forked: see RunChannel's `refused`
  std::map<int, std::uint64_t> children_;  ///< pid to SpawnRequest::id
};

}  // namespace

int run_zygote(int socket, const RunChannel& run_channel) { return Zygote(socket, run_channel).run(); }

}  // namespace worker
