#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "transcode/audio_transcoder.h"
#include "unit/transcode/source.h"

/// Fewer channels than the feed has: how loud they come out, and that they do not pass full scale.
namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;

constexpr std::int64_t kMixStart = 48'000'000'123;  // off every frame grid

/// AAC of so many channels.
std::unique_ptr<AudioTranscoder> mixer(const media::Track& track, int channels,
                                       const AudioTranscoder::Options& options = {}) {
  return AudioTranscoder::make(track, {{"a1", media::Codec::kAac, 0, channels, 0}}, options).take();
}

Collector mixed_down(AudioTranscoder& audio, const std::vector<media::Packet>& packets) {
  Collector out(1);
  audio.announce(out);
  for (const media::Packet& packet : packets) audio.feed(media::Packet(packet), out);
  audio.flush(out);
  return out;
}

float half_tone(std::int64_t sample, int) { return 0.5F * std::sin(static_cast<float>(sample % 48) * 0.1309F); }

double loudest_of(const Collector& out) {
  const auto samples = testing::samples_of(out.tracks[0].at(0), out.packets[0], kMixStart + 24'000, 48'000);
  double peak = 0;
  for (const float sample : samples) peak = std::max(peak, std::fabs(static_cast<double>(sample)));
  return peak;
}

TEST(AudioDownmix, LimitsADownmixOfChannelsThatAreLoudAtOnceAndLeavesItsLevelAlone) {
  const auto all = [](std::int64_t sample, int) { return 1.8F * half_tone(sample, 0); };
  const auto speech = [](std::int64_t sample, int channel) { return channel == 2 ? half_tone(sample, 0) : 0.0F; };
  const Feed loud = testing::make_audio({.channels = 6, .first_sample = kMixStart, .samples = 96'000, .signal = all});
  const Feed centre =
      testing::make_audio({.channels = 6, .first_sample = kMixStart, .samples = 96'000, .signal = speech});
  const auto audio = mixer(loud.track, 2);
  const Collector limited = mixed_down(*audio, loud.packets);
  EXPECT_LE(loudest_of(limited), 1) << "three at 0.9 are 2.17";
  EXPECT_GT(loudest_of(limited), 0.8);
  EXPECT_GT(audio->normalised()->reduction, 7.5) << "to the ceiling of -1 dBTP";
  EXPECT_LT(audio->normalised()->reduction, 9.5) << "with what coding adds where the tone breaks off";
  EXPECT_FALSE(audio->normalised()->gain);
  const auto quiet = mixer(centre.track, 2);
  const Collector as_it_is = mixed_down(*quiet, centre.packets);
  EXPECT_NEAR(loudest_of(as_it_is), 0.5 * 0.7071, 0.02) << "BS.775: 3 dB less, and nothing more";
  EXPECT_EQ(quiet->normalised()->reduction, 0);
}

TEST(AudioDownmix, KeepsADownmixBelowTheCeilingThatIsAskedFor) {
  const auto all = [](std::int64_t sample, int) { return half_tone(sample, 0); };
  const Feed loud = testing::make_audio({.channels = 6, .samples = 96'000, .signal = all});
  const auto audio = mixer(loud.track, 2, {.measured = true, .ceiling = -6});
  mixed_down(*audio, loud.packets);
  EXPECT_LE(*audio->loudness().true_peak, -6);
  EXPECT_GT(*audio->loudness().true_peak, -6.5);
}

TEST(AudioDownmix, LimitsNothingThatIsNotMixed) {
  const Feed stereo = testing::make_audio({.samples = 24'000, .signal = half_tone});
  const Feed six = testing::make_audio({.channels = 6, .samples = 24'000, .signal = half_tone});
  const auto same = mixer(stereo.track, 2);
  mixed_down(*same, stereo.packets);
  EXPECT_FALSE(same->normalised());
  const auto surround = mixer(six.track, 6);
  mixed_down(*surround, six.packets);
  EXPECT_FALSE(surround->normalised());
}

TEST(AudioDownmix, AProgrammeThatBecomesSurroundLosesNoPacketToTheLimiter) {
  const Feed stereo = testing::make_audio({.samples = 48'000, .signal = half_tone});
  const Feed six = testing::make_audio({.channels = 6, .first_sample = 48'000, .samples = 48'000, .signal = half_tone});
  const Feed plain = testing::make_audio({.first_sample = 48'000, .samples = 48'000, .signal = half_tone});
  std::vector<std::vector<std::int64_t>> pts;
  for (const Feed& second : {plain, six}) {
    const auto audio = mixer(stereo.track, 2);
    Collector out(1);
    audio->announce(out);
    for (const media::Packet& packet : stereo.packets) audio->feed(media::Packet(packet), out);
    ASSERT_TRUE(audio->change_source(second.track, out).ok());
    for (const media::Packet& packet : second.packets) audio->feed(media::Packet(packet), out);
    audio->flush(out);
    EXPECT_EQ(audio->normalised().has_value(), second.track.audio.channels == 6);
    pts.push_back(testing::pts_of(out.packets[0]));
  }
  EXPECT_EQ(pts[0], pts[1]);
}

}  // namespace
}  // namespace transcode
