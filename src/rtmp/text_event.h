#pragma once

#include <string>

#include "base/bytes.h"
#include "base/result.h"

namespace rtmp {

/// A subtitle in a data message.
struct TextEvent {
  std::string text;       ///< UTF-8, at most media::kLongestCueText; empty: nothing is shown from then on
  std::string language;   ///< letters, digits and hyphens, at most 35 of them; empty: the message does not say
  bool repaired = false;  ///< bytes that are no UTF-8 have become U+FFFD
};

/// The subtitle in an "onTextData" or "onCaption" message, also behind "@setDataFrame": a text, or an object with
/// "text" and perhaps "language" ("und" and what is no language tag count as not said).
///
/// Encoders agree on no more: FFmpeg sends {type: "Text", text}, Wowza's and captioning software {text, language,
/// trackid}.
/// Errors: kNotFound for messages of other names; kTooLarge for a longer text; kMalformed without a text; those of
/// AMF0.
base::Result<TextEvent> parse_text_event(base::View payload);

}  // namespace rtmp
