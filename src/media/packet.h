#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/track.h"

namespace media {

/// One access unit (video) or one coded frame (audio) of a track.
/// Shape of `data`: H.264 and HEVC as NAL units each led by a 4-byte length, without start codes; AV1 as OBUs with
/// sizes and no temporal delimiter; AAC raw without ADTS or LATM; AC-3, E-AC-3, MP2, MP3 and MPEG-2 video as in the
/// stream. Owns: a share of `data`.
struct Packet {
  std::uint32_t track_id = 0;
  std::int64_t dts = 0;       ///< Units: ticks of the track's timescale, wraps undone.
  std::int64_t pts = 0;       ///< Units: as dts.
  std::int64_t duration = 0;  ///< Units: as dts; 0 where the feed does not tell
  bool key = false;           ///< decoding can start here (IDR, CRA, I with recovery point); always true for audio
  bool idr = false;           ///< key, and nothing after it in decoding order refers or shows before it (closed GOP)
  bool held = false;          ///< what was there before, once more: nothing came from the feed for this time
  base::Micros arrived = 0;   ///< UTC at which its last byte was received
  base::Bytes data;
};

}  // namespace media
