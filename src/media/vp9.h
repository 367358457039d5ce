#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "media/track.h"

/// VP9: vpcC box and codec string. Spec: [VP Codec ISO Media File Format Binding 1.0].
namespace media::vp9 {

struct Config {
  std::uint8_t profile = 0;
  std::uint8_t level = 0;
  std::uint8_t bit_depth = 8;
  std::uint8_t chroma = 1;
  Colour colour;
};

/// Reads the payload of vpcC, version and flags included. Errors: kTruncated, kMalformed.
base::Result<Config> parse_vpcc(base::View vpcc);

/// "vp09.00.41.08" (CM-29).
std::string codec_string(const Config& config);

/// True where the frame is a key frame.
bool is_key(base::View frame);

}  // namespace media::vp9
