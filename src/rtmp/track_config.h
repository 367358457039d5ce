#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"
#include "rtmp/tag.h"

namespace rtmp {

/// Turns a sequence start into the configuration of its codec as media::Track has it. VP9 comes out with version and
/// flags, Opus as dOps, FLAC as dfLa, an AV1 descriptor as av1C without OBUs.
/// Errors: those of the codec's parser; kUnsupported where the codec has no sequence start, and for H.264 and HEVC,
/// whose NalTrack reads it.
base::Result<base::Bytes> parse_sequence_start(const TagPart& part);

/// Whether two configurations of a codec decode alike: encoders write an AudioSpecificConfig with and without its
/// extension by turns, and an av1C with and without the sequence header that its pictures carry.
bool same_config(media::Codec codec, base::View a, base::View b);

/// Whether an ADTS header says what an AAC track's configuration says. REQUIRES: `frame` parses.
bool agrees_with_adts(const media::Track& track, base::View frame);

/// The track that a frame itself describes, for codecs without a sequence start (AC-3, E-AC-3, MP3): codec, config and
/// audio are filled. Errors: those of the codec's parser; kUnsupported for other codecs.
base::Result<media::Track> describe_frame(media::Codec codec, base::View frame);

}  // namespace rtmp
