#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <variant>

#include "base/clock.h"
#include "media/packet.h"
#include "transcode/decoder.h"

namespace transcode {

/// The bounded way into a decoder's thread: packets and, between them, what happens to the stream, in order.
/// When more than its limits wait, packets are dropped up to the next key frame, oldest first; events never are.
/// Thread: put() and close() from the owner's, take() from the decoder's, the rest from any.
class Intake {
 public:
  struct Fed {
    media::Packet packet;
    base::Micros at = 0;  ///< steady time
  };
  struct NewSource {
    media::Track track;
    Decoder decoder;
  };
  struct Discontinuity {};
  struct ForceKey {
    std::int64_t pts = 0;
  };
  struct Flush {};
  using Item = std::variant<Fed, NewSource, Discontinuity, ForceKey, Flush>;

  struct Limits {
    std::int64_t ticks = 0;
    std::size_t bytes = 0;
    bool wait = false;  ///< put() waits for room and nothing is dropped
  };
  explicit Intake(Limits limits) : limits_(limits) {}

  void put(Item item);
  /// The next item; waits for it. Empty once closed.
  std::optional<Item> take();
  /// Nothing waits any more, and nothing is kept.
  void close();

  /// Media time that waits, from the packet taken last to the newest.
  std::int64_t lag() const;
  std::uint64_t dropped() const;

 private:
  bool full() const;
  void drop_to_key();

  const Limits limits_;
  mutable std::mutex mutex_;  // a hand-over between two threads: base/ has no queue of this policy
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  std::size_t packets_ = 0;
  std::int64_t newest_ = 0;
  std::int64_t oldest_ = 0;
  bool need_key_ = true;
  bool closed_ = false;
  std::uint64_t dropped_ = 0;
};

}  // namespace transcode
