#include "transcode/loudness_meter.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>

extern "C" {
#include <libavutil/channel_layout.h>
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

namespace transcode {
namespace {

loudness::Weight weight_of(AVChannel channel) {
  switch (channel) {
    case AV_CHAN_LOW_FREQUENCY:
    case AV_CHAN_LOW_FREQUENCY_2: return loudness::Weight::kNone;
    case AV_CHAN_BACK_LEFT:
    case AV_CHAN_BACK_RIGHT:
    case AV_CHAN_BACK_CENTER:
    case AV_CHAN_SIDE_LEFT:
    case AV_CHAN_SIDE_RIGHT: return loudness::Weight::kSurround;
    default: return loudness::Weight::kFront;
  }
}

/// `out` has room for the samples of all channels, `step` apart from `channel` on.
template <typename Sample>
void spread(const std::uint8_t* data, int count, float scale, float* out, int step) {
  const auto* samples = reinterpret_cast<const Sample*>(data);
  for (int i = 0; i < count; ++i) out[std::ptrdiff_t{i} * step] = static_cast<float>(samples[i]) * scale;
}

bool spread_plane(AVSampleFormat format, const std::uint8_t* data, int count, float* out, int step) {
  switch (format) {
    case AV_SAMPLE_FMT_S16: spread<std::int16_t>(data, count, 1 / 32768.0F, out, step); return true;
    case AV_SAMPLE_FMT_S32: spread<std::int32_t>(data, count, 1 / 2147483648.0F, out, step); return true;
    case AV_SAMPLE_FMT_FLT: spread<float>(data, count, 1, out, step); return true;
    case AV_SAMPLE_FMT_DBL: spread<double>(data, count, 1, out, step); return true;
    default: return false;
  }
}

}  // namespace

loudness::Layout loudness_layout_of(const AVChannelLayout& from) {
  loudness::Layout layout;
  layout.channels = from.nb_channels;
  AVChannelLayout usual{};
  const bool native = from.order == AV_CHANNEL_ORDER_NATIVE;
  if (!native) av_channel_layout_default(&usual, layout.channels);
  const int known = std::min(layout.channels, static_cast<int>(loudness::Layout::kMost));
  for (int i = 0; i < known; ++i) {
    const AVChannel channel = av_channel_layout_channel_from_index(native ? &from : &usual, static_cast<unsigned>(i));
    layout.weights[static_cast<std::size_t>(i)] = weight_of(channel);
  }
  return layout;
}

void interleave(const AVFrame& frame, std::vector<float>& samples) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int channels = frame.ch_layout.nb_channels;
  samples.resize(static_cast<std::size_t>(frame.nb_samples) * static_cast<std::size_t>(channels));
  for (int plane = 0; plane < (planar ? channels : 1); ++plane) {
    const int count = frame.nb_samples * (planar ? 1 : channels);
    if (spread_plane(av_get_packed_sample_fmt(format), frame.extended_data[plane], count, samples.data() + plane,
                     planar ? channels : 1))
      continue;
    samples.clear();
    return;
  }
}

void LoudnessMeter::hear(const AVFrame& frame) {
  if (frame.nb_samples <= 0) return;
  const loudness::Layout layout = loudness_layout_of(frame.ch_layout);
  if (!meter_) {
    auto made = loudness::Meter::make(layout, frame.sample_rate);
    if (!made.ok()) return;
    meter_ = made.take();
  }
  if (!meter_->change(layout, frame.sample_rate).ok()) return;
  interleave(frame, samples_);
  meter_->add(samples_);
}

}  // namespace transcode
