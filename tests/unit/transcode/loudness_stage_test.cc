#include "transcode/loudness_stage.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace transcode {
namespace {

constexpr int kStageSamples = 1024;

class LoudnessStageTest : public ::testing::TestWithParam<AVSampleFormat> {
 protected:
  LoudnessStage make(const LoudnessStage::Options& options) const {
    auto made = LoudnessStage::make(GetParam(), AV_CHANNEL_LAYOUT_STEREO, 48'000, options);
    EXPECT_TRUE(made.ok());
    return made.take();
  }
  /// Frame `number` of a tone, the right channel of half the level.
  FramePtr frame(int number, float level) const {
    FramePtr made(av_frame_alloc());
    made->format = GetParam();
    made->nb_samples = kStageSamples;
    made->sample_rate = 48'000;
    made->ch_layout = AV_CHANNEL_LAYOUT_STEREO;
    EXPECT_EQ(av_frame_get_buffer(made.get(), 0), 0);
    made->pts = number * kStageSamples;
    for (int i = 0; i < kStageSamples; ++i) {
      const auto value =
          static_cast<float>(level * std::sin(2 * M_PI * 1000 * static_cast<double>(made->pts + i) / 48'000));
      at(*made, i, 0) = value;
      at(*made, i, 1) = value / 2;
    }
    return made;
  }
  static float& at(AVFrame& frame, int sample, int channel) {
    const bool planar = frame.format == AV_SAMPLE_FMT_FLTP;
    auto* samples = reinterpret_cast<float*>(frame.extended_data[planar ? channel : 0]);
    return samples[planar ? sample : 2 * sample + channel];
  }
};

TEST_P(LoudnessStageTest, LeavesWhatItOnlyMeasuresAloneAndKeepsNothing) {
  LoudnessStage stage = make({.measured = true});
  for (int i = 0; i < 30; ++i) {
    FramePtr passed = stage.pass(frame(i, 0.1F));
    ASSERT_NE(passed, nullptr);
    const FramePtr same = frame(i, 0.1F);
    EXPECT_EQ(passed->pts, i * kStageSamples);
    for (const int sample : {0, 100, 1023}) {
      EXPECT_EQ(at(*passed, sample, 0), at(*same, sample, 0));
      EXPECT_EQ(at(*passed, sample, 1), at(*same, sample, 1));
    }
  }
  EXPECT_EQ(stage.finish(), nullptr);
  const auto report = stage.report();
  EXPECT_NEAR(*report.reading.momentary, -20 - 2.04, 0.1);
  EXPECT_NEAR(*report.reading.true_peak, -20, 0.1);
  EXPECT_FALSE(report.normalised);
}

TEST_P(LoudnessStageTest, NormalisesAFrameLateAndLeavesEachAtItsTime) {
  LoudnessStage stage = make({.measured = true, .normalised = {{.target = -23}}});
  int next = 0;
  const auto take = [&](FramePtr passed) {
    ASSERT_NE(passed, nullptr);
    EXPECT_EQ(passed->pts, next++ * kStageSamples);
    EXPECT_NEAR(at(*passed, 500, 1), at(*passed, 500, 0) / 2, 1e-4) << "both channels alike";
  };
  EXPECT_EQ(stage.pass(frame(0, 0.01F)), nullptr);
  for (int i = 1; i < 800; ++i) take(stage.pass(frame(i, 0.01F)));
  take(stage.finish());
  EXPECT_EQ(next, 800);
  EXPECT_EQ(stage.finish(), nullptr);
  const auto report = stage.report();
  EXPECT_NEAR(report.normalised->gain.value(), 15, 0.1) << "as far as it may";
  EXPECT_NEAR(*report.reading.short_term, -42.04 + 15, 0.1) << "what comes out is measured";
  EXPECT_EQ(stage.pass(frame(0, 0.01F)), nullptr) << "it goes on after a gap";
}

INSTANTIATE_TEST_SUITE_P(Formats, LoudnessStageTest, ::testing::Values(AV_SAMPLE_FMT_FLTP, AV_SAMPLE_FMT_FLT),
                         [](const auto& test) { return test.param == AV_SAMPLE_FMT_FLT ? "Packed" : "Planar"; });

TEST(LoudnessStage, RefusesSamplesThatAreNoFloats) {
  EXPECT_FALSE(LoudnessStage::make(AV_SAMPLE_FMT_S16, AV_CHANNEL_LAYOUT_STEREO, 48'000, {.measured = true}).ok());
}

}  // namespace
}  // namespace transcode
