#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// What the data message "onFI" says, which encoders with a time code or a clock send beside their pictures (Flash
/// Media Live Encoder, Wirecast). Neither is checked.
struct FrameInfo {
  std::string time_code;    ///< "tc": "10:00:00:12"; empty where it has none
  std::string system_time;  ///< "st": "10:00:00.480" of the encoder's clock; empty where it has none
  std::int64_t time = 0;    ///< the message's timestamp, on the clock of the packets. Units: ms.
};

/// Leaves out the timestamp. Takes it behind "@setDataFrame", too.
/// Errors: kNotFound for other messages, and where it has neither; those of AMF0.
base::Result<FrameInfo> parse_frame_info(base::View payload);

}  // namespace rtmp
