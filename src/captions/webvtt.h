#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "media/text_cue.h"

/// The text of WebVTT segments.
namespace captions {

/// The instant (UTC, whole milliseconds) from which cue times count in a document about `at`: the newest wrap of MPEG
/// time, 90 kHz since 1970 in 33 bits, that is at least media::kLongestCue old, so that the cues of the document are
/// behind it. The same for 26.5 hours, so that a cue that is repeated has the same times.
base::Micros webvtt_epoch(base::Micros at);

/// WEBVTT, X-TIMESTAMP-MAP and a blank line. The map says that cue time 0 is `epoch` on the timeline of tfdt. Spec:
/// [rfc8216bis 3.1.4], SU-1, SU-2.
void write_webvtt_header(std::string& out, base::Micros epoch);

/// A cue with its text escaped and without blank lines, and a blank line. Times are rounded to milliseconds; what
/// starts before the epoch is cut there. Nothing where no text is left, or no time.
///
/// Of `place` players get where the lines begin and, unless the text is in the lowest quarter, where they stand: as
/// high as their top in the upper half of the picture, as low as their bottom in the lower one, so that larger letters
/// grow towards the middle. Text in the lowest quarter has the players' own place, above what they show there. Spec:
/// [WebVTT 3.5, 6.1].
void write_webvtt_cue(std::string& out, base::Micros epoch, base::Micros start, base::Micros end, std::string_view text,
                      const std::optional<media::CuePlace>& place = std::nullopt);

}  // namespace captions
