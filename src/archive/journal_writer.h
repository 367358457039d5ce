#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <variant>
#include <vector>

#include "archive/channel_files.h"
#include "archive/journal_file.h"
#include "base/clock.h"
#include "base/disk_thread.h"
#include "record/record.h"

namespace archive {

/// Writes the journals of all channels on a thread of its own: nobody else waits for the disk, and what it cannot take
/// is refused at once.
///
/// What is appended is in the file system soon after, and on the disk (fdatasync) within kSyncDelay of the end of each
/// segment: once for all of its renditions. Files that are too old or too many are deleted, also those of channels that
/// are no more.
/// Bound: Options::queue_bytes and queue_records of all channels together; a batch beyond that is refused whole,
/// but for one that only closes a line.
/// Thread: the control loop's, but Counters any.
class JournalWriter {
 public:
  static constexpr base::Micros kSyncDelay = 200 * base::kMillisecond;
  static constexpr base::Micros kSweep = 30 * base::kSecond;

  struct Options {
    std::string directory;  ///< is made where it is missing; its parent is there
    Keep keep;
    std::map<std::string, Keep> keep_of;  ///< in place of `keep`, by channel; "*": all that have no other
    /// Keep::read_from of a channel; null: INT64_MAX. Called by the writer's thread, beyond the destructor where the
    /// disk does not answer.
    std::function<base::Micros(const std::string& channel)> read_from = nullptr;
    std::size_t queue_bytes = std::size_t{64} << 20;
    std::size_t queue_records = 32 * 1024;
  };

  /// Of all channels since the start.
  struct Counters {
    /// Upper bounds of the spans that fdatasync takes. Units: µs.
    static constexpr std::array<base::Micros, 7> kSyncBounds = {1'000,   5'000,     20'000,    100'000,
                                                                500'000, 2'000'000, 10'000'000};
    std::atomic<std::uint64_t> bytes = 0;    ///< written
    std::atomic<std::uint64_t> records = 0;  ///< written
    std::atomic<std::uint64_t> lost = 0;     ///< taken, and not written because of an error
    std::atomic<std::uint64_t> errors = 0;
    std::atomic<std::uint64_t> files_deleted = 0;
    std::array<std::atomic<std::uint64_t>, kSyncBounds.size() + 1> syncs = {};  ///< by span; the last: longer
    std::atomic<std::uint64_t> sync_us = 0;                                     ///< their sum
  };

  /// A part whose bytes are in a file.
  struct Written {
    std::uint32_t rendition = 0;
    std::int64_t msn = 0;
    std::uint32_t index = 0;
    base::FilePlace place;
  };

  /// The journal of one channel, as its owner sees it.
  class Line {
   public:
    explicit Line(std::string directory) : files_(std::move(directory)) {}
    /// Errno of the error for which nothing is written after the Begin of that number; 0: there was none.
    int error_since(std::uint32_t begin) const {
      const std::uint64_t failed = failed_.load(std::memory_order_acquire);
      return failed >> 32 == begin ? static_cast<int>(failed & 0xFFFFFFFF) : 0;
    }
    /// From now on take_written() tells of parts.
    void follow() { followed_.store(true, std::memory_order_relaxed); }
    /// Parts written since the last call. Bound: kMostWritten; of those beyond nobody is told.
    std::vector<Written> take_written();

   private:
    friend class JournalWriter;
    static constexpr std::size_t kMostWritten = 32 * 1024;
    void note(const record::Record& record);

    std::atomic<bool> followed_ = false;
    std::mutex mutex_;  // what is written is told to another thread; held for a move
    std::vector<Written> written_;
    std::atomic<std::uint64_t> failed_ = 0;  ///< number of the Begin, errno
    // All below: the writer's thread.
    ChannelFiles files_;
    std::uint32_t begin_ = 0;
    std::int64_t synced_ = -1;  ///< newest segment of which an end was synced
    base::Micros sync_at_ = 0;  ///< steady; 0: nothing is to be synced
  };

  struct Begin {
    std::uint32_t number = 0;  ///< of the line, from 1
    FileHeader header;
    std::vector<record::Record> seed;
  };
  struct Close {};
  struct Entry {
    std::shared_ptr<Line> line;
    std::variant<record::Record, Begin, Close> what;
  };

  explicit JournalWriter(Options options);
  /// Waits for what is queued. Where the disk does not answer in time the thread is left behind with what it holds, and
  /// the log says how much that is.
  ~JournalWriter();
  JournalWriter(const JournalWriter&) = delete;
  JournalWriter& operator=(const JournalWriter&) = delete;

  /// Null where the channel's name is not fit for a directory.
  std::shared_ptr<Line> line(const std::string& channel) const;
  /// Takes the batch, which is empty then. False, and nothing is taken, where the queue has no room for it.
  bool put(std::vector<Entry>& batch);

  const Counters& counters() const;
  const std::string& directory() const;

  /// Bytes of media, text or pictures in a record, which is most of what it takes.
  static std::size_t media_of(const record::Record& record);

 private:
  struct Queue;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Queue> queue_;
  base::DiskThread thread_;
};

}  // namespace archive
