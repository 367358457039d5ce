#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/decode_side.h"
#include "transcode/encode_side.h"
#include "transcode/output.h"
#include "transcode/rung.h"

namespace transcode {

/// A decode side and an encode side for a single feed: decodes one video track once and encodes every rung of it.
/// Everything that DecodeSide and EncodeSide say holds here. All functions are the owner's, on one thread.
class VideoLadder {
 public:
  using Keys = EncodeSide::Keys;
  using WhenFull = DecodeSide::WhenFull;
  struct Options {
    media::Rational segment{2, 1};  ///< Units: seconds; N of msn = floor(utc / N)
    Keys keys = Keys::kGrid;
    WhenFull when_full = WhenFull::kDrop;           ///< kWait: results are not bounded then
    base::Micros max_lag = base::kSecond;           ///< media time that may wait to be decoded
    std::size_t max_bytes = std::size_t{16} << 20;  ///< of waiting input, and again of results nobody drained
    base::Micros max_fill = 2 * base::kSecond;      ///< longest hole that is filled with repeats
    int cores = 0;                                  ///< cores to plan for; 0: those of the machine
  };
  using RungCounters = EncodeSide::RungCounters;
  struct Counters : DecodeSide::Counters {
    std::uint64_t held_frames = 0;     ///< repeats of the last picture
    std::uint64_t late_frames = 0;     ///< pictures dropped because repeats have taken their place
    std::uint64_t dropped_frames = 0;  ///< decoded and not encoded: overload, or a pts that does not rise
    std::vector<RungCounters> rungs;
  };

  /// As EncodeSide::make and DecodeSide::make.
  static base::Result<std::unique_ptr<VideoLadder>> make(const media::Track& source, std::vector<Rung> rungs,
                                                         const Options& options);

  void feed(media::Packet&& packet) { decode_->feed(std::move(packet)); }
  base::Status change_source(const media::Track& source) { return decode_->change_source(source); }
  void discontinuity() { decode_->discontinuity(); }
  void hold(media::Instant until) { encode_->hold(until); }
  std::optional<media::Instant> newest() const { return encode_->newest(); }
  void force_key_at(media::Instant pts) { encode_->force_key_at(pts); }
  /// Lets everything fed so far come out (held pictures, look-ahead), and waits for it. Then drain() has it all;
  /// nothing can be fed any more.
  void flush();

  int descriptor() const { return encode_->descriptor(); }
  void drain(Output& out) { encode_->drain(out); }
  Counters counters() const;
  const std::vector<Rung>& rungs() const { return encode_->rungs(); }

 private:
  VideoLadder(std::unique_ptr<EncodeSide> encode, std::unique_ptr<DecodeSide> decode)
      : encode_(std::move(encode)), decode_(std::move(decode)) {}

  std::unique_ptr<EncodeSide> encode_;  ///< outlives decode_
  std::unique_ptr<DecodeSide> decode_;
};

}  // namespace transcode
