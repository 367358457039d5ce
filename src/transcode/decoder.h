#pragma once

#include <cstdint>
#include <utility>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/av.h"

namespace transcode {

/// libavcodec's decoder for one track, with no delay but the reordering the stream itself asks for: no frame threads.
/// Thread: one at a time.
class Decoder {
 public:
  /// Errors: kUnsupported, naming the codec; kSystem.
  static base::Result<Decoder> make(const media::Track& track);

  /// Takes a packet, `mark` comes back as its frame's reordered_opaque. False where the decoder refuses it.
  bool send(const media::Packet& packet, std::int64_t mark);
  /// Asks for what is held for reordering; then receive() until empty, then restart() before the next send().
  void end();
  /// The next frame, or null. `pts` is that of its packet.
  FramePtr receive();
  /// Forgets everything but the configuration.
  void restart();
  /// Damage met by receive() since the last call.
  std::uint64_t take_errors() { return std::exchange(errors_, 0); }

 private:
  Decoder() = default;

  CodecContextPtr context_;
  AvPacketPtr packet_;
  std::uint64_t errors_ = 0;
};

}  // namespace transcode
