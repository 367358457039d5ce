#pragma once

#include <cstdint>
#include <mutex>
#include <vector>

#include "captions/picture.h"
#include "captions/queue.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/captions.h"
#include "transcode/switch.h"

namespace transcode {

/// The captions of packets that are dropped undecoded, on their way to the next picture that is decoded: they are
/// characters to be typed, whatever becomes of the pictures. Bound: kMostCaptions, the oldest are lost.
/// Thread: note() from the owner's, take() from the decoder's.
class DroppedCaptions {
 public:
  /// `pts`: of the packet's picture, in ticks of the encode side.
  void note(media::Codec codec, const media::Packet& packet, std::int64_t pts);
  /// Those of pictures before `until`, in order of presentation.
  std::vector<Switch::LostCaptions> take(std::int64_t until);

 private:
  std::mutex mutex_;  // a hand-over between two threads
  captions::PictureReader reader_;
  captions::Queue waiting_{kMostCaptions};
};

}  // namespace transcode
