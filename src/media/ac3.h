#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

/// AC-3 and E-AC-3: sync frames and their boxes. Spec: [ETSI TS 102 366, Annexes E and F].
namespace media::ac3 {

struct Frame {
  bool enhanced = false;  ///< E-AC-3
  std::uint8_t bsid = 8;
  std::uint8_t bsmod = 0;
  std::uint8_t acmod = 2;
  bool lfe = false;
  std::uint8_t fscod = 0;
  std::uint8_t rate_code = 0;    ///< AC-3: bit_rate_code of dac3
  std::uint8_t stream_type = 0;  ///< E-AC-3: 0 independent, 1 dependent, 2 from AC-3
  std::uint8_t substream = 0;
  int sample_rate = 0;         ///< Units: Hz.
  int channels = 0;            ///< LFE included
  int samples = 1536;          ///< a frame
  std::size_t frame_size = 0;  ///< Units: bytes, sync word included
  int bit_rate = 0;            ///< Units: kbit/s.

  friend bool operator==(const Frame&, const Frame&) = default;
};

/// True for the bit rates that AC-3 has. Units: bit/s.
bool is_bit_rate(int rate);

/// Reads the header that the bytes start with, of either kind; the frame itself need not be there.
/// Errors: kTruncated below 8 bytes, kMalformed, kUnsupported (bsid above 16).
base::Result<Frame> parse_frame(base::View bytes);

/// Payload of dac3. REQUIRES: not enhanced.
base::Bytes make_dac3(const Frame& frame);
/// Payload of dec3 for one independent substream. REQUIRES: enhanced.
base::Bytes make_dec3(const Frame& frame);
/// What the payloads say; frame_size and samples as far as they tell. Errors: kTruncated, kMalformed.
base::Result<Frame> parse_dac3(base::View payload);
base::Result<Frame> parse_dec3(base::View payload);

}  // namespace media::ac3
