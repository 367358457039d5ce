#include "transcode/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace transcode {
namespace {

/// A frame of floats whose channels, in the order of the layout, each have one value throughout.
FramePtr steady(const AVChannelLayout& layout, const std::vector<float>& values, int samples = 960) {
  FramePtr frame(av_frame_alloc());
  frame->format = AV_SAMPLE_FMT_FLTP;
  frame->nb_samples = samples;
  frame->sample_rate = 48000;
  frame->ch_layout = layout;
  EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
  for (std::size_t channel = 0; channel < values.size(); ++channel) {
    auto* plane = reinterpret_cast<float*>(frame->extended_data[channel]);
    for (int i = 0; i < samples; ++i) plane[i] = values[channel];
  }
  return frame;
}

/// What each channel of `to` gets.
std::vector<float> mixed(const AVChannelLayout& from, const std::vector<float>& values, const AVChannelLayout& to) {
  auto resampler = Resampler::make(AV_SAMPLE_FMT_FLTP, to, 48000).take();
  EXPECT_TRUE(resampler.feed(*steady(from, values), 0).ok());
  const FramePtr out = resampler.take(resampler.size());
  std::vector<float> levels;
  for (int channel = 0; channel < to.nb_channels; ++channel)
    levels.push_back(reinterpret_cast<const float*>(out->extended_data[channel])[out->nb_samples / 2]);
  return levels;
}

void expect_levels(const std::vector<float>& levels, const std::vector<float>& expected) {
  ASSERT_EQ(levels.size(), expected.size());
  for (std::size_t i = 0; i < levels.size(); ++i) EXPECT_NEAR(levels[i], expected[i], 1e-4F) << "channel " << i;
}

const AVChannelLayout kMono = AV_CHANNEL_LAYOUT_MONO;
const AVChannelLayout kStereo = AV_CHANNEL_LAYOUT_STEREO;
const AVChannelLayout kSurround = AV_CHANNEL_LAYOUT_5POINT1_BACK;  // as of AAC
const AVChannelLayout kSides = AV_CHANNEL_LAYOUT_5POINT1;          // as of AC-3
const AVChannelLayout kWide = AV_CHANNEL_LAYOUT_7POINT1;

// [ITU-R BS.775]: 1, and 0.7071 of centre and surround; the sum of a side, 2.4142, is brought to 1.
constexpr float kFront = 1 / 2.41421356F;
constexpr float kOther = 0.70710678F * kFront;

TEST(Resampler, MixesEachChannelOf51IntoStereoAsBs775Says) {
  for (const AVChannelLayout& layout : {kSurround, kSides}) {
    expect_levels(mixed(layout, {1, 0, 0, 0, 0, 0}, kStereo), {kFront, 0});
    expect_levels(mixed(layout, {0, 1, 0, 0, 0, 0}, kStereo), {0, kFront});
    expect_levels(mixed(layout, {0, 0, 1, 0, 0, 0}, kStereo), {kOther, kOther});
    expect_levels(mixed(layout, {0, 0, 0, 1, 0, 0}, kStereo), {0, 0});
    expect_levels(mixed(layout, {0, 0, 0, 0, 1, 0}, kStereo), {kOther, 0});
    expect_levels(mixed(layout, {0, 0, 0, 0, 0, 1}, kStereo), {0, kOther});
  }
}

TEST(Resampler, NoDownmixPassesFullScale) {
  expect_levels(mixed(kSurround, {1, 1, 1, 1, 1, 1}, kStereo), {1, 1});
  expect_levels(mixed(kSides, {-1, -1, -1, 1, -1, -1}, kStereo), {-1, -1});
  expect_levels(mixed(kStereo, {1, 1}, kMono), {1});
  for (const float level : mixed(kWide, {1, 1, 1, 1, 1, 1, 1, 1}, kSurround)) EXPECT_LE(level, 1.0001F);
}

TEST(Resampler, LeavesChannelsThatBothHaveAsTheyAre) {
  const std::vector<float> all{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
  expect_levels(mixed(kSurround, all, kSurround), all);
  expect_levels(mixed(kSides, all, kSurround), all);
  expect_levels(mixed(kStereo, {0.5F, -0.5F}, kStereo), {0.5F, -0.5F});
}

TEST(Resampler, PutsStereoIntoLeftAndRightOf51AndMonoIntoItsCentre) {
  expect_levels(mixed(kStereo, {0.25F, 0.75F}, kSurround), {0.25F, 0.75F, 0, 0, 0, 0});
  expect_levels(mixed(kMono, {0.5F}, kSurround), {0, 0, 0.5F, 0, 0, 0});
}

TEST(Resampler, Keeps71InItsSurroundChannelsWhereThereAre51) {
  const std::vector<float> side = mixed(kWide, {0, 0, 0, 0, 0, 0, 1, 0}, kSurround);
  const std::vector<float> back = mixed(kWide, {0, 0, 0, 0, 1, 0, 0, 0}, kSurround);
  for (const auto& levels : {side, back}) {
    EXPECT_GT(levels[4], 0.4F);
    expect_levels({levels[0], levels[1], levels[2], levels[3], levels[5]}, {0, 0, 0, 0, 0});
  }
}

TEST(Resampler, FollowsASourceThatGoesFrom51ToStereo) {
  auto resampler = Resampler::make(AV_SAMPLE_FMT_FLTP, kSurround, 48000).take();
  ASSERT_TRUE(resampler.feed(*steady(kSides, {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F}), 0).ok());
  ASSERT_TRUE(resampler.feed(*steady(kStereo, {0.7F, 0.8F}), 0).ok());
  ASSERT_EQ(resampler.size(), 1920) << "no sample is lost";
  const FramePtr out = resampler.take(1920);
  const auto at = [&](int channel, int sample) {
    return reinterpret_cast<const float*>(out->extended_data[channel])[sample];
  };
  EXPECT_NEAR(at(4, 959), 0.5F, 1e-4F);
  EXPECT_NEAR(at(4, 960), 0, 1e-4F);
  EXPECT_NEAR(at(0, 960), 0.7F, 1e-4F);
  EXPECT_NEAR(at(1, 960), 0.8F, 1e-4F);
}

}  // namespace
}  // namespace transcode
