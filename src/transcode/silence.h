#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"

namespace transcode {

/// Packets of digital silence in a given format, to fill an audio rendition whose source went quiet while its packets
/// were being copied.
class Silence {
 public:
  /// For a track of AAC-LC, HE-AAC (its core is silent, so is the rest) or Opus with up to 8 channels, that decodes
  /// with the track's own configuration. Errors: kUnsupported for other codecs and object types.
  static base::Result<Silence> make(const media::Track& format);

  /// Units: samples a packet at `track.audio.sample_rate` (1024 for AAC-LC, 2048 for HE-AAC, 960 for Opus).
  int frame_samples() const { return frame_samples_; }
  /// A packet at `pts`. Units: ticks of the track's timescale.
  media::Packet packet(std::int64_t pts) const;

 private:
  std::uint32_t track_id_ = 0;
  int frame_samples_ = 0;
  std::int64_t duration_ = 0;
  base::Bytes data_;
};

}  // namespace transcode
