#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "media/time.h"
#include "media/track.h"

namespace job {

/// One video encoding of the ladder.
struct Rung {
  /// Of brightness, and with it the gamut and the bits of a sample.
  enum class Range : std::uint8_t {
    kSdr,  ///< 8 bits; an HDR source is tone-mapped
    kHdr,  ///< 10 bits in the source's own colours, SDR of an SDR source; kHevc and kAv1 alone
  };
  std::string name;                          ///< "v720"
  media::Codec codec = media::Codec::kH264;  ///< kH264, kHevc or kAv1
  int width = 0;                             ///< Units: square pixels, even. 0: from the height and the source's shape.
  int height = 0;                            ///< 0: the source's
  /// Frames a second; 0/1: the source's (twice its frames where it is interlaced). A lower rate leaves frames out.
  media::Rational frame_rate;
  int bitrate = 0;                  ///< Units: bit/s, the average aimed at.
  int max_bitrate = 0;              ///< Units: bit/s, of the VBV; 0: 110 % of bitrate
  int buffer_bits = 0;              ///< Units: bits, of the VBV; 0: half a second of max_bitrate
  std::string preset = "veryfast";  ///< of x264 and x265; for AV1 the speed of libaom "0" to "10", other words mean 9
  std::string profile = "high";     ///< of x264 ("baseline", "main", "high"); the others choose by themselves
  Range range = Range::kSdr;
  /// The look-ahead of the preset (and with it macroblock-tree rate control): better pictures, each late by that many
  /// frames. x264: superfast 0, veryfast 10 (333 ms at 30 frames/s), faster 20, fast 30, medium 40. No B-frames.
  bool quality = false;
};

/// One audio encoding.
struct AudioRung {
  std::string name;                         ///< "a1"
  media::Codec codec = media::Codec::kAac;  ///< kAac (AAC-LC), kOpus, kAc3 or kEac3
  int bitrate = 0;                          ///< Units: bit/s; 0: 64 kbit/s a channel
  int channels = 0;                         ///< 0: the source's, at most 2
  int sample_rate = 0;  ///< 0: the source's where the codec has it, otherwise 48000; Opus is always 48000
  /// Of kAc3 and kEac3: how loud speech is, as decoders are told, which turn it down to -31. Units: dB of full scale,
  /// -31 to -1; 0: -31.
  int dialnorm = 0;
};

/// What tells an encoding that is made beside another one in names of renditions: "eac3-6", "aac-6".
std::string suffix_of(const AudioRung& rung);

/// The ladder for a source when nobody configured one: 1080p, 720p, 480p and 360p rungs of H.264, largest first, never
/// larger than the source. "p" counts the shorter side, so a portrait source gets portrait rungs. Pixels come out
/// square, sizes even, the shape kept. Rungs below 720p drop every other frame of a source above 30 frames/s; an
/// interlaced source counts as twice its frame rate (MV-27). A source below 360p gets one rung of its own size.
/// Bitrates are for sport; VBV keeps the peak under 125 % of what is declared (MV-3).
/// `most_lines`: rungs with more are left out, the smallest never is; 0: none is.
/// REQUIRES: source.video.width and height > 0.
std::vector<Rung> default_ladder(const media::Track& source, int most_lines = 0);

/// "p" of a rung: its shorter side. Units: lines.
int lines_of(const Rung& rung);

/// Frames a second that the ladder produces from this source at full rate: twice its frame rate where it is interlaced.
/// 0/1 where the source's rate is not known.
media::Rational full_rate(const media::VideoParams& source);

/// The rung with every 0 replaced by what it stands for with this source.
Rung resolve(Rung rung, const media::Track& source);

}  // namespace job
