#include "events/log_writer.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <utility>

#include "base/log.h"
#include "events/line.h"
#include "events/log_file.h"

namespace events {
namespace {

// Events that are written at once.
constexpr std::size_t kBatch = 256;

}  // namespace

/// What both sides have, and what the thread does.
struct LogWriter::Queue {
  explicit Queue(Options given) : options(std::move(given)), raised(options.raised), expected(options.next) {}

  void run();
  void write_due();
  base::Status write(const std::deque<std::shared_ptr<const Event>>& batch);
  base::Status prepare(std::uint64_t first, std::size_t length, std::string& text);
  void sync();
  void sweep();
  void fail(const base::Error& error);
  void drop_surplus();
  base::Micros next_wake() const;

  const Options options;
  const base::SystemClock clock;  ///< its own: the thread may outlive everything

  // A mutex, because the queue's bound and its order are of both threads. Held for a few moves.
  mutable std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::shared_ptr<const Event>> events;
  Conditions raised;  ///< after all that were put: what is ahead of a file does no harm there
  Report counted;
  std::size_t writing = 0;      ///< events that the thread has taken
  base::Micros busy_since = 0;  ///< steady; 0: the thread does not wait for the disk
  bool dropping = false;        ///< events were dropped since the last that was written
  bool stop = false;

  // The thread's.
  LogFile file;
  base::Micros opened_at = 0;  ///< steady
  base::Micros sync_at = 0;    ///< steady; 0: nothing is to be synced
  base::Micros retry_at = 0;   ///< steady; 0: the last attempt succeeded
  base::Micros sweep_at = 0;   ///< steady
  std::uint64_t expected;      ///< the number behind the last one that is in a file
};

LogWriter::LogWriter(Options options)
    : queue_(std::make_shared<Queue>(std::move(options))), thread_("k-events", [queue = queue_] { queue->run(); }) {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stop = true;
    queue_->wake.notify_one();
  }
  if (thread_.finish()) return;
  const std::lock_guard lock(queue_->mutex);
  base::log_error("events", "the disk of the event log does not answer: the newest events are not written",
                  {{"directory", queue_->options.directory}, {"events", queue_->events.size() + queue_->writing}});
}

void LogWriter::put(const std::shared_ptr<const Event>& event) {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->raised.take(event->fact, event->id);
    queue_->events.push_back(event);
    queue_->drop_surplus();
  }
  queue_->wake.notify_one();
}

LogWriter::Report LogWriter::report() const {
  const std::lock_guard lock(queue_->mutex);
  Report report = queue_->counted;
  report.waiting = queue_->events.size() + queue_->writing;
  const bool hung = queue_->busy_since != 0 && queue_->clock.steady() - queue_->busy_since >= kHung;
  report.failing = report.failing || hung;
  return report;
}

/// The mutex is held.
void LogWriter::Queue::drop_surplus() {
  for (; events.size() > options.most_waiting; events.pop_front()) {
    ++counted.lost;
    if (!std::exchange(dropping, true)) {
      base::log_error("events",
                      "the disk of the event log is too slow, hangs or is full: its oldest events that wait are lost",
                      {{"directory", options.directory}});
    }
  }
}

void LogWriter::Queue::run() {
  sweep_at = clock.steady();
  std::unique_lock lock(mutex);
  while (true) {
    const base::Micros wait = std::max<base::Micros>(next_wake() - clock.steady(), 0);
    wake.wait_for(lock, std::chrono::microseconds(wait), [this] { return stop || (retry_at == 0 && !events.empty()); });
    const bool last = stop;
    busy_since = clock.steady();
    lock.unlock();
    if (last || retry_at == 0 || clock.steady() >= retry_at) write_due();
    if (sync_at != 0 && (last || clock.steady() >= sync_at)) sync();
    if (clock.steady() >= sweep_at) sweep();
    lock.lock();
    busy_since = 0;
    if (last && (events.empty() || retry_at != 0)) break;
  }
}

base::Micros LogWriter::Queue::next_wake() const {
  base::Micros next = sweep_at;
  if (sync_at != 0) next = std::min(next, sync_at);
  if (retry_at != 0) next = std::min(next, retry_at);
  return next;
}

void LogWriter::Queue::write_due() {
  std::deque<std::shared_ptr<const Event>> batch;
  {
    const std::lock_guard lock(mutex);
    const auto end = events.begin() + static_cast<std::ptrdiff_t>(std::min(events.size(), kBatch));
    std::move(events.begin(), end, std::back_inserter(batch));
    events.erase(events.begin(), end);
    writing = batch.size();
  }
  const base::Status status = batch.empty() ? base::Status(base::Ok{}) : write(batch);
  const std::lock_guard lock(mutex);
  writing = 0;
  if (!status.ok()) {
    events.insert(events.begin(), batch.begin(), batch.end());
    drop_surplus();
    return fail(status.error());
  }
  if (batch.empty()) {
    retry_at = 0;  // there is nothing that would show whether the disk works again
    return;
  }
  counted.written += batch.size();
  const bool lost = std::exchange(dropping, false);
  if (!std::exchange(counted.failing, false) && !lost) return;
  base::log_info("events", "the event log is written again", {{"events_lost", counted.lost}});
}

/// All of the batch or nothing.
base::Status LogWriter::Queue::write(const std::deque<std::shared_ptr<const Event>>& batch) {
  std::string text;
  std::string head;
  for (const auto& event : batch) text += to_line(*event, options.source);
  TRY_OK(prepare(batch.front()->sequence, text.size(), head));
  TRY_OK(file.append(head + text));
  expected = batch.back()->sequence + 1;
  retry_at = 0;
  if (sync_at == 0) sync_at = clock.steady() + kSyncDelay;
  const std::lock_guard lock(mutex);
  counted.bytes += head.size() + text.size();
  return base::Ok{};
}

/// Has a file open that has room. `text` gets what has to be written before the events.
base::Status LogWriter::Queue::prepare(std::uint64_t first, std::size_t length, std::string& text) {
  const std::uint64_t most = options.bytes == 0 ? kLargestFile : std::min(options.bytes / 8, kLargestFile);
  const bool full = file.is_open() && file.size() + length > most;
  const bool old = file.is_open() && clock.steady() - opened_at >= kLongestFile;
  if (file.is_open() && !full && !old) return base::Ok{};
  if (file.is_open()) sync();  // a file is on the disk before the next one begins
  const auto names = list_log_files(options.directory);
  std::string name = log_file_name(first);
  if (!full && !old && !names.empty()) {
    TRY_OK(file.open(options.directory + "/" + names.back()));
    if (file.size() + length <= most) name = names.back();
  }
  if (!file.is_open() || name == log_file_name(first)) TRY_OK(file.open(options.directory + "/" + name));
  opened_at = clock.steady();
  sweep_at = opened_at;
  const std::lock_guard lock(mutex);
  text = to_line(Header{.next = std::min(expected, first), .raised = raised});
  return base::Ok{};
}

void LogWriter::Queue::sync() {
  sync_at = 0;
  if (!file.is_open()) return;
  const base::Status status = file.sync();
  if (status.ok()) return;
  const std::lock_guard lock(mutex);
  fail(status.error());
}

/// The mutex is held.
void LogWriter::Queue::fail(const base::Error& error) {
  ++counted.errors;
  retry_at = clock.steady() + kRetry;
  if (std::exchange(counted.failing, true)) return;
  base::log_error("events", "the event log cannot be written; events wait, the oldest are dropped when too many do",
                  {{"why", error.what}, {"most_waiting", options.most_waiting}});
}

void LogWriter::Queue::sweep() {
  sweep_at = clock.steady() + kSweep;
  const std::int64_t oldest = (clock.utc() - options.keep) / base::kSecond;
  expire_log_files(options.directory, options.bytes == 0 ? UINT64_MAX : options.bytes, oldest);
}

}  // namespace events
