#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "media/time.h"

namespace media {

enum class Kind : std::uint8_t { kVideo, kAudio, kText };

/// The numbers are written in records: none of them ever changes its meaning. A new codec takes the next one.
enum class Codec : std::uint8_t {
  kH264 = 0,
  kHevc = 1,
  kAv1 = 2,
  kVp9 = 3,
  kMpeg2Video = 4,
  kAac = 5,
  kOpus = 6,
  kAc3 = 7,
  kEac3 = 8,
  kMp2 = 9,
  kMp3 = 10,
  kFlac = 11,
  kWebVtt = 12,
};
inline constexpr Codec kLastCodec = Codec::kWebVtt;

constexpr Kind kind_of(Codec codec) {
  switch (codec) {
    case Codec::kH264:
    case Codec::kHevc:
    case Codec::kAv1:
    case Codec::kVp9:
    case Codec::kMpeg2Video: return Kind::kVideo;
    case Codec::kAac:
    case Codec::kOpus:
    case Codec::kAc3:
    case Codec::kEac3:
    case Codec::kMp2:
    case Codec::kMp3:
    case Codec::kFlac: return Kind::kAudio;
    case Codec::kWebVtt: return Kind::kText;
  }
  return Kind::kVideo;
}

constexpr std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::kVideo: return "video";
    case Kind::kAudio: return "audio";
    case Kind::kText: return "text";
  }
  return "unknown";
}

/// Colour as coded in ISO/IEC 23091-2 (the numbers of H.273); 2 means unspecified.
struct Colour {
  std::uint8_t primaries = 2;
  std::uint8_t transfer = 2;
  std::uint8_t matrix = 2;
  bool full_range = false;

  friend bool operator==(const Colour&, const Colour&) = default;
};

struct VideoParams {
  int width = 0;  ///< Units: coded luma samples shown, after cropping.
  int height = 0;
  Rational frame_rate;  ///< frames a second; 0/1 where the bitstream and the container do not tell
  Rational pixel_aspect{1, 1};
  Colour colour;
  bool interlaced = false;
  int bit_depth = 8;

  friend bool operator==(const VideoParams&, const VideoParams&) = default;
};

struct AudioParams {
  int sample_rate = 0;
  int channels = 0;
  int frame_samples = 0;  ///< samples a packet decodes to (AAC-LC 1024, AC-3 1536, MP2 1152), 0 where it varies
  int priming = 0;        ///< samples of encoder delay to be skipped at the very start (Opus pre-skip)

  friend bool operator==(const AudioParams&, const AudioParams&) = default;
};

/// What an audio track is for.
enum class Role : std::uint8_t {
  kMain,
  kDescription,  ///< also says what the picture shows, for people who do not see it
  kClearSpeech,  ///< speech that is easier to understand, for people who hear badly
};

/// What one elementary stream of a feed, or one rendition of the output, consists of.
struct Track {
  std::uint32_t id = 0;  ///< unique in its feed: TS PID; RTMP 1000 + track id for video, 2000 + track id for audio
  Codec codec = Codec::kH264;
  /// Units: ticks a second of the track's packets. Feeds: 1000 for RTMP, 90000 for TS.
  std::int64_t timescale = 90000;
  /// Decoder configuration as the payload of its ISO BMFF box: avcC, hvcC, av1C, vpcC, dac3, dec3, dOps, dfLa;
  /// for AAC the AudioSpecificConfig; for WebVTT the text of its vttC; empty for MPEG-2 video, MP2 and MP3.
  base::Bytes config;
  std::string codec_string;  ///< as in CODECS (CM-27 to CM-29), empty where HLS has none
  std::string language;      ///< ISO 639 as the feed said it ("eng"), empty if it did not
  Role role = Role::kMain;   ///< of audio, as the feed said it; no part of the format
  VideoParams video;
  AudioParams audio;

  Kind kind() const { return kind_of(codec); }
};

/// True if both decode with one decoder configuration: nothing that playlists or init sections declare differs. What an
/// AudioSpecificConfig says of an absent extension, as FFmpeg writes it over RTMP and not into a transport stream, is
/// no difference.
bool same_format(const Track& a, const Track& b);

}  // namespace media
