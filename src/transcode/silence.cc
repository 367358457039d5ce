#include "transcode/silence.h"

#include <utility>

#include "media/aac.h"
#include "media/opus.h"
#include "transcode/audio_encoder.h"
#include "transcode/av.h"
#include "transcode/resampler.h"

namespace transcode {
namespace {

/// A packet from the middle of silence, where the encoder has forgotten its start.
base::Result<base::Bytes> encode_silence(const AudioRung& rung, int* frame_samples) {
  TRY(AudioEncoder encoder, AudioEncoder::make(rung));
  *frame_samples = encoder.frame_samples();
  TRY(Resampler samples, Resampler::make(encoder.format(), encoder.layout(), rung.sample_rate));
  base::Bytes newest;
  constexpr int kFrames = 8;
  for (int i = 0; i < kFrames; ++i) {
    samples.silence(*frame_samples);
    const FramePtr frame = samples.take(*frame_samples);
    if (frame == nullptr) return base::Error{base::Code::kSystem, "no memory for silence"};
    frame->pts = std::int64_t{i} * *frame_samples;
    TRY_OK(encoder.encode(*frame, [&](media::Packet&& packet) { newest = packet.data; }));
  }
  if (newest.empty()) return base::Error{base::Code::kSystem, "the encoder gave nothing for silence"};
  return newest;
}

base::Result<AudioRung> rung_of(const media::Track& format, int* outputs_per_sample) {
  AudioRung rung{"silence", format.codec, 32'000, format.audio.channels, format.audio.sample_rate};
  *outputs_per_sample = 1;
  if (format.codec == media::Codec::kAac) {
    TRY(const auto config, media::aac::parse_config(format.config.view()));
    if (config.object_type != 2 || config.channels == 0 || config.frame_samples != 1024) {
      return base::Error{base::Code::kUnsupported, "silence for this kind of AAC"};
    }
    rung.sample_rate = config.core_sample_rate;
    rung.channels = config.channels;
    if (config.sbr && config.core_sample_rate > 0) *outputs_per_sample = config.sample_rate / config.core_sample_rate;
  } else if (format.codec == media::Codec::kOpus) {
    rung.sample_rate = media::opus::kSampleRate;
  } else {
    return base::Error{base::Code::kUnsupported, "silence for this audio codec"};
  }
  rung.bitrate *= rung.channels;
  return rung;
}

}  // namespace

base::Result<Silence> Silence::make(const media::Track& format) {
  int outputs_per_sample = 1;
  TRY(const AudioRung rung, rung_of(format, &outputs_per_sample));
  Silence silence;
  TRY(silence.data_, encode_silence(rung, &silence.frame_samples_));
  silence.frame_samples_ *= outputs_per_sample;
  silence.track_id_ = format.id;
  silence.duration_ = media::rescale(silence.frame_samples_, rung.sample_rate * outputs_per_sample, format.timescale);
  return silence;
}

media::Packet Silence::packet(std::int64_t pts) const {
  media::Packet packet;
  packet.track_id = track_id_;
  packet.pts = packet.dts = pts;
  packet.duration = duration_;
  packet.key = packet.idr = true;
  packet.data = data_;
  return packet;
}

}  // namespace transcode
