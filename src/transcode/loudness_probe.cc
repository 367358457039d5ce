#include "transcode/loudness_probe.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "media/time.h"

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

namespace transcode {
namespace {

template <typename Sample>
double power_in(const std::uint8_t* data, int from, int count, double full_scale) {
  const auto* samples = reinterpret_cast<const Sample*>(data) + from;
  double sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<double>(samples[i]) * static_cast<double>(samples[i]);
  return sum / (full_scale * full_scale);
}

double power_of_plane(AVSampleFormat format, const std::uint8_t* data, int from, int count) {
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_S16: return power_in<std::int16_t>(data, from, count, 32768.0);
    case AV_SAMPLE_FMT_S32: return power_in<std::int32_t>(data, from, count, 2147483648.0);
    case AV_SAMPLE_FMT_FLT: return power_in<float>(data, from, count, 1.0);
    case AV_SAMPLE_FMT_DBL: return power_in<double>(data, from, count, 1.0);
    default: return 0;
  }
}

/// Sum of squares of `count` samples from `from` on, of all channels.
double power_of(const AVFrame& frame, int from, int count) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const int channels = frame.ch_layout.nb_channels;
  if (av_sample_fmt_is_planar(format) == 0) {
    return power_of_plane(format, frame.extended_data[0], from * channels, count * channels);
  }
  double sum = 0;
  for (int plane = 0; plane < channels; ++plane) {
    sum += power_of_plane(format, frame.extended_data[plane], from, count);
  }
  return sum;
}

}  // namespace

base::Result<LoudnessProbe> LoudnessProbe::make(const media::Track& track, base::Micros hop, double silence_peak) {
  if (track.kind() != media::Kind::kAudio || track.timescale <= 0 || track.timescale > INT32_MAX) {
    return base::Error{base::Code::kMalformed, "not an audio track, or one without a timescale"};
  }
  TRY(Decoder decoder, Decoder::make(track));
  return LoudnessProbe(std::move(decoder), track.timescale, hop, silence_peak);
}

void LoudnessProbe::feed(const media::Packet& packet, Listener& listener, LoudnessMeter* meter) {
  if (!decoder_.send(packet, 0)) return;
  while (const FramePtr frame = decoder_.receive()) {
    if (frame->nb_samples <= 0 || frame->sample_rate <= 0) continue;
    measure(*frame, listener);
    if (meter != nullptr) meter->hear(*frame);
  }
}

/// Divides the frame where hops begin.
void LoudnessProbe::measure(const AVFrame& frame, Listener& listener) {
  const base::Micros begin = frame.pts == AV_NOPTS_VALUE ? end_ : media::rescale(frame.pts, timescale_, base::kSecond);
  // Stamps that went back are of another timeline.
  if (!begun_ || begin < *begun_) begun_ = begin;
  end_ = begin + media::rescale(frame.nb_samples, frame.sample_rate, base::kSecond);
  silence_.hear(frame, begin, end_);
  for (int from = 0; from < frame.nb_samples;) {
    const base::Micros at = begin + media::rescale(from, frame.sample_rate, base::kSecond);
    const std::int64_t hop = media::floor_div(at, hop_);
    const std::int64_t next = media::rescale((hop + 1) * hop_ - begin, base::kSecond, frame.sample_rate);
    const int until = static_cast<int>(std::clamp<std::int64_t>(next, from + 1, frame.nb_samples));
    listener.on_loudness(hop, power_of(frame, from, until - from),
                         std::int64_t{until - from} * frame.ch_layout.nb_channels);
    from = until;
  }
}

}  // namespace transcode
