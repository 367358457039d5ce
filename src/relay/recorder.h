#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "origin/log.h"
#include "origin/seed.h"
#include "record/fold.h"
#include "record/record.h"
#include "relay/reel.h"

namespace relay {

/// Gets what edges can get of a channel, after each batch of records. Called on the control loop's thread.
using OnReel = std::function<void(const std::string& channel, std::shared_ptr<const Reel> reel)>;

/// The fold that keeps a channel's log for edges: as much of it as the window needs, encoded once. The parts' bytes are
/// the window's own. Bound: the window and kSpare segments more, and kMostBytes; the oldest go first.
/// Thread: the control loop's.
class Recorder final : public record::Fold {
 public:
  /// For renditions that lag behind the first by a segment or two, for segments that have left the playlist and can
  /// still be fetched, and for edges that read slowly.
  static constexpr std::int64_t kSpare = 8;
  static constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;

  /// All of it outlives the fold.
  struct Context {
    const base::Clock& clock;
    std::function<origin::Log::Standing()> standing;  ///< of the log before the record that is being applied
    std::function<std::int64_t()> numbering;          ///< see origin::Seed::follow()
    std::function<void(std::shared_ptr<const Reel>)> publish;
  };

  /// A log that begins, of a window with these terms. `start`: of its first record. `path`: see Reel.
  Recorder(Context context, const origin::Log::Options& terms, const Place& start, Path path);

  void apply(const record::Record& record) override;
  void settle() override;
  /// Brings reel() up to date, and leaves the publication to settle().
  void settle_quietly();
  /// A record that is in force and has no number: what is applied later continues it.
  void follow(const record::Record& record);
  /// A record with a number that nobody here can read: it is not passed on, and readers that wait for it begin anew.
  void skip();

  /// As it was last published; never null.
  const std::shared_ptr<const Reel>& reel() const { return reel_; }
  std::uint64_t next() const { return next_; }

 private:
  void begin_chunk();
  void drop_old();
  std::int64_t kept_segments() const;

  Context context_;
  const std::uint64_t log_;
  const Path path_;
  const std::shared_ptr<const origin::Log::Options> terms_;
  origin::Seed seed_;
  media::Rational segment_{2, 1};
  std::vector<std::shared_ptr<const Chunk>> closed_;
  Chunk open_;
  bool begun_ = false;  ///< there is an open chunk
  std::uint64_t next_ = 1;
  std::uint64_t bytes_ = 0;  ///< of all chunks
  bool dirty_ = false;       ///< reel_ is out of date
  bool unpublished_ = false;
  std::shared_ptr<const Reel> reel_;
};

/// A log that begins now, by a name of chance.
Place begin_log();

}  // namespace relay
