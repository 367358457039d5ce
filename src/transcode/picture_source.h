#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>

#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/av.h"
#include "transcode/decoder.h"
#include "transcode/deinterlacer.h"
#include "transcode/video_encoder.h"

namespace transcode {

/// Packets in, whole frames in the order of showing out: decoder and, where the pictures are interlaced, deinterlacer.
/// Thread: one at a time.
class PictureSource {
 public:
  using Take = std::function<void(FramePtr, const Origin&)>;

  /// `take` is called inside the calls below.
  PictureSource(const media::Track& track, Decoder decoder, int threads, Take take);

  void feed(const media::Packet& packet, base::Micros fed_at);
  /// What is held comes out, then decoding starts anew.
  void restart();
  /// The same, with another decoder.
  void replace(const media::Track& track, Decoder decoder);

  const media::Track& track() const { return track_; }
  std::uint64_t decoded() const { return decoded_; }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t duplicated() const { return duplicated_; }

 private:
  void receive();
  void on_picture(FramePtr frame);
  void deinterlace(FramePtr frame);
  void pull();
  void drain();
  void hand_over(FramePtr frame);

  media::Track track_;
  Decoder decoder_;
  const int threads_;
  const Take take_;
  std::optional<Deinterlacer> deinterlacer_;
  /// Origin of recent packets by their mark; far more than any reordering holds.
  std::array<Origin, 256> origins_{};
  std::int64_t mark_ = 0;
  std::uint64_t decoded_ = 0;
  std::uint64_t errors_ = 0;
  std::uint64_t duplicated_ = 0;
};

}  // namespace transcode
