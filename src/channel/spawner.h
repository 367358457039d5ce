#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "job/options.h"
#include "job/spawn_message.h"
#include "job/stats.h"
#include "loop/loop.h"
#include "loop/process.h"
#include "loop/stream.h"
#include "loop/timer.h"

namespace channel {

class Spawner;

/// One media worker: the pipes to it and what it tells of itself. Destroying it kills the process if it still runs.
class WorkerProcess {
 public:
  ~WorkerProcess();
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  /// Feed messages go in here, records come out there.
  loop::Stream& feed() { return *feed_; }
  loop::Stream& records() { return *records_; }
  const job::Stats& stats() const { return *stats_; }
  /// 0 until the parent reported it.
  int pid() const { return pid_; }
  void kill();

 private:
  friend class Spawner;
  WorkerProcess(Spawner& spawner, std::uint64_t id) : spawner_(spawner), id_(id) {}

  Spawner& spawner_;
  const std::uint64_t id_;
  int pid_ = 0;
  std::unique_ptr<loop::Stream> feed_;
  std::unique_ptr<loop::Stream> records_;
  const job::Stats* stats_ = nullptr;
};

/// Runs kickoff-worker's warmed parent and has it fork a worker for each channel. If the parent dies it is started
/// again; workers that run already go on.
/// Thread: the control loop's.
class Spawner final : private loop::StreamHandler {
 public:
  /// Errors: kNotFound or kSystem, naming the program and what to do.
  static base::Result<std::unique_ptr<Spawner>> make(loop::Loop& loop, std::string program);
  ~Spawner() override;

  /// Errors: kSystem (descriptors or memory ran out, or the parent does not take requests): try again later.
  base::Result<std::unique_ptr<WorkerProcess>> spawn(const job::Options& options);

  std::uint64_t parent_restarts() const { return parent_restarts_; }

 private:
  friend class WorkerProcess;
  Spawner(loop::Loop& loop, std::string program);

  base::Status start_parent();
  void on_parent_exit(loop::Process::Exit exit);
  void on_read(base::View packet) override;
  void on_end(const std::optional<base::Error>& why) override;
  void forget(std::uint64_t id);

  loop::Loop& loop_;
  const std::string program_;
  std::unique_ptr<loop::Process> parent_;
  std::unique_ptr<loop::Stream> reports_;
  int requests_ = -1;
  loop::Timer restart_;
  std::uint64_t next_id_ = 1;
  std::uint64_t parent_restarts_ = 0;
  std::map<std::uint64_t, WorkerProcess*> workers_;
};

}  // namespace channel
