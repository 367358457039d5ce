#pragma once

#include "base/byte_writer.h"
#include "media/track.h"

namespace cmaf {

/// Writes the one entry of stsd: avc1, hvc1, av01, vp09, mp4a, Opus, ac-3, ec-3 or fLaC with its configuration box, and
/// for video colr, pasp and HDR10 metadata (CM-4, CM-5). REQUIRES: check_track(track) is ok.
void write_sample_entry(base::ByteWriter& writer, const media::Track& track);

}  // namespace cmaf
