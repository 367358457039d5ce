#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace channel {

/// Where a request for a worker stands in the queue.
struct SpawnOrder {
  /// The channel has viewers of what an earlier worker made: goes before channels that only begin.
  bool replacement = false;
  /// Channels of one turn stand behind each other, and turns are served one by one: the address that a publisher comes
  /// from, or the name of a channel that the configuration names. No address can make the others wait.
  std::string turn;
};

/// The requests for workers that have not gone out: replacements first, in the order of their coming; then those of new
/// channels, one of each turn after the other. Memory: kMost entries and one for each channel that was live.
class SpawnQueue {
 public:
  /// New channels that may wait; a further one has to try again.
  static constexpr std::size_t kMost = 128;

  /// False where too many wait already; a replacement is always taken.
  [[nodiscard]] bool push(std::uint64_t id, const SpawnOrder& order);
  /// The request to be served next.
  std::optional<std::uint64_t> next() const;
  /// Takes a request off, served or not wanted any more; the turn of the one that was next is over.
  void remove(std::uint64_t id);

  std::size_t size() const { return replacements_.size() + waiting_; }

 private:
  struct Turn {
    std::string name;
    std::deque<std::uint64_t> ids;
  };

  std::deque<std::uint64_t> replacements_;
  std::deque<Turn> turns_;  ///< none is empty
  std::size_t waiting_ = 0;
};

}  // namespace channel
