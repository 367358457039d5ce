#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "transcode/audio_encoder.h"
#include "transcode/av.h"
#include "transcode/loudness_stage.h"
#include "transcode/output.h"
#include "transcode/resampler.h"
#include "transcode/rung.h"
#include "transcode/slate_mix.h"

namespace transcode {

/// One audio rung: puts decoded frames where their pts say on a line of samples, and encodes the line in frames on a
/// fixed grid. Positions are numbers of samples at the rung's rate, counted from the zero of the source's time stamps
/// (in the worker 1970, UTC). Thread: one at a time.
class AudioLine {
 public:
  /// The longest silence that one play_silence() encodes; for a longer time it leaves a gap.
  static constexpr base::Micros kMostSilence = 10 * base::kSecond;
  /// Long enough that no click is heard.
  static constexpr base::Micros kFade = 10 * base::kMillisecond;
  /// Units: samples of the rung. Values: AudioTranscoder::Options.
  struct Limits {
    std::int64_t fill = 0;    ///< longest hole that becomes silence
    std::int64_t jitter = 0;  ///< largest skew, in either direction, that only stretching corrects
  };
  /// What feed() had to do. Units: samples of the rung.
  struct Repair {
    std::int64_t skew = 0;    ///< where the frame belongs minus where the samples before it end, those of its own feed
    std::int64_t filled = 0;  ///< silence put before the frame
    std::int64_t cut = 0;     ///< samples left out at the frame's beginning: their time was taken
    bool gap = false;         ///< the hole was longer than Limits::fill: the line begins anew after it
  };

  /// `index`: of the rung, as in Output. Errors: as AudioEncoder::make().
  static base::Result<AudioLine> make(const AudioRung& rung, std::size_t index, base::Micros max_fill,
                                      base::Micros max_jitter);

  const media::Track& track() const { return encoder_.track(); }
  std::int64_t rate() const { return encoder_.track().timescale; }

  /// `at`: position of the frame's first sample. `arrived`: when the source's packet came; the packets made from the
  /// frame carry it.
  /// Errors: kSystem; the frame is then lost, later ones are not.
  base::Result<Repair> feed(const AVFrame& frame, std::int64_t at, base::Micros arrived, Output& out);
  /// The next frame is of another feed: it goes to the sample where its time stamp says, whatever the limits and the
  /// drift of the feed before. What waits of the old feed ends in a ramp of kFade, or as much of it as is still there,
  /// and the new one begins in one.
  /// `loudness`: of the other feed, where that is known. Units: LUFS.
  base::Status change_feed(std::optional<double> loudness);
  /// Where the next sample would go; INT64_MIN before the first.
  std::int64_t end() const;
  /// Puts silence up to `at`; after a time longer than kMostSilence a gap.
  base::Status play_silence(std::int64_t at, Output& out);
  /// Gives the line the sound of a slate, in a file that outlives it; show_slate() says when. Errors: as
  /// SlateMix::make().
  base::Status give_slate(base::View file);
  /// See SlateMix::set(). Takes effect with what has not been encoded. Nothing happens without a slate.
  void show_slate(const SlateCourse& course, bool hidden);
  /// True while the slate is heard, or is to be: it is as long as there is something else, or silence, in its place.
  bool slate_sounds() const { return slate_ != nullptr && slate_->sounds(); }
  /// What is encoded from now on is measured, or brought to a loudness: see LoudnessStage. Errors: as
  /// LoudnessStage::make(); nothing changes then.
  base::Status set_loudness(const LoudnessStage::Options& options);
  /// Of true peaks, from the first frame on that has more channels than the rung: a downmix may pass full scale.
  /// Units: dBTP.
  void set_ceiling(double ceiling) { ceiling_ = ceiling; }
  /// Nothing is known without set_loudness(), or a downmix.
  LoudnessStage::Report loudness() const { return loudness_ ? loudness_->report() : LoudnessStage::Report{}; }
  /// Encodes and delivers what waits, the last frame filled up with silence. Nothing can be fed after it.
  base::Status flush(Output& out);

  /// Packets delivered.
  std::uint64_t encoded() const { return encoded_; }

 private:
  base::Status silence_until(std::int64_t at, Output& out);
  AudioLine(AudioRung rung, std::size_t index, AudioEncoder encoder, Resampler resampler);
  base::Status limit_downmix();
  void begin(std::int64_t at);
  base::Status restart_at(std::int64_t at, Output& out);
  void follow_drift(std::int64_t skew);
  base::Status encode(Output& out);
  base::Status encode(AVFrame& frame, Output& out);
  base::Status finish_frames(Output& out);
  void deliver(media::Packet&& packet, Output& out);

  AudioRung rung_;
  std::size_t index_;
  AudioEncoder encoder_;
  Resampler resampler_;
  std::unique_ptr<SlateMix> slate_;  ///< null: there is none
  std::optional<LoudnessStage> loudness_;
  double ceiling_ = -1;     ///< Units: dBTP.
  bool downmixes_ = false;  ///< a frame had more channels than the rung
  Limits limits_;
  bool begun_ = false;
  std::int64_t first_ = 0;          ///< position of this encoder's first frame
  std::int64_t next_ = 0;           ///< position of the next frame to be encoded
  std::int64_t written_ = 0;        ///< where the samples that wait end
  bool cutting_ = false;            ///< the newest frame was all overlap
  bool placing_ = false;            ///< no frame of the feed that changed has been put down yet
  double drift_ = 0;                ///< skew, smoothed; steers only the stretching. Units: samples.
  std::int64_t stretch_until_ = 0;  ///< where the stretching that is under way ends
  base::Micros arrived_ = 0;        ///< of the newest frame fed
  std::uint64_t encoded_ = 0;
};

}  // namespace transcode
