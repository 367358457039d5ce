#pragma once

#include "base/bytes.h"
#include "base/result.h"

/// MPEG-1 and MPEG-2 audio, layers I to III. Spec: [ISO 11172-3 2.4.1.3], [ISO 13818-3].
namespace media::mpeg_audio {

struct Frame {
  int version = 1;  ///< 1, 2, or 25 for the unofficial 2.5
  int layer = 2;
  int bit_rate = 0;  ///< Units: kbit/s.
  int sample_rate = 0;
  int channels = 0;
  int samples = 1152;
  std::size_t frame_size = 0;

  friend bool operator==(const Frame&, const Frame&) = default;
};

/// Reads the 4-byte header that the bytes start with; the frame itself need not be there.
/// Errors: kTruncated, kMalformed, kUnsupported (free format).
base::Result<Frame> parse_frame(base::View bytes);

}  // namespace media::mpeg_audio
