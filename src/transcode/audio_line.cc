#include "transcode/audio_line.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "media/time.h"

namespace transcode {

AudioLine::AudioLine(AudioRung rung, std::size_t index, AudioEncoder encoder, Resampler resampler)
    : rung_(std::move(rung)), index_(index), encoder_(std::move(encoder)), resampler_(std::move(resampler)) {}

base::Result<AudioLine> AudioLine::make(const AudioRung& rung, std::size_t index, base::Micros max_fill,
                                        base::Micros max_jitter) {
  TRY(AudioEncoder encoder, AudioEncoder::make(rung));
  TRY(Resampler resampler, Resampler::make(encoder.format(), encoder.layout(), rung.sample_rate));
  AudioLine line(rung, index, std::move(encoder), std::move(resampler));
  line.limits_.fill = media::rescale(max_fill, base::kSecond, rung.sample_rate);
  line.limits_.jitter = media::rescale(max_jitter, base::kSecond, rung.sample_rate);
  return line;
}

// Samples inside the resampler's filter are not in written_ yet, but their time is taken.
std::int64_t AudioLine::end() const { return begun_ ? written_ + resampler_.held() : INT64_MIN; }

/// Frames start where their packets' pts (the frame's start less the encoder's priming) are multiples of the frame
/// length: a worker that is restarted, and one on a second machine, then cut the audio into the same packets. The
/// samples between there and `at` are silence, less than a frame of it.
void AudioLine::begin(std::int64_t at) {
  const int frame = encoder_.frame_samples();
  const int priming = encoder_.priming();
  first_ = media::floor_div(at - priming, frame) * frame + priming;
  next_ = first_;
  written_ = first_ + resampler_.silence(static_cast<int>(at - first_));
  begun_ = true;
  drift_ = 0;
  stretch_until_ = 0;
}

base::Result<AudioLine::Repair> AudioLine::feed(const AVFrame& frame, std::int64_t at, base::Micros arrived,
                                                Output& out) {
  Repair repair;
  arrived_ = arrived;
  if (!begun_) begin(at);
  if (frame.ch_layout.nb_channels > encoder_.layout().nb_channels) TRY_OK(limit_downmix());
  const std::int64_t skew = at - end();  // above 0: a hole before the frame; below 0: it overlaps what came before it
  int skip = 0;
  if (skew > limits_.fill) {
    repair.gap = true;
    TRY_OK(restart_at(at, out));
  } else if (skew > (placing_ ? 0 : limits_.jitter)) {
    repair.filled = skew;
    TRY_OK(silence_until(at, out));
  } else if (skew < (cutting_ || placing_ ? 0 : -limits_.jitter)) {
    const std::int64_t overlap =
        std::min<std::int64_t>(media::rescale(-skew, rate(), frame.sample_rate), frame.nb_samples);
    skip = static_cast<int>(overlap);
    if (!placing_) repair.cut = media::rescale(overlap, frame.sample_rate, rate());
  } else {
    follow_drift(skew);
  }
  if (!placing_) repair.skew = skew;
  // While whole frames are cut, the limit above is 0 instead of the jitter, so that the last one is cut to the sample.
  cutting_ = skip == frame.nb_samples;
  if (cutting_) return repair;
  placing_ = false;
  TRY(const int samples, resampler_.feed(frame, skip));
  written_ += samples;
  TRY_OK(encode(out));
  return repair;
}

base::Status AudioLine::change_feed(std::optional<double> loudness) {
  written_ += resampler_.drain();
  stretch_until_ = 0;
  drift_ = 0;
  placing_ = true;
  if (loudness_) loudness_->on_other_feed(loudness);
  const int fade = static_cast<int>(media::rescale(kFade, base::kSecond, rate()));
  resampler_.fade_in(fade);
  return resampler_.fade_out(fade);
}

/// A sender's sound card is not its clock: the difference is led back by stretching, too little to be heard.
void AudioLine::follow_drift(std::int64_t skew) {
  // Smoothed over about 32 frames, so that timestamps rounded to milliseconds do not steer; acted on from 1 ms on.
  drift_ += (static_cast<double>(skew) - drift_) / 32;
  if (written_ < stretch_until_ || std::abs(drift_) * 1000 < static_cast<double>(rate())) return;
  const std::int64_t distance = 4 * rate();
  resampler_.stretch(static_cast<int>(std::lround(drift_)), static_cast<int>(distance));
  stretch_until_ = written_ + distance;
  drift_ = 0;
}

base::Status AudioLine::silence_until(std::int64_t at, Output& out) {
  if (!begun_) begin(at);
  if (end() >= at) return base::Ok{};
  written_ += resampler_.drain();
  stretch_until_ = 0;
  // In steps, so that a long silence does not have to be in memory at once.
  while (written_ < at) {
    const int count = static_cast<int>(std::min<std::int64_t>(at - written_, rate()));
    const int silent = resampler_.silence(count);
    written_ += silent;
    TRY_OK(encode(out));
    if (silent < count) return base::Error{base::Code::kSystem, "no memory for silence"};
  }
  return base::Ok{};
}

base::Status AudioLine::play_silence(std::int64_t at, Output& out) {
  const bool gap = begun_ && at - end() > media::rescale(kMostSilence, base::kSecond, rate());
  return gap ? restart_at(at, out) : silence_until(at, out);
}

/// A new encoder, because an old one would spread what it holds over the gap.
base::Status AudioLine::restart_at(std::int64_t at, Output& out) {
  TRY_OK(finish_frames(out));
  TRY(encoder_, AudioEncoder::make(rung_));
  begin(at);
  return base::Ok{};
}

base::Status AudioLine::finish_frames(Output& out) {
  written_ += resampler_.drain();
  const int rest = resampler_.size() % encoder_.frame_samples();
  if (rest > 0) written_ += resampler_.silence(encoder_.frame_samples() - rest);
  TRY_OK(encode(out));
  if (const FramePtr last = loudness_ ? loudness_->finish() : nullptr) TRY_OK(encode(*last, out));
  return encoder_.finish([&](media::Packet&& packet) { deliver(std::move(packet), out); });
}

base::Status AudioLine::give_slate(base::View file) {
  const SlateSound::Format format{encoder_.format(), encoder_.layout(), static_cast<int>(rate())};
  TRY(slate_, SlateMix::make(file, format));
  return base::Ok{};
}

void AudioLine::show_slate(const SlateCourse& course, bool hidden) {
  if (slate_ != nullptr) slate_->set(course, hidden);
}

base::Status AudioLine::set_loudness(const LoudnessStage::Options& options) {
  TRY(loudness_, LoudnessStage::make(encoder_.format(), encoder_.layout(), static_cast<int>(rate()), options));
  return base::Ok{};
}

/// Stays when the source has fewer channels again: it then finds no peaks, and what is encoded keeps its order.
base::Status AudioLine::limit_downmix() {
  if (downmixes_) return base::Ok{};
  if (!loudness_) TRY_OK(set_loudness({}));
  TRY_OK(loudness_->limit(ceiling_));
  downmixes_ = true;
  return base::Ok{};
}

base::Status AudioLine::flush(Output& out) {
  if (!begun_) return base::Ok{};
  begun_ = false;
  return finish_frames(out);
}

base::Status AudioLine::encode(Output& out) {
  while (FramePtr frame = resampler_.take(encoder_.frame_samples())) {
    frame->pts = next_;
    if (slate_ != nullptr) slate_->mix(*frame, next_);
    next_ += encoder_.frame_samples();
    if (loudness_) frame = loudness_->pass(std::move(frame));
    if (frame != nullptr) TRY_OK(encode(*frame, out));
  }
  return base::Ok{};
}

base::Status AudioLine::encode(AVFrame& frame, Output& out) {
  return encoder_.encode(frame, [&](media::Packet&& packet) { deliver(std::move(packet), out); });
}

void AudioLine::deliver(media::Packet&& packet, Output& out) {
  // Nothing but priming in it (CM-17).
  if (packet.pts + packet.duration <= first_) return;
  packet.track_id = static_cast<std::uint32_t>(index_);
  packet.arrived = arrived_;
  ++encoded_;
  out.on_packet(index_, std::move(packet));
}

}  // namespace transcode
