#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "archive/journal_writer.h"
#include "base/clock.h"
#include "origin/log.h"
#include "origin/numbering.h"
#include "origin/seed.h"
#include "record/fold.h"
#include "record/record.h"

namespace archive {

/// The fold that keeps a channel's log on disk. Costs the loop a copy of each record (pointers) and a lock a batch; all
/// else is the writer's.
///
/// Where the writer has no room, or the disk fails, the journal of this channel is given up: nothing is written for
/// kPause, then a new file begins, which says that there is a hole before it. A new file also begins each hour, with
/// kFileBytes, and where the numbering changes.
/// Thread: the control loop's.
class JournalFold final : public record::Fold {
 public:
  static constexpr base::Micros kPause = 10 * base::kSecond;
  static constexpr base::Micros kTrial = base::kSecond;
  static constexpr base::Micros kFileSpan = 3600 * base::kSecond;
  static constexpr std::uint64_t kFileBytes = std::uint64_t{64} << 20;

  /// All of it outlives the fold.
  struct Context {
    const base::Clock& clock;
    JournalWriter& writer;
    const origin::Numbering& numbering;  ///< is ahead of apply()
    /// Of the log before the record that is being applied.
    std::function<origin::Log::Standing()> standing;
    /// The journal is given up for the reason ("queue_full", or what the system says), or written again (empty). Called
    /// from settle() alone.
    std::function<void(std::string_view why)> on_change;
    /// The bytes of a part are in a file, and can be read there. Called from settle() alone; may be null.
    std::function<void(JournalWriter::Written&& part)> on_written;
  };

  JournalFold(const std::string& channel, Context context);
  ~JournalFold() override;

  void apply(const record::Record& record) override;
  void settle() override;
  /// A record that the journal has already: what is written next continues it.
  void restore(const record::Record& record);

  bool given_up() const { return given_up_; }
  /// Records that were not written because the journal was given up.
  std::uint64_t dropped() const { return dropped_; }

 private:
  void follow(const record::Record& record);
  bool wants_file() const;
  bool may_begin() const;
  void begin_file();
  void give_up(std::string_view why);

  Context context_;
  std::shared_ptr<JournalWriter::Line> line_;  ///< null: the channel's name is not fit
  std::vector<JournalWriter::Entry> batch_;
  std::uint32_t begins_ = 0;
  bool open_ = false;        ///< a file was begun and not given up
  bool continues_ = false;   ///< what is written next follows what the journal has
  base::Micros began_ = 0;   ///< of the file; UTC
  std::uint64_t bytes_ = 0;  ///< of the file
  std::int64_t numbering_ = 0;
  bool given_up_ = false;
  base::Micros retry_at_ = 0;    ///< steady
  base::Micros healthy_at_ = 0;  ///< steady: an error of the new file would have shown by then
  std::uint64_t dropped_ = 0;

  origin::Seed seed_;
};

}  // namespace archive
