#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace channel {

/// What decides on the place of a request for a worker in the queue.
struct SpawnOrder {
  /// The channel has viewers already: goes before channels that only begin.
  bool replacement = false;
  /// The address of the publisher, or the name of a channel that the configuration names. Groups are served in turn,
  /// one request each, so that one address cannot make the others wait.
  std::string group;
};

/// The requests for workers that have not been sent yet: replacements first, in the order in which they came; then
/// those of new channels, one of each group in turn. Memory: kMost entries and one for each channel that was live.
class SpawnQueue {
 public:
  /// New channels that may wait; a further one has to try again.
  static constexpr std::size_t kMost = 128;

  /// False if too many wait already; a replacement is always taken.
  [[nodiscard]] bool push(std::uint64_t id, const SpawnOrder& order);
  /// The request to be served next.
  std::optional<std::uint64_t> next() const;
  /// Removes a request that was sent or withdrawn. If it was the next one, another group is next.
  void remove(std::uint64_t id);

  std::size_t size() const { return replacements_.size() + waiting_; }

 private:
  struct Group {
    std::string name;
    std::deque<std::uint64_t> ids;
  };

  std::deque<std::uint64_t> replacements_;
  std::deque<Group> groups_;  ///< none is empty
  std::size_t waiting_ = 0;
};

}  // namespace channel
