#pragma once

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// The ID3 tag for an event in a data message: a text whose description is the message's name (onTextData,
/// onCuePoint without a section, onUserInfo …) and whose value is what it says, as it is where that is one text, else
/// as JSON. The messages of encoders and servers about the stream itself (onMetaData, onFI, onStatus …) are none.
/// Errors: kNotFound for those; kTooLarge beyond media::kLongestId3; those of AMF0.
base::Result<base::Bytes> parse_data_event(base::View payload);

}  // namespace rtmp
