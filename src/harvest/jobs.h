#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "harvest/job.h"
#include "s3/address.h"
#include "s3/credentials.h"

namespace harvest {

/// The jobs of an instance: one runs at a time, on a thread of the lowest priority, at a bounded rate, so that live
/// output does not notice. Jobs do not outlive the instance. Thread: any; no call waits for a disk or a network.
class Jobs {
 public:
  static constexpr std::size_t kMostWaiting = 8;
  /// Of jobs that are over, how many are remembered, the newest.
  static constexpr std::size_t kMostKept = 64;

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
    /// A job is over. Called by the thread.
    std::function<void(const Report&)> on_end = {};
  };
  enum class Refusal : std::uint8_t {
    kNoChannel,  ///< no channel can have that name
    kNoBucket,   ///< the channel is not uploaded
    kTooMany,    ///< kMostWaiting jobs wait
  };
  enum class Cancel : std::uint8_t { kDone, kNoJob, kOver };

  /// `clock` outlives it.
  Jobs(Options options, const base::Clock& clock);
  /// Ends the running job, whose files are deleted. Waits for the thread, which is short.
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

 private:
  struct Shared;
  class Runner;

  const std::shared_ptr<Shared> shared_;
  const std::unique_ptr<Runner> runner_;
};

}  // namespace harvest
