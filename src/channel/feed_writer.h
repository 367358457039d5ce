#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "channel/alarm.h"
#include "feed/message.h"

namespace channel {

/// A worker's end of the feed pipe.
class FeedPipe {
 public:
  virtual ~FeedPipe() = default;
  /// Sends the slices in order; what the kernel does not take is queued, the slices kept.
  virtual void write(std::span<const base::Bytes> slices) = 0;
  /// Bytes accepted and not yet taken by the kernel.
  virtual std::size_t queued() const = 0;
  /// The worker can make nothing of media that arrives before, but of key frames; 0: of all. Units: UTC, as the worker
  /// says: any number.
  virtual base::Micros due() const = 0;
};

/// The bounded way from a channel's publishers to its worker. A worker that lags makes the queue grow; past the bound
/// a feed's messages are dropped up to its next key frame, once the worker has caught up again; a message tells it what
/// was dropped. The feed that is not shown is dropped at half the bound. Decoder configuration and everything that is
/// not media always goes through. All messages come out in the order in which they were written.
///
/// Ticks, and audio beside video, wait for the next video frame, `hold` at most, and go with it in one write; so does
/// RTMP video that a worker that copies needs later, at the end of a part (FeedPipe::due()): that spares the worker
/// four of five times to wake, which is most of what a copied channel costs, and delays nothing. A transport stream
/// does not wait: what of it is a key frame is not known here.
class FeedWriter {
 public:
  struct Options {
    std::size_t most_bytes = std::size_t{8} << 20;
    base::Micros most_time = 2 * base::kSecond;     ///< that the pipe may stay full
    base::Micros hold = 42 * base::kMillisecond;    ///< a little more than a frame of 25 a second
    base::Micros most_early = base::kSecond;        ///< that media which is needed later may wait beside that
    std::size_t most_held = std::size_t{48} << 10;  ///< bytes that wait: what the kernel takes at once
  };
  struct Counters {
    std::uint64_t messages = 0;
    std::uint64_t dropped_messages = 0;
    std::uint64_t dropped_bytes = 0;
    std::uint64_t drops = 0;  ///< times that dropping began
  };
  FeedWriter(Alarms& alarms, Options options);

  /// A new worker reads from `pipe` on; null: there is none, media is dropped.
  void attach(FeedPipe* pipe);
  /// Passes a message of a feed on. Units: `now` is steady time.
  void write(feed::Id feed, const feed::Message& message, base::Micros now);
  /// For how long the worker does not need what arrives at this time. Units: UTC.
  base::Micros early(base::Micros arrived) const;
  /// The feed that is shown from now on.
  void set_shown(feed::Id feed) { shown_ = feed; }

  const Counters& counters() const { return counters_; }

 private:
  struct PerFeed {
    base::Micros last_video = INT64_MIN / 2;  ///< steady
    bool dropping = false;
    std::uint64_t dropped_now = 0;  ///< bytes that the worker has not been told of
  };
  void write_media(feed::Id feed, const feed::Message& message, std::size_t size, feed::Role role, base::Micros now);
  bool admit(feed::Id feed, std::size_t size, feed::Role role, base::Micros now);
  void append(feed::Id feed, const feed::Message& message);
  void hold(base::Micros time);
  void flush();

  const Options options_;
  FeedPipe* pipe_ = nullptr;
  std::vector<base::Bytes> held_;  ///< to be written next, in order
  std::size_t held_bytes_ = 0;
  std::unique_ptr<Alarm> hold_;
  std::array<PerFeed, feed::kIds.size()> feeds_;
  feed::Id shown_ = feed::Id::kPrimary;
  base::Micros full_since_ = -1;  ///< steady time since which the pipe has not been empty; -1: it is
  Counters counters_;
};

}  // namespace channel
