#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "base/result.h"
#include "channel/feed_writer.h"
#include "channel/spawn_queue.h"
#include "job/options.h"
#include "job/stats.h"
#include "loop/stream.h"

namespace channel {

/// One media worker: the pipes to it and its counters. Destroying it kills the process if it still runs.
class Worker {
 public:
  virtual ~Worker() = default;
  /// The pipe for feed messages.
  virtual FeedPipe& feed() = 0;
  /// Begins to hand over the bytes of the records that come out; `handler` outlives the worker.
  virtual void read_records(loop::StreamHandler& handler) = 0;
  /// The media that a record names (record::FetchBody).
  virtual base::Result<base::Bytes> media(std::uint64_t offset, std::size_t size) = 0;
  virtual const job::Stats& stats() const = 0;
  /// False while the request for it waits in a queue; what is written to it is kept until then.
  virtual bool started() const = 0;
  /// Calls back once, on a later turn, when it has started. REQUIRES: started() is false.
  virtual void on_start(std::function<void()> callback) = 0;
  /// 0 until it is known.
  virtual int pid() const = 0;
  /// Total time in which it was ready to run and no CPU was free; 0 if that is not known.
  virtual base::Micros cpu_wait() const = 0;
  virtual void kill() = 0;
};

/// Starts media workers. Thread: the control loop's.
class Spawner {
 public:
  virtual ~Spawner() = default;
  /// The worker may have to wait for its turn (Worker::started()); destroying it withdraws the request.
  /// Errors: kSystem (descriptors or memory ran out, or too many wait): try again later.
  virtual base::Result<std::unique_ptr<Worker>> spawn(const job::Options& options, const SpawnOrder& order) = 0;
};

}  // namespace channel
