#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "feed/message.h"
#include "loop/loop.h"
#include "loop/stream.h"
#include "loop/timer.h"

namespace channel {

/// The bounded way from a publisher to its worker. A worker that lags makes the queue grow; past the bound feed
/// messages are dropped up to the next key frame, once the worker has caught up again, and it is told so.
/// Decoder configuration and everything that is not media always goes through.
///
/// Ticks, and audio beside video, wait for the next video frame, `hold` at most, and go with it in one write: that
/// halves how often the worker has to wake, which is most of what a copied channel costs.
class FeedWriter {
 public:
  struct Options {
    std::size_t most_bytes = std::size_t{8} << 20;
    base::Micros most_time = 2 * base::kSecond;   ///< that the pipe may stay full
    base::Micros hold = 42 * base::kMillisecond;  ///< a little more than a frame of 25 a second
  };
  struct Counters {
    std::uint64_t messages = 0;
    std::uint64_t dropped_messages = 0;
    std::uint64_t dropped_bytes = 0;
    std::uint64_t drops = 0;  ///< times that dropping began
  };
  /// What a media message is to the decoder. Transport stream bytes are always kKeyFrame: the demuxer resynchronises by
  /// itself.
  enum class Role : std::uint8_t { kHeader, kKeyFrame, kAudio, kOther };

  FeedWriter(loop::Loop& loop, Options options);

  /// A new worker reads from `pipe` on; null: there is none, media is dropped.
  void attach(loop::Stream* pipe);
  /// Control messages.
  void write(const feed::Message& message);
  /// Media. Units: `now` is steady time.
  void write_media(const feed::Message& message, Role role, base::Micros now);

  const Counters& counters() const { return counters_; }

 private:
  bool admit(std::size_t size, Role role, base::Micros now);
  void append(const feed::Message& message);
  void flush();

  const Options options_;
  loop::Stream* pipe_ = nullptr;
  std::vector<base::Bytes> held_;  ///< to be written next, in order
  base::Micros last_video_ = INT64_MIN / 2;
  loop::Timer hold_;
  bool dropping_ = false;
  std::uint64_t dropped_now_ = 0;
  base::Micros full_since_ = -1;
  Counters counters_;
};

}  // namespace channel
