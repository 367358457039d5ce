#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/result.h"
#include "loudness/meter.h"
#include "loudness/normaliser.h"
#include "media/instant.h"
#include "media/packet.h"
#include "media/track.h"
#include "transcode/loudness_meter.h"
#include "transcode/output.h"
#include "transcode/rung.h"
#include "transcode/slate_course.h"

namespace transcode {

/// Decodes one audio track (AAC, MP2, MP3, AC-3, E-AC-3, Opus, FLAC), resamples and mixes it, and encodes it as AAC-LC
/// or Opus, once or several times. Works inside its caller's calls: no threads, under 1 % of a core a rung.
///
/// Time: every output track counts in its own sample rate (CM-7), from the same zero as the source, whatever the source
/// counts in and changes to. A sample that sounds at source time t sounds at output time t (CM-17): packets lie on
/// multiples of their frame length since zero, whatever the source began with, so that a restarted worker and a second
/// machine cut alike; encoder priming before the first whole frame is not delivered. The samples follow the source's
/// pts: holes up to `Options::max_fill` become silence, longer ones a gap in the output; overlaps are cut; a clock that
/// drifts is followed by resampling (CM-18).
class AudioTranscoder {
 public:
  struct Options {
    base::Micros max_fill = 2 * base::kSecond;          ///< longest hole that becomes silence
    base::Micros max_jitter = 20 * base::kMillisecond;  ///< pts may differ from the sample count by this without a cut
    double silence_peak = 0.001;                        ///< samples below are silence; of full scale: -60 dBFS
    bool measured = false;                              ///< the loudness of what the rungs play
    std::optional<loudness::Normaliser::Options> normalised;  ///< brings all rungs to that; looks ahead by one frame
    /// Of true peaks in rungs into which more channels are mixed than they have, once those come; looks ahead by one
    /// frame. `normalised` has its own. Units: dBTP.
    double ceiling = -1;
  };
  struct Counters {
    std::uint64_t fed = 0;      ///< packets
    std::uint64_t encoded = 0;  ///< packets, of all rungs
    std::uint64_t decode_errors = 0;
    std::uint64_t filled_samples = 0;  ///< silence put into holes, at the source's rate
    std::uint64_t cut_samples = 0;     ///< overlaps removed, at the source's rate
    std::uint64_t gaps = 0;            ///< holes too long to fill
    base::Micros silenced = 0;         ///< silence that silence_until() put in
    std::int64_t skew = 0;             ///< newest difference of pts and sample count. Units: microseconds.
  };

  /// Opens decoder and encoders. Errors: kUnsupported, naming the missing codec and the package that has it; kMalformed
  /// for a rung or source that cannot be; kSystem from the libraries.
  static base::Result<std::unique_ptr<AudioTranscoder>> make(const media::Track& source, std::vector<AudioRung> rungs,
                                                             const Options& options);
  ~AudioTranscoder();
  AudioTranscoder(const AudioTranscoder&) = delete;
  AudioTranscoder& operator=(const AudioTranscoder&) = delete;

  /// Gives `out` each rung's track. Call once, first.
  void announce(Output& out);
  /// Decodes one packet, in ticks of the newest source, and delivers what that completes.
  void feed(media::Packet&& packet, Output& out);
  /// The source's format changes with the next packet, timescale and codec included; the rungs and their timelines
  /// stay. What the old decoder holds is delivered. Errors: as make(); packets are then dropped, and counted as decode
  /// errors, until a source comes that can be decoded.
  base::Status change_source(const media::Track& source, Output& out);
  /// As change_source(), for a source that is another feed of the same programme: its first samples go where their time
  /// stamps say, to the sample. What has been played already is cut off, which counters() do not count, and a hole is
  /// filled with silence, without the tolerance of Options::max_jitter and without what the old feed's clock had to be
  /// stretched by. Both feeds are ramped over 10 ms, the old one as far as it has not been encoded.
  /// `loudness`: of the other feed, where that is known, so that what is normalised is right at once. Units: LUFS.
  base::Status change_feed(const media::Track& source, Output& out, std::optional<double> loudness = std::nullopt);
  /// Plays silence up to `until` where the source has not reached it: it went quiet, or has not begun. Without any
  /// audio before, silence begins at `until`; more than 10 s after it, there is a gap. Audio that comes later for a
  /// time that silence has taken is cut off.
  void silence_until(media::Instant until, Output& out);
  /// Gives the rungs the sound of a slate's film, in a file that outlives this: show_slate() says when it is heard, in
  /// the place of what is fed. Errors: as SlateSound::make(); kNotFound where the file has no sound.
  base::Status give_slate(base::View file);
  bool has_slate() const;
  /// `course`: that of the film's pictures. `hidden`: what is fed is not to be heard, whatever `course` says. Takes
  /// effect with what has not been encoded yet, mixed over 0.2 s. REQUIRES: has_slate().
  void show_slate(const SlateCourse& course, bool hidden);
  /// True while the slate is heard, or is to be. It sounds over what is fed: where nothing is, over silence_until().
  bool slate_sounds() const;
  /// Where everything that was fed and filled ends; nothing before the first.
  std::optional<media::Instant> end() const;
  /// How long what was decoded of the feed has been silent, in media time; 0 while there is sound. Silence that
  /// silence_until() or a hole put in does not count.
  base::Micros silent() const;
  /// `meter` measures what is decoded of the feed from now on, until another one does; null: nobody. It outlives that.
  void set_meter(LoudnessMeter* meter);
  /// What the first rung plays, as it is before it is encoded; nothing where it is not measured.
  loudness::Reading loudness() const;
  /// What is done to the first rung's level; nothing where that is nothing.
  std::optional<loudness::Normaliser::State> normalised() const;
  /// Delivers everything that was fed, the last frame filled up with silence. Nothing can be fed any more.
  void flush(Output& out);

  Counters counters() const;

 private:
  struct State;
  static base::Status check(const media::Track& source);
  explicit AudioTranscoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace transcode
