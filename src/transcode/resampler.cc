#include "transcode/resampler.h"

#include <algorithm>
#include <array>
#include <type_traits>
#include <utility>

extern "C" {
#include <libavutil/samplefmt.h>
}

namespace transcode {
namespace {

constexpr int kMaxChannels = 64;

/// The frame's layout where it says one, otherwise the usual one of that many channels.
AVChannelLayout layout_of(const AVFrame& frame) {
  AVChannelLayout layout{};
  if (frame.ch_layout.order == AV_CHANNEL_ORDER_NATIVE) {
    layout = frame.ch_layout;
    layout.opaque = nullptr;
  } else {
    av_channel_layout_default(&layout, frame.ch_layout.nb_channels);
  }
  return layout;
}

/// Multiplies the frame's samples from `from` on by a straight line that is `gain` there and changes by `slope` a
/// sample, down to 0 or up to 1.
void ramp(AVFrame& frame, int from, float gain, float slope) {
  const auto format = static_cast<AVSampleFormat>(frame.format);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  const int planes = planar ? frame.ch_layout.nb_channels : 1;
  const int step = planar ? 1 : frame.ch_layout.nb_channels;
  const auto scale = [&](auto* samples) {
    for (int i = from * step; i < frame.nb_samples * step; ++i) {
      const int sample = i / step;
      const float factor = std::clamp(gain + slope * static_cast<float>(sample - from), 0.0F, 1.0F);
      samples[i] = static_cast<std::remove_reference_t<decltype(*samples)>>(static_cast<float>(samples[i]) * factor);
    }
  };
  for (int plane = 0; plane < planes; ++plane) {
    std::uint8_t* data = frame.extended_data[plane];
    switch (av_get_packed_sample_fmt(format)) {
      case AV_SAMPLE_FMT_FLT: scale(reinterpret_cast<float*>(data)); break;
      case AV_SAMPLE_FMT_S16: scale(reinterpret_cast<std::int16_t*>(data)); break;
      case AV_SAMPLE_FMT_S32: scale(reinterpret_cast<std::int32_t*>(data)); break;
      default: break;  // no encoder that is in use takes another
    }
  }
}

}  // namespace

base::Result<Resampler> Resampler::make(AVSampleFormat format, const AVChannelLayout& layout, int rate) {
  Resampler made;
  made.format_ = format;
  made.layout_ = layout;
  made.rate_ = rate;
  made.fifo_.reset(av_audio_fifo_alloc(format, layout.nb_channels, rate / 10));
  if (made.fifo_ == nullptr) return av_failure(AVERROR(ENOMEM), "audio queue");
  return made;
}

base::Status Resampler::configure(const AVFrame& frame) {
  const AVChannelLayout layout = layout_of(frame);
  const bool same = swr_ != nullptr && frame.sample_rate == source_rate_ && frame.format == source_format_ &&
                    av_channel_layout_compare(&layout, &source_layout_) == 0;
  if (same) return base::Ok{};
  if (layout.nb_channels < 1 || layout.nb_channels > kMaxChannels || frame.sample_rate <= 0) {
    return base::Error{base::Code::kUnsupported, "audio of this channel count or sample rate"};
  }
  SwrContext* swr = nullptr;
  const auto format = static_cast<AVSampleFormat>(frame.format);
  AVChannelLayout input = layout;
  int code = swr_alloc_set_opts2(&swr, &layout_, format_, rate_, &input, format, frame.sample_rate, 0, nullptr);
  SwrContextPtr made(swr);
  // Centre and surround go into left and right at -3 dB, and the LFE into nothing: libswresample's own values, which
  // are those of [ITU-R BS.775]. Of floats it scales nothing.
  if (code >= 0) code = swr_init(swr);
  if (code < 0) return av_failure(code, "resampler");
  swr_ = std::move(made);
  source_format_ = format;
  source_layout_ = layout;
  source_rate_ = frame.sample_rate;
  return base::Ok{};
}

base::Result<int> Resampler::feed(const AVFrame& frame, int skip) {
  const AVChannelLayout layout = layout_of(frame);
  const bool changed = swr_ != nullptr && (frame.sample_rate != source_rate_ || frame.format != source_format_ ||
                                           av_channel_layout_compare(&layout, &source_layout_) != 0);
  int made = changed ? drain() : 0;
  TRY_OK(configure(frame));
  const bool planar = av_sample_fmt_is_planar(source_format_) != 0;
  const int planes = planar ? source_layout_.nb_channels : 1;
  const int step = av_get_bytes_per_sample(source_format_) * (planar ? 1 : source_layout_.nb_channels);
  std::array<const std::uint8_t*, kMaxChannels> input{};
  for (int i = 0; i < planes; ++i) {
    input[static_cast<std::size_t>(i)] = frame.extended_data[i] + std::ptrdiff_t{skip} * step;
  }
  TRY(const int converted, convert(input.data(), frame.nb_samples - skip));
  return made + converted;
}

FramePtr Resampler::blank(int samples) const {
  FramePtr frame(av_frame_alloc());
  if (frame == nullptr) return nullptr;
  frame->format = format_;
  frame->nb_samples = samples;
  frame->sample_rate = rate_;
  frame->ch_layout = layout_;
  if (av_frame_get_buffer(frame.get(), 0) < 0) return nullptr;
  return frame;
}

base::Status Resampler::fade_out(int samples) {
  const int waiting = size();
  const int length = std::min(samples, waiting);
  if (length <= 0) return base::Ok{};
  const FramePtr frame = take(waiting);
  if (frame == nullptr) return av_failure(AVERROR(ENOMEM), "audio queue");
  const float slope = 1.0F / static_cast<float>(length);
  ramp(*frame, waiting - length, 1 - slope, -slope);
  return write(*frame, waiting);
}

base::Status Resampler::write(const AVFrame& frame, int samples) {
  if (av_audio_fifo_write(fifo_.get(), reinterpret_cast<void**>(frame.extended_data), samples) < samples) {
    return av_failure(AVERROR(ENOMEM), "audio queue");
  }
  return base::Ok{};
}

base::Result<int> Resampler::convert(const std::uint8_t** planes, int samples) {
  const int most = swr_get_out_samples(swr_.get(), samples);
  if (most <= 0) return 0;
  const FramePtr out = blank(most);
  if (out == nullptr) return av_failure(AVERROR(ENOMEM), "resampler");
  const int count = swr_convert(swr_.get(), out->extended_data, most, planes, samples);
  if (count < 0) return av_failure(count, "resampler");
  if (count == 0) return 0;
  out->nb_samples = count;
  if (fading_ > 0) {
    const float slope = 1.0F / static_cast<float>(fade_);
    ramp(*out, 0, static_cast<float>(fade_ - fading_) * slope, slope);
    fading_ = std::max(0, fading_ - count);
  }
  TRY_OK(write(*out, count));
  return count;
}

int Resampler::drain() {
  if (swr_ == nullptr) return 0;
  const auto rest = convert(nullptr, 0);
  swr_.reset();
  return rest ? *rest : 0;
}

int Resampler::silence(int count) {
  int written = 0;
  while (written < count) {
    const int chunk = std::min(count - written, rate_ / 10);
    const FramePtr frame = blank(chunk);
    if (frame == nullptr) return written;
    av_samples_set_silence(frame->extended_data, 0, chunk, layout_.nb_channels, format_);
    if (!write(*frame, chunk).ok()) return written;
    written += chunk;
  }
  return written;
}

void Resampler::stretch(int samples, int distance) {
  if (swr_ != nullptr) swr_set_compensation(swr_.get(), samples, distance);
}

std::int64_t Resampler::held() const { return swr_ == nullptr ? 0 : swr_get_delay(swr_.get(), rate_); }

FramePtr Resampler::take(int samples) {
  if (size() < samples) return nullptr;
  FramePtr frame = blank(samples);
  if (frame == nullptr) return nullptr;
  av_audio_fifo_read(fifo_.get(), reinterpret_cast<void**>(frame->extended_data), samples);
  return frame;
}

}  // namespace transcode
