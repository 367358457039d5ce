#include "loop/process.h"

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <utility>

#include "loop/handle.h"

namespace loop {

// Lives until libuv has closed the handle, which may be after the Process is gone.
struct Process::State {
  uv_process_t uv{};
  OnExit on_exit;
  bool exited = false;
};

namespace {

constexpr base::Micros kReapAgain = 50 * base::kMillisecond;

void close_process(Process::State* state) {
  uv_close(reinterpret_cast<uv_handle_t*>(&state->uv),
           [](uv_handle_t* handle) { delete static_cast<Process::State*>(handle->data); });
}

void on_process_exit(uv_process_t* process, std::int64_t status, int signal) {
  auto* state = static_cast<Process::State*>(process->data);
  state->exited = true;
  const auto on_exit = std::move(state->on_exit);
  if (on_exit) on_exit({static_cast<int>(status), signal});
}

std::vector<uv_stdio_container_t> make_stdio(const Process::Options& options) {
  int highest = 2;
  for (const auto& [ours, theirs] : options.inherit) highest = std::max(highest, theirs);
  std::vector<uv_stdio_container_t> stdio(static_cast<std::size_t>(highest) + 1);
  for (std::size_t i = 0; i < stdio.size(); ++i) {
    stdio[i].flags = i <= 2 ? UV_INHERIT_FD : UV_IGNORE;
    stdio[i].data.fd = static_cast<int>(i);
  }
  for (const auto& [ours, theirs] : options.inherit) {
    stdio[static_cast<std::size_t>(theirs)].flags = UV_INHERIT_FD;
    stdio[static_cast<std::size_t>(theirs)].data.fd = ours;
  }
  return stdio;
}

/// As exec takes them, with a null at the end.
std::vector<char*> pointers_to(const std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (const std::string& text : texts) pointers.push_back(const_cast<char*>(text.c_str()));
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

base::Result<std::unique_ptr<Process>> Process::spawn(Loop& loop, const Options& options, OnExit on_exit) {
  std::vector<uv_stdio_container_t> stdio = make_stdio(options);
  std::vector<char*> arguments = pointers_to(options.arguments);
  arguments.insert(arguments.begin(), const_cast<char*>(options.program.c_str()));
  std::vector<char*> environment;
  if (options.environment) environment = pointers_to(*options.environment);

  auto* state = new State;
  state->on_exit = std::move(on_exit);
  uv_process_options_t uv_options{};
  uv_options.exit_cb = on_process_exit;
  uv_options.file = options.program.c_str();
  uv_options.args = arguments.data();
  uv_options.env = options.environment ? environment.data() : nullptr;
  uv_options.stdio = stdio.data();
  uv_options.stdio_count = static_cast<int>(stdio.size());
  const int code = uv_spawn(uv_of(loop), &state->uv, &uv_options);
  state->uv.data = state;
  if (code < 0) {
    close_process(state);
    return uv_error(code, "start " + options.program);
  }
  return std::unique_ptr<Process>(new Process(state));
}

Process::~Process() {
  state_->on_exit = nullptr;
  // Closing takes the child off libuv's list; one that still runs is reaped by init's rules when we end.
  close_process(state_);
}

int Process::pid() const { return uv_process_get_pid(&state_->uv); }

void Process::kill(int signal) {
  if (!state_->exited) uv_process_kill(&state_->uv, signal);
}

struct SignalWatch::State {
  uv_signal_t uv{};
  std::function<void()> on_signal;
};

SignalWatch::SignalWatch(Loop& loop, int signal, std::function<void()> on_signal) : state_(new State) {
  state_->on_signal = std::move(on_signal);
  uv_signal_init(uv_of(loop), &state_->uv);
  state_->uv.data = state_;
  uv_signal_start(
      &state_->uv,
      [](uv_signal_t* handle, int) {
        const auto on_signal_copy = static_cast<State*>(handle->data)->on_signal;
        if (on_signal_copy) on_signal_copy();
      },
      signal);
}

SignalWatch::~SignalWatch() {
  state_->on_signal = nullptr;
  uv_close(reinterpret_cast<uv_handle_t*>(&state_->uv),
           [](uv_handle_t* handle) { delete static_cast<State*>(handle->data); });
}

OrphanReaper::OrphanReaper(Loop& loop, std::function<bool(int pid)> started)
    : started_(std::move(started)), again_(loop, [this] { reap(); }), children_(loop, SIGCHLD, [this] { reap(); }) {
  again_.start(0);  // those that came before
}

OrphanReaper::~OrphanReaper() = default;

/// The kernel shows one dead child at a time, always the same one until it is waited for. Where that is somebody
/// else's, those behind it have to wait until it has been.
void OrphanReaper::reap() {
  for (;;) {
    siginfo_t info{};
    if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0) return;
    if (started_(info.si_pid)) {
      again_.start(kReapAgain);
      return;
    }
    if (waitpid(info.si_pid, nullptr, WNOHANG) == info.si_pid) ++reaped_;
  }
}

}  // namespace loop
