#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/nal.h"
#include "media/track.h"

/// MPEG-2 (and MPEG-1) video as it lies in a stream. Spec: [ISO 13818-2 6.2.2].
namespace media::mpeg2 {

/// Size, rate, aspect and colour of the first sequence header in the bytes, with its extensions.
/// Errors: kNotFound without one, kTruncated, kMalformed.
base::Result<VideoParams> parse_sequence(base::View bytes);

/// What the access unit is: key for an intra picture after a sequence header.
Picture inspect(base::View access_unit);

}  // namespace media::mpeg2
