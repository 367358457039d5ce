#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"

namespace transcode {

/// One coded frame of digital silence in a given format, to fill an audio rendition whose source went quiet while its
/// packets were being copied. The frame decodes to silence behind any other frame of the track and behind itself, any
/// number of times, without an encoder.
class Silence {
 public:
  /// For a track of AAC-LC, HE-AAC and HE-AAC v2 (their core is silent, so is the rest), Opus, AC-3, E-AC-3 or FLAC
  /// (16 and 24 bits), of up to 8 channels, that decodes with the track's own configuration.
  /// `dialnorm`: of AC-3 and E-AC-3, as AudioRung::dialnorm; the configuration does not have it.
  /// Errors: kUnsupported for other codecs, object types and channel orders; kMalformed for a configuration that does
  /// not parse; kSystem.
  static base::Result<Silence> make(const media::Track& format, int dialnorm = 0);

  /// The coded frame, in the shape of media::Packet::data.
  const base::Bytes& frame() const { return data_; }
  /// Units: samples a frame at `track.audio.sample_rate` (1024 for AAC-LC, 2048 for HE-AAC, 960 for Opus, 1536 for
  /// AC-3 and E-AC-3, the largest block for FLAC).
  int frame_samples() const { return frame_samples_; }
  /// Units: ticks of the track's timescale.
  std::int64_t duration() const { return duration_; }
  /// The frame as a packet at `pts`. Units: ticks of the track's timescale.
  media::Packet packet(std::int64_t pts) const;

 private:
  std::uint32_t track_id_ = 0;
  int frame_samples_ = 0;
  std::int64_t duration_ = 0;
  base::Bytes data_;
};

}  // namespace transcode
