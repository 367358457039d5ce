#include "transcode/silence.h"

#include <gtest/gtest.h>

#include <cmath>

#include "media/aac.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

void expect_silent(const media::Track& track, const Silence& silence) {
  std::vector<media::Packet> packets;
  for (int i = 0; i < 20; ++i) packets.push_back(silence.packet(std::int64_t{i} * silence.frame_samples()));
  EXPECT_EQ(packets[1].duration, silence.frame_samples());
  const auto frames = testing::decode(track, packets);
  ASSERT_FALSE(frames.empty());
  for (const FramePtr& frame : frames) EXPECT_EQ(frame->ch_layout.nb_channels, track.audio.channels);
  for (float sample : testing::samples_of(track, packets, 0, 10'000)) ASSERT_LT(std::fabs(sample), 1e-4F);
}

TEST(Silence, DecodesWithTheConfigurationOfACopiedAacTrack) {
  const testing::Feed feed = testing::make_audio({.channels = 2});
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok());
  EXPECT_EQ(silence->frame_samples(), 1024);
  expect_silent(feed.track, *silence);
}

TEST(Silence, HasAllChannelsOfSurround) {
  const testing::Feed feed = testing::make_audio({.channels = 6});
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok());
  expect_silent(feed.track, *silence);
}

TEST(Silence, FillsOpus) {
  const testing::Feed feed = testing::make_audio({.encoder = "libopus", .codec = media::Codec::kOpus, .channels = 2});
  const auto silence = Silence::make(feed.track);
  ASSERT_TRUE(silence.ok());
  EXPECT_EQ(silence->frame_samples(), 960);
  expect_silent(feed.track, *silence);
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
  EXPECT_EQ(silence->packet(0).duration, 2048);
  expect_silent(track, *silence);
}

TEST(Silence, RefusesWhatItCannotMake) {
  media::Track track;
  track.codec = media::Codec::kAc3;
  const auto silence = Silence::make(track);
  ASSERT_FALSE(silence.ok());
  EXPECT_EQ(silence.error().code, base::Code::kUnsupported);
}

}  // namespace
}  // namespace transcode
