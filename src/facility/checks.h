#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "facility/judge.h"
#include "facility/observation.h"
#include "facility/sample.h"
#include "feed/message.h"

namespace facility {

/// What is to be checked.
struct Order {
  std::string channel;
  feed::Id feed = feed::Id::kPrimary;
  base::Micros lasts = 0;  ///< from kShortest to kLongest
};
inline constexpr base::Micros kShortest = 5 * base::kSecond;
inline constexpr base::Micros kUsual = 120 * base::kSecond;
inline constexpr base::Micros kLongest = 600 * base::kSecond;

/// A check as it is now.
struct Report {
  std::uint64_t id = 0;
  Order order;
  bool done = false;
  base::Micros began = 0;   ///< UTC
  base::Micros ended = 0;   ///< UTC; 0 before it is done
  std::vector<Line> lines;  ///< once it is done
};

/// The checks of an instance, at most kMostRunning at a time and one a feed; what is over is remembered, the newest of
/// each feed, at most kMostKept. They do not outlive the instance. Thread: one; nothing waits.
class Checks {
 public:
  static constexpr std::size_t kMostRunning = 16;
  static constexpr std::size_t kMostKept = 64;
  /// How often step() is to be called while busy().
  static constexpr base::Micros kStep = base::kSecond;

  struct Look {
    Sample sample;
    Wanted wanted;
  };
  struct Options {
    /// How a feed is now, but for Sample::at and utc; nothing: there is no such channel.
    std::function<std::optional<Look>(const std::string& channel, feed::Id feed)> look;
    std::function<void(const Report&)> on_end = {};
  };
  enum class Refusal : std::uint8_t {
    kNoChannel,
    kNoPublisher,
    kRunning,  ///< this feed is being checked
    kTooMany,  ///< kMostRunning are
  };

  /// `clock` outlives it.
  Checks(Options options, const base::Clock& clock) : options_(std::move(options)), clock_(clock) {}

  /// The check, which runs, and has its first sample.
  std::variant<Report, Refusal> start(Order order);
  /// Takes a sample for each that runs, and ends those that have lasted long enough.
  void step();
  bool busy() const;
  /// Of one channel, the newest first.
  std::vector<Report> reports(std::string_view channel) const;

 private:
  struct Check {
    Report report;
    base::Micros ends = 0;  ///< steady
    Wanted wanted;
    Observation seen;
  };
  std::size_t running() const;
  void sample(Check& check);
  void end(Check& check);
  void forget();

  const Options options_;
  const base::Clock& clock_;
  std::uint64_t newest_ = 0;  ///< id
  std::deque<Check> checks_;  ///< the oldest first
};

}  // namespace facility
