#pragma once

#include <string_view>

#include "media/describe.h"
#include "media/track.h"
#include "unit/media/hex.h"
#include "unit/media/samples.h"

namespace cmaf {

/// A described track with this configuration.
inline media::Track track_of(media::Codec codec, std::string_view config, std::int64_t timescale) {
  media::Track track;
  track.codec = codec;
  track.config = media::hex_bytes(config);
  track.timescale = timescale;
  track.language = "eng";
  auto described = media::describe(track);
  return described.ok() ? described.take() : media::Track{};
}

inline media::Track h264_track() { return track_of(media::Codec::kH264, media::samples::kAvcc1080p50, 90000); }
inline media::Track aac_track() { return track_of(media::Codec::kAac, media::samples::kAacStereo48, 48000); }

}  // namespace cmaf
