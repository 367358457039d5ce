#pragma once

#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

/// Opus in ISO BMFF and in MPEG-TS. Spec: [Opus in ISOBMFF 4.3.2], [RFC 7845 5.1], [RFC 6716 3.1].
namespace media::opus {

/// Opus always counts in this.
inline constexpr int kSampleRate = 48000;

struct Config {
  int channels = 2;
  int pre_skip = 0;  ///< Units: samples at 48 kHz.
  std::uint32_t input_rate = kSampleRate;
  std::int16_t gain = 0;    ///< Units: dB / 256.
  std::uint8_t family = 0;  ///< channel mapping family
  std::uint8_t streams = 1;
  std::uint8_t coupled = 1;
  std::vector<std::uint8_t> mapping;  ///< one a channel; empty with family 0
};

/// Payload of dOps. Errors: kTruncated, kMalformed.
base::Result<Config> parse_dops(base::View payload);
base::Bytes make_dops(const Config& config);
/// "OpusHead" of Ogg, of Enhanced RTMP and of Matroska.
base::Result<Config> parse_opus_head(base::View head);

/// Samples at 48 kHz that a packet decodes to, 0 for one that breaks the format.
int packet_samples(base::View packet);

}  // namespace media::opus
