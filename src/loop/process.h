#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "loop/loop.h"

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

}  // namespace loop
