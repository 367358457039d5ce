#include "transcode/audio_encoder.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "media/ac3.h"
#include "media/bit_reader.h"
#include "transcode/silence.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

using media::Codec;

constexpr int kCodedRate = 48000;

AudioRung coded_rung(Codec codec, int channels, int dialnorm = 0) {
  AudioRung rung{"a1", codec, 0, channels, kCodedRate};
  rung.dialnorm = dialnorm;
  return resolve(rung, {});
}

/// Each channel of 5.1 has a tone of its own; what the LFE carries ends at 120 Hz.
constexpr std::array<int, 6> kTones{500, 700, 1100, 60, 1300, 1700};

float tone_of(std::int64_t sample, int channel) {
  const double turns = static_cast<double>(sample) * kTones[static_cast<std::size_t>(channel)] / kCodedRate;
  return static_cast<float>(0.25 * std::sin(2 * M_PI * turns));
}

/// A second of the tones, through the encoder.
std::vector<media::Packet> second_of_tones(AudioEncoder& encoder) {
  std::vector<media::Packet> packets;
  const auto take = [&](media::Packet&& packet) { packets.push_back(std::move(packet)); };
  for (std::int64_t at = 0; at < kCodedRate; at += encoder.frame_samples()) {
    FramePtr frame(av_frame_alloc());
    frame->format = encoder.format();
    frame->nb_samples = encoder.frame_samples();
    frame->sample_rate = kCodedRate;
    frame->ch_layout = encoder.layout();
    EXPECT_GE(av_frame_get_buffer(frame.get(), 0), 0);
    frame->pts = at;
    for (int channel = 0; channel < encoder.layout().nb_channels; ++channel) {
      auto* plane = reinterpret_cast<float*>(frame->extended_data[channel]);
      for (int i = 0; i < frame->nb_samples; ++i) plane[i] = tone_of(at + i, channel);
    }
    EXPECT_TRUE(encoder.encode(*frame, take).ok());
  }
  EXPECT_TRUE(encoder.finish(take).ok());
  return packets;
}

/// Amplitude of a tone in a channel, over the middle half second of what the packets decode to.
double amplitude(const std::vector<FramePtr>& frames, int channel, int hertz) {
  double real = 0;
  double imaginary = 0;
  int count = 0;
  for (const FramePtr& frame : frames) {
    const auto* plane = reinterpret_cast<const float*>(frame->extended_data[channel]);
    for (int i = 0; i < frame->nb_samples; ++i) {
      const std::int64_t at = frame->pts + i;
      if (at < kCodedRate / 4 || at >= kCodedRate * 3 / 4) continue;
      const double angle = 2 * M_PI * hertz * static_cast<double>(at) / kCodedRate;
      real += plane[i] * std::cos(angle);
      imaginary += plane[i] * std::sin(angle);
      ++count;
    }
  }
  return count == 0 ? 0 : 2 * std::hypot(real, imaginary) / count;
}

/// dialnorm of a frame, from -31 to -1.
int dialnorm_in(base::View frame) {
  media::BitReader reader{frame};
  const bool enhanced = frame[5] >> 3 > 10;
  // Spec: [TS 102 366 4.3, E.1.2]. Of 5.1: two mix levels of two bits before lfeon in AC-3.
  reader.skip(enhanced ? 16 + 2 + 3 + 11 + 2 + 2 + 3 + 1 + 5 : 16 + 16 + 2 + 6 + 5 + 3 + 3 + 2 + 2 + 1);
  return -static_cast<int>(reader.bits(5));
}

class Surround : public ::testing::TestWithParam<Codec> {};

TEST_P(Surround, KeepsEachOfSixChannelsWhereItWas) {
  auto encoder = AudioEncoder::make(coded_rung(GetParam(), 6)).take();
  const auto packets = second_of_tones(encoder);
  const auto frames = testing::decode(encoder.track(), packets);
  ASSERT_FALSE(frames.empty());
  EXPECT_EQ(frames[0]->ch_layout.nb_channels, 6);
  for (int channel = 0; channel < 6; ++channel) {
    for (std::size_t tone = 0; tone < kTones.size(); ++tone) {
      const double expected = channel == static_cast<int>(tone) ? 0.25 : 0;
      EXPECT_NEAR(amplitude(frames, channel, kTones[tone]), expected, 0.02) << channel << " " << kTones[tone] << " Hz";
    }
  }
}

TEST_P(Surround, SaysItsFormatAndTheDurationOfItsFrames) {
  auto encoder = AudioEncoder::make(coded_rung(GetParam(), 6)).take();
  const media::Track& track = encoder.track();
  EXPECT_EQ(track.audio.channels, 6);
  EXPECT_EQ(track.timescale, kCodedRate);
  const int samples = GetParam() == Codec::kAac ? 1024 : 1536;
  EXPECT_EQ(track.audio.frame_samples, samples);
  for (const media::Packet& packet : second_of_tones(encoder)) EXPECT_EQ(packet.duration, samples);
}

INSTANTIATE_TEST_SUITE_P(AudioEncoder, Surround, ::testing::Values(Codec::kAac, Codec::kAc3, Codec::kEac3),
                         [](const auto& test) { return std::string(avcodec_get_name(codec_id(test.param))); });

// CM-5.
TEST(AudioEncoder, HasTheBoxesOfTheFramesThatItMakes) {
  for (const int channels : {1, 2, 6}) {
    auto plain = AudioEncoder::make(coded_rung(Codec::kAc3, channels)).take();
    auto enhanced = AudioEncoder::make(coded_rung(Codec::kEac3, channels)).take();
    EXPECT_EQ(plain.track().codec_string, "ac-3");
    EXPECT_EQ(enhanced.track().codec_string, "ec-3");
    for (const media::Packet& packet : second_of_tones(plain))
      EXPECT_EQ(media::ac3::make_dac3(media::ac3::parse_frame(packet.data.view()).take()), plain.track().config);
    for (const media::Packet& packet : second_of_tones(enhanced))
      EXPECT_EQ(media::ac3::make_dec3(media::ac3::parse_frame(packet.data.view()).take()), enhanced.track().config);
  }
}

TEST(AudioEncoder, SaysInEachFrameHowLoudSpeechIs) {
  for (const Codec codec : {Codec::kAc3, Codec::kEac3}) {
    for (const int level : {0, -31, -27, -23}) {
      auto encoder = AudioEncoder::make(coded_rung(codec, 6, level)).take();
      for (const media::Packet& packet : second_of_tones(encoder))
        EXPECT_EQ(dialnorm_in(packet.data.view()), level == 0 ? -31 : level);
    }
  }
}

TEST(AudioEncoder, SilenceOfItsFormatSaysTheSameOfSpeech) {
  for (const Codec codec : {Codec::kAc3, Codec::kEac3}) {
    auto encoder = AudioEncoder::make(coded_rung(codec, 6, -23)).take();
    const auto silence = Silence::make(encoder.track(), -23);
    ASSERT_TRUE(silence.ok()) << silence.error().message();
    EXPECT_EQ(dialnorm_in(silence->frame().view()), -23);
    const auto packets = second_of_tones(encoder);
    EXPECT_EQ(media::ac3::parse_frame(silence->frame().view()).take(),
              media::ac3::parse_frame(packets[5].data.view()).take());
    EXPECT_EQ(silence->duration(), 1536);
  }
}

TEST(AudioEncoder, RefusesMoreThanSixChannelsOfAc3AndCodecsThatItLacks) {
  EXPECT_EQ(AudioEncoder::make(coded_rung(Codec::kAc3, 8)).error().message(),
            "malformed: rung a1: ac3 and eac3 have up to 6 channels");
  EXPECT_EQ(AudioEncoder::make(coded_rung(Codec::kMp2, 2)).error().code, base::Code::kUnsupported);
}

TEST(AudioEncoder, ARungWithoutABitrateGets64KilobitsAChannel) {
  EXPECT_EQ(coded_rung(Codec::kEac3, 6).bitrate, 384'000);
  EXPECT_EQ(coded_rung(Codec::kAac, 2).bitrate, 128'000);
}

}  // namespace
}  // namespace transcode
