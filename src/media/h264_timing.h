#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/result.h"

namespace media::h264 {

/// How the picture timing SEI of a sequence is to be read. Spec: [H.264 E.1.1, E.1.2].
struct PictureTiming {
  bool pic_struct = false;         ///< pic_struct_present_flag: there may be clock timestamps
  bool delays = false;             ///< CpbDpbDelaysPresentFlag: the next two come first
  std::uint8_t removal_bits = 24;  ///< of cpb_removal_delay
  std::uint8_t output_bits = 24;   ///< of dpb_output_delay
};

/// What the VUI of a sequence parameter set (with its NAL header) says of it. Errors: as parse_sps().
base::Result<PictureTiming> parse_picture_timing(base::View nal);

}  // namespace media::h264
