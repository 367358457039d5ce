#pragma once

#include <cstdint>
#include <vector>

#include "corruption/programme.h"
#include "feed/message.h"

namespace corruption {

/// A message that reaches the worker at an instant of the encoder's clock.
struct Sent {
  base::Micros at = 0;
  feed::Message message;
};

/// One transport packet.
struct TsPacket {
  base::Micros at = 0;
  std::vector<std::uint8_t> bytes;
};

/// How a transport stream is put together from some time on.
struct TsLayout {
  base::Micros from = INT64_MIN;
  std::uint16_t video = 256;
  std::uint16_t audio = 257;
  bool with_video = true;  ///< in the PMT and as packets
  bool with_audio = true;
  bool audio_first = false;  ///< in the PMT
};

/// A transport stream as an encoder sends it: tables before each key frame and five times a second, a clock reference
/// before each picture. `layouts` in the order of their times, the first from the start on.
std::vector<TsPacket> make_ts(const std::vector<Unit>& units, const std::vector<TsLayout>& layouts);
/// Seven packets a datagram as a rule; those of another instant begin one of their own.
std::vector<Sent> datagrams(const std::vector<TsPacket>& packets);

/// RTMP messages, a sequence header where the format is another one than before.
std::vector<Sent> make_rtmp(const std::vector<Unit>& units);

}  // namespace corruption
