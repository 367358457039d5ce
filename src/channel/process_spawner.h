#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "base/media_file.h"
#include "base/result.h"
#include "channel/spawner.h"
#include "job/spawn_message.h"
#include "loop/loop.h"
#include "loop/process.h"
#include "loop/stream.h"
#include "loop/timer.h"

namespace channel {

class ProcessSpawner;

/// A worker that is a process of its own.
class WorkerProcess final : public Worker, private FeedPipe {
 public:
  ~WorkerProcess() override;
  WorkerProcess(const WorkerProcess&) = delete;
  WorkerProcess& operator=(const WorkerProcess&) = delete;

  FeedPipe& feed() override { return *this; }
  void read_records(loop::StreamHandler& handler) override { records_->start(handler); }
  base::Result<base::Bytes> media(std::uint64_t offset, std::size_t size) override { return media_->at(offset, size); }
  const job::Stats& stats() const override { return *stats_; }
  /// 0 until the parent reported it.
  int pid() const override { return pid_; }
  base::Micros cpu_wait() const override;
  void kill() override;

 private:
  friend class ProcessSpawner;
  WorkerProcess(ProcessSpawner& spawner, std::uint64_t id) : spawner_(spawner), id_(id) {}

  void write(std::span<const base::Bytes> slices) override { feed_->write(slices); }
  std::size_t queued() const override { return feed_->queued(); }

  ProcessSpawner& spawner_;
  const std::uint64_t id_;
  int pid_ = 0;
  std::unique_ptr<loop::Stream> feed_;
  std::unique_ptr<loop::Stream> records_;
  const job::Stats* stats_ = nullptr;
  std::unique_ptr<base::MediaFile> media_;
};

/// Runs kickoff-worker's warmed parent and has it fork a worker for each channel. If the parent dies it is started
/// again; workers that run already go on.
/// Thread: the control loop's.
class ProcessSpawner final : public Spawner, private loop::StreamHandler {
 public:
  /// Errors: kNotFound or kSystem, naming the program and what to do.
  static base::Result<std::unique_ptr<ProcessSpawner>> make(loop::Loop& loop, std::string program);
  ~ProcessSpawner() override;

  base::Result<std::unique_ptr<Worker>> spawn(const job::Options& options) override;

  std::uint64_t parent_restarts() const { return parent_restarts_; }

 private:
  friend class WorkerProcess;
  ProcessSpawner(loop::Loop& loop, std::string program);

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
