#include "transcode/audio_transcoder.h"

#include <algorithm>
#include <utility>

#include "transcode/audio_line.h"
#include "transcode/decoder.h"
#include "transcode/silence_meter.h"

namespace transcode {

struct AudioTranscoder::State {
  State(const media::Track& track, Decoder opened, const Options& options)
      : source(track), decoder(std::move(opened)), silence(options.silence_peak) {}

  void take_frames(base::Micros arrived, Output& out);
  void listen(const AVFrame& frame);
  void put(AudioLine& line, const AVFrame& frame, bool first_line, base::Micros arrived, Output& out);

  media::Track source;
  Decoder decoder;
  SilenceMeter silence;
  base::Micros heard_until = 0;  ///< end of the newest decoded frame, as its source says
  LoudnessMeter* meter = nullptr;
  std::vector<AudioLine> lines;
  bool slate = false;  ///< all lines have its sound
  Counters counters;
  base::Micros newest_arrival = 0;  ///< of the packets
  bool decodable = true;
  bool ended = false;
};

void AudioTranscoder::State::take_frames(base::Micros arrived, Output& out) {
  while (FramePtr frame = decoder.receive()) {
    if (frame->nb_samples <= 0 || frame->sample_rate <= 0) continue;
    listen(*frame);
    for (AudioLine& line : lines) put(line, *frame, &line == lines.data(), arrived, out);
  }
  counters.decode_errors += decoder.take_errors();
}

void AudioTranscoder::State::listen(const AVFrame& frame) {
  const base::Micros begin =
      frame.pts == AV_NOPTS_VALUE ? heard_until : media::rescale(frame.pts, source.timescale, base::kSecond);
  heard_until = begin + media::rescale(frame.nb_samples, frame.sample_rate, base::kSecond);
  silence.hear(frame, begin, heard_until);
  if (meter != nullptr) meter->hear(frame);
}

void AudioTranscoder::State::put(AudioLine& line, const AVFrame& frame, bool first_line, base::Micros arrived,
                                 Output& out) {
  // A packet of several frames: those after the first follow on.
  const bool follows = frame.pts == AV_NOPTS_VALUE;
  if (follows && line.end() == INT64_MIN) return;
  const std::int64_t at = follows ? line.end() : media::rescale(frame.pts, source.timescale, line.rate());
  const auto repair = line.feed(frame, at, arrived, out);
  if (!first_line) return;
  if (!repair) {
    ++counters.decode_errors;
    return;
  }
  const auto at_source = [&](std::int64_t samples) {
    return static_cast<std::uint64_t>(media::rescale(samples, line.rate(), frame.sample_rate));
  };
  counters.filled_samples += at_source(repair->filled);
  counters.cut_samples += at_source(repair->cut);
  counters.gaps += repair->gap ? 1 : 0;
  counters.skew = media::rescale(repair->skew, line.rate(), base::kSecond);
}

base::Status AudioTranscoder::check(const media::Track& source) {
  if (source.kind() != media::Kind::kAudio || source.timescale <= 0 || source.timescale > INT32_MAX) {
    return base::Error{base::Code::kMalformed, "not an audio track, or one without a timescale"};
  }
  return base::Ok{};
}

AudioTranscoder::AudioTranscoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
AudioTranscoder::~AudioTranscoder() = default;

base::Result<std::unique_ptr<AudioTranscoder>> AudioTranscoder::make(const media::Track& source,
                                                                     std::vector<AudioRung> rungs,
                                                                     const Options& options) {
  TRY_OK(check(source));
  TRY(Decoder decoder, Decoder::make(source));
  auto state = std::make_unique<State>(source, std::move(decoder), options);
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const AudioRung rung = resolve(std::move(rungs[i]), source.audio);
    TRY(AudioLine line, AudioLine::make(rung, i, options.max_fill, options.max_jitter));
    line.set_ceiling(options.ceiling);
    if (options.measured || options.normalised) TRY_OK(line.set_loudness({options.measured, options.normalised}));
    state->lines.push_back(std::move(line));
  }
  return std::unique_ptr<AudioTranscoder>(new AudioTranscoder(std::move(state)));
}

void AudioTranscoder::announce(Output& out) {
  for (std::size_t i = 0; i < state_->lines.size(); ++i) {
    media::Track track = state_->lines[i].track();
    track.id = static_cast<std::uint32_t>(i);
    track.language = state_->source.language;
    out.on_track(i, track);
  }
}

void AudioTranscoder::feed(media::Packet&& packet, Output& out) {
  if (state_->ended) return;
  ++state_->counters.fed;
  if (!state_->decodable) {
    ++state_->counters.decode_errors;
    return;
  }
  state_->newest_arrival = packet.arrived;
  if (!state_->decoder.send(packet, 0)) ++state_->counters.decode_errors;
  state_->take_frames(packet.arrived, out);
}

base::Status AudioTranscoder::change_source(const media::Track& source, Output& out) {
  // Frames are placed by the timescale of the track that they were decoded with.
  state_->decoder.end();
  state_->take_frames(state_->newest_arrival, out);
  state_->decodable = false;
  TRY_OK(check(source));
  TRY(Decoder decoder, Decoder::make(source));
  state_->decoder = std::move(decoder);
  state_->source = source;
  state_->decodable = true;
  return base::Ok{};
}

base::Status AudioTranscoder::change_feed(const media::Track& source, Output& out, std::optional<double> loudness) {
  base::Status changed = change_source(source, out);
  state_->silence.restart();
  // Where the source is none that can be decoded, the next one that is belongs to another feed, too.
  for (AudioLine& line : state_->lines) {
    if (!line.change_feed(loudness).ok()) ++state_->counters.decode_errors;
  }
  return changed;
}

void AudioTranscoder::silence_until(media::Instant until, Output& out) {
  if (state_->ended) return;
  const std::optional<media::Instant> before = end();
  for (AudioLine& line : state_->lines) {
    if (!line.play_silence(until.in(line.rate()), out).ok()) ++state_->counters.decode_errors;
  }
  if (!before) return;
  const base::Micros added = until.micros() - before->micros();
  if (added > 0 && added <= AudioLine::kMostSilence) state_->counters.silenced += added;
}

base::Status AudioTranscoder::give_slate(base::View file) {
  for (AudioLine& line : state_->lines) TRY_OK(line.give_slate(file));
  state_->slate = true;
  return base::Ok{};
}

bool AudioTranscoder::has_slate() const { return state_->slate; }

void AudioTranscoder::show_slate(const SlateCourse& course, bool hidden) {
  for (AudioLine& line : state_->lines) line.show_slate(course, hidden);
}

bool AudioTranscoder::slate_sounds() const {
  return std::ranges::any_of(state_->lines, [](const AudioLine& line) { return line.slate_sounds(); });
}

std::optional<media::Instant> AudioTranscoder::end() const {
  if (state_->lines.empty() || state_->lines[0].end() == INT64_MIN) return std::nullopt;
  return media::Instant{state_->lines[0].end(), state_->lines[0].rate()};
}

base::Micros AudioTranscoder::silent() const { return state_->silence.silent(); }

void AudioTranscoder::set_meter(LoudnessMeter* meter) { state_->meter = meter; }

loudness::Reading AudioTranscoder::loudness() const {
  return state_->lines.empty() ? loudness::Reading{} : state_->lines[0].loudness().reading;
}

std::optional<loudness::Normaliser::State> AudioTranscoder::normalised() const {
  return state_->lines.empty() ? std::nullopt : state_->lines[0].loudness().normalised;
}

void AudioTranscoder::flush(Output& out) {
  if (std::exchange(state_->ended, true)) return;
  state_->decoder.end();
  state_->take_frames(0, out);
  for (AudioLine& line : state_->lines) {
    if (!line.flush(out).ok()) ++state_->counters.decode_errors;
  }
}

AudioTranscoder::Counters AudioTranscoder::counters() const {
  Counters counters = state_->counters;
  for (const AudioLine& line : state_->lines) counters.encoded += line.encoded();
  return counters;
}

}  // namespace transcode
