#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/output.h"
#include "transcode/rung.h"

namespace transcode {

/// Decodes one video track once, scales it down a cascade (each rung from the next larger one) and encodes every rung,
/// with key frames at the same instants in all of them.
///
/// Time goes through untouched: packets come out with the pts of the picture that went in, in the source track's
/// timescale, and every rung of one frame rate has the same set of pts. With `Rung::quality` off nothing is held back
/// for look-ahead, B-frames or frame threads: a frame leaves as soon as it is decoded, scaled and encoded, and dts =
/// pts.
///
/// Threads: one decodes and scales ("k-decode"), one a rung encodes ("k-enc-<rung>"). What they produce waits until the
/// owner calls drain(), which the readable descriptor() asks for. All functions are the owner's, on one thread.
///
/// Overload: the way in holds at most `Options::max_lag` of media and `Options::max_bytes`. Past half of max_lag every
/// other frame is left unencoded, in all rungs alike and never a key frame; past max_lag everything up to the next key
/// frame of the source is dropped. Both are counted.
class VideoLadder {
 public:
  enum class Keys : std::uint8_t {
    kGrid,    ///< the first frame of every slot floor(pts / segment) is an IDR frame
    kForced,  ///< IDR frames are where force_key_at said, for a ladder below a copied top rung
  };
  enum class WhenFull : std::uint8_t {
    kDrop,  ///< feed() never blocks: live
    kWait,  ///< feed() blocks until there is room: files, tests, benches. Results are not bounded then.
  };
  struct Options {
    media::Rational segment{2, 1};  ///< Units: seconds; N of msn = floor(utc / N)
    Keys keys = Keys::kGrid;
    WhenFull when_full = WhenFull::kDrop;
    base::Micros max_lag = base::kSecond;           ///< media time that may wait to be decoded
    std::size_t max_bytes = std::size_t{16} << 20;  ///< of waiting input, and again of results nobody drained
    int cores = 0;                                  ///< cores to plan for; 0: those of the machine
  };

  struct RungCounters {
    std::uint64_t encoded = 0;  ///< packets produced
    std::uint64_t bytes = 0;    ///< their size
    std::uint64_t key_frames = 0;
    std::uint64_t thinned = 0;        ///< frames left out because the rung's frame rate is lower than the source's
    std::uint64_t encode_errors = 0;  ///< frames the encoder refused
    base::Micros last_delay = 0;      ///< from feed() of the newest frame's packet to its encoded packet
    base::Micros max_delay = 0;       ///< the largest of those since the previous call of counters()
  };
  struct Counters {
    std::uint64_t fed = 0;              ///< packets
    std::uint64_t decoded = 0;          ///< frames
    std::uint64_t decode_errors = 0;    ///< packets refused and pictures with damage
    std::uint64_t dropped_packets = 0;  ///< thrown away undecoded: overload, or no key frame seen yet
    std::uint64_t dropped_frames = 0;   ///< decoded and not encoded: overload, or a pts that does not rise
    std::uint64_t duplicated = 0;       ///< frames repeated to keep the cadence of a deinterlaced source
    base::Micros lag = 0;               ///< media time waiting to be decoded now
    std::vector<RungCounters> rungs;
  };

  /// Opens the decoder and every encoder; the tracks of all rungs are then waiting in drain().
  /// Zeros in a rung are resolved from the source (resolve()).
  /// Errors: kUnsupported where this libavcodec lacks a decoder or encoder, naming it and the package to install;
  /// kMalformed for a source without a picture size or a rung of no bitrate; kSystem from the libraries.
  static base::Result<std::unique_ptr<VideoLadder>> make(const media::Track& source, std::vector<Rung> rungs,
                                                         const Options& options);
  /// Stops at once, dropping what is under way.
  ~VideoLadder();
  VideoLadder(const VideoLadder&) = delete;
  VideoLadder& operator=(const VideoLadder&) = delete;

  /// The next packet in decoding order. Packets before the first key frame are dropped and counted.
  void feed(media::Packet&& packet);
  /// The source's format changed from the next packet on: size, parameter sets, even codec. Rungs stay as they are; a
  /// picture of another shape is shown with bars. Errors: kUnsupported as make(); the old decoder then goes on.
  base::Status change_source(const media::Track& source);
  /// The next packet does not continue the one before (reconnect, other feed): pictures still held for reordering come
  /// out, and decoding starts again at a key frame. Encoders go on.
  void discontinuity();
  /// Makes the first frame with this pts or a later one an IDR frame in every rung. Call before feeding its packet.
  void force_key_at(std::int64_t pts);
  /// Lets everything fed so far come out (held pictures, look-ahead), and waits for it. Then drain() has it all;
  /// nothing can be fed any more.
  void flush();

  /// Readable while drain() has something to deliver. Owned by this object; poll it, do not read it.
  int descriptor() const;
  /// Delivers what is ready, without waiting.
  void drain(Output& out);

  /// Thread: the owner's.
  Counters counters() const;
  /// The rungs as resolved.
  const std::vector<Rung>& rungs() const;

 private:
  struct State;
  explicit VideoLadder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace transcode
