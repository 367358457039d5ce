#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/packet.h"
#include "media/track.h"

/// What an encoder makes: coded pictures and sound whose origin can be told wherever they turn up.
namespace corruption {

/// One coded picture or frame of sound on its way from the encoder to the server.
struct Unit {
  bool video = false;
  bool key = false;
  std::int64_t dts = 0;   ///< stamps as sent. Units: 90 kHz, not wrapped.
  std::int64_t pts = 0;   ///< as dts
  base::Micros real = 0;  ///< when it is to be shown by the encoder's own clock, whatever the stamps say
  base::Micros at = 0;    ///< when it is sent, by the same clock
  base::Bytes data;       ///< as media::Packet::data
  const media::Track* track = nullptr;
};

/// Tells a coded picture or frame of sound from all others, also where it travels in another packaging.
std::uint64_t identity_of(bool video, base::View data);

struct Programme {
  media::Track video;
  media::Track audio;
  std::vector<Unit> units;  ///< in the order of sending; the first picture is decoded at 0
};

/// How many programmes there are: they differ in size, frame rate, reordering, GOP and sample rate.
inline constexpr int kProgrammes = 5;
inline constexpr base::Micros kLength = 40 * base::kSecond;

/// Made with libavcodec when it is first asked for, then kept.
const Programme& programme(int number);

}  // namespace corruption
