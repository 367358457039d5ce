#include <algorithm>
#include <cmath>

#include "facility/judge.h"
#include "facility/wording.h"
#include "media/describe.h"

namespace facility {
namespace {

// Sound that comes later holds parts up by as much.
constexpr double kSkewPass = 200;
constexpr double kSkewWarn = 1000;
// A line-up tone, a crowd, and a programme differ by some.
constexpr double kLoudnessPass = 3;
constexpr double kLoudnessWarn = 9;
// Above full scale a decoder clips.
constexpr double kFullScale = 0;
constexpr int kUsualRate = 48'000;
constexpr double kSilencePass = 0.1;

bool has_audio(const Observation& seen) { return seen.newest && seen.newest->feed.make.audio; }

Line judge_audio_format(const Observation& seen, const Wanted& wanted) {
  const std::string text = wanted.audio ? "48000 Hz, 2 channels or more" : "none: the channel has audio: none";
  if (!has_audio(seen))
    return judged("audio_format", wanted.audio ? Verdict::kFail : Verdict::kPass, "no sound", text,
                  "the feed has no audio track that is known: add one in the encoder, silent if need be");
  const channel::FeedMake& make = seen.newest->feed.make;
  std::string measured = std::string(media::name_of(*make.audio)) + " " + std::to_string(make.sample_rate) + " Hz, " +
                         counted(static_cast<std::uint64_t>(std::max(make.channels, 0)), "channel") + ", " +
                         counted(make.audio_tracks, "track");
  if (seen.audio_changes > 0)
    return judged("audio_format", Verdict::kFail,
                  measured + ", changed " + std::to_string(seen.audio_changes) + " times", text,
                  "the encoder changes its format while it runs: fix codec, rate and channels");
  if (seen.counts.audio_packets.total() == 0)
    return judged("audio_format", Verdict::kFail, measured + ", and nothing came of it", text,
                  "the track is announced and empty: look at the encoder's audio input");
  const bool usual = make.sample_rate == kUsualRate && make.channels >= 2;
  return judged("audio_format", usual ? Verdict::kPass : Verdict::kWarn, std::move(measured), text,
                make.channels < 2 ? "mono: is a channel missing at the encoder's input?"
                                  : "another rate than the studio's: it was, or will be, resampled");
}

Line judge_language(const Observation& seen) {
  const std::string wanted = "stated, where there are several tracks";
  if (!has_audio(seen)) return unmeasured("audio_language", "no sound", wanted);
  const channel::FeedMake& make = seen.newest->feed.make;
  const bool missing = make.language.empty() && make.audio_tracks > 1;
  return judged("audio_language", missing ? Verdict::kWarn : Verdict::kPass,
                make.language.empty() ? "not stated" : make.language, wanted,
                "players would list tracks without a language: state it in the encoder, or in audio_tracks");
}

Line judge_skew(const Observation& seen) {
  const std::string wanted = "within " + in_milliseconds(kSkewPass);
  if (!seen.sound_behind.most)
    return unmeasured("av_skew", "sound and pictures did not both come for a second", wanted);
  const double most = *seen.sound_behind.most;
  const double least = *seen.sound_behind.least;
  const double worst = std::abs(most) >= std::abs(least) ? most : least;
  return judged("av_skew", by_limits(std::abs(worst), kSkewPass, kSkewWarn),
                "sound comes " + in_milliseconds(std::abs(worst)) + (worst >= 0 ? " after" : " before") +
                    " the picture of its time",
                wanted,
                "what comes first waits for the other: viewers are that much later; look at the encoder's multiplex "
                "and audio delay");
}

/// The mean power of what was heard meanwhile; before a short-term value came, of all since the publisher came.
std::optional<double> loudness_of(const Observation& seen) {
  if (seen.short_terms > 0 && seen.short_term_power > 0)
    return 10 * std::log10(seen.short_term_power / seen.short_terms);
  return seen.integrated;
}

const char* why_not_heard(const Observation& seen, const Wanted& wanted) {
  if (!has_audio(seen)) return "no sound";
  if (!wanted.measures_loudness) return "the channel has measure_loudness: false";
  return "the sound is copied: it is decoded, and so measured, where it is encoded or while there are two feeds";
}

Line judge_loudness(const Observation& seen, const Wanted& wanted) {
  const std::string text = decimal(wanted.loudness, 1) + " LUFS, within " + decimal(kLoudnessPass, 0) + " LU";
  const std::optional<double> loudness = loudness_of(seen);
  if (!loudness) return unmeasured("loudness", why_not_heard(seen, wanted), text);
  std::string measured = decimal(*loudness, 1) + " LUFS";
  if (seen.integrated) measured += ", " + decimal(*seen.integrated, 1) + " since it came";
  const double off = *loudness - wanted.loudness;
  return judged("loudness", by_limits(std::abs(off), kLoudnessPass, kLoudnessWarn), std::move(measured), text,
                decimal(std::abs(off), 1) + " LU " + (off > 0 ? "too loud" : "too quiet") +
                    ": have the venue set its level, or give the channel a loudness target");
}

Line judge_peak(const Observation& seen, const Wanted& wanted) {
  const std::string text = "at most " + decimal(wanted.true_peak, 1) + " dBTP";
  if (!seen.true_peak) return unmeasured("true_peak", why_not_heard(seen, wanted), text);
  return judged("true_peak", by_limits(*seen.true_peak, wanted.true_peak, kFullScale),
                decimal(*seen.true_peak, 1) + " dBTP since it came", text,
                "it is clipped, or will be when it is decoded: have the venue lower its level or limit its peaks");
}

Line judge_silence(const Observation& seen, const Wanted& wanted) {
  const std::string text = "silent for less than a tenth of the time";
  if (seen.heard == 0) return unmeasured("silence", why_not_heard(seen, wanted), text);
  const double share = static_cast<double>(seen.silent) / seen.heard;
  return judged(
      "silence", by_limits(share, kSilencePass, 1 - kSilencePass),
      "silent in " + std::to_string(seen.silent) + " of " + counted(static_cast<std::uint64_t>(seen.heard), "sample"),
      text, "is the sound of the venue faded up?");
}

}  // namespace

std::vector<Line> judge_sound(const Observation& seen, const Wanted& wanted) {
  return {judge_audio_format(seen, wanted), judge_language(seen),     judge_skew(seen),
          judge_loudness(seen, wanted),     judge_peak(seen, wanted), judge_silence(seen, wanted)};
}

}  // namespace facility
