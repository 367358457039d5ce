#pragma once

#include <optional>

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// Splice information (SCTE-35) in a data message, which encoders send as onCuePoint.
struct CuePoint {
  base::Bytes section;            ///< a splice_info_section whose CRC-32 is right
  std::optional<double> seconds;  ///< "time": when it takes place, on the clock of the messages
};

/// Takes the first text of the message's object, or of an object in it, that is a section in base64, whatever it is
/// called: encoders name it "cue", "scte35", "data" and more.
/// Errors: kNotFound where there is none; those of AMF0.
base::Result<CuePoint> parse_cue_point(base::View payload);

}  // namespace rtmp
