#include "transcode/silence.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "media/aac.h"
#include "media/ac3.h"
#include "media/describe.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

/// A track that was copied, and some of its packets, of noise.
struct Copied {
  const char* name;
  testing::AudioSpec spec;
  int frame_samples;
};

float sound_noise(std::int64_t sample, int channel) {
  const auto mixed = static_cast<std::uint32_t>(sample * 7919 + channel * 104729) * 2654435761U;
  return static_cast<float>(mixed >> 16) / 65536.0F - 0.5F;
}

/// AC-3 and E-AC-3 have their box from their own frames.
testing::Feed make_feed(testing::AudioSpec spec) {
  spec.samples = 20'000;
  spec.signal = sound_noise;
  testing::Feed feed = testing::make_audio(spec);
  if (spec.codec == media::Codec::kAc3 || spec.codec == media::Codec::kEac3) {
    const auto frame = media::ac3::parse_frame(feed.packets[0].data.view()).take();
    feed.track.config = frame.enhanced ? media::ac3::make_dec3(frame) : media::ac3::make_dac3(frame);
  }
  return feed;
}

float peak_of(const media::Track& track, const std::vector<media::Packet>& packets, std::int64_t from,
              std::int64_t count) {
  float peak = 0;
  for (const float sample : testing::samples_of(track, packets, from, count)) peak = std::max(peak, std::fabs(sample));
  return peak;
}

std::vector<media::Packet> repeats(const Silence& silence, std::int64_t from, int count) {
  std::vector<media::Packet> packets;
  for (int i = 0; i < count; ++i) packets.push_back(silence.packet(from + i * silence.duration()));
  return packets;
}

class Copies : public ::testing::TestWithParam<Copied> {};

// testing::decode() expects that libavcodec meets no error.
TEST_P(Copies, AreFilledByOneFrameRepeatedFiftyTimes) {
  const testing::Feed feed = make_feed(GetParam().spec);
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok()) << silence.error().message();
  EXPECT_EQ(silence->frame_samples(), GetParam().frame_samples);
  EXPECT_EQ(silence->packet(0).data, silence->frame());
  const auto packets = repeats(*silence, 0, 50);
  const auto frames = testing::decode(feed.track, packets);
  std::int64_t samples = 0;
  for (const FramePtr& frame : frames) {
    EXPECT_EQ(frame->ch_layout.nb_channels, feed.track.audio.channels);
    EXPECT_EQ(frame->sample_rate, feed.track.audio.sample_rate);
    samples += frame->nb_samples;
  }
  EXPECT_NEAR(static_cast<double>(samples), 50.0 * silence->frame_samples(), silence->frame_samples());
  EXPECT_LT(peak_of(feed.track, packets, 0, samples), 1e-4F);
}

TEST_P(Copies, AreFilledBetweenTheirOwnFrames) {
  const testing::Feed feed = make_feed(GetParam().spec);
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok()) << silence.error().message();
  std::vector<media::Packet> packets(feed.packets.begin(), feed.packets.begin() + 4);
  const std::int64_t hole = packets.back().pts + packets.back().duration;
  for (media::Packet& packet : repeats(*silence, hole, 50)) packets.push_back(std::move(packet));
  const std::int64_t resumes = hole + 50 * silence->duration();
  for (std::size_t i = 0; i < 3; ++i) {
    packets.push_back(feed.packets[i]);
    packets.back().pts = packets.back().dts = resumes + feed.packets[i].pts - feed.packets[0].pts;
  }
  // An overlap of two frames at most sounds on.
  const std::int64_t quiet = hole + 2 * silence->duration();
  EXPECT_LT(peak_of(feed.track, packets, quiet, 40 * silence->duration()), 1e-4F);
  EXPECT_GT(peak_of(feed.track, packets, 0, hole), 0.1F);
}

INSTANTIATE_TEST_SUITE_P(
    Silence, Copies,
    ::testing::Values(
        Copied{"AacMono", {.channels = 1}, 1024}, Copied{"AacStereo", {}, 1024},
        Copied{"Aac441", {.rate = 44100}, 1024}, Copied{"AacSurround", {.channels = 6}, 1024},
        Copied{"OpusMono", {.encoder = "libopus", .codec = media::Codec::kOpus, .channels = 1}, 960},
        Copied{"OpusStereo", {.encoder = "libopus", .codec = media::Codec::kOpus}, 960},
        Copied{"Ac3Stereo", {.encoder = "ac3", .codec = media::Codec::kAc3}, 1536},
        Copied{"Ac3Surround", {.encoder = "ac3", .codec = media::Codec::kAc3, .channels = 6}, 1536},
        Copied{"Ac3Mono441", {.encoder = "ac3", .codec = media::Codec::kAc3, .rate = 44100, .channels = 1}, 1536},
        Copied{"Eac3Stereo", {.encoder = "eac3", .codec = media::Codec::kEac3}, 1536},
        Copied{"Eac3Surround", {.encoder = "eac3", .codec = media::Codec::kEac3, .channels = 6}, 1536},
        Copied{"FlacStereo", {.encoder = "flac", .codec = media::Codec::kFlac}, 4608},
        Copied{"FlacMono441", {.encoder = "flac", .codec = media::Codec::kFlac, .rate = 44100, .channels = 1}, 4608}),
    [](const auto& test) { return test.param.name; });

// Each decodes with the configuration of its track to frames of its own size, so parsers find nothing changed.
TEST(Silence, KeepsTheFrameSizeAndChannelModeOfAc3) {
  const testing::Feed feed = make_feed({.encoder = "ac3", .codec = media::Codec::kAc3, .channels = 6});
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok());
  const auto own = media::ac3::parse_frame(feed.packets[0].data.view()).take();
  EXPECT_EQ(media::ac3::parse_frame(silence->frame().view()).take(), own);
  EXPECT_EQ(silence->frame().size(), feed.packets[0].data.size());
}

TEST(Silence, CountsHeAacAtItsOutputRate) {
  media::Track track;
  track.codec = media::Codec::kAac;
  track.timescale = 48000;
  // Object type 5 (SBR), core 24 kHz, stereo, extension 48 kHz, core object type 2.
  const std::vector<std::uint8_t> config{0x2b, 0x11, 0x88, 0x00};
  track.config = base::Bytes::copy_of(base::View(config));
  track.audio = {48000, 2, 2048, 0};
  const auto silence = Silence::make(track);
  ASSERT_TRUE(silence.ok()) << silence.error().message();
  EXPECT_EQ(silence->frame_samples(), 2048);
  EXPECT_EQ(silence->duration(), 2048);
  EXPECT_LT(peak_of(track, repeats(*silence, 0, 50), 0, 50 * 2048), 1e-4F);
}

TEST(Silence, MakesTwoChannelsOfHeAacVersionTwo) {
  media::Track track;
  track.codec = media::Codec::kAac;
  track.timescale = 44100;
  // Object type 29 (PS), core 22.05 kHz, mono, extension 44.1 kHz, core object type 2.
  const std::vector<std::uint8_t> config{0xeb, 0x8a, 0x08, 0x00};
  track.config = base::Bytes::copy_of(base::View(config));
  track.audio = {44100, 2, 2048, 0};
  const auto silence = Silence::make(track);
  ASSERT_TRUE(silence.ok()) << silence.error().message();
  EXPECT_EQ(silence->duration(), 2048);
  for (const FramePtr& frame : testing::decode(track, repeats(*silence, 0, 50))) EXPECT_EQ(frame->nb_samples, 2048);
  EXPECT_LT(peak_of(track, repeats(*silence, 0, 50), 0, 50 * 2048), 1e-4F);
}

TEST(Silence, FillsFlacOf24Bits) {
  testing::Feed feed = make_feed({.encoder = "flac", .codec = media::Codec::kFlac});
  std::vector<std::uint8_t> dfla(feed.track.config.begin(), feed.track.config.end());
  // STREAMINFO: 20 bits of sample rate, 3 of channels, 5 of sample size less one.  Spec: [RFC 9639 8.2].
  dfla[8 + 12] = static_cast<std::uint8_t>((dfla[8 + 12] & 0xfe) | (23 >> 4));
  dfla[8 + 13] = static_cast<std::uint8_t>((dfla[8 + 13] & 0x0f) | ((23 & 15) << 4));
  feed.track.config = base::Bytes::adopt(std::move(dfla));
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok()) << silence.error().message();
  for (const FramePtr& frame : testing::decode(feed.track, repeats(*silence, 0, 50))) {
    EXPECT_EQ(frame->format, AV_SAMPLE_FMT_S32);
  }
}

TEST(Silence, RefusesWhatItCannotMake) {
  media::Track track;
  track.codec = media::Codec::kMp3;
  EXPECT_EQ(Silence::make(track).error().message(), "unsupported: silence for this audio codec");
  track.codec = media::Codec::kAc3;
  EXPECT_EQ(Silence::make(track).error().code, base::Code::kTruncated);
  media::ac3::Frame two_programmes;
  two_programmes.acmod = 0;
  track.config = media::ac3::make_dac3(two_programmes);
  EXPECT_EQ(Silence::make(track).error().code, base::Code::kUnsupported);
}

TEST(Silence, IsAPacketOfItsTrackThatPlaysAnywhere) {
  testing::Feed feed = make_feed({});
  feed.track.id = 42;
  feed.track.timescale = 96'000;
  const auto silence = Silence::make(feed.track).take();
  const media::Packet packet = silence.packet(1234);
  EXPECT_EQ(packet.track_id, 42U);
  EXPECT_EQ(packet.pts, 1234);
  EXPECT_EQ(packet.dts, 1234);
  EXPECT_EQ(packet.duration, 2048) << "1024 samples of 48000 in ticks of 96000";
  EXPECT_TRUE(packet.key);
  EXPECT_TRUE(packet.idr);
}

TEST(Silence, OfOpusHasOneToEightChannels) {
  media::Track track;
  track.codec = media::Codec::kOpus;
  track.timescale = 48'000;
  for (const auto& [channels, made] : {std::pair{0, false}, {1, true}, {8, true}, {9, false}}) {
    track.audio.channels = channels;
    EXPECT_EQ(Silence::make(track).ok(), made) << channels;
  }
}

TEST(Silence, OfAacIsForLowComplexityFramesOf1024Samples) {
  media::Track track;
  track.codec = media::Codec::kAac;
  track.timescale = 48'000;
  const auto made = [&](std::vector<std::uint8_t> config) {
    track.config = base::Bytes::adopt(std::move(config));
    return Silence::make(track).ok();
  };
  EXPECT_TRUE(made({0x11, 0x90})) << "AAC-LC, 48 kHz, stereo";
  EXPECT_FALSE(made({0x09, 0x90})) << "AAC Main";
  EXPECT_FALSE(made({0x11, 0x94})) << "frames of 960 samples";
  EXPECT_FALSE(made({0x11, 0x80})) << "channels told by a programme of its own";
  EXPECT_FALSE(made({})) << "nothing";
}

TEST(Silence, OfFlacIsForSamplesOf16And24Bits) {
  const testing::Feed feed = make_feed({.encoder = "flac", .codec = media::Codec::kFlac});
  for (const auto& [bits, made] : {std::pair{16, true}, {20, false}, {24, true}}) {
    media::Track track = feed.track;
    std::vector<std::uint8_t> dfla(track.config.begin(), track.config.end());
    dfla[8 + 12] = static_cast<std::uint8_t>((dfla[8 + 12] & 0xfe) | ((bits - 1) >> 4));
    dfla[8 + 13] = static_cast<std::uint8_t>((dfla[8 + 13] & 0x0f) | (((bits - 1) & 15) << 4));
    track.config = base::Bytes::adopt(std::move(dfla));
    EXPECT_EQ(Silence::make(track).ok(), made) << bits;
  }
}

}  // namespace
}  // namespace transcode
