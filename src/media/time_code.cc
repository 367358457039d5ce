#include "media/time_code.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

namespace media {
namespace {

constexpr std::int64_t kMinutesOfDay = 24 * 60;
constexpr std::uint16_t kMilliseconds = 1000;

/// Numbers that a minute leaves out: 2 of 30, 4 of 60.
std::int64_t dropped(const TimeCode& code) { return code.drop_frame ? code.rate / 15 : 0; }

std::int64_t frames_of_day(const TimeCode& code) {
  return kMinutesOfDay * 60 * code.rate - dropped(code) * (kMinutesOfDay - kMinutesOfDay / 10);
}

TimeCode at_frame(std::int64_t number, TimeCode like) {
  const std::int64_t day = frames_of_day(like);
  number -= floor_div(number, day) * day;
  const std::int64_t drop = dropped(like);
  if (drop > 0) {
    const std::int64_t in_minute = 60 * like.rate - drop;  // of the nine minutes that drop
    const std::int64_t in_ten = 10 * in_minute + drop;     // the first of ten does not
    const std::int64_t tens = number / in_ten;
    const std::int64_t rest = number % in_ten;
    // The first minute is longer by what it does not drop.
    const std::int64_t minutes = rest < drop ? 0 : (rest - drop) / in_minute;
    number += drop * (9 * tens + minutes);
  }
  like.frames = static_cast<std::uint16_t>(number % like.rate);
  const std::int64_t seconds = number / like.rate;
  like.seconds = static_cast<std::uint8_t>(seconds % 60);
  like.minutes = static_cast<std::uint8_t>(seconds / 60 % 60);
  like.hours = static_cast<std::uint8_t>(seconds / 3600);
  return like;
}

/// Takes a number of at most `most` digits from the start of `text`; -1 where there is none.
int take_number(std::string_view& text, std::size_t most) {
  const std::size_t size = std::min(text.find_first_not_of("0123456789"), text.size());
  int number = 0;
  if (size == 0 || size > most) return -1;
  std::from_chars(text.data(), text.data() + size, number);
  text.remove_prefix(size);
  return number;
}

/// The next character, 0 at the end.
char take_character(std::string_view& text) {
  if (text.empty()) return 0;
  const char first = text.front();
  text.remove_prefix(1);
  return first;
}

}  // namespace

bool valid(const TimeCode& code) {
  if (code.drop_frame && (code.rate == kMilliseconds || code.rate % 30 != 0)) return false;
  return code.hours < 24 && code.minutes < 60 && code.seconds < 60 && code.frames < code.rate;
}

std::int64_t frame_number(const TimeCode& code) {
  const std::int64_t minutes = code.hours * 60 + code.minutes;
  const std::int64_t named = (minutes * 60 + code.seconds) * code.rate + code.frames;
  return named - dropped(code) * (minutes - minutes / 10);
}

TimeCode advanced(TimeCode code, std::int64_t frames) { return at_frame(frame_number(code) + frames, code); }

base::Micros time_of_day(const TimeCode& code) {
  const std::int64_t second = code.drop_frame ? 1001 * base::kMillisecond : base::kSecond;
  return rescale(frame_number(code), code.rate, second);
}

TimeCode time_code_at(base::Micros time, TimeCode like) {
  const std::int64_t second = like.drop_frame ? 1001 * base::kMillisecond : base::kSecond;
  return at_frame(rescale(time, second, like.rate), like);
}

std::uint16_t counted_rate(Rational frame_rate) {
  if (!frame_rate.known() || frame_rate.num / frame_rate.den > 300) return 0;
  return static_cast<std::uint16_t>((frame_rate.num + frame_rate.den / 2) / frame_rate.den);
}

std::string to_string(const TimeCode& code) {
  std::array<char, 32> text{};
  const bool milliseconds = code.rate == kMilliseconds;
  std::snprintf(text.data(), text.size(), milliseconds ? "%02u:%02u:%02u%c%03u" : "%02u:%02u:%02u%c%02u", code.hours,
                code.minutes, code.seconds,
                milliseconds      ? '.'
                : code.drop_frame ? ';'
                                  : ':',
                code.frames);
  return text.data();
}

std::optional<TimeCode> parse_time_code(std::string_view text, std::uint16_t rate) {
  std::array<int, 3> clock{};
  char after = ':';
  for (int& number : clock) {
    if (after != ':') return std::nullopt;
    number = take_number(text, 2);
    if (number < 0) return std::nullopt;
    after = take_character(text);
  }
  const bool milliseconds = after == '.';
  const std::size_t digits = text.size();
  int frames = take_number(text, 3);
  if (frames < 0 || !text.empty()) return std::nullopt;
  if (milliseconds) frames *= digits == 1 ? 100 : digits == 2 ? 10 : 1;
  TimeCode code{static_cast<std::uint8_t>(clock[0]), static_cast<std::uint8_t>(clock[1]),
                static_cast<std::uint8_t>(clock[2]), static_cast<std::uint16_t>(frames)};
  code.rate = milliseconds ? kMilliseconds : rate;
  code.drop_frame = after == ';' || after == ',';
  const bool known = milliseconds || code.drop_frame || after == ':';
  return known && valid(code) ? std::optional(code) : std::nullopt;
}

std::string_view to_string(TimeCode::Source source) {
  switch (source) {
    case TimeCode::Source::kSei: return "sei";
    case TimeCode::Source::kGroup: return "gop";
    case TimeCode::Source::kOnFi: return "onFI";
  }
  return "unknown";
}

}  // namespace media
