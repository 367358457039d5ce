#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "media/time.h"
#include "media/track.h"

namespace rtmp {

/// What onMetaData says of a feed. Advisory: sequence headers rule (RT-23).
struct StreamInfo {
  media::Rational frame_rate;  ///< 0/1 where it does not say
  int width = 0;
  int height = 0;
  int video_kbps = 0;
  int audio_kbps = 0;
  bool video = false;  ///< it names a video codec, or a size
  bool audio = false;  ///< it names an audio codec
  std::string encoder;
  std::vector<std::pair<std::uint8_t, std::string>> audio_languages;  ///< by track id (RT-34)
};

/// Reads a data message without "@setDataFrame". Errors: kNotFound for data other than onMetaData; those of AMF.
base::Result<StreamInfo> parse_metadata(base::View payload);

/// A frame rate as encoders write it, made exact: 29.97 is 30000/1001. 0/1 outside 1 to 1000.
media::Rational exact_rate(double frames_a_second);

/// Reads VideoPacketType.Metadata (RT-39): the colour, and the bit depth where it says (else 0).
/// Errors: kNotFound without a colorInfo; those of AMF.
struct ColourSignal {
  media::Colour colour;
  int bit_depth = 0;
};
base::Result<ColourSignal> parse_colour_info(base::View body);

}  // namespace rtmp
