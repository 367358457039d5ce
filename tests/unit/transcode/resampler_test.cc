#include "transcode/resampler.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

namespace transcode {
namespace {

/// A frame of floats whose channels, in the order of the layout, each have one value throughout.
FramePtr channels_at(const AVChannelLayout& layout, const std::vector<float>& values, int samples = 960) {
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
std::vector<float> mix_of(const AVChannelLayout& from, const std::vector<float>& values, const AVChannelLayout& to) {
  auto resampler = Resampler::make(AV_SAMPLE_FMT_FLTP, to, 48000).take();
  EXPECT_TRUE(resampler.feed(*channels_at(from, values), 0).ok());
  const FramePtr out = resampler.take(resampler.size());
  std::vector<float> levels;
  for (int channel = 0; channel < to.nb_channels; ++channel)
    levels.push_back(reinterpret_cast<const float*>(out->extended_data[channel])[out->nb_samples / 2]);
  return levels;
}

void expect_mix(const std::vector<float>& levels, const std::vector<float>& expected) {
  ASSERT_EQ(levels.size(), expected.size());
  for (std::size_t i = 0; i < levels.size(); ++i) EXPECT_NEAR(levels[i], expected[i], 1e-4F) << "channel " << i;
}

const AVChannelLayout kMonoMix = AV_CHANNEL_LAYOUT_MONO;
const AVChannelLayout kStereoMix = AV_CHANNEL_LAYOUT_STEREO;
const AVChannelLayout kBacksMix = AV_CHANNEL_LAYOUT_5POINT1_BACK;  // as of AAC
const AVChannelLayout kSidesMix = AV_CHANNEL_LAYOUT_5POINT1;       // as of AC-3
const AVChannelLayout kWideMix = AV_CHANNEL_LAYOUT_7POINT1;

// [ITU-R BS.775]: 1, and 0.7071 of centre and surround.
constexpr float kFrontMix = 1;
constexpr float kOtherMix = 0.70710678F;

TEST(Resampler, MixesEachChannelOf51IntoStereoAsBs775Says) {
  for (const AVChannelLayout& layout : {kBacksMix, kSidesMix}) {
    expect_mix(mix_of(layout, {1, 0, 0, 0, 0, 0}, kStereoMix), {kFrontMix, 0});
    expect_mix(mix_of(layout, {0, 1, 0, 0, 0, 0}, kStereoMix), {0, kFrontMix});
    expect_mix(mix_of(layout, {0, 0, 1, 0, 0, 0}, kStereoMix), {kOtherMix, kOtherMix});
    expect_mix(mix_of(layout, {0, 0, 0, 1, 0, 0}, kStereoMix), {0, 0});
    expect_mix(mix_of(layout, {0, 0, 0, 0, 1, 0}, kStereoMix), {kOtherMix, 0});
    expect_mix(mix_of(layout, {0, 0, 0, 0, 0, 1}, kStereoMix), {0, kOtherMix});
  }
}

TEST(Resampler, AddsWhatChannelsHaveInCommon) {
  expect_mix(mix_of(kBacksMix, {0.25F, 0, 0.5F, 1, 0.25F, 0}, kStereoMix),
             {0.25F + 0.75F * kOtherMix, 0.5F * kOtherMix});
  expect_mix(mix_of(kStereoMix, {0.5F, 0.5F}, kMonoMix), {0.5F * 2 * kOtherMix});
}

TEST(Resampler, LeavesChannelsThatBothHaveAsTheyAre) {
  const std::vector<float> all{0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F};
  expect_mix(mix_of(kBacksMix, all, kBacksMix), all);
  expect_mix(mix_of(kSidesMix, all, kBacksMix), all);
  expect_mix(mix_of(kStereoMix, {0.5F, -0.5F}, kStereoMix), {0.5F, -0.5F});
}

TEST(Resampler, PutsStereoIntoLeftAndRightOf51AndMonoIntoItsCentre) {
  expect_mix(mix_of(kStereoMix, {0.25F, 0.75F}, kBacksMix), {0.25F, 0.75F, 0, 0, 0, 0});
  expect_mix(mix_of(kMonoMix, {0.5F}, kBacksMix), {0, 0, 0.5F, 0, 0, 0});
}

TEST(Resampler, Keeps71InItsSurroundChannelsWhereThereAre51) {
  const std::vector<float> side = mix_of(kWideMix, {0, 0, 0, 0, 0, 0, 1, 0}, kBacksMix);
  const std::vector<float> back = mix_of(kWideMix, {0, 0, 0, 0, 1, 0, 0, 0}, kBacksMix);
  for (const auto& levels : {side, back}) {
    EXPECT_GT(levels[4], 0.4F);
    expect_mix({levels[0], levels[1], levels[2], levels[3], levels[5]}, {0, 0, 0, 0, 0});
  }
}

TEST(Resampler, FollowsASourceThatGoesFrom51ToStereo) {
  auto resampler = Resampler::make(AV_SAMPLE_FMT_FLTP, kBacksMix, 48000).take();
  ASSERT_TRUE(resampler.feed(*channels_at(kSidesMix, {0.1F, 0.2F, 0.3F, 0.4F, 0.5F, 0.6F}), 0).ok());
  ASSERT_TRUE(resampler.feed(*channels_at(kStereoMix, {0.7F, 0.8F}), 0).ok());
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
