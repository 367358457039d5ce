#include "worker/plan.h"

#include <algorithm>
#include <cmath>

namespace worker {
namespace {

// styp, moof and mdat headers of one part (about 150 bytes and 8 a sample at 30 samples): measured in cmaf's tests.
constexpr std::int64_t kBytesAPart = 400;

std::int64_t container_rate(base::Micros part) {
  return kBytesAPart * 8 * base::kSecond / std::max<base::Micros>(part, 1);
}

std::uint32_t narrow(std::int64_t rate) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(rate, 1, UINT32_MAX));
}

// Bits a pixel and frame of a contribution feed, generous so that the first guess is rather too high than too low.
constexpr std::int64_t kPixelsABit = 8;

std::int64_t guess_bitrate(const media::Track& track) {
  if (track.kind() == media::Kind::kAudio) return 80'000LL * std::max(track.audio.channels, 1);
  const media::Rational rate = track.video.frame_rate.known() ? track.video.frame_rate : media::Rational{30, 1};
  return std::max<std::int64_t>(
      std::int64_t{track.video.width} * track.video.height * rate.num / rate.den / kPixelsABit, 300'000);
}

/// Speech is as loud as all of it: what is brought to a target says so, and what is not is turned down by nobody.
int dialnorm_of(const job::Loudness& loudness) {
  constexpr long kLeast = -31;
  return static_cast<int>(loudness.target ? std::clamp(std::lround(*loudness.target), kLeast, -1L) : kLeast);
}

bool fits_copy(const job::Rung& rung, const media::Track& source) {
  return rung.height < source.video.height && rung.width < source.video.width;
}

}  // namespace

bool can_copy(const media::Track& track) {
  switch (track.codec) {
    case media::Codec::kH264:
    case media::Codec::kHevc:
    case media::Codec::kAv1:
    case media::Codec::kVp9:
    case media::Codec::kAac:
    case media::Codec::kOpus:
    case media::Codec::kAc3:
    case media::Codec::kEac3:
    case media::Codec::kFlac: return !track.codec_string.empty();
    case media::Codec::kMpeg2Video:
    case media::Codec::kMp2:
    case media::Codec::kMp3:
    case media::Codec::kWebVtt: return false;
  }
  return false;
}

VideoPlan plan_video(const job::Options& options, const media::Track& source) {
  VideoPlan plan;
  plan.copy = options.copy_video && can_copy(source);
  const bool nothing_else = options.ladder.empty() && !options.default_ladder;
  const bool choose = options.default_ladder || (nothing_else && !plan.copy);
  plan.rungs = choose ? job::default_ladder(source, options.most_lines) : options.ladder;
  if (plan.copy && options.default_ladder) {
    std::erase_if(plan.rungs, [&](const job::Rung& rung) { return !fits_copy(job::resolve(rung, source), source); });
  }
  for (job::Rung& rung : plan.rungs) rung = job::resolve(std::move(rung), source);
  return plan;
}

std::optional<AudioPlan> plan_audio(const job::Options& options, const media::Track& source) {
  if (options.audio == job::Options::Audio::kNone) return std::nullopt;
  AudioPlan plan;
  plan.rung = options.audio_rung;
  plan.beside = options.audio_renditions;
  for (job::AudioRung& rung : plan.beside) {
    rung.name = job::suffix_of(rung);
    if (rung.dialnorm == 0) rung.dialnorm = dialnorm_of(options.loudness);
  }
  const bool modern = source.codec == media::Codec::kAac || source.codec == media::Codec::kOpus;
  if (options.audio == job::Options::Audio::kCopy) plan.copy = can_copy(source);
  // A copy is as loud as it is, and changes when the feed goes from stereo to surround.
  if (options.audio == job::Options::Audio::kAuto && !options.loudness.target && plan.beside.empty())
    plan.copy = modern && can_copy(source) && source.audio.channels <= 2;
  // What the copy is already is not made once more.
  const auto is_copied = [&](const job::AudioRung& rung) {
    return rung.codec == source.codec && (rung.channels > 2) == (source.audio.channels > 2);
  };
  if (plan.copy) std::erase_if(plan.beside, is_copied);
  return plan;
}

Bandwidth bandwidth_of(const job::Rung& rung, base::Micros part) {
  const std::int64_t container = container_rate(part);
  // Half a second of VBV may come on top of the maximum rate within the shortest span that counts (MV-2, MV-3).
  return {narrow(std::int64_t{rung.max_bitrate} + container), narrow(std::int64_t{rung.bitrate} + container)};
}

Bandwidth bandwidth_of_copy(const media::Track& track, std::int64_t bitrate, base::Micros part) {
  const std::int64_t container = container_rate(part);
  if (bitrate == 0) bitrate = guess_bitrate(track);
  // The rate of a feed is an average; its peaks depend on the encoder. A fifth more covers usual VBV settings.
  const std::int64_t peak = track.kind() == media::Kind::kAudio ? bitrate + bitrate / 20 : bitrate + bitrate / 5;
  return {narrow(peak + container), narrow(bitrate + container)};
}

Bandwidth bandwidth_measured(std::int64_t peak, std::int64_t average, base::Micros part) {
  const std::int64_t container = container_rate(part);
  return {narrow(peak + peak / 10 + container), narrow(average + container)};
}

}  // namespace worker
