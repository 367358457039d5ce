#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "media/track.h"

namespace rtmp {

/// Four characters that name a codec in Enhanced RTMP, first one in the top byte.
using FourCc = std::uint32_t;

constexpr FourCc fourcc(const char (&text)[5]) {
  FourCc code = 0;
  for (std::size_t i = 0; i < 4; ++i) code = (code << 8) | static_cast<std::uint8_t>(text[i]);
  return code;
}

/// A codec that Kickoff takes over RTMP.
struct KnownCodec {
  FourCc code;
  media::Codec codec;
};

/// All of them. VP8 ("vp08") and VVC ("vvc1") are named by Enhanced RTMP too, but HLS has no place for the one and no
/// player of ours decodes the other. Spec: [ertmp2 Table 4, Table 5], RT-30, RT-32.
inline constexpr std::array<KnownCodec, 10> kCodecs = {{
    {fourcc("avc1"), media::Codec::kH264},
    {fourcc("hvc1"), media::Codec::kHevc},
    {fourcc("av01"), media::Codec::kAv1},
    {fourcc("vp09"), media::Codec::kVp9},
    {fourcc("mp4a"), media::Codec::kAac},
    {fourcc("Opus"), media::Codec::kOpus},
    {fourcc("ac-3"), media::Codec::kAc3},
    {fourcc("ec-3"), media::Codec::kEac3},
    {fourcc("fLaC"), media::Codec::kFlac},
    {fourcc(".mp3"), media::Codec::kMp3},
}};

constexpr std::optional<media::Codec> codec_of(FourCc code) {
  for (const KnownCodec& known : kCodecs) {
    if (known.code == code) return known.codec;
  }
  return std::nullopt;
}

/// Its characters for a message, '?' for those that do not print.
inline std::string name_of(FourCc code) {
  std::string name;
  for (int shift = 24; shift >= 0; shift -= 8) {
    const char c = static_cast<char>(code >> shift);
    name += c >= ' ' && c <= '~' ? c : '?';
  }
  return name;
}

}  // namespace rtmp
