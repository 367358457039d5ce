#pragma once

#include "base/bytes.h"
#include "base/result.h"

/// FLAC in ISO BMFF. Spec: [FLAC in ISOBMFF 3.3.2], [RFC 9639 8.2].
namespace media::flac {

struct Config {
  int sample_rate = 0;
  int channels = 0;
  int bits = 16;
  int min_block = 0;
  int max_block = 0;
};

/// Payload of dfLa, version and flags included. Errors: kTruncated, kMalformed.
base::Result<Config> parse_dfla(base::View dfla);
/// dfLa of what Enhanced RTMP and Ogg send ("fLaC" and metadata blocks), or of bare metadata blocks; only STREAMINFO is
/// kept. Errors: kTruncated, kMalformed.
base::Result<base::Bytes> make_dfla(base::View header);

}  // namespace media::flac
