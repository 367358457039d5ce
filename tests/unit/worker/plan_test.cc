#include "worker/plan.h"

#include <gtest/gtest.h>

namespace worker {
namespace {

media::Track video(media::Codec codec, int width, int height) {
  media::Track track;
  track.codec = codec;
  track.codec_string = codec == media::Codec::kMpeg2Video ? "" : "avc1.640028";
  track.video.width = width;
  track.video.height = height;
  track.video.frame_rate = {30, 1};
  return track;
}

media::Track audio(media::Codec codec, int channels) {
  media::Track track;
  track.codec = codec;
  track.codec_string = codec == media::Codec::kMp2 ? "" : "mp4a.40.2";
  track.audio.channels = channels;
  track.audio.sample_rate = 48'000;
  return track;
}

media::Track planned_sound(media::Codec codec, int channels) {
  media::Track track;
  track.codec = codec;
  track.codec_string = "some";
  track.audio.channels = channels;
  return track;
}

job::Options with_surround(job::Options::Audio mode) {
  job::Options options;
  options.audio = mode;
  options.audio_renditions = {{"", media::Codec::kEac3, 384'000, 6}, {"", media::Codec::kAac, 128'000, 2}};
  return options;
}

TEST(PlanAudio, RenditionsBesideAreMadeOfEveryTrackAndTheFirstIsThenEncodedToo) {
  for (const int channels : {1, 2, 6}) {
    const auto plan =
        plan_audio(with_surround(job::Options::Audio::kAuto), planned_sound(media::Codec::kAac, channels));
    ASSERT_TRUE(plan);
    EXPECT_FALSE(plan->copy);
    ASSERT_EQ(plan->beside.size(), 2U);
    EXPECT_EQ(plan->beside[0].name, "eac3-6");
    EXPECT_EQ(plan->beside[1].name, "aac-2");
  }
}

TEST(PlanAudio, ACopyHasWhatItIsNotBesideIt) {
  const job::Options options = with_surround(job::Options::Audio::kCopy);
  const auto names = [&](const media::Track& track) {
    const auto plan = plan_audio(options, track);
    EXPECT_TRUE(plan->copy);
    std::string all;
    for (const job::AudioRung& rung : plan->beside) all += rung.name + " ";
    return all;
  };
  EXPECT_EQ(names(planned_sound(media::Codec::kAc3, 6)), "eac3-6 aac-2 ");
  EXPECT_EQ(names(planned_sound(media::Codec::kEac3, 6)), "aac-2 ");
  EXPECT_EQ(names(planned_sound(media::Codec::kAac, 2)), "eac3-6 ");
  EXPECT_EQ(names(planned_sound(media::Codec::kAac, 6)), "eac3-6 aac-2 ");
}

TEST(PlanAudio, SpeechIsAsLoudAsTheTargetUnlessTheOperatorKnowsBetter) {
  job::Options options = with_surround(job::Options::Audio::kEncode);
  const auto dialnorm = [&] { return plan_audio(options, planned_sound(media::Codec::kAc3, 6))->beside[0].dialnorm; };
  EXPECT_EQ(dialnorm(), -31) << "nothing is turned down";
  options.loudness.target = -23.4;
  EXPECT_EQ(dialnorm(), -23);
  options.loudness.target = -40;
  EXPECT_EQ(dialnorm(), -31) << "the least there is";
  options.audio_renditions[0].dialnorm = -27;
  EXPECT_EQ(dialnorm(), -27);
}

TEST(PlanVideo, TranscodesIntoTheDefaultLadderUnlessToldOtherwise) {
  const VideoPlan plan = plan_video({}, video(media::Codec::kH264, 1280, 720));
  EXPECT_FALSE(plan.copy);
  ASSERT_EQ(plan.rungs.size(), 3U);
  EXPECT_EQ(plan.rungs[0].height, 720);
}

std::vector<int> heights(const VideoPlan& plan) {
  std::vector<int> heights;
  for (const job::Rung& rung : plan.rungs) heights.push_back(rung.height);
  return heights;
}

TEST(PlanVideo, TheDefaultLadderGoesWithoutItsLargestRungsWhereItIsToldTo) {
  job::Options options;
  options.most_lines = 480;
  EXPECT_EQ(heights(plan_video(options, video(media::Codec::kH264, 1920, 1080))), (std::vector{480, 360}));
}

TEST(PlanVideo, ALadderOfTheOperatorsIsTakenAsItIs) {
  job::Options options;
  options.most_lines = 360;
  options.default_ladder = false;
  options.ladder.push_back({.name = "hd", .height = 720, .bitrate = 1});
  options.ladder.push_back({.name = "sd", .height = 480, .bitrate = 1});
  EXPECT_EQ(heights(plan_video(options, video(media::Codec::kH264, 1280, 720))), (std::vector{720, 480}));
}

TEST(PlanVideo, BelowACopyTheRungsThatAreLeftOutAreNotEncoded) {
  job::Options options;
  options.copy_video = true;
  options.most_lines = 480;
  const VideoPlan plan = plan_video(options, video(media::Codec::kH264, 1920, 1080));
  EXPECT_TRUE(plan.copy);
  EXPECT_EQ(heights(plan), (std::vector{480, 360}));
}

TEST(PlanVideo, BelowACopiedTopRungOnlySmallerOnesAreEncoded) {
  job::Options options;
  options.copy_video = true;
  const VideoPlan plan = plan_video(options, video(media::Codec::kH264, 1280, 720));
  EXPECT_TRUE(plan.copy);
  ASSERT_EQ(plan.rungs.size(), 2U);
  EXPECT_EQ(plan.rungs[0].height, 480);
}

TEST(PlanVideo, AChannelOfOnlyCopyEncodesNothing) {
  job::Options options;
  options.copy_video = true;
  options.default_ladder = false;
  const VideoPlan plan = plan_video(options, video(media::Codec::kH264, 1280, 720));
  EXPECT_TRUE(plan.copy);
  EXPECT_TRUE(plan.rungs.empty());
}

TEST(PlanVideo, WhatHlsCannotCarryIsEncodedEvenWhereACopyWasAskedFor) {
  job::Options options;
  options.copy_video = true;
  options.default_ladder = false;
  const VideoPlan plan = plan_video(options, video(media::Codec::kMpeg2Video, 720, 576));
  EXPECT_FALSE(plan.copy);
  EXPECT_FALSE(plan.rungs.empty());
}

TEST(PlanAudio, StereoAacIsPassedThroughAndEverythingElseIsEncoded) {
  EXPECT_TRUE(plan_audio({}, audio(media::Codec::kAac, 2))->copy);
  EXPECT_FALSE(plan_audio({}, audio(media::Codec::kAac, 6))->copy);
  EXPECT_FALSE(plan_audio({}, audio(media::Codec::kMp2, 2))->copy);
  EXPECT_FALSE(plan_audio({}, audio(media::Codec::kAc3, 2))->copy);
}

TEST(PlanAudio, WhatIsBroughtToALoudnessIsEncoded) {
  job::Options options;
  options.loudness.target = -23;
  EXPECT_FALSE(plan_audio(options, audio(media::Codec::kAac, 2))->copy);
  EXPECT_FALSE(plan_audio(options, audio(media::Codec::kOpus, 2))->copy);
}

TEST(PlanAudio, NoneMeansNone) {
  job::Options options;
  options.audio = job::Options::Audio::kNone;
  EXPECT_FALSE(plan_audio(options, audio(media::Codec::kAac, 2)).has_value());
}

TEST(BandwidthOf, CountsTheContainerAndNeverTheAverageAboveThePeak) {
  job::Rung rung;
  rung.bitrate = 1'000'000;
  rung.max_bitrate = 1'100'000;
  const Bandwidth half = bandwidth_of(rung, 500'000);
  const Bandwidth fifth = bandwidth_of(rung, 200'000);
  EXPECT_GT(half.peak, 1'100'000U);
  EXPECT_GT(fifth.peak, half.peak) << "shorter parts, more headers";
  EXPECT_LT(half.average, half.peak);
}

TEST(BandwidthOf, ACopysPeakIsAboveItsAverageByAFifthForVideoAndATwentiethForAudio) {
  const base::Micros part = base::kSecond / 2;
  const std::uint32_t container = 6400;  // 400 bytes a part
  const Bandwidth picture = bandwidth_of_copy(video(media::Codec::kH264, 1280, 720), 5'000'000, part);
  EXPECT_EQ(picture.peak, 6'000'000U + container);
  EXPECT_EQ(picture.average, 5'000'000U + container);
  const Bandwidth sound = bandwidth_of_copy(audio(media::Codec::kAac, 2), 200'000, part);
  EXPECT_EQ(sound.peak, 210'000U + container);
  EXPECT_EQ(sound.average, 200'000U + container);
}

TEST(BandwidthOf, AFeedThatDoesNotSayItsRateIsGuessedFromItsSizeOrChannels) {
  const base::Micros part = base::kSecond / 2;
  const std::uint32_t container = 6400;
  EXPECT_EQ(bandwidth_of_copy(video(media::Codec::kH264, 1280, 720), 0, part).average, 3'456'000U + container);
  EXPECT_EQ(bandwidth_of_copy(video(media::Codec::kH264, 64, 36), 0, part).average, 300'000U + container);
  EXPECT_EQ(bandwidth_of_copy(audio(media::Codec::kAac, 2), 0, part).average, 160'000U + container);
}

}  // namespace
}  // namespace worker
