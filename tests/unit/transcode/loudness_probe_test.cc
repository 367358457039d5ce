#include "transcode/loudness_probe.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "source.h"

namespace transcode {
namespace {

constexpr base::Micros kHop = 10 * base::kMillisecond;

struct Hops : LoudnessProbe::Listener {
  void on_loudness(std::int64_t hop, double power, std::int64_t samples) override {
    powers[hop] += power;
    counts[hop] += samples;
  }
  double average(std::int64_t hop) const { return powers.at(hop) / static_cast<double>(counts.at(hop)); }
  std::map<std::int64_t, double> powers;
  std::map<std::int64_t, std::int64_t> counts;
};

testing::AudioSpec sound(int rate, int channels) {
  testing::AudioSpec spec;
  spec.rate = rate;
  spec.channels = channels;
  spec.samples = rate;
  // Loud from 0.4 s to 0.6 s.
  spec.signal = [rate](std::int64_t sample, int) {
    const bool loud = sample >= rate * 2 / 5 && sample < rate * 3 / 5;
    return loud ? static_cast<float>(0.5 * std::sin(2 * M_PI * 1000 * static_cast<double>(sample) / rate)) : 0.0F;
  };
  return spec;
}

Hops heard(const testing::Feed& feed) {
  auto probe = LoudnessProbe::make(feed.track, kHop);
  EXPECT_TRUE(probe.ok());
  Hops hops;
  for (const media::Packet& packet : feed.packets) probe->feed(packet, hops);
  return hops;
}

TEST(LoudnessProbe, TellsThePowerOfEachHop) {
  for (const int rate : {48000, 44100, 32000}) {
    for (const int channels : {1, 2}) {
      const Hops hops = heard(testing::make_audio(sound(rate, channels)));
      for (std::int64_t hop = 10; hop < 36; ++hop) EXPECT_LT(hops.average(hop), 1e-4) << hop;
      for (std::int64_t hop = 44; hop < 56; ++hop) EXPECT_NEAR(hops.average(hop), 0.125, 0.02) << rate << " " << hop;
      for (std::int64_t hop = 64; hop < 80; ++hop) EXPECT_LT(hops.average(hop), 1e-4) << hop;
      EXPECT_EQ(hops.counts.at(50), rate / 100 * channels) << "each sample once";
    }
  }
}

TEST(LoudnessProbe, HearsSamplesThatAreIntegers) {
  testing::AudioSpec spec = sound(48000, 2);
  spec.encoder = "flac";
  spec.codec = media::Codec::kFlac;
  const Hops hops = heard(testing::make_audio(spec));
  EXPECT_NEAR(hops.average(50), 0.125, 0.01);
  EXPECT_EQ(hops.average(20), 0);
}

TEST(LoudnessProbe, LeavesOutWhatCannotBeDecoded) {
  testing::Feed feed = testing::make_audio(sound(48000, 1));
  for (std::size_t i = 20; i < 24; ++i)
    feed.packets[i].data = base::Bytes::copy_of(base::View(feed.packets[i].data.view().data(), 1));
  const Hops hops = heard(feed);
  EXPECT_TRUE(hops.counts.contains(80)) << "it goes on";
  EXPECT_LT(hops.counts.size(), 100U);
}

TEST(LoudnessProbe, RefusesATrackThatIsNoAudio) {
  testing::VideoSpec spec;
  spec.frames = 1;
  EXPECT_FALSE(LoudnessProbe::make(testing::make_video(spec).track, kHop).ok());
  media::Track track = testing::make_audio(sound(48000, 1)).track;
  track.timescale = 0;
  EXPECT_FALSE(LoudnessProbe::make(track, kHop).ok());
}

}  // namespace
}  // namespace transcode
