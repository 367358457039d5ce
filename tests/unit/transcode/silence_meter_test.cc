#include "transcode/silence_meter.h"

#include <gtest/gtest.h>

#include <cstring>

#include "transcode/av.h"

namespace transcode {
namespace {

/// Two channels of 100 samples, the last one of the second channel not zero.
template <typename Sample>
FramePtr frame_of(AVSampleFormat format, Sample last) {
  FramePtr frame(av_frame_alloc());
  frame->format = format;
  frame->nb_samples = 100;
  av_channel_layout_default(&frame->ch_layout, 2);
  EXPECT_EQ(av_frame_get_buffer(frame.get(), 0), 0);
  const bool planar = av_sample_fmt_is_planar(format) != 0;
  for (int plane = 0; plane < (planar ? 2 : 1); ++plane) {
    auto* samples = reinterpret_cast<Sample*>(frame->extended_data[plane]);
    std::fill(samples, samples + (planar ? 100 : 200), Sample{0});
  }
  reinterpret_cast<Sample*>(frame->extended_data[planar ? 1 : 0])[planar ? 99 : 199] = last;
  return frame;
}

TEST(SilenceMeter, FindsThePeakInEveryFormatThatDecodersGive) {
  EXPECT_FLOAT_EQ(peak_of(*frame_of<std::int16_t>(AV_SAMPLE_FMT_S16, -32768)), 1.0F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<std::int16_t>(AV_SAMPLE_FMT_S16P, 16384)), 0.5F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<std::int32_t>(AV_SAMPLE_FMT_S32, 1 << 29)), 0.25F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<std::int32_t>(AV_SAMPLE_FMT_S32P, -(1 << 29))), 0.25F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<float>(AV_SAMPLE_FMT_FLT, -0.125F)), 0.125F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<float>(AV_SAMPLE_FMT_FLTP, 0.125F)), 0.125F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<double>(AV_SAMPLE_FMT_DBLP, 0.125)), 0.125F);
  EXPECT_FLOAT_EQ(peak_of(*frame_of<std::uint8_t>(AV_SAMPLE_FMT_U8, 0)), 1.0F) << "not known to be silent";
}

TEST(SilenceMeter, CountsFromTheFirstSilentFrame) {
  SilenceMeter meter(0.001);
  const auto hear = [&](float peak, base::Micros at) {
    meter.hear(*frame_of<float>(AV_SAMPLE_FMT_FLTP, peak), at, at + 20);
    return meter.silent();
  };
  EXPECT_EQ(hear(0.5F, 1000), 0);
  EXPECT_EQ(hear(0.0009F, 1020), 20);
  EXPECT_EQ(hear(0, 1040), 40);
  EXPECT_EQ(hear(0.0019F, 1060), 60) << "not twice the limit";
  EXPECT_EQ(hear(0.0021F, 1080), 0);
  EXPECT_EQ(hear(0.0011F, 1100), 0) << "not below the limit";
  EXPECT_EQ(hear(0, 1120), 20);
  meter.restart();
  EXPECT_EQ(meter.silent(), 0);
  EXPECT_EQ(hear(0, 1140), 20);
}

}  // namespace
}  // namespace transcode
