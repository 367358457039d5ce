#include "transcode/audio_transcoder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::AudioSpec;
using testing::Collector;
using testing::Feed;

constexpr std::int64_t kStart = 48'000'000'123;  // an instant far from zero and off every frame grid

AudioRung rung(media::Codec codec = media::Codec::kAac, int rate = 0, int channels = 0) {
  return {"a1", codec, 0, channels, rate};
}

Collector run(AudioTranscoder& audio, const std::vector<media::Packet>& packets, std::size_t rungs = 1) {
  Collector out(rungs);
  audio.announce(out);
  for (const media::Packet& packet : packets) audio.feed(media::Packet(packet), out);
  audio.flush(out);
  return out;
}

std::unique_ptr<AudioTranscoder> make(const media::Track& track, std::vector<AudioRung> rungs,
                                      const AudioTranscoder::Options& options = {}) {
  auto audio = AudioTranscoder::make(track, std::move(rungs), options);
  EXPECT_TRUE(audio.ok()) << audio.error().message();
  return audio.take();
}

void expect_continuous(const std::vector<media::Packet>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) {
    ASSERT_EQ(packets[i].pts, packets[i - 1].pts + packets[i - 1].duration) << i;
  }
}

std::int64_t loudest(const std::vector<float>& samples) {
  const auto at =
      std::max_element(samples.begin(), samples.end(), [](float a, float b) { return std::fabs(a) < std::fabs(b); });
  return at - samples.begin();
}

struct Pair {
  AudioSpec source;
  media::Codec codec;
  int rate;
};

class Alignment : public ::testing::TestWithParam<Pair> {};

// CM-17: a click stays where it was, through every decoder and encoder.
TEST_P(Alignment, OfAClickIsKeptToAMillisecond) {
  Pair pair = GetParam();
  AudioSpec& spec = pair.source;
  spec.first_sample = media::rescale(kStart, 48000, spec.rate);
  spec.samples = spec.rate * 2;
  const std::int64_t click = spec.first_sample + spec.rate;
  // A hump of 2 ms, which lossy codecs keep in its place.
  spec.signal = [&](std::int64_t sample, int) {
    const double t = static_cast<double>(sample - click) / spec.rate;
    return static_cast<float>(0.9 * std::exp(-t * t * 4e6) * std::cos(t * 6283));
  };
  const Feed feed = testing::make_audio(spec);
  const auto audio = make(feed.track, {rung(pair.codec, pair.rate)});
  const Collector out = run(*audio, feed.packets);
  const media::Track& track = out.tracks[0].at(0);
  EXPECT_EQ(track.timescale, track.audio.sample_rate);
  expect_continuous(out.packets[0]);
  const std::int64_t begin = media::rescale(spec.first_sample, spec.rate, track.timescale);
  const auto samples = testing::samples_of(track, out.packets[0], begin, track.timescale * 2);
  EXPECT_NEAR(static_cast<double>(loudest(samples)) / static_cast<double>(track.timescale), 1.0, 0.001);
  EXPECT_GT(std::fabs(samples[static_cast<std::size_t>(loudest(samples))]), 0.5F);
  EXPECT_EQ(audio->counters().decode_errors, 0U);
}

INSTANTIATE_TEST_SUITE_P(
    AudioTranscoder, Alignment,
    ::testing::Values(Pair{{.encoder = "aac"}, media::Codec::kAac, 48000},
                      Pair{{.encoder = "aac", .rate = 44100}, media::Codec::kAac, 48000},
                      Pair{{.encoder = "aac", .rate = 44100}, media::Codec::kAac, 0},
                      Pair{{.encoder = "aac"}, media::Codec::kOpus, 0},
                      Pair{{.encoder = "aac", .channels = 6}, media::Codec::kAac, 0},
                      Pair{{.encoder = "mp2", .codec = media::Codec::kMp2}, media::Codec::kAac, 0},
                      Pair{{.encoder = "libmp3lame", .codec = media::Codec::kMp3}, media::Codec::kAac, 0},
                      Pair{{.encoder = "ac3", .codec = media::Codec::kAc3, .channels = 6}, media::Codec::kAac, 0},
                      Pair{{.encoder = "eac3", .codec = media::Codec::kEac3}, media::Codec::kAac, 0},
                      Pair{{.encoder = "libopus", .codec = media::Codec::kOpus}, media::Codec::kAac, 0},
                      Pair{{.encoder = "flac", .codec = media::Codec::kFlac}, media::Codec::kAac, 0},
                      Pair{{.encoder = "aac"}, media::Codec::kAc3, 0}, Pair{{.encoder = "aac"}, media::Codec::kEac3, 0},
                      Pair{{.encoder = "aac", .rate = 44100}, media::Codec::kEac3, 48000}),
    [](const auto& test) {
      return std::string(test.param.source.encoder) + std::to_string(test.param.source.rate) + "x" +
             std::to_string(test.param.source.channels) + "To" + avcodec_get_name(codec_id(test.param.codec)) +
             std::to_string(test.param.rate);
    });

float tone(std::int64_t sample, int) { return 0.5F * std::sin(static_cast<float>(sample % 48) * 0.1309F); }

TEST(AudioTranscoder, PutsPacketsOnAGridThatNoStartChanges) {
  for (std::int64_t first : {kStart, kStart + 1, kStart + 777}) {
    const Feed feed = testing::make_audio({.first_sample = first, .samples = 9600, .signal = tone});
    const auto audio = make(feed.track, {rung(), rung(media::Codec::kOpus)});
    const Collector out = run(*audio, feed.packets, 2);
    EXPECT_EQ(out.packets[0].at(0).pts % 1024, 0);
    EXPECT_EQ(out.packets[1].at(0).pts % 960, 0);
    EXPECT_GT(out.packets[0][0].pts, feed.packets[0].pts - 2048) << "no packet of priming alone";
    EXPECT_EQ(out.early, 0);
  }
}

TEST(AudioTranscoder, AnnouncesConfigurationAndCodecString) {
  const Feed feed = testing::make_audio({});
  const auto audio = make(feed.track, {rung(), rung(media::Codec::kOpus)});
  const Collector out = run(*audio, feed.packets, 2);
  EXPECT_EQ(out.tracks[0][0].codec_string, "mp4a.40.2");
  EXPECT_EQ(out.tracks[0][0].audio.frame_samples, 1024);
  EXPECT_EQ(out.tracks[0][0].audio.channels, 2);
  EXPECT_EQ(out.tracks[1][0].codec_string, "Opus");
  EXPECT_GT(out.tracks[1][0].audio.priming, 0) << "CM-17: PreSkip";
}

TEST(AudioTranscoder, FillsASmallHoleWithSilence) {
  Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  feed.packets.erase(feed.packets.begin() + 20, feed.packets.begin() + 25);
  const auto audio = make(feed.track, {rung()});
  const Collector out = run(*audio, feed.packets);
  expect_continuous(out.packets[0]);
  EXPECT_EQ(audio->counters().filled_samples, 5U * 1024);
  const auto samples = testing::samples_of(out.tracks[0][0], out.packets[0], 0, 48000);
  const std::int64_t hole = feed.packets[19].pts + 1024;
  EXPECT_LT(std::fabs(samples[static_cast<std::size_t>(hole + 2500)]), 0.01F);
  float loud = 0;
  for (std::int64_t i = hole + 8000; i < hole + 8100; ++i) {
    loud = std::max(loud, std::fabs(samples[static_cast<std::size_t>(i)]));
  }
  EXPECT_GT(loud, 0.4F);
}

TEST(AudioTranscoder, LeavesALongHoleAsAGapAndStaysOnTheGrid) {
  Feed feed = testing::make_audio({.samples = 96000, .signal = tone});
  for (std::size_t i = 40; i < feed.packets.size(); ++i) {
    feed.packets[i].pts += 48000 * 10;
    feed.packets[i].dts += 48000 * 10;
  }
  const auto audio = make(feed.track, {rung()});
  const Collector out = run(*audio, feed.packets);
  EXPECT_EQ(audio->counters().gaps, 1U);
  int jumps = 0;
  for (std::size_t i = 1; i < out.packets[0].size(); ++i) {
    const std::int64_t step = out.packets[0][i].pts - out.packets[0][i - 1].pts;
    EXPECT_EQ(step % 1024, 0);
    if (step != 1024) {
      ++jumps;
      EXPECT_NEAR(static_cast<double>(step), 480'000, 4096);
    }
  }
  EXPECT_EQ(jumps, 1);
}

TEST(AudioTranscoder, CutsAnOverlap) {
  Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  for (std::size_t i = 20; i < feed.packets.size(); ++i) feed.packets[i].pts -= 1500;
  const auto audio = make(feed.track, {rung()});
  const Collector out = run(*audio, feed.packets);
  expect_continuous(out.packets[0]);
  EXPECT_EQ(audio->counters().cut_samples, 1500U);
}

// CM-18: 400 ppm, more than any sound card is off, over 60 s: 24 ms if nothing were done.
TEST(AudioTranscoder, FollowsAClockThatDrifts) {
  Feed feed = testing::make_audio({.samples = 48000 * 60, .signal = tone});
  for (media::Packet& packet : feed.packets) packet.pts += packet.pts * 400 / 1'000'000;
  const auto audio = make(feed.track, {rung()});
  std::int64_t worst = 0;
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : feed.packets) {
    audio->feed(media::Packet(packet), out);
    worst = std::max(worst, std::abs(audio->counters().skew));
  }
  EXPECT_LT(worst, 5 * base::kMillisecond);
  EXPECT_EQ(audio->counters().filled_samples, 0U);
  expect_continuous(out.packets[0]);
}

TEST(AudioTranscoder, IgnoresTheJitterOfTimestampsInMilliseconds) {
  Feed feed = testing::make_audio({.rate = 44100, .samples = 44100 * 5, .signal = tone});
  feed.track.timescale = 1000;
  for (media::Packet& packet : feed.packets) packet.pts = media::rescale(packet.pts, 44100, 1000);
  const auto audio = make(feed.track, {rung()});
  const Collector out = run(*audio, feed.packets);
  EXPECT_EQ(out.tracks[0][0].timescale, 44100);
  expect_continuous(out.packets[0]);
  EXPECT_EQ(audio->counters().filled_samples + audio->counters().cut_samples, 0U);
}

TEST(AudioTranscoder, PlaysSilenceUntilTheSourceBegins) {
  const Feed feed = testing::make_audio({.first_sample = 48000, .samples = 24000, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  audio->silence_until({0}, out);
  audio->silence_until({625 * base::kMillisecond}, out);
  for (const media::Packet& packet : feed.packets) audio->feed(media::Packet(packet), out);
  audio->flush(out);
  expect_continuous(out.packets[0]);
  EXPECT_LE(out.packets[0][0].pts, 0);
  const auto samples = testing::samples_of(out.tracks[0][0], out.packets[0], 0, 72000);
  EXPECT_LT(std::fabs(samples[40000]), 0.01F);
  float loud = 0;
  for (std::size_t i = 60000; i < 60100; ++i) loud = std::max(loud, std::fabs(samples[i]));
  EXPECT_GT(loud, 0.4F);
}

TEST(AudioTranscoder, CountsGarbageAndGoesOn) {
  Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  feed.packets[10].data = base::Bytes::copy_of("\xff\xff garbage \x01\x02");
  feed.packets[11].data = {};
  const auto audio = make(feed.track, {rung()});
  const Collector out = run(*audio, feed.packets);
  EXPECT_GE(audio->counters().decode_errors, 1U);
  expect_continuous(out.packets[0]);
  EXPECT_GE(out.packets[0].back().pts, 46000);
}

TEST(AudioTranscoder, TakesASourceThatChangesItsChannels) {
  const Feed surround = testing::make_audio({.channels = 6, .samples = 24576, .signal = tone});
  const Feed mono = testing::make_audio({.channels = 1, .first_sample = 24576, .samples = 24576, .signal = tone});
  const auto audio = make(surround.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : surround.packets) audio->feed(media::Packet(packet), out);
  ASSERT_TRUE(audio->change_source(mono.track, out).ok());
  for (const media::Packet& packet : mono.packets) audio->feed(media::Packet(packet), out);
  audio->flush(out);
  expect_continuous(out.packets[0]);
  EXPECT_EQ(out.tracks[0].size(), 1U);
  EXPECT_GE(out.packets[0].back().pts, 48000);
}

struct Rates {
  int from;
  int to;
};
class SampleRates : public ::testing::TestWithParam<Rates> {};

TEST_P(SampleRates, OfTheSourceChangeAndTheOutputGoesOnInItsOwn) {
  const auto [from, to] = GetParam();
  constexpr std::int64_t kSecond = 1'795'000'000;  // a wrong scale is wrong by years
  const auto feed_of = [&](int rate, std::int64_t second) {
    return testing::make_audio({.rate = rate,
                                .first_sample = (kSecond + second) * rate,
                                .samples = rate,
                                .signal = [](std::int64_t sample, int) { return sample % 40 < 20 ? 0.5F : -0.5F; }});
  };
  const auto audio = make(feed_of(from, 0).track, {rung(), rung(media::Codec::kOpus)});
  Collector out(2);
  audio->announce(out);
  for (int second = 0; second < 4; ++second) {
    const Feed feed = feed_of(second % 2 == 0 ? from : to, second);
    if (second > 0) {
      ASSERT_TRUE(audio->change_source(feed.track, out).ok());
    }
    for (const media::Packet& packet : feed.packets) audio->feed(media::Packet(packet), out);
    EXPECT_NEAR(static_cast<double>(audio->end()->micros()),
                static_cast<double>((kSecond + second + 1) * base::kSecond), 50e3);
  }
  audio->flush(out);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(out.tracks[i].size(), 1U);
    const std::int64_t scale = out.tracks[i][0].timescale;
    EXPECT_EQ(scale, i == 0 ? from : 48000);
    expect_continuous(out.packets[i]);
    const std::int64_t begin = kSecond * scale;
    EXPECT_NEAR(static_cast<double>(out.packets[i].front().pts), static_cast<double>(begin), 2048);
    EXPECT_NEAR(static_cast<double>(out.packets[i].back().pts), static_cast<double>(begin + 4 * scale), 4096);
    const auto samples = testing::samples_of(out.tracks[i][0], out.packets[i], begin, 4 * scale);
    for (std::int64_t at = scale / 2; at < 4 * scale; at += scale) {
      EXPECT_GT(
          std::fabs(samples[static_cast<std::size_t>(at + loudest({samples.begin() + at, samples.begin() + at + 40}))]),
          0.3F);
    }
  }
  EXPECT_EQ(audio->counters().gaps, 0U);
  EXPECT_EQ(audio->counters().decode_errors, 0U);
}

INSTANTIATE_TEST_SUITE_P(AudioTranscoder, SampleRates, ::testing::Values(Rates{48000, 44100}, Rates{44100, 48000}),
                         [](const auto& test) { return "To" + std::to_string(test.param.to); });

/// Two feeds of one programme: a click at every half second, sampled at the feed's own rate and phase.
struct Twins {
  const char* name;
  int rates[2];
  int phase;  ///< of the second one's frames. Units: samples.
};
class ChangeFeed : public ::testing::TestWithParam<Twins> {};

TEST_P(ChangeFeed, KeepsTheSkewUnderAFrameHoweverOftenItIsDone) {
  const Twins& twins = GetParam();
  constexpr int kSwitches = 20;
  const auto feed_of = [&](int which) {
    const int rate = twins.rates[which];
    return testing::make_audio({.rate = rate,
                                .first_sample = which * twins.phase,
                                .samples = std::int64_t{rate} * (kSwitches + 2) / 2,
                                .signal = [rate](std::int64_t sample, int) {
                                  const double t = std::remainder(static_cast<double>(sample) / rate - 0.25, 0.5);
                                  return static_cast<float>(0.9 * std::exp(-t * t * 4e6) * std::cos(t * 6283));
                                }});
  };
  const Feed feeds[2] = {feed_of(0), feed_of(1)};
  const auto audio = make(feeds[0].track, {rung()});
  Collector out(1);
  audio->announce(out);
  std::size_t at[2] = {0, 0};
  for (int part = 0; part <= kSwitches; ++part) {
    const Feed& feed = feeds[part % 2];
    const int rate = twins.rates[part % 2];
    if (part > 0) {
      ASSERT_TRUE(audio->change_feed(feed.track, out).ok());
    }
    // From somewhat before the end of what has been played.
    std::size_t& i = at[part % 2];
    while (part > 0 && feed.packets[i].pts + 3000 < audio->end()->in(rate)) ++i;
    for (; feed.packets[i].pts < std::int64_t{rate} * (part + 1) / 2; ++i) {
      audio->feed(media::Packet(feed.packets[i]), out);
      EXPECT_LT(std::abs(audio->counters().skew), base::kMillisecond) << part;
    }
  }
  audio->flush(out);
  expect_continuous(out.packets[0]);
  EXPECT_EQ(audio->counters().filled_samples + audio->counters().cut_samples, 0U);
  const std::int64_t scale = out.tracks[0][0].timescale;
  const auto samples = testing::samples_of(out.tracks[0][0], out.packets[0], 0, scale * (kSwitches + 1) / 2);
  for (int click = 0; click <= kSwitches; ++click) {
    const auto begin = samples.begin() + scale / 2 * click;
    const double heard = static_cast<double>(loudest({begin, begin + scale / 2})) / static_cast<double>(scale);
    EXPECT_NEAR(heard, 0.25, 0.001) << click;
  }
}

INSTANTIATE_TEST_SUITE_P(AudioTranscoder, ChangeFeed,
                         ::testing::Values(Twins{"Equal", {48000, 48000}, 0}, Twins{"Phase", {48000, 48000}, 777},
                                           Twins{"Rates", {48000, 44100}, 333}, Twins{"Back", {44100, 48000}, 512}),
                         [](const auto& test) { return test.param.name; });

TEST(AudioTranscoder, FillsTheHoleBeforeAnotherFeedToTheSample) {
  const Feed before = testing::make_audio({.samples = 20480, .signal = tone});
  // 12 ms later than the end: less than what jitter is allowed.
  const Feed after = testing::make_audio({.first_sample = 20480 + 1024 + 576, .samples = 20480, .signal = tone});
  const auto audio = make(before.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : before.packets) audio->feed(media::Packet(packet), out);
  const std::int64_t end = audio->end()->in(48000);
  ASSERT_TRUE(audio->change_feed(after.track, out).ok());
  audio->feed(media::Packet(after.packets[0]), out);
  EXPECT_EQ(audio->counters().filled_samples, static_cast<std::uint64_t>(after.packets[0].pts - end));
  EXPECT_EQ(audio->end()->in(48000), after.packets[0].pts + 1024);
  EXPECT_EQ(audio->counters().skew, 0);
}

float peak(const std::vector<float>& samples, std::int64_t from, std::int64_t to) {
  const std::vector<float> part(samples.begin() + from, samples.begin() + to);
  return std::fabs(part[static_cast<std::size_t>(loudest(part))]);
}

TEST(AudioTranscoder, RampsTheOldFeedDownAndTheNewOneUp) {
  // 700 samples of it (AAC), 580 (Opus) are not encoded yet at the change.
  const Feed before =
      testing::make_audio({.encoder = "flac", .codec = media::Codec::kFlac, .first_sample = 700, .signal = tone});
  const Feed after =
      testing::make_audio({.encoder = "flac", .codec = media::Codec::kFlac, .first_sample = 9600, .signal = tone});
  for (const media::Codec codec : {media::Codec::kAac, media::Codec::kOpus}) {
    const auto audio = make(before.track, {rung(codec)});
    Collector out(1);
    audio->announce(out);
    std::int64_t end = 0;
    for (const media::Packet& packet : before.packets) {
      if (packet.pts >= 15'000) break;
      end = packet.pts + packet.duration;
      audio->feed(media::Packet(packet), out);
    }
    ASSERT_EQ(end, 19132);
    ASSERT_TRUE(audio->change_feed(after.track, out).ok());
    for (const media::Packet& packet : after.packets) audio->feed(media::Packet(packet), out);
    audio->flush(out);
    const auto samples = testing::samples_of(out.tracks[0][0], out.packets[0], 0, 48000);
    EXPECT_GT(peak(samples, end - 1000, end - 600), 0.4F);
    EXPECT_LT(peak(samples, end - 24, end + 24), 0.12F);
    EXPECT_NEAR(peak(samples, end - 264, end - 216), 0.25F, 0.08F);
    EXPECT_NEAR(peak(samples, end + 216, end + 264), 0.25F, 0.08F);
    EXPECT_GT(peak(samples, end + 600, end + 1000), 0.4F);
  }
}

TEST(AudioTranscoder, DoesNotStretchAFeedByTheDriftOfTheOneBefore) {
  Feed drifting = testing::make_audio({.samples = 48000 * 10, .signal = tone});
  for (media::Packet& packet : drifting.packets) packet.pts += packet.pts * 400 / 1'000'000;
  const auto audio = make(drifting.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : drifting.packets) audio->feed(media::Packet(packet), out);
  const std::int64_t end = audio->end()->in(48000);
  const Feed steady = testing::make_audio({.first_sample = end, .samples = 48000 * 5, .signal = tone});
  ASSERT_TRUE(audio->change_feed(steady.track, out).ok());
  for (const media::Packet& packet : steady.packets) audio->feed(media::Packet(packet), out);
  EXPECT_EQ(audio->end()->in(48000), steady.packets.back().pts + steady.packets.back().duration);
}

TEST(AudioTranscoder, ChangesToAFeedThatItCannotDecodeAsToASource) {
  const Feed feed = testing::make_audio({.samples = 20480, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  media::Track broken = feed.track;
  broken.timescale = 0;
  EXPECT_EQ(audio->change_feed(broken, out).error().code, base::Code::kMalformed);
  audio->feed(media::Packet(feed.packets[0]), out);
  EXPECT_EQ(audio->counters().decode_errors, 1U);
  ASSERT_TRUE(audio->change_feed(feed.track, out).ok());
  audio->feed(media::Packet(feed.packets[0]), out);
  EXPECT_TRUE(audio->end().has_value());
}

TEST(AudioTranscoder, CutsAudioThatComesForATimeThatSilenceHasTaken) {
  const Feed feed = testing::make_audio({.samples = 96000, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (std::size_t i = 0; i < 40; ++i) audio->feed(media::Packet(feed.packets[i]), out);
  const base::Micros before = audio->end()->micros();
  audio->silence_until({1500 * base::kMillisecond}, out);
  EXPECT_EQ(audio->end(), (media::Instant{1500, 1000}));
  EXPECT_EQ(audio->counters().silenced, 1500 * base::kMillisecond - before);
  audio->silence_until({base::kSecond}, out);
  for (std::size_t i = 40; i < feed.packets.size(); ++i) audio->feed(media::Packet(feed.packets[i]), out);
  audio->flush(out);
  expect_continuous(out.packets[0]);
  const auto samples = testing::samples_of(out.tracks[0][0], out.packets[0], 0, 96000);
  EXPECT_LT(
      std::fabs(
          samples[static_cast<std::size_t>(loudest({samples.begin() + 50'000, samples.begin() + 70'000})) + 50'000]),
      0.05F);
  EXPECT_GT(
      std::fabs(
          samples[static_cast<std::size_t>(loudest({samples.begin() + 75'000, samples.begin() + 90'000})) + 75'000]),
      0.3F);
}

TEST(AudioTranscoder, LeavesAGapBeforeSilenceThatNobodyAskedForInTime) {
  const Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : feed.packets) audio->feed(media::Packet(packet), out);
  audio->silence_until({3600 * base::kSecond}, out);
  audio->silence_until({3601 * base::kSecond}, out);
  audio->flush(out);
  EXPECT_LT(out.packets[0].size(), 110U);
  EXPECT_NEAR(static_cast<double>(out.packets[0].back().pts), 3601.0 * 48000, 2048);
}

TEST(AudioTranscoder, DropsWhatItCannotDecodeUntilASourceComesThatItCan) {
  const Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  media::Track broken = feed.track;
  broken.timescale = 0;
  EXPECT_EQ(audio->change_source(broken, out).error().code, base::Code::kMalformed);
  audio->feed(media::Packet(feed.packets[0]), out);
  EXPECT_EQ(audio->counters().decode_errors, 1U);
  EXPECT_FALSE(audio->end().has_value());
  ASSERT_TRUE(audio->change_source(feed.track, out).ok());
  for (const media::Packet& packet : feed.packets) audio->feed(media::Packet(packet), out);
  EXPECT_GT(*audio->end(), (media::Instant{900, 1000}));
}

TEST(AudioTranscoder, SaysHowLongItsSourceHasBeenSilent) {
  const Feed feed = testing::make_audio({.samples = 96000, .signal = [](std::int64_t sample, int channel) {
                                           return sample < 48000 ? tone(sample, channel) : 0.0F;
                                         }});
  const auto audio = make(feed.track, {rung()});
  Collector out(1);
  audio->announce(out);
  for (const media::Packet& packet : feed.packets) {
    audio->feed(media::Packet(packet), out);
    if (packet.pts < 47'000) {
      EXPECT_EQ(audio->silent(), 0);
    }
  }
  EXPECT_NEAR(static_cast<double>(audio->silent()), 1e6, 50e3);
  audio->silence_until({10 * base::kSecond}, out);
  EXPECT_NEAR(static_cast<double>(audio->silent()), 1e6, 50e3) << "not of the source";
  ASSERT_TRUE(audio->change_feed(feed.track, out).ok());
  EXPECT_EQ(audio->silent(), 0);
}

TEST(AudioTranscoder, NamesTheEncoderThatIsMissing) {
  const Feed feed = testing::make_audio({});
  const auto audio = AudioTranscoder::make(feed.track, {rung(media::Codec::kMp2)}, {});
  ASSERT_FALSE(audio.ok());
  EXPECT_EQ(audio.error().message(), "unsupported: no encoder for mp2; use aac, opus, ac3 or eac3");
}

float quiet_tone(std::int64_t sample, int channel) { return 0.05F * tone(sample, channel); }

TEST(AudioTranscoder, MeasuresTheFeedAndWhatItMakesOfIt) {
  const Feed feed = testing::make_audio({.samples = 48000 * 5, .signal = tone});
  const auto audio = make(feed.track, {rung()}, {.measured = true});
  LoudnessMeter meter;
  audio->set_meter(&meter);
  run(*audio, feed.packets);
  // A stereo tone of amplitude 0.5.
  EXPECT_NEAR(*audio->loudness().integrated, -6.02, 0.15);
  EXPECT_NEAR(*meter.reading().integrated, -6.02, 0.15);
  EXPECT_NEAR(*audio->loudness().true_peak, -6.02, 0.5);
  EXPECT_FALSE(audio->normalised());
}

TEST(AudioTranscoder, MeasuresNothingUnasked) {
  const Feed feed = testing::make_audio({.samples = 48000, .signal = tone});
  const auto audio = make(feed.track, {rung()});
  LoudnessMeter meter;
  audio->set_meter(&meter);
  audio->set_meter(nullptr);
  run(*audio, feed.packets);
  EXPECT_FALSE(audio->loudness().true_peak);
  EXPECT_FALSE(meter.reading().true_peak);
}

TEST(AudioTranscoder, NormalisedSoundStaysWhereItWas) {
  const Feed feed = testing::make_audio({.first_sample = kStart, .samples = 48000 * 15, .signal = quiet_tone});
  for (const media::Codec codec : {media::Codec::kAac, media::Codec::kOpus}) {
    const auto plain = make(feed.track, {rung(codec)});
    const Collector as_it_was = run(*plain, feed.packets);
    const auto audio = make(feed.track, {rung(codec)}, {.measured = true, .normalised = {{.target = -23}}});
    const Collector out = run(*audio, feed.packets);
    EXPECT_EQ(testing::pts_of(out.packets[0]), testing::pts_of(as_it_was.packets[0]));
    EXPECT_NEAR(audio->normalised()->gain.value(), 9.04, 0.1);
    EXPECT_NEAR(*audio->loudness().short_term, -23, 0.1);
    const std::int64_t from = kStart + 48000 * 13;
    const auto before = testing::samples_of(as_it_was.tracks[0].at(0), as_it_was.packets[0], from, 48000);
    const auto after = testing::samples_of(out.tracks[0].at(0), out.packets[0], from, 48000);
    for (std::size_t i = 4800; i < 9600; ++i) ASSERT_NEAR(after[i], 2.83F * before[i], 0.01F) << i;
  }
}

TEST(AudioTranscoder, NormalisesAfterAGapAndInAnotherFeedWithoutLosingSamples) {
  Feed feed = testing::make_audio({.samples = 48000 * 6, .signal = quiet_tone});
  std::vector<media::Packet> packets(feed.packets.begin(), feed.packets.begin() + 100);
  packets.insert(packets.end(), feed.packets.begin() + 250, feed.packets.end());
  for (const bool normalised : {false, true}) {
    AudioTranscoder::Options options;
    if (normalised) options.normalised.emplace();
    const auto audio = make(feed.track, {rung()}, options);
    Collector out(1);
    audio->announce(out);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (i == 130) {
        ASSERT_TRUE(audio->change_feed(feed.track, out).ok());
      }
      audio->feed(media::Packet(packets[i]), out);
    }
    audio->flush(out);
    EXPECT_EQ(audio->counters().gaps, 1U);
    static std::vector<std::int64_t> plain;
    if (!normalised) plain = testing::pts_of(out.packets[0]);
    EXPECT_EQ(testing::pts_of(out.packets[0]), plain);
  }
}

}  // namespace
}  // namespace transcode
