#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/disk_thread.h"
#include "harvest/job.h"
#include "s3/address.h"
#include "s3/credentials.h"

namespace harvest {

/// The jobs of an instance: one runs at a time, on a thread of the lowest priority, at a bounded rate, so that live
/// output does not notice. They outlive the instance: the list is kept in a file, and the next run of the server begins
/// the jobs again that waited or ran, in their order. Thread: any; no call waits for a disk or a network.
class Jobs {
 public:
  static constexpr std::size_t kMostWaiting = 8;
  /// Of jobs that are over, how many are remembered, the newest.
  static constexpr std::size_t kMostKept = 64;
  /// A job under which the server was killed so often is not begun again: it may be what kills it.
  static constexpr int kMostStarts = 5;

  struct Target {
    s3::Address address;
    s3::Credentials::Options credentials;
  };
  struct Options {
    std::string journal;  ///< directory of all channels
    std::string root;     ///< directory of harvests; is made where it is missing
    /// Buckets by channel, "*": all others; nothing: there is none.
    std::map<std::string, std::optional<Target>> targets = {};
    std::uint64_t least_free = std::uint64_t{1} << 30;  ///< of the disk, for the journal. Units: bytes.
    std::uint64_t rate = std::uint64_t{64} << 20;       ///< that a job writes. Units: bytes a second.
    std::string state = {};                             ///< file of the list; empty: it is not kept
    std::deque<Report> saved = {};                      ///< the list that an earlier run has left
    /// A job is over. Called by the thread, or in cancel(); never beyond the destructor.
    std::function<void(const Report&)> on_end = {};
  };
  enum class Refusal : std::uint8_t {
    kNoChannel,  ///< no channel can have that name
    kNoBucket,   ///< the channel is not uploaded
    kTooMany,    ///< kMostWaiting jobs wait
  };
  enum class Cancel : std::uint8_t { kDone, kNoJob, kOver };

  /// Of all jobs since the instance started.
  struct Counters {
    std::array<std::uint64_t, kStates> over = {};  ///< jobs, by the state in which they ended
    std::uint64_t bytes = 0;                       ///< of media and playlists that were written
    base::Micros busy = 0;                         ///< for which a job ran; one that runs counts when it is over
    std::size_t waiting = 0;
    std::size_t running = 0;
  };

  Jobs(Options options, std::shared_ptr<const base::Clock> clock);
  /// Ends the running job, which the next run of the server begins again. Waits for the thread, which is short; where
  /// a disk does not answer, it is left behind.
  ~Jobs();
  Jobs(const Jobs&) = delete;
  Jobs& operator=(const Jobs&) = delete;

  /// The job, which waits or runs.
  std::variant<Report, Refusal> start(Order order);
  /// The newest first.
  std::vector<Report> reports() const;
  std::optional<Report> report(std::uint64_t id) const;
  /// A job that waits is over at once, one that runs soon.
  Cancel cancel(std::uint64_t id);
  Counters counters() const;

 private:
  struct Shared;
  class Runner;

  // Shared with the thread, which may have to be left behind.
  const std::shared_ptr<Shared> shared_;
  base::DiskThread thread_;
};

}  // namespace harvest
