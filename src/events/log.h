#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <tuple>
#include <vector>

#include "base/clock.h"
#include "events/event.h"

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
  /// Events after Query::after are no longer kept, or Query::after is no number of this log's: events may be missing
  /// between it and this page, which then begins with the oldest.
  bool missed = false;
};

/// The events of an instance, in memory: the newest Options::most; the oldest are dropped. All access to them is
/// through append() and read(), so that a log on disk can take the place of this one.
///
/// The first sequence number is the UTC millisecond in which the log was made, so that numbers grow over a restart and
/// a reader that comes back with an old one is told that it has missed something.
/// Thread: the control loop's.
class Log final : public Sink {
 public:
  struct Options {
    std::string source = "/kickoff";  ///< names the instance: see to_cloud_event()
    std::size_t most = 10'000;
    /// Conditions that are remembered until they are cleared. One above it is in the log, and its clear has another id.
    std::size_t most_raised = 10'000;
  };
  /// Longest text of a value. Units: bytes, about.
  static constexpr std::size_t kLongestText = 400;

  /// `clock` outlives it.
  explicit Log(const base::Clock& clock) : Log(clock, Options{}) {}
  Log(const base::Clock& clock, Options options);

  /// Numbers the fact and keeps it. A condition that is raised again is a new one.
  void append(Fact fact) override;
  Page read(const Query& query) const;
  /// `on_append` is called after each append(), inside it; nullptr: nobody.
  void watch(std::function<void()> on_append) { on_append_ = std::move(on_append); }
  /// `on_event` is called with each event, inside append(), before whoever watches; nullptr: nobody.
  void forward(std::function<void(const std::shared_ptr<const Event>&)> on_event) { on_event_ = std::move(on_event); }

  /// Events so far, also of those that are dropped, by Type.
  const std::array<std::uint64_t, kTypes.size()>& counts() const { return counts_; }

 private:
  std::uint64_t id_of(const Fact& fact, std::uint64_t sequence);

  const base::Clock& clock_;
  const Options options_;
  std::uint64_t next_;  ///< sequence
  std::deque<std::shared_ptr<const Event>> events_;
  /// Ids of the conditions that are raised and not cleared, by type, channel and Fact::which.
  std::map<std::tuple<Type, std::string, std::string>, std::uint64_t> raised_;
  std::array<std::uint64_t, kTypes.size()> counts_{};
  std::function<void(const std::shared_ptr<const Event>&)> on_event_;
  std::function<void()> on_append_;
};

}  // namespace events
