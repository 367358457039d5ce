#include "transcode/silence_meter.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

extern "C" {
#include <libavutil/frame.h>
#include <libavutil/samplefmt.h>
}

namespace transcode {
namespace {

template <typename Sample>
float peak_in(const std::uint8_t* data, int count, float full_scale) {
  const auto* samples = reinterpret_cast<const Sample*>(data);
  float peak = 0;
  for (int i = 0; i < count; ++i) peak = std::max(peak, std::fabs(static_cast<float>(samples[i])));
  return peak / full_scale;
}

float peak_of_plane(AVSampleFormat format, const std::uint8_t* data, int count) {
  switch (av_get_packed_sample_fmt(format)) {
    case AV_SAMPLE_FMT_S16: return peak_in<std::int16_t>(data, count, 32768.0F);
    case AV_SAMPLE_FMT_S32: return peak_in<std::int32_t>(data, count, 2147483648.0F);
    case AV_SAMPLE_FMT_FLT: return peak_in<float>(data, count, 1.0F);
    case AV_SAMPLE_FMT_DBL: return peak_in<double>(data, count, 1.0F);
    default: return 1;
  }
}

}  // namespace

float peak_of(const AVFrame& frame) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int channels = frame.ch_layout.nb_channels;
  float peak = 0;
  for (int plane = 0; plane < (planar ? channels : 1); ++plane) {
    const int count = frame.nb_samples * (planar ? 1 : channels);
    peak = std::max(peak, peak_of_plane(format, frame.extended_data[plane], count));
  }
  return peak;
}

void SilenceMeter::hear(const AVFrame& frame, base::Micros begin, base::Micros end) {
  const float peak = peak_of(frame);
  if (peak < peak_ && !since_) since_ = begin;
  if (peak >= 2 * peak_) since_.reset();
  end_ = end;
}

}  // namespace transcode
