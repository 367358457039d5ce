#include "archive/journal_writer.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <utility>

#include "base/log.h"

namespace archive {
namespace {

// What a record costs beside its media.
constexpr std::size_t kEntrySize = 512;

std::size_t cost_of(const JournalWriter::Entry& entry) {
  const auto* record = std::get_if<record::Record>(&entry.what);
  return kEntrySize + (record == nullptr ? 0 : JournalWriter::media_of(*record));
}

}  // namespace

/// What both sides have, and what the thread does.
struct JournalWriter::Queue {
  explicit Queue(Options given) : options(std::move(given)) {}

  void run();
  void handle(Entry& entry);
  void begin(Line& line, const Begin& begin);
  void append(Line& line, const record::Record& record);
  void sync(Line& line);
  void finish(Line& line);
  void sync_due(bool all);
  void fail(Line& line, const base::Error& error);
  void sweep();
  int expire(const std::string& directory, bool writing) const;
  base::Micros next_wake() const;

  const Options options;
  const base::SystemClock clock;  ///< its own: the thread may outlive everything
  Counters counters;

  // A mutex, because the queue's limits and its order are of both threads. Held for a few moves.
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<Entry> entries;
  std::size_t bytes = 0;    ///< of all that is taken and not handled
  std::size_t records = 0;  ///< likewise
  bool stop = false;

  // The thread's.
  std::set<std::shared_ptr<Line>> lines;  ///< with an open file
  base::Micros sweep_at = 0;              ///< steady
};

std::vector<JournalWriter::Written> JournalWriter::Line::take_written() {
  const std::lock_guard lock(mutex_);
  return std::exchange(written_, {});
}

void JournalWriter::Line::note(const record::Record& record) {
  const auto* part = std::get_if<record::Part>(&record);
  if (part == nullptr || !followed_.load(std::memory_order_relaxed)) return;
  const std::lock_guard lock(mutex_);
  if (written_.size() < kMostWritten) written_.push_back({part->rendition, part->msn, part->index, files_.body()});
}

std::size_t JournalWriter::media_of(const record::Record& record) {
  if (const auto* part = std::get_if<record::Part>(&record)) return part->data.size();
  if (const auto* end = std::get_if<record::SegmentEnd>(&record)) return end->data.size();
  if (const auto* thumbnail = std::get_if<record::Thumbnail>(&record)) return thumbnail->jpeg.size();
  return 0;
}

JournalWriter::JournalWriter(Options options)
    : queue_(std::make_shared<Queue>(std::move(options))), thread_("k-journal", [queue = queue_] { queue->run(); }) {}

JournalWriter::~JournalWriter() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->stop = true;
    queue_->wake.notify_one();
  }
  if (thread_.finish()) return;
  const std::lock_guard lock(queue_->mutex);
  base::log_error("archive", "the disk of the journal does not answer: the newest records are not written",
                  {{"directory", queue_->options.directory}, {"records", queue_->records}, {"bytes", queue_->bytes}});
}

std::shared_ptr<JournalWriter::Line> JournalWriter::line(const std::string& channel) const {
  auto directory = channel_directory(queue_->options.directory, channel);
  return directory ? std::make_shared<Line>(*std::move(directory)) : nullptr;
}

bool JournalWriter::put(std::vector<Entry>& batch) {
  std::size_t bytes = 0;
  for (const Entry& entry : batch) bytes += cost_of(entry);
  {
    const std::lock_guard lock(queue_->mutex);
    const bool full = queue_->bytes + bytes > queue_->options.queue_bytes ||
                      queue_->records + batch.size() > queue_->options.queue_records;
    const bool closes = batch.size() == 1 && std::holds_alternative<Close>(batch.front().what);
    if (full && !closes) return false;
    queue_->bytes += bytes;
    queue_->records += batch.size();
    std::move(batch.begin(), batch.end(), std::back_inserter(queue_->entries));
  }
  batch.clear();
  queue_->wake.notify_one();
  return true;
}

const JournalWriter::Counters& JournalWriter::counters() const { return queue_->counters; }
const std::string& JournalWriter::directory() const { return queue_->options.directory; }

void JournalWriter::Queue::run() {
  mkdir(options.directory.c_str(), 0700);  // an error shows where files are made
  sweep_at = clock.steady();
  std::unique_lock lock(mutex);
  while (true) {
    const base::Micros wait = std::max<base::Micros>(next_wake() - clock.steady(), 0);
    wake.wait_for(lock, std::chrono::microseconds(wait), [this] { return stop || !entries.empty(); });
    std::deque<Entry> taken = std::exchange(entries, {});
    const bool last = stop;
    lock.unlock();
    while (!taken.empty()) {
      const std::size_t cost = cost_of(taken.front());
      handle(taken.front());
      taken.pop_front();
      const std::lock_guard count(mutex);
      bytes -= cost;
      --records;
    }
    sync_due(last);
    if (!last && clock.steady() >= sweep_at) sweep();
    lock.lock();
    if (last && entries.empty()) break;
  }
  lines.clear();
}

base::Micros JournalWriter::Queue::next_wake() const {
  base::Micros next = sweep_at;
  for (const auto& line : lines) {
    if (line->sync_at_ > 0) next = std::min(next, line->sync_at_);
  }
  return next;
}

void JournalWriter::Queue::handle(Entry& entry) {
  Line& line = *entry.line;
  if (const auto* record = std::get_if<record::Record>(&entry.what)) {
    append(line, *record);
  } else if (const auto* file = std::get_if<Begin>(&entry.what)) {
    lines.insert(entry.line);
    begin(line, *file);
  } else {
    finish(line);
    line.files_.close();
    lines.erase(entry.line);
  }
}

void JournalWriter::Queue::begin(Line& line, const Begin& begin) {
  finish(line);
  line.begin_ = begin.number;
  const std::uint64_t before = line.files_.written();
  const base::Status status = line.files_.begin(begin.header, begin.seed);
  counters.bytes += line.files_.written() - before;
  if (!status.ok()) fail(line, status.error());
  counters.files_deleted += static_cast<std::uint64_t>(expire(line.files_.directory(), line.files_.open()));
}

/// A file is on the disk before the next one begins: a reader trusts all files but the last.
void JournalWriter::Queue::finish(Line& line) {
  if (!line.files_.open()) return;
  const std::uint64_t before = line.files_.written();
  const base::Status sealed = line.files_.seal();
  counters.bytes += line.files_.written() - before;
  if (!sealed.ok()) return fail(line, sealed.error());
  sync(line);
}

void JournalWriter::Queue::append(Line& line, const record::Record& record) {
  if (!line.files_.open()) {
    ++counters.lost;
    return;
  }
  const std::uint64_t before = line.files_.written();
  const base::Status status = line.files_.append(record);
  counters.bytes += line.files_.written() - before;
  if (!status.ok()) {
    ++counters.lost;
    fail(line, status.error());
    return;
  }
  ++counters.records;
  line.note(record);
  const auto* end = std::get_if<record::SegmentEnd>(&record);
  const bool closes = std::holds_alternative<record::End>(record);
  if (!closes && (end == nullptr || end->msn <= line.synced_)) return;
  if (end != nullptr) line.synced_ = end->msn;
  if (line.sync_at_ == 0) line.sync_at_ = clock.steady() + kSyncDelay;
}

void JournalWriter::Queue::sync_due(bool all) {
  const base::Micros now = clock.steady();
  for (const auto& line : lines) {
    if (line->files_.open() && line->sync_at_ > 0 && (all || line->sync_at_ <= now)) sync(*line);
  }
}

void JournalWriter::Queue::sync(Line& line) {
  line.sync_at_ = 0;
  const base::Micros start = clock.steady();
  const base::Status status = line.files_.sync();
  const base::Micros span = clock.steady() - start;
  const auto bound = std::lower_bound(Counters::kSyncBounds.begin(), Counters::kSyncBounds.end(), span);
  ++counters.syncs[static_cast<std::size_t>(bound - Counters::kSyncBounds.begin())];
  counters.sync_us += static_cast<std::uint64_t>(span);
  if (!status.ok()) fail(line, status.error());
}

void JournalWriter::Queue::fail(Line& line, const base::Error& error) {
  line.sync_at_ = 0;
  line.failed_.store(std::uint64_t{line.begin_} << 32 | static_cast<std::uint32_t>(line.files_.error()),
                     std::memory_order_release);
  ++counters.errors;
  base::log_error("archive", "a journal cannot be written", {{"why", error.what}});
}

int JournalWriter::Queue::expire(const std::string& directory, bool writing) const {
  const std::string channel = directory.substr(directory.rfind('/') + 1);
  auto own = options.keep_of.find(channel);
  if (own == options.keep_of.end()) own = options.keep_of.find("*");
  Keep keep = own == options.keep_of.end() ? options.keep : own->second;
  if (options.read_from) keep.read_from = options.read_from(channel);
  return expire_files(directory, clock.utc(), keep, writing);
}

void JournalWriter::Queue::sweep() {
  sweep_at = clock.steady() + kSweep;
  std::set<std::string> open;
  for (const auto& line : lines) {
    if (line->files_.open()) open.insert(line->files_.directory());
  }
  for (const std::string& channel : list_channels(options.directory)) {
    const std::string directory = options.directory + "/" + channel;
    counters.files_deleted += static_cast<std::uint64_t>(expire(directory, open.contains(directory)));
  }
}

}  // namespace archive
