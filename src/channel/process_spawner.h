#pragma once

#include <cstdint>
#include <functional>
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
  bool started() const override { return started_; }
  void on_start(std::function<void()> callback) override { on_start_ = std::move(callback); }
  /// 0 until the parent reported it, and once it has ended.
  int pid() const override { return pid_; }
  base::Micros cpu_wait() const override;
  void kill() override;

 private:
  friend class ProcessSpawner;
  WorkerProcess(ProcessSpawner& spawner, std::uint64_t id) : spawner_(spawner), id_(id) {}

  void write(std::span<const base::Bytes> slices) override { feed_->write(slices); }
  std::size_t queued() const override { return feed_->queued(); }
  base::Micros due() const override {
    return static_cast<base::Micros>(stats_->due_us.load(std::memory_order_relaxed));
  }

  ProcessSpawner& spawner_;
  const std::uint64_t id_;
  int pid_ = 0;
  bool started_ = false;
  std::function<void()> on_start_;
  std::unique_ptr<loop::Stream> feed_;
  std::unique_ptr<loop::Stream> records_;
  const job::Stats* stats_ = nullptr;
  std::unique_ptr<base::MediaFile> media_;
};

/// Runs kickoff-worker's warmed parent and has it fork a worker for each channel, kAtATime requests at a time; the
/// others wait in a SpawnQueue, and are withdrawn with their WorkerProcess. The parent is asked every second whether it
/// works: one that does not answer is killed, and one that has died is started again. Workers that run already
/// continue. Thread: the control loop's.
class ProcessSpawner final : public Spawner, private loop::StreamHandler {
 public:
  struct Options {
    std::string program;
    /// Interval of pings to the parent; it is killed after three without an answer.
    base::Micros ask_every = base::kSecond;
    /// From the end of a parent that had lived shorter than ten of those to the start of another.
    base::Micros pause = base::kSecond;
  };

  /// Errors: kNotFound or kSystem, naming the program and what to do.
  static base::Result<std::unique_ptr<ProcessSpawner>> make(loop::Loop& loop, Options options);
  ~ProcessSpawner() override;

  base::Result<std::unique_ptr<Worker>> spawn(const job::Options& options, const SpawnOrder& order) override;

  std::uint64_t parent_restarts() const { return parent_restarts_; }
  /// Requests in the queue.
  std::size_t waiting() const { return queue_.size(); }
  int parent_pid() const { return parent_ ? parent_->pid() : 0; }

 private:
  friend class WorkerProcess;
  struct Request;
  /// Requests that may be sent and not answered: one is being forked while the next is in the pipe.
  static constexpr int kAtATime = 2;

  ProcessSpawner(loop::Loop& loop, Options options);

  base::Status start_parent();
  void close_requests();
  void send_waiting();
  void watch_parent();
  void on_parent_exit(loop::Process::Exit exit);
  void on_read(base::View packet) override;
  void on_end(const std::optional<base::Error>& why) override;
  static void on_started(WorkerProcess& process, int pid);
  void forget(std::uint64_t id);

  loop::Loop& loop_;
  const Options options_;
  std::unique_ptr<loop::Process> parent_;
  std::unique_ptr<loop::Stream> reports_;
  int requests_ = -1;
  loop::Timer restart_;
  loop::Timer watch_;
  int unanswered_ = 0;              ///< pings since the last message of the parent
  bool parent_answered_ = false;    ///< it has sent a message since it was started
  base::Micros parent_waited_ = 0;  ///< for a CPU, at the last ping
  std::uint64_t parent_pings_ = 0;  ///< runs of watch_ since it was started
  std::uint64_t next_id_ = 1;
  std::uint64_t parent_restarts_ = 0;
  SpawnQueue queue_;
  std::map<std::uint64_t, std::unique_ptr<Request>> requests_waiting_;
  int requests_sent_ = 0;  ///< and not answered yet
  std::map<std::uint64_t, WorkerProcess*> workers_;
};

}  // namespace channel
