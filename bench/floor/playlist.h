#pragma once

#include <cstdint>
#include <string>

namespace floor_bench {

/// A made-up LL-HLS stream whose parts come by the clock: four a segment, six segments listed.
struct Stream {
  static constexpr std::int64_t kParts = 4;
  static constexpr std::int64_t kSegments = 6;

  std::int64_t period_ms = 500;
  std::int64_t newest = 0;  ///< the newest part, counted from the stream's start

  std::int64_t msn() const { return newest / kParts; }
  std::int64_t part() const { return newest % kParts; }
  /// True where the playlist holds that part; part -1: the whole segment.
  bool holds(std::int64_t msn, std::int64_t part) const {
    return part < 0 ? newest >= (msn + 1) * kParts - 1 : newest >= msn * kParts + part;
  }
};

inline std::string seconds_text(std::int64_t ms) {
  std::string fraction = std::to_string(ms % 1000);
  return std::to_string(ms / 1000) + "." + std::string(3 - fraction.size(), '0') + fraction;
}

inline std::string part_line(const Stream& stream, std::int64_t number) {
  const bool independent = number % Stream::kParts == 0;
  return "#EXT-X-PART:DURATION=" + seconds_text(stream.period_ms) + ",URI=\"" +
         std::to_string(number / Stream::kParts) + "." + std::to_string(number % Stream::kParts) + ".m4s\"" +
         (independent ? ",INDEPENDENT=YES" : "") + "\n";
}

/// The playlist that names part stream.newest as its last; a comment fills it up to `size`.
inline std::string media_playlist(const Stream& stream, std::size_t size) {
  const std::int64_t segment_ms = stream.period_ms * Stream::kParts;
  // Segments are complete with their last part, so that a playlist ends in parts only while one is open.
  const std::int64_t complete = (stream.newest + 1) / Stream::kParts;
  const std::int64_t first = complete > Stream::kSegments ? complete - Stream::kSegments : 0;
  std::string text =
      "#EXTM3U\n#EXT-X-VERSION:10\n#EXT-X-TARGETDURATION:" + std::to_string((segment_ms + 999) / 1000) +
      "\n#EXT-X-PART-INF:PART-TARGET=" + seconds_text(stream.period_ms) +
      "\n#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=" + seconds_text(3 * stream.period_ms) +
      "\n#EXT-X-MEDIA-SEQUENCE:" + std::to_string(first) + "\n#EXT-X-MAP:URI=\"init.mp4\"\n";
  for (std::int64_t segment = first; segment <= complete; ++segment) {
    for (std::int64_t part = segment * Stream::kParts; part < (segment + 1) * Stream::kParts; ++part)
      if (segment + 3 > complete && part <= stream.newest) text += part_line(stream, part);
    if (segment < complete) text += "#EXTINF:" + seconds_text(segment_ms) + ",\n" + std::to_string(segment) + ".m4s\n";
  }
  const std::int64_t next = stream.newest + 1;
  text += "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"" + std::to_string(next / Stream::kParts) + "." +
          std::to_string(next % Stream::kParts) + ".m4s\"\n";
  if (text.size() + 2 <= size) text.append("#").append(size - text.size() - 2, '.').append("\n");
  return text;
}

inline std::string multivariant_playlist() {
  return "#EXTM3U\n#EXT-X-VERSION:10\n#EXT-X-INDEPENDENT-SEGMENTS\n"
         "#EXT-X-STREAM-INF:BANDWIDTH=4400000,AVERAGE-BANDWIDTH=4000000,CODECS=\"avc1.64001f\",RESOLUTION=1280x720\n"
         "media.m3u8\n";
}

}  // namespace floor_bench
