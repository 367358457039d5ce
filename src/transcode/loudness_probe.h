#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "base/clock.h"
#include "base/result.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/decoder.h"
#include "transcode/loudness_meter.h"
#include "transcode/silence_meter.h"

namespace transcode {

/// Decodes an audio track to know how loud it is, in hops of equal length on the grid of its time stamps. Decodes in
/// its caller's thread: about 3 ms of CPU a second of AAC. Thread: one at a time.
class LoudnessProbe {
 public:
  /// Gets what the probe hears. Implemented by the owner.
  class Listener {
   public:
    virtual ~Listener() = default;
    /// In the hop `hop`, counted from the zero of the time stamps, lie `samples` samples of all channels more, whose
    /// squares sum up to `power`. 1 is full scale.
    virtual void on_loudness(std::int64_t hop, double power, std::int64_t samples) = 0;
  };

  /// `hop`: the length of one. `silence_peak`: as of SilenceMeter. Errors: kMalformed for a track that is no audio or
  /// without a timescale; as Decoder::make().
  static base::Result<LoudnessProbe> make(const media::Track& track, base::Micros hop, double silence_peak = 0.001);

  /// The next packet, in ticks of the track. What cannot be decoded is left out. `meter`, unless it is null, measures
  /// the rest.
  void feed(const media::Packet& packet, Listener& listener, LoudnessMeter* meter = nullptr);

  /// From the first sound that was decoded to the end of the newest.
  base::Micros heard() const { return begun_ ? end_ - *begun_ : 0; }
  /// For how long it has been silent; 0 while there is sound.
  base::Micros silent() const { return silence_.silent(); }

 private:
  LoudnessProbe(Decoder decoder, std::int64_t timescale, base::Micros hop, double silence_peak)
      : decoder_(std::move(decoder)), timescale_(timescale), hop_(hop), silence_(silence_peak) {}
  void measure(const AVFrame& frame, Listener& listener);

  Decoder decoder_;
  std::int64_t timescale_;
  base::Micros hop_;
  SilenceMeter silence_;
  std::optional<base::Micros> begun_;
  base::Micros end_ = 0;  ///< of the newest frame
};

}  // namespace transcode
