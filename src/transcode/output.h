#pragma once

#include <cstddef>

#include "media/packet.h"
#include "media/track.h"

namespace transcode {

/// What encoders produce. Called by EncodeSide::drain and by AudioTranscoder's calls, on their caller's thread only.
class Output {
 public:
  virtual ~Output() = default;
  /// Format of rung `rung` (its index in the vector given to make), decoder configuration, codec string and
  /// bitrate-independent parameters included. Comes once a rung, before its first packet. track.id and packet.track_id
  /// are the rung's index.
  virtual void on_track(std::size_t rung, const media::Track& track) = 0;
  /// The next packet of the rung in decoding order. Units: ticks of the track's timescale.
  virtual void on_packet(std::size_t rung, media::Packet&& packet) = 0;
};

}  // namespace transcode
