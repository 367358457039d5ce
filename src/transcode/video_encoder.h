#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "captions/triplet.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/av.h"
#include "transcode/rung.h"

namespace transcode {

/// When a frame's packet had arrived, by UTC, and was fed, by the steady clock.
struct Origin {
  base::Micros arrived = 0;
  base::Micros fed = 0;
  bool held = false;  ///< as media::Packet::held
};

/// libavcodec's encoder for one rung: closed GOPs, IDR frames only where asked for, parameter sets out of band, VBV.
/// Thread: one at a time.
class VideoEncoder {
 public:
  struct Options {
    int threads = 1;    ///< above 1 x264 cuts each frame into that many slices: less latency, slightly worse pictures
    bool fast = false;  ///< less analysis than the preset's, worse pictures; x264 alone, nothing changes in others
  };
  struct Encoded {
    media::Packet packet;
    Origin origin;
  };
  using Take = std::function<void(Encoded&&)>;

  /// REQUIRES: `rung` resolved. Errors: kUnsupported, naming the encoder and the package that has it; kMalformed;
  /// kSystem.
  static base::Result<std::unique_ptr<VideoEncoder>> make(const Rung& rung, const media::Track& source,
                                                          const Options& options);

  /// What it produces, configuration and codec string included.
  const media::Track& track() const { return track_; }

  /// Encodes a picture of the rung's size and look (look_of()), with the captions that it carries. REQUIRES: pts rise.
  /// Errors: kSystem; the frame is then lost.
  base::Status encode(AVFrame& frame, bool key, const Origin& origin, const Take& take);
  /// Look-ahead comes out. Nothing can be encoded after it.
  base::Status finish(const Take& take);

 private:
  struct Waiting {
    std::int64_t pts = 0;
    Origin origin;
    std::vector<captions::Triplet> triplets;  ///< captions that the library does not write
  };
  VideoEncoder() = default;
  base::Status take_packets(const Take& take);
  Encoded wrap(const AVPacket& packet);

  CodecContextPtr context_;
  AvPacketPtr packet_;
  media::Track track_;
  std::int64_t frame_ticks_ = 0;
  std::deque<Waiting> waiting_;  ///< frames inside the encoder
};

}  // namespace transcode
