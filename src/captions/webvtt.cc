#include "captions/webvtt.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

#include "base/utf8.h"
#include "media/text_cue.h"
#include "media/time.h"

namespace captions {
namespace {

constexpr std::int64_t kMpegScale = 90'000;
constexpr std::int64_t kMpegWrap = std::int64_t{1} << 33;
constexpr std::int64_t kTicksAMilli = kMpegScale / 1000;

std::int64_t millis(base::Micros time) { return media::rescale(time, base::kSecond, 1000); }

void write_time(std::string& out, std::int64_t milli) {
  std::array<char, 32> text;
  const int size = std::snprintf(text.data(), text.size(), "%02lld:%02lld:%02lld.%03lld",
                                 static_cast<long long>(milli / 3'600'000), static_cast<long long>(milli / 60'000 % 60),
                                 static_cast<long long>(milli / 1000 % 60), static_cast<long long>(milli % 1000));
  out.append(text.data(), static_cast<std::size_t>(size));
}

void write_character(std::string& out, std::string_view bytes) {
  const auto byte = static_cast<unsigned char>(bytes.front());
  if (byte == '&') {
    out += "&amp;";
  } else if (byte == '<') {
    out += "&lt;";
  } else if (byte == '>') {
    out += "&gt;";  // also keeps "-->" out
  } else if (byte < 0x20 || byte == 0x7f) {
    out += ' ';
  } else {
    out += bytes;
  }
}

void write_line(std::string& out, std::string_view line) {
  while (!line.empty()) {
    const std::size_t length = base::first_character(line).length;
    if (length == 0) {
      out += "\xef\xbf\xbd";
    } else {
      write_character(out, line.substr(0, length));
    }
    line.remove_prefix(std::max<std::size_t>(length, 1));
  }
}

/// Cue settings.
void write_place(std::string& out, const media::CuePlace& place) {
  constexpr int kMiddle = 50;
  constexpr int kLowest = 75;
  const auto percent = [](int value) { return std::to_string(std::clamp(value, 0, 100)) + '%'; };
  if (place.bottom <= kMiddle) {
    out += " line:" + percent(place.top);
  } else if (place.bottom <= kLowest) {
    out += " line:" + percent(place.bottom) + ",end";
  }
  out += " position:" + percent(place.across);
  switch (place.align) {
    case media::CuePlace::Align::kLeft: out += " align:left"; break;
    case media::CuePlace::Align::kCenter: out += " align:center"; break;
    case media::CuePlace::Align::kRight: out += " align:right"; break;
  }
}

bool blank(std::string_view line) {
  return std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) <= 0x20; });
}

}  // namespace

base::Micros webvtt_epoch(base::Micros at) {
  const std::int64_t ticks = media::rescale(at - media::kLongestCue, base::kSecond, kMpegScale);
  const std::int64_t wrap = media::floor_div(ticks, kMpegWrap) * kMpegWrap;
  return -media::floor_div(-wrap, kTicksAMilli) * base::kMillisecond;
}

void write_webvtt_header(std::string& out, base::Micros epoch) {
  const std::int64_t ticks = epoch / base::kMillisecond * kTicksAMilli;
  out += "WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:" + std::to_string(ticks - media::floor_div(ticks, kMpegWrap) * kMpegWrap) +
         ",LOCAL:00:00:00.000\n\n";
}

void write_webvtt_cue(std::string& out, base::Micros epoch, base::Micros start, base::Micros end, std::string_view text,
                      const std::optional<media::CuePlace>& place) {
  const std::int64_t from = millis(std::max<base::Micros>(start - epoch, 0));
  const std::int64_t until = millis(end - epoch);
  if (until <= from || blank(text)) return;
  write_time(out, from);
  out += " --> ";
  write_time(out, until);
  if (place) write_place(out, *place);
  out += '\n';
  while (!text.empty()) {
    const std::size_t length = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, length);
    if (!blank(line)) {
      write_line(out, line);
      out += '\n';
    }
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  out += '\n';
}

}  // namespace captions
