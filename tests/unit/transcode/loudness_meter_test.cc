#include "transcode/loudness_meter.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "transcode/av.h"

namespace transcode {
namespace {

FramePtr empty_sound(AVSampleFormat format, const AVChannelLayout& layout, int samples, int rate = 48'000) {
  FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->nb_samples = samples;
  frame->sample_rate = rate;
  frame->ch_layout = layout;
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  return frame;
}

/// Two channels: 0, 1/8, 2/8 and so on in the left one, and the negative of it in the right one.
template <typename Sample>
FramePtr slopes(AVSampleFormat format, double full_scale) {
  FramePtr frame = empty_sound(format, AV_CHANNEL_LAYOUT_STEREO, 4);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  for (int i = 0; i < 4; ++i) {
    for (int channel = 0; channel < 2; ++channel) {
      auto* samples = reinterpret_cast<Sample*>(frame->extended_data[planar ? channel : 0]);
      samples[planar ? i : 2 * i + channel] = static_cast<Sample>((channel == 0 ? i : -i) / 8.0 * full_scale);
    }
  }
  return frame;
}

TEST(Interleave, BringsEveryFormatThatDecodersGiveIntoFloats) {
  const std::vector<float> wanted{0, 0, 0.125F, -0.125F, 0.25F, -0.25F, 0.375F, -0.375F};
  std::vector<float> samples(77, 5);
  const auto of = [&](const FramePtr& frame) {
    interleave(*frame, samples);
    return samples;
  };
  EXPECT_EQ(of(slopes<std::int16_t>(AV_SAMPLE_FMT_S16, 32768)), wanted);
  EXPECT_EQ(of(slopes<std::int16_t>(AV_SAMPLE_FMT_S16P, 32768)), wanted);
  EXPECT_EQ(of(slopes<std::int32_t>(AV_SAMPLE_FMT_S32, 2147483648.0)), wanted);
  EXPECT_EQ(of(slopes<std::int32_t>(AV_SAMPLE_FMT_S32P, 2147483648.0)), wanted);
  EXPECT_EQ(of(slopes<float>(AV_SAMPLE_FMT_FLT, 1)), wanted);
  EXPECT_EQ(of(slopes<float>(AV_SAMPLE_FMT_FLTP, 1)), wanted);
  EXPECT_EQ(of(slopes<double>(AV_SAMPLE_FMT_DBL, 1)), wanted);
  EXPECT_EQ(of(slopes<double>(AV_SAMPLE_FMT_DBLP, 1)), wanted);
  EXPECT_TRUE(of(slopes<std::uint8_t>(AV_SAMPLE_FMT_U8, 1)).empty());
}

std::vector<loudness::Weight> weights_of(const AVChannelLayout& from) {
  const loudness::Layout layout = loudness_layout_of(from);
  return {layout.weights.begin(), layout.weights.begin() + layout.channels};
}

TEST(LoudnessLayout, IsThatOfTheChannels) {
  using loudness::Weight;
  constexpr Weight kFront = Weight::kFront;
  constexpr Weight kSurround = Weight::kSurround;
  using Weights = std::vector<Weight>;
  EXPECT_EQ(weights_of(AV_CHANNEL_LAYOUT_MONO), (Weights{kFront}));
  EXPECT_EQ(weights_of(AV_CHANNEL_LAYOUT_STEREO), (Weights{kFront, kFront}));
  const Weights surround{kFront, kFront, kFront, Weight::kNone, kSurround, kSurround};
  EXPECT_EQ(weights_of(AV_CHANNEL_LAYOUT_5POINT1), surround);
  EXPECT_EQ(weights_of(AV_CHANNEL_LAYOUT_5POINT1_BACK), surround);
  AVChannelLayout unnamed{};
  unnamed.order = AV_CHANNEL_ORDER_UNSPEC;
  unnamed.nb_channels = 6;
  EXPECT_EQ(weights_of(unnamed), surround) << "the usual one of so many channels";
  unnamed.nb_channels = 1000;
  EXPECT_EQ(loudness_layout_of(unnamed).channels, 1000);
}

FramePtr sine(AVSampleFormat format, const AVChannelLayout& layout, float level, int rate = 48'000) {
  FramePtr frame = empty_sound(format, layout, rate / 10, rate);
  for (int i = 0; i < frame->nb_samples; ++i) {
    const double value = level * std::sin(2 * M_PI * 1000 * i / rate);
    for (int channel = 0; channel < layout.nb_channels; ++channel) {
      if (format == AV_SAMPLE_FMT_FLTP) {
        reinterpret_cast<float*>(frame->extended_data[channel])[i] = static_cast<float>(value);
      } else {
        reinterpret_cast<std::int16_t*>(frame->extended_data[0])[i * layout.nb_channels + channel] =
            static_cast<std::int16_t>(std::lround(value * 32767));
      }
    }
  }
  return frame;
}

TEST(LoudnessMeter, MeasuresWhateverTheFormatChangesTo) {
  LoudnessMeter meter;
  EXPECT_FALSE(meter.reading().true_peak);
  const auto level = static_cast<float>(std::pow(10, -23 / 20.0));
  for (int i = 0; i < 40; ++i) meter.hear(*sine(AV_SAMPLE_FMT_FLTP, AV_CHANNEL_LAYOUT_STEREO, level));
  EXPECT_NEAR(*meter.reading().short_term, -23, 0.1);
  for (int i = 0; i < 40; ++i) meter.hear(*sine(AV_SAMPLE_FMT_S16, AV_CHANNEL_LAYOUT_MONO, 2 * level, 32'000));
  EXPECT_NEAR(*meter.reading().short_term, -20, 0.1);
  EXPECT_NEAR(*meter.reading().true_peak, -17, 0.1);
  EXPECT_GT(*meter.reading().integrated, -22.5);
  EXPECT_LT(*meter.reading().integrated, -20.5);
  meter.restart();
  EXPECT_FALSE(meter.reading().integrated);
}

TEST(LoudnessMeter, IsNotConfusedByWhatCannotBeMeasured) {
  LoudnessMeter meter;
  FramePtr frame = empty_sound(AV_SAMPLE_FMT_FLTP, AV_CHANNEL_LAYOUT_STEREO, 100, 48'000);
  frame->sample_rate = 1;
  meter.hear(*frame);
  EXPECT_FALSE(meter.reading().true_peak);
  for (int i = 0; i < 10; ++i) meter.hear(*sine(AV_SAMPLE_FMT_FLTP, AV_CHANNEL_LAYOUT_STEREO, 0.5F));
  meter.hear(*frame);
  EXPECT_NEAR(*meter.reading().true_peak, -6, 0.1);
}

}  // namespace
}  // namespace transcode
