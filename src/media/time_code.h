#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "media/time.h"

namespace media {

/// The label of a picture that says at which time of its day it was made. Spec: [SMPTE 12M].
struct TimeCode {
  enum class Source : std::uint8_t {
    kSei,    ///< picture timing of H.264, time code of HEVC
    kGroup,  ///< group of pictures header of MPEG-2
    kOnFi,   ///< RTMP data message "onFI"
  };

  std::uint8_t hours = 0;
  std::uint8_t minutes = 0;
  std::uint8_t seconds = 0;
  std::uint16_t frames = 0;
  /// How many `frames` a second has: 25; 30 of 29.97, too; 1000 where they are milliseconds. Not 0.
  std::uint16_t rate = 25;
  /// Of 29.97 and 59.94 pictures a second: the first numbers of each minute but every tenth do not occur, so that the
  /// code keeps to the time of day. Without it such a code is late by 3.6 s after an hour.
  bool drop_frame = false;
  Source source = Source::kSei;

  friend bool operator==(const TimeCode&, const TimeCode&) = default;
};

inline constexpr base::Micros kDay = 24 * 3600 * base::kSecond;

/// True if such a code can occur: what it counts is within its bounds, and `rate` can drop frames if it does.
bool valid(const TimeCode& code);

/// Frames since midnight. REQUIRES: valid(code).
std::int64_t frame_number(const TimeCode& code);
/// The code so many frames after `code`, or before it; the day starts again after 24 hours. REQUIRES: valid(code).
TimeCode advanced(TimeCode code, std::int64_t frames);

/// Time since midnight: of a drop-frame code by its count of frames of 1001/30000 s, of others as it reads.
/// REQUIRES: valid(code).
base::Micros time_of_day(const TimeCode& code);
/// The code of the frame nearest to `time` after midnight; it is valid. `like` has its rate, drop_frame and source.
/// REQUIRES: valid(like).
TimeCode time_code_at(base::Micros time, TimeCode like);

/// The whole frames a second that codes of video of this rate count: 30 for 30000/1001. 0 where it is not known.
std::uint16_t counted_rate(Rational frame_rate);

/// "10:00:00:12"; "10:00:00;12" of a drop-frame code; "10:00:00.120" where milliseconds are counted.
std::string to_string(const TimeCode& code);
/// What to_string() writes; also ',' for ';' and two or one digits of milliseconds. `rate`: of a code that counts
/// frames. Nothing if the text is no valid code.
std::optional<TimeCode> parse_time_code(std::string_view text, std::uint16_t rate);

/// "sei", "gop", "onFI".
std::string_view to_string(TimeCode::Source source);

}  // namespace media
