#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "rtmp/tag.h"

namespace rtmp {

/// A track's decoder configuration as media::Track has it, and how its frames are framed.
struct TrackConfig {
  base::Bytes config;
  int length_size = 4;  ///< bytes before each NAL unit of the frames as sent
};

/// Turns a sequence start into the configuration of its codec. H.264 and HEVC come out with 4-byte lengths, VP9 with
/// version and flags, Opus as dOps, FLAC as dfLa, an AV1 descriptor as av1C without OBUs.
/// Errors: those of the codec's parser; kUnsupported where the codec has no sequence start.
base::Result<TrackConfig> parse_sequence_start(const TagPart& part);

/// The track that a frame itself describes, for codecs without a sequence start (AC-3, E-AC-3, MP3): codec, config and
/// audio are filled. Errors: those of the codec's parser; kUnsupported for other codecs.
base::Result<media::Track> describe_frame(media::Codec codec, base::View frame);

}  // namespace rtmp
