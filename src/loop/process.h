#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "loop/loop.h"
#include "loop/timer.h"

namespace loop {

/// A child process. Destroying the object does not end the process: kill() first.
class Process {
 public:
  struct Options {
    std::string program;
    std::vector<std::string> arguments;  ///< without the program's name
    std::vector<std::pair<int, int>>
        inherit;  ///< {our descriptor, its number in the child}; 0, 1 and 2 are inherited unless named
    std::optional<std::vector<std::string>> environment;  ///< each "NAME=value"; ours if there is none
  };
  struct Exit {
    int status = 0;
    int signal = 0;
  };
  using OnExit = std::function<void(Exit)>;

  static base::Result<std::unique_ptr<Process>> spawn(Loop& loop, const Options& options, OnExit on_exit);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  int pid() const;
  void kill(int signal);

  struct State;

 private:
  explicit Process(State* state) : state_(state) {}
  State* state_;
};

/// Calls back each time the process gets `signal`.
class SignalWatch {
 public:
  SignalWatch(Loop& loop, int signal, std::function<void()> on_signal);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

 private:
  struct State;
  State* state_;
};

/// Reaps children that this process has not started: orphans that the kernel hands to process 1, or to a subreaper. A
/// program that is process 1 of a container has to, or they stay as zombies for as long as it runs.
class OrphanReaper {
 public:
  /// `started`: true for a child that somebody else here waits for, a Process for example.
  OrphanReaper(Loop& loop, std::function<bool(int pid)> started);
  ~OrphanReaper();
  OrphanReaper(const OrphanReaper&) = delete;
  OrphanReaper& operator=(const OrphanReaper&) = delete;

  std::uint64_t reaped() const { return reaped_; }

 private:
  void reap();

  const std::function<bool(int pid)> started_;
  std::uint64_t reaped_ = 0;
  Timer again_;
  SignalWatch children_;
};

}  // namespace loop
