#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "captions/triplet.h"

namespace captions {

/// Triplets on their way from the pictures that brought them to pictures that are shown at the same time or later, in
/// order of presentation, each once. Those of one picture stay in their order.
/// Bound: `most` triplets; beyond, the oldest are dropped and counted. Allocates once. Thread: one at a time.
class Queue {
 public:
  explicit Queue(std::size_t most) : most_(most) {}

  void put(std::int64_t pts, std::span<const Triplet> triplets);
  /// Appends those of pictures up to `until`, at most `most`; the rest stays. Where there are more, padding is left
  /// out, which only fills the rate of the pictures that brought it.
  void take(std::int64_t until, std::size_t most, std::vector<Triplet>& to);

  bool empty() const { return waiting_.empty(); }
  /// The pts of the first one. REQUIRES: not empty.
  std::int64_t next() const { return waiting_.front().pts; }
  /// Triplets that were dropped for want of room.
  std::uint64_t lost() const { return lost_; }

 private:
  struct Waiting {
    std::int64_t pts;
    Triplet triplet;
  };

  std::size_t most_;
  std::vector<Waiting> waiting_;  ///< pts rise
  std::uint64_t lost_ = 0;
};

}  // namespace captions
