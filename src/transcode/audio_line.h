#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "base/result.h"
#include "transcode/audio_encoder.h"
#include "transcode/av.h"
#include "transcode/output.h"
#include "transcode/resampler.h"
#include "transcode/rung.h"

namespace transcode {

/// One audio rung: puts decoded frames where their pts say on a line of samples counted since zero at the rung's rate,
/// and encodes the line in frames on a fixed grid. Thread: one at a time.
class AudioLine {
 public:
  static constexpr base::Micros kMostSilence = 10 * base::kSecond;
  struct Limits {
    std::int64_t fill = 0;    ///< longest hole that becomes silence. Units: samples of the rung.
    std::int64_t jitter = 0;  ///< as fill
  };
  /// What feed() had to do. Units: samples of the rung.
  struct Repair {
    std::int64_t skew = 0;  ///< where the frame belongs minus where the samples before it end
    std::int64_t filled = 0;
    std::int64_t cut = 0;
    bool gap = false;
  };

  static base::Result<AudioLine> make(const AudioRung& rung, std::size_t index, base::Micros max_fill,
                                      base::Micros max_jitter);

  const media::Track& track() const { return encoder_.track(); }
  std::int64_t rate() const { return encoder_.track().timescale; }

  /// `at`: where the frame's first sample belongs.  `arrived` goes with the packets.
  /// Errors: kSystem; the frame is then lost, later ones are not.
  base::Result<Repair> feed(const AVFrame& frame, std::int64_t at, base::Micros arrived, Output& out);
  /// Where the next sample would go; INT64_MIN before the first.
  std::int64_t end() const;
  /// Puts silence up to `at`; after a time longer than kMostSilence a gap.
  base::Status play_silence(std::int64_t at, Output& out);
  base::Status flush(Output& out);

  std::uint64_t encoded() const { return encoded_; }

 private:
  base::Status silence_until(std::int64_t at, Output& out);
  AudioLine(AudioRung rung, std::size_t index, AudioEncoder encoder, Resampler resampler);
  void begin(std::int64_t at);
  base::Status restart_at(std::int64_t at, Output& out);
  void follow_drift(std::int64_t skew);
  base::Status encode(Output& out);
  base::Status finish_frames(Output& out);
  void deliver(media::Packet&& packet, Output& out);

  AudioRung rung_;
  std::size_t index_;
  AudioEncoder encoder_;
  Resampler resampler_;
  Limits limits_;
  bool begun_ = false;
  std::int64_t first_ = 0;    ///< of this encoder's first frame
  std::int64_t next_ = 0;     ///< of the next frame to be encoded
  std::int64_t written_ = 0;  ///< where the samples that wait end
  bool cutting_ = false;      ///< the newest frame was all overlap
  double drift_ = 0;          ///< skew, smoothed; steers only the stretching
  std::int64_t stretch_until_ = 0;
  base::Micros arrived_ = 0;
  std::uint64_t encoded_ = 0;
};

}  // namespace transcode
