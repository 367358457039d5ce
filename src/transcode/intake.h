#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>
#include <variant>

#include "base/clock.h"
#include "media/instant.h"
#include "media/packet.h"
#include "transcode/decoder.h"

namespace transcode {

/// The bounded way into a decoder's thread: packets and, between them, what happens to the stream, in order.
/// When more than its limits wait, packets are dropped up to the next key frame, oldest first; events never are, but
/// one that a later one outdoes is replaced: of holds the newest waits, of new sources without a packet between them
/// the last one. An excused packet does not count against the limit of time, nor do those behind it for the time that
/// it made them wait longer.
/// Thread: put() and close() from the owner's, take() from the decoder's, the rest from any.
class Intake {
 public:
  struct Fed {
    media::Packet packet;
    base::Micros dts = 0;  ///< of the packet, free of its track's timescale
    base::Micros at = 0;   ///< steady time
    bool excused = false;  ///< put faster than it can be decoded, or while the decoder's thread must wait
  };
  struct NewSource {
    media::Track track;
    Decoder decoder;
  };
  struct Discontinuity {};
  struct Hold {
    media::Instant until;
    base::Micros at = 0;  ///< steady time
  };
  struct Flush {};
  using Item = std::variant<Fed, NewSource, Discontinuity, Hold, Flush>;

  struct Limits {
    base::Micros time = 0;
    std::size_t bytes = 0;
    bool wait = false;  ///< put() waits for room and nothing is dropped
  };
  /// Gets each packet that is dropped, within put().
  using OnDrop = std::function<void(const media::Packet&)>;
  explicit Intake(Limits limits, OnDrop on_drop = {}) : limits_(limits), on_drop_(std::move(on_drop)) {}

  void put(Item item);
  /// The next item; waits for it. Empty once closed.
  std::optional<Item> take();
  /// Nothing waits any more, and nothing is kept.
  void close();

  /// Media time that waits, from the packet taken last to the newest.
  base::Micros lag() const;
  /// The part of lag() that no excused packet is the reason of.
  base::Micros overdue() const;
  /// True while an excused packet makes others wait.
  bool catching_up() const;
  std::uint64_t dropped() const;
  /// Of these, the ones that were dropped because too much waited.
  std::uint64_t overflowed() const;

 private:
  base::Micros waiting() const { return packets_ == 0 ? 0 : newest_ - oldest_; }
  bool full() const;
  void drop_to_key();
  void outdo(const Item& item);

  void count_drop(const media::Packet& packet);

  const Limits limits_;
  const OnDrop on_drop_;
  mutable std::mutex mutex_;  // a hand-over between two threads: base/ has no queue of this policy
  std::condition_variable filled_;
  std::condition_variable emptied_;
  std::deque<Item> items_;
  std::size_t bytes_ = 0;
  std::size_t packets_ = 0;
  base::Micros newest_ = 0;
  base::Micros oldest_ = 0;
  base::Micros excused_ = 0;  ///< part of the lag; falls with it and rises with excused packets only
  bool need_key_ = true;
  bool closed_ = false;
  std::uint64_t dropped_ = 0;
  std::uint64_t overflowed_ = 0;
};

}  // namespace transcode
