#pragma once

#include <vector>

#include "base/bytes.h"

namespace rtmp {

/// One frame of AAC that an encoder sent in ADTS, though FLV has it raw.
struct AdtsFrame {
  base::View whole;  ///< with its header: what media::aac::config_of_adts() reads
  base::View raw;    ///< without
};

/// The frames of a message; empty where it is raw AAC, as it should be. A raw frame cannot be mistaken: it would begin
/// with its own end (ID_END, 111). Frames that a message holds half are left out. Spec: [ISO 14496-3 1.A.3.2].
std::vector<AdtsFrame> split_adts(base::View body);

}  // namespace rtmp
