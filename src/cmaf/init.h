#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

/// The CMAF header of a track: what EXT-X-MAP names. One track a file (CM-3), no samples (CM-1, CM-2).
namespace cmaf {

/// track_ID of every file: each holds one track alone.
inline constexpr std::uint32_t kTrackId = 1;

/// Why write_init would refuse the track: kUnsupported for MPEG-2 video and MP2, which no HLS player decodes; the error
/// of the configuration's parser; kMalformed for a timescale outside 1 … 2^32-1 or a picture size outside 1 … 65535.
base::Status check_track(const media::Track& track);

/// ftyp and moov of the track: a pure function of it. `track.video` and `track.audio` are taken as they are (describe()
/// fills them).
/// REQUIRES: check_track(track) is ok; otherwise the result is empty.
/// Spec: [ISO 23000-19 7.3], CM-1 to CM-5, CM-7, CM-16.
base::Bytes write_init(const media::Track& track);

/// "init-1a2b3c4d.mp4": changed bytes have another name (CM-6), the same bytes the same name on every machine.
std::string init_name(base::View init);

/// The track that an init section describes, `codec_string`, `video` and `audio` filled in from the sample entry and
/// the configuration in it. What it allocates is bounded by what it reads. Errors: kTruncated, kMalformed, kNotFound,
/// kUnsupported (sample entries that write_init does not write).
base::Result<media::Track> read_init(base::View init);

/// CODECS as a player would find them in the init section (CM-30). Errors: as read_init.
base::Result<std::string> codec_string_of_init(base::View init);

}  // namespace cmaf
