#pragma once

#include <string_view>

#include "base/result.h"
#include "media/track.h"

namespace media {

/// The track with `codec_string`, `video` and `audio` filled from its decoder configuration. What the configuration
/// does not tell keeps the value it had (a frame rate from the container, say). Codecs without a configuration (MPEG-2
/// video, MP2, MP3) come back as they were, MP3 with its codec string. Errors: kTruncated, kMalformed, kUnsupported
/// from the configuration's parser.
base::Result<Track> describe(Track track);

/// For people: "H.264", "E-AC-3". Of a value that is no codec: "unknown".
std::string_view name_of(Codec codec);

}  // namespace media
