#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "events/conditions.h"
#include "events/event.h"
#include "events/restore.h"

namespace events {

/// What a reader asks the log for.
struct Query {
  std::uint64_t after = 0;   ///< events with a higher sequence number; 0: from the oldest
  std::size_t limit = 100;   ///< events at most
  std::string channel = {};  ///< only those about this channel; empty: all
  std::string type = {};     ///< only types that begin so, with or without kPrefix; empty: all

  bool matches(const Event& event) const;
};

/// What the log answers.
struct Page {
  std::vector<std::shared_ptr<const Event>> events;  ///< in order
  std::string source;                                ///< Log::Options::source
  std::uint64_t oldest = 0;                          ///< sequence of the oldest event that is kept
  std::uint64_t newest = 0;                          ///< of the newest
  /// What to ask with next: all up to here is in this page, or did not match.
  std::uint64_t next = 0;
  /// Events between Query::after and this page are no longer kept, or were lost; or Query::after is no number of this
  /// log's, and the page begins with the oldest. A page ends before a loss, so that the next one says so.
  bool missed = false;
};

/// The events of an instance, in memory: the newest Options::most; the oldest are dropped. What writes them to disk is
/// told by store(), and restore() takes up what earlier runs have written. A reader does not wait for a disk.
///
/// Numbers grow over a restart, also if nothing was restored: the first is the UTC millisecond in which the log was
/// made, or is kLeap above those restored, if that is more. So a reader that comes back with an old number is told if
/// it has missed something.
/// Thread: the control loop's.
class Log final : public Sink {
 public:
  struct Options {
    std::string source = "/kickoff";  ///< names the instance: see to_cloud_event()
    std::size_t most = 10'000;
    /// Conditions that are remembered until they are cleared. One above it is in the log, and its clear has another id.
    std::size_t most_raised = Conditions::kMost;
  };
  /// Longest text of a value. Units: bytes, about.
  static constexpr std::size_t kLongestText = 400;
  /// Numbers that an earlier run may have used for events which were not written any more.
  static constexpr std::uint64_t kLeap = 20'000;

  /// `clock` outlives it.
  explicit Log(const base::Clock& clock) : Log(clock, Options{}) {}
  Log(const base::Clock& clock, Options options);

  /// Begins with what earlier runs have left. REQUIRES: nothing was appended.
  void restore(Restored restored);
  /// Appends a clear, with the reason "restart", for each condition that an earlier run has left raised: what lasts is
  /// raised again, by who sees it.
  void clear_restored();
  std::size_t most() const { return options_.most; }
  /// The number of the next event.
  std::uint64_t next() const { return next_; }
  const Conditions& raised() const { return raised_; }
  /// All that are kept, in order.
  const std::deque<Kept>& events() const { return events_; }

  /// Numbers the fact and keeps it. A condition that is raised again is a new one.
  void append(Fact fact) override;
  Page read(const Query& query) const;
  /// `on_append` is called after each append(), inside it; nullptr: nobody.
  void watch(std::function<void()> on_append) { on_append_ = std::move(on_append); }
  /// `on_event` is called with each event, inside append(), before the one of forward(); nullptr: nobody.
  void store(std::function<void(const std::shared_ptr<const Event>&)> on_event) { on_store_ = std::move(on_event); }
  /// `on_event` is called with each event, inside append(), after the one of store(); nullptr: nobody.
  void observe(std::function<void(const std::shared_ptr<const Event>&)> on_event) { on_observe_ = std::move(on_event); }
  /// `on_event` is called with each event, inside append(), before whoever watches; nullptr: nobody.
  void forward(std::function<void(const std::shared_ptr<const Event>&)> on_event) { on_event_ = std::move(on_event); }

  /// Events so far, also of those that are dropped, by Type.
  const std::array<std::uint64_t, kTypes.size()>& counts() const { return counts_; }

 private:
  const base::Clock& clock_;
  const Options options_;
  std::uint64_t next_;   ///< sequence
  std::uint64_t begin_;  ///< a reader that has seen all up to here has not missed what was dropped
  std::deque<Kept> events_;
  Conditions raised_;
  std::array<std::uint64_t, kTypes.size()> counts_{};
  std::function<void(const std::shared_ptr<const Event>&)> on_store_;
  std::function<void(const std::shared_ptr<const Event>&)> on_observe_;
  std::function<void(const std::shared_ptr<const Event>&)> on_event_;
  std::function<void()> on_append_;
};

}  // namespace events
