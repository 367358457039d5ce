#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/picture_health.h"
#include "transcode/thumbnail.h"

namespace transcode {

class EncodeSide;

/// The half of a video ladder before the decoded picture, one a feed: packets on the UTC timeline in; decoded and,
/// where they are interlaced, deinterlaced pictures to the encode side, in its timescale. They are shown while this
/// side is the one that EncodeSide::select() or switch_to() named; it decodes all the time, so that a switch takes no
/// key frame.
///
/// Threads: one decodes ("k-decode"). All functions are the owner's, on one thread, the same as the encode side's.
///
/// Overload: the way in holds at most `Options::max_lag` of media and `Options::max_bytes`. Past half of max_lag the
/// encode side leaves every other picture unencoded, in all rungs alike and never a key frame; past max_lag everything
/// up to the next key frame of the source is dropped. Both are counted. The time that catch_up() or the waiting for
/// the other side of a switch puts on the way in is not counted as part of max_lag.
class DecodeSide {
 public:
  enum class WhenFull : std::uint8_t {
    kDrop,  ///< feed() never blocks: live
    kWait,  ///< feed() blocks until there is room: files, tests, benches
  };
  struct Options {
    WhenFull when_full = WhenFull::kDrop;
    base::Micros max_lag = base::kSecond;           ///< media time that may wait to be decoded
    std::size_t max_bytes = std::size_t{16} << 20;  ///< of waiting input
    int cores = 0;                                  ///< cores to plan for; 0: those of the machine
    PictureHealth::Options health{};
  };
  struct Counters {
    std::uint64_t fed = 0;              ///< packets
    std::uint64_t decoded = 0;          ///< frames
    std::uint64_t decode_errors = 0;    ///< packets refused and pictures with damage
    std::uint64_t dropped_packets = 0;  ///< thrown away undecoded: overload, no key frame yet, a source not decodable
    std::uint64_t duplicated = 0;       ///< frames repeated to keep the cadence of a deinterlaced source
    base::Micros lag = 0;               ///< media time waiting to be decoded now
    bool waiting = false;               ///< for the other side of a switch, now
  };

  /// Opens the decoder. `to` lives longer. Errors: kUnsupported where this libavcodec lacks a decoder; kMalformed for a
  /// track that is no video or without a timescale; kSystem from the libraries.
  static base::Result<std::unique_ptr<DecodeSide>> make(const media::Track& source, EncodeSide& to,
                                                        const Options& options);
  /// Stops at once, dropping what is under way. If it is the selected one, the pending one is selected afterwards, or
  /// none; if it is the pending one, none is pending.
  ~DecodeSide();
  DecodeSide(const DecodeSide&) = delete;
  DecodeSide& operator=(const DecodeSide&) = delete;

  /// The next packet in decoding order, in ticks of the newest source. Packets before the first key frame are dropped
  /// and counted.
  void feed(media::Packet&& packet);
  /// The packets since the newest key frame, in front of the first feed() of a side that is made in the middle of a
  /// feed. They are decoded as fast as it goes, none is dropped for the time that they take, up to Options::max_bytes,
  /// and pictures that come too late for that reason are not counted as dropped. Never blocks.
  void catch_up(std::vector<media::Packet>&& since_key);
  /// The source's format changes from the next packet on: size, parameter sets, timescale, even codec. Rungs stay as
  /// they are; a picture of another shape is shown with bars. Errors: as make(); packets are then dropped and counted
  /// until a source comes that can be decoded.
  base::Status change_source(const media::Track& source);
  /// The next packet does not continue the one before (reconnect, other feed): pictures still held for reordering come
  /// out, and decoding starts again at a key frame.
  void discontinuity();
  /// Lets everything fed so far reach the encode side, and waits for it. Nothing can be fed any more.
  void flush();

  Counters counters() const;
  /// Media time waiting to be decoded, but for what catch_up() and the waiting for another side put there.
  base::Micros overdue() const;
  /// Packets dropped because too much waited.
  std::uint64_t overflowed() const;
  /// What the pictures show, in media time; four of them a second are looked at, whether they are shown or not.
  PictureHealth::Report health() const;
  /// The next picture makes a thumbnail, which take_thumbnail() gives once.
  void ask_thumbnail();
  std::optional<Thumbnail> take_thumbnail();

 private:
  friend class EncodeSide;
  struct State;
  explicit DecodeSide(std::unique_ptr<State> state);
  /// Passes EncodeSide::hold() on, behind what was fed.
  void hold(media::Instant until);
  std::uint32_t id() const;
  std::unique_ptr<State> state_;
};

}  // namespace transcode
