#include "worker/audio_lane.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "media/ac3.h"
#include "outlet.h"
#include "unit/media/hex.h"
#include "unit/media/samples.h"
#include "unit/transcode/slate_file.h"
#include "unit/transcode/source.h"

namespace worker {
namespace {

media::Track aac(std::uint32_t id, int rate = 48000) {
  media::Track track;
  track.id = id;
  track.codec = media::Codec::kAac;
  track.timescale = rate;
  // AAC-LC, stereo: 48 kHz is frequency 3, 44.1 kHz is 4.
  track.config = base::Bytes::adopt(media::hex(rate == 48000 ? "1190" : "1210"));
  track.codec_string = "mp4a.40.2";
  track.audio = {rate, 2, 1024, 0};
  return track;
}

media::Track mp2(std::uint32_t id) {
  media::Track track = aac(id);
  track.codec = media::Codec::kMp2;
  track.codec_string.clear();
  track.config = {};
  return track;
}

struct Sound {
  job::Options options;
  FakeOutlet outlet;
  AudioLane lane{options, outlet, 1};

  bool open(const media::Track& track, std::int64_t claimed_rate = 0) {
    return lane.open(track, *plan_audio(options, track), claimed_rate);
  }
};

TEST(AudioLane, CopiesTheTrackThatOpenedItAndNoOther) {
  Sound sound;
  ASSERT_TRUE(sound.open(aac(257)));
  EXPECT_EQ(sound.outlet.names, std::vector<std::string>{"a1"});
  EXPECT_EQ(sound.lane.transcoder(), nullptr);
  EXPECT_TRUE(sound.outlet.spec(0).is_default);
  EXPECT_EQ(sound.outlet.spec(0).label, "Audio 1");
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1024, 3)), 3);
  EXPECT_EQ(feed(sound.lane, make_packets(258, 0, 1024, 3)), 0);
  EXPECT_EQ(sound.outlet.packets[0].size(), 3U);
}

TEST(AudioLane, OnlyTheFirstIsTheDefaultAndALanguageNamesIt) {
  Sound sound;
  AudioLane second(sound.options, sound.outlet, 2);
  media::Track track = aac(258);
  track.language = "fra";
  ASSERT_TRUE(second.open(track, *plan_audio(sound.options, track), 0));
  EXPECT_EQ(sound.outlet.names, std::vector<std::string>{"a2"});
  EXPECT_FALSE(sound.outlet.spec(0).is_default);
  EXPECT_EQ(sound.outlet.spec(0).label, "French");
  EXPECT_EQ(sound.outlet.spec(0).track.language, "fra");
}

TEST(AudioLane, ATrackWithAnotherIdTakesOverWhenItsOwnIsGone) {
  Sound sound;
  sound.open(aac(257));
  sound.lane.release();
  EXPECT_FALSE(sound.lane.active());
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1024, 1)), 0) << "gone";
  sound.lane.change(aac(4114));
  EXPECT_TRUE(sound.lane.active());
  EXPECT_EQ(feed(sound.lane, make_packets(4114, 0, 1024, 2)), 2);
  EXPECT_EQ(sound.outlet.names.size(), 1U) << "the same rendition";
  EXPECT_EQ(sound.outlet.changes, 0) << "the same format";
}

TEST(AudioLane, ACopyFollowsItsTrackFrom48To44Kilohertz) {
  Sound sound;
  sound.open(aac(257));
  sound.lane.change(aac(257, 44100));
  EXPECT_EQ(sound.outlet.changes, 1);
  EXPECT_EQ(sound.outlet.spec(0).track.timescale, 44100);
  EXPECT_EQ(sound.outlet.spec(0).track.audio.sample_rate, 44100);
  EXPECT_EQ(sound.outlet.spec(0).still.duration, 1024);
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1024, 2)), 2);
  EXPECT_EQ(sound.outlet.packets[0].size(), 2U);
  sound.lane.change(aac(257));
  EXPECT_EQ(sound.outlet.changes, 2);
  EXPECT_EQ(sound.outlet.spec(0).track.timescale, 48000);
}

TEST(AudioLane, ACopiedAacRenditionHasAFrameOfSilence) {
  Sound sound;
  sound.open(aac(257));
  EXPECT_FALSE(sound.outlet.spec(0).still.data.empty());
  EXPECT_EQ(sound.outlet.spec(0).still.duration, 1024);
}

TEST(AudioLane, ACodecThatCannotBeCopiedIsSilentUntilAGoodOneComes) {
  Sound sound;
  sound.open(aac(257));
  sound.lane.change(mp2(257));
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1152, 4)), 4) << "ours, though nothing becomes of them";
  EXPECT_EQ(sound.lane.unplayable(), 4U);
  EXPECT_TRUE(sound.outlet.packets.empty());
  EXPECT_EQ(sound.outlet.changes, 0);
  EXPECT_EQ(sound.outlet.spec(0).track.codec, media::Codec::kAac) << "the rendition says what it was";
  sound.lane.change(aac(257));
  feed(sound.lane, make_packets(257, 4608, 1024, 3));
  EXPECT_EQ(sound.outlet.packets[0].size(), 3U);
  EXPECT_EQ(sound.lane.unplayable(), 4U);
}

TEST(AudioLane, BandwidthOfACopyFollowsAMeasuredRateThatIsHigher) {
  Sound sound;
  sound.open(aac(257), 128'000);
  const std::uint32_t declared = sound.outlet.spec(0).bandwidth;
  EXPECT_LT(declared, 200'000U);
  feed(sound.lane, make_packets(257, 0, 1024, 95, 1'000));
  EXPECT_EQ(sound.outlet.changes, 1);
  EXPECT_GT(sound.outlet.spec(0).bandwidth, 375'000U) << "1000 bytes each 21.3 ms";
}

TEST(AudioLane, BandwidthOfACopyStaysWhereTheFeedKeepsItsWord) {
  Sound sound;
  sound.open(aac(257), 128'000);
  const std::uint32_t declared = sound.outlet.spec(0).bandwidth;
  feed(sound.lane, make_packets(257, 0, 1024, 300, 341));
  EXPECT_EQ(sound.outlet.changes, 0);
  EXPECT_EQ(sound.outlet.spec(0).bandwidth, declared);
}

/// AAC of a second whose samples begin at `second`.
transcode::testing::Feed tone(std::uint32_t id, int rate, std::int64_t second) {
  transcode::testing::AudioSpec spec;
  spec.rate = rate;
  spec.first_sample = second * rate;
  spec.samples = rate;
  transcode::testing::Feed feed = transcode::testing::make_audio(spec);
  feed.track.id = id;
  for (media::Packet& packet : feed.packets) packet.track_id = id;
  return feed;
}

TEST(AudioLane, AnEncodingGoesOnInItsFormatWhenItsTrackGoesFrom48To44Kilohertz) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kEncode;
  const auto first = tone(257, 48000, 1000);
  ASSERT_TRUE(sound.open(first.track));
  ASSERT_NE(sound.lane.transcoder(), nullptr);
  feed(sound.lane, first.packets);
  sound.lane.release();
  const auto second = tone(4114, 44100, 1001);
  sound.lane.change(second.track);
  EXPECT_EQ(feed(sound.lane, second.packets), static_cast<int>(second.packets.size()));
  sound.lane.flush();

  EXPECT_EQ(sound.outlet.changes, 0) << "players see one format";
  EXPECT_TRUE(sound.outlet.spec(0).encoded);
  EXPECT_EQ(sound.outlet.spec(0).track.audio.sample_rate, 48000);
  EXPECT_FALSE(sound.outlet.spec(0).still.data.empty());
  const auto& packets = sound.outlet.packets[0];
  ASSERT_GT(packets.size(), 90U) << "two seconds";
  for (std::size_t i = 1; i < packets.size(); ++i) EXPECT_EQ(packets[i].pts, packets[i - 1].pts + 1024) << i;
}

TEST(AudioLane, AnEncodingThatCannotDecodeItsNewSourceGoesOnWithTheNextOne) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kEncode;
  const auto first = tone(257, 48000, 1000);
  sound.open(first.track);
  feed(sound.lane, first.packets);
  media::Track text = first.track;
  text.codec = media::Codec::kWebVtt;
  sound.lane.change(text);
  feed(sound.lane, make_packets(257, 48'048'000, 1024, 5));
  const auto third = tone(257, 48000, 1002);
  sound.lane.change(third.track);
  feed(sound.lane, third.packets);
  sound.lane.flush();
  EXPECT_GE(sound.outlet.packets[0].back().pts, 1002 * 48000 + 24000);
}

TEST(AudioLane, WhatCanNeitherBeDecodedNorCopiedOpensNothing) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kEncode;
  media::Track track = aac(257);
  track.codec = media::Codec::kWebVtt;
  EXPECT_FALSE(sound.open(track));
  EXPECT_TRUE(sound.outlet.names.empty());
}

TEST(AudioLane, WhatCannotBeEncodedIsCopiedIfPlayersCanTakeIt) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kEncode;
  sound.options.audio_rung.sample_rate = 1;
  ASSERT_TRUE(sound.open(aac(257)));
  EXPECT_EQ(sound.lane.transcoder(), nullptr);
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1024, 2)), 2);
  EXPECT_EQ(sound.outlet.packets[0].size(), 2U);
}

/// A second of six channels, or as many as given, from `second` on.
transcode::testing::Feed six_channels(std::uint32_t id, std::int64_t second, int channels = 6) {
  transcode::testing::AudioSpec spec{.encoder = "ac3", .codec = media::Codec::kAc3, .channels = channels};
  spec.first_sample = second * 48000;
  spec.signal = [](std::int64_t sample, int) { return 0.2F * std::sin(static_cast<float>(sample % 48) * 0.1309F); };
  transcode::testing::Feed feed = transcode::testing::make_audio(spec);
  media::ac3::Frame head = media::ac3::parse_frame(feed.packets[0].data.view()).take();
  feed.track.config = media::ac3::make_dac3(head);
  feed.track.codec_string = "ac-3";
  feed.track.id = id;
  for (media::Packet& packet : feed.packets) packet.track_id = id;
  return feed;
}

struct SurroundSound : Sound {
  SurroundSound() {
    options.audio_renditions = {{"", media::Codec::kAc3, 448'000, 6, 0, -27}, {"", media::Codec::kAac, 384'000, 6}};
  }
};

void expect_no_hole(const std::vector<media::Packet>& packets) {
  ASSERT_GT(packets.size(), 20U);
  for (std::size_t i = 1; i < packets.size(); ++i)
    EXPECT_EQ(packets[i].pts, packets[i - 1].pts + packets[i - 1].duration);
}

TEST(AudioLane, MakesSurroundBesideStereoUnderNamesOfTheirOwn) {
  SurroundSound sound;
  const auto source = six_channels(257, 1000);
  ASSERT_TRUE(sound.open(source.track));
  EXPECT_EQ(sound.outlet.names, (std::vector<std::string>{"a1", "a1-ac3-6", "a1-aac-6"}));
  feed(sound.lane, source.packets);
  sound.lane.flush();
  EXPECT_EQ(sound.outlet.spec(0).track.audio.channels, 2);
  EXPECT_EQ(sound.outlet.spec(0).track.codec_string, "mp4a.40.2");
  EXPECT_EQ(sound.outlet.spec(1).track.audio.channels, 6);
  EXPECT_EQ(sound.outlet.spec(1).track.codec_string, "ac-3");
  EXPECT_EQ(sound.outlet.spec(2).track.audio.channels, 6);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(sound.outlet.spec(i).label, "Audio 1") << "MV-12";
    EXPECT_TRUE(sound.outlet.spec(i).is_default);
    EXPECT_TRUE(sound.outlet.spec(i).encoded);
    EXPECT_FALSE(sound.outlet.spec(i).still.data.empty());
    expect_no_hole(sound.outlet.packets[static_cast<std::uint32_t>(i)]);
  }
  EXPECT_EQ(sound.outlet.spec(1).still.duration, 1536);
  EXPECT_NEAR(sound.outlet.spec(1).average_bandwidth, 454'400, 100);
}

TEST(AudioLane, SurroundGoesOnWhenItsFeedGoesOnInStereo) {
  SurroundSound sound;
  const auto first = six_channels(257, 1000);
  const auto second = six_channels(257, 1001, 2);
  ASSERT_TRUE(sound.open(first.track));
  feed(sound.lane, first.packets);
  sound.lane.change(second.track);
  feed(sound.lane, second.packets);
  sound.lane.flush();
  EXPECT_EQ(sound.outlet.changes, 0) << "no discontinuity";
  for (std::uint32_t i = 0; i < 3; ++i) expect_no_hole(sound.outlet.packets[i]);
  EXPECT_GT(sound.outlet.packets[1].back().pts, 1001 * 48000 + 40'000);
  EXPECT_EQ(sound.outlet.spec(1).track.audio.channels, 6);
  const auto frames = transcode::testing::decode(sound.outlet.spec(1).track, sound.outlet.packets[1]);
  const auto peak = [](const AVFrame& frame, int channel) {
    const auto* plane = reinterpret_cast<const float*>(frame.extended_data[channel]);
    return std::fabs(*std::max_element(plane, plane + frame.nb_samples));
  };
  const AVFrame& late = *frames[frames.size() - 6];
  EXPECT_NEAR(peak(late, 0), 0.2, 0.05);
  EXPECT_NEAR(peak(late, 1), 0.2, 0.05);
  for (int channel = 2; channel < 6; ++channel) EXPECT_LT(peak(late, channel), 0.01) << channel;
}

TEST(AudioLane, ACopyOfSurroundHasStereoBesideIt) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kCopy;
  sound.options.audio_renditions = {{"", media::Codec::kAac, 128'000, 2}};
  const auto source = six_channels(257, 1000);
  ASSERT_TRUE(sound.open(source.track, 448'000));
  EXPECT_EQ(sound.outlet.names, (std::vector<std::string>{"a1", "a1-aac-2"}));
  feed(sound.lane, source.packets);
  sound.lane.flush();
  const auto& copied = sound.outlet.packets[0];
  ASSERT_EQ(copied.size(), source.packets.size());
  for (std::size_t i = 0; i < copied.size(); ++i) EXPECT_EQ(copied[i].data, source.packets[i].data);
  EXPECT_FALSE(sound.outlet.spec(0).encoded);
  EXPECT_TRUE(sound.outlet.spec(1).encoded);
  EXPECT_EQ(sound.outlet.spec(1).track.audio.channels, 2);
  expect_no_hole(sound.outlet.packets[1]);
}

TEST(AudioLane, TheNinthTrackHasNothingBesideTheFirstRendition) {
  SurroundSound sound;
  AudioLane eighth(sound.options, sound.outlet, 8);
  AudioLane ninth(sound.options, sound.outlet, 9);
  const auto source = six_channels(257, 1000);
  ASSERT_TRUE(eighth.open(source.track, *plan_audio(sound.options, source.track), 0));
  ASSERT_TRUE(ninth.open(source.track, *plan_audio(sound.options, source.track), 0));
  EXPECT_EQ(sound.outlet.names, (std::vector<std::string>{"a8", "a8-ac3-6", "a8-aac-6", "a9"}));
}

TEST(AudioLane, WhatIsMutedIsSilentInAllItsRenditions) {
  SurroundSound sound;
  const auto source = six_channels(257, 1000);
  ASSERT_TRUE(sound.open(source.track));
  sound.lane.mute(true);
  feed(sound.lane, source.packets);
  for (std::uint32_t i = 0; i < 3; ++i) {
    ASSERT_GT(sound.outlet.packets[i].size(), 20U);
    for (const media::Packet& packet : sound.outlet.packets[i]) EXPECT_EQ(packet.data, sound.outlet.spec(i).still.data);
  }
}

TEST(AudioLane, IsSilentWhileItIsMutedAndKeepsItsTimes) {
  Sound sound;
  ASSERT_TRUE(sound.open(aac(257)));
  const base::Bytes silence = sound.outlet.spec(0).still.data;
  ASSERT_FALSE(silence.empty());
  sound.lane.mute(true);
  EXPECT_EQ(feed(sound.lane, make_packets(257, 0, 1024, 3)), 3);
  sound.lane.mute(false);
  EXPECT_EQ(feed(sound.lane, make_packets(257, 3 * 1024, 1024, 2)), 2);
  const auto& packets = sound.outlet.packets[0];
  ASSERT_EQ(packets.size(), 5U);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    EXPECT_EQ(packets[i].pts, static_cast<std::int64_t>(i) * 1024);
    EXPECT_EQ(packets[i].data.text() == silence.text(), i < 3) << i;
  }
}

TEST(AudioLane, EncodedAudioIsMutedBehindTheEncoder) {
  Sound sound;
  sound.options.audio = job::Options::Audio::kEncode;
  const auto source = transcode::testing::make_audio({.samples = 48000});
  ASSERT_TRUE(sound.open(source.track));
  sound.lane.mute(true);
  EXPECT_GT(feed(sound.lane, source.packets), 40);
  const base::Bytes silence = sound.outlet.spec(0).still.data;
  ASSERT_GT(sound.outlet.packets[0].size(), 40U);
  for (const media::Packet& packet : sound.outlet.packets[0]) EXPECT_EQ(packet.data.text(), silence.text());
}

/// An encoded rendition of a feed whose sound is a quiet tone, on a channel whose slate is a film of a loud one, each
/// picture's louder than the one's before it. Times count from second 1000 on.
struct FilmLane : Sound {
  explicit FilmLane(const std::vector<std::uint8_t>& film) {
    options.audio = job::Options::Audio::kEncode;
    options.slate = base::SharedFile::make(film).take();
    transcode::testing::AudioSpec spec{.first_sample = 1000 * 48000, .samples = 4 * 48000};
    spec.signal = [](std::int64_t sample, int) {
      return 0.02F * std::sin(static_cast<float>(sample % 48000) * 0.1309F);
    };
    source = transcode::testing::make_audio(spec);
    EXPECT_TRUE(open(source.track));
  }
  /// What the feed brings up to there, and the server's ticks. Units: ms.
  void play(std::int64_t until, bool away = false) {
    for (; at < until; at += 20) {
      while (next < source.packets.size() && source.packets[next].pts < (1000'000 + at) * 48) {
        if (!away) lane.take(source.packets[next]);
        ++next;
      }
      if (at % 100 == 0) lane.hold(utc(at));
    }
  }
  static base::Micros utc(std::int64_t ms) { return 1000 * base::kSecond + ms * base::kMillisecond; }
  std::vector<float> heard() {
    lane.flush();
    return transcode::testing::samples_of(outlet.spec(0).track, outlet.packets[0], 1000 * 48000, 4 * 48000);
  }
  static float loudness(const std::vector<float>& samples, std::int64_t ms) {
    return transcode::testing::peak_of(samples, ms * 48, 960);
  }

  transcode::testing::Feed source;
  std::size_t next = 0;
  std::int64_t at = 0;
};

TEST(AudioLane, PlaysTheSoundOfTheSlatesFilmInStepWithItsPictures) {
  FilmLane channel(transcode::testing::sound_film({}));
  channel.play(1000);
  channel.lane.mute(true);
  channel.lane.follow_slate({true, FilmLane::utc(1200), FilmLane::utc(1200)});
  channel.play(2600);
  channel.lane.mute(false);
  channel.lane.follow_slate({false, FilmLane::utc(2600), FilmLane::utc(2400)});
  channel.play(4000);
  const auto samples = channel.heard();
  EXPECT_NEAR(FilmLane::loudness(samples, 900), 0.02, 0.01);
  for (std::int64_t n = 5; n < 35; ++n) {
    EXPECT_NEAR(FilmLane::loudness(samples, 1200 + n * 40 + 10), 0.05 * static_cast<double>(n % 10 + 1), 0.04) << n;
  }
  EXPECT_NEAR(FilmLane::loudness(samples, 3000), 0.02, 0.01);
  const auto& packets = channel.outlet.packets[0];
  for (std::size_t i = 1; i < packets.size(); ++i) EXPECT_EQ(packets[i].pts, packets[i - 1].pts + 1024) << i;
}

TEST(AudioLane, PlaysItInAnOutageToo) {
  FilmLane channel(transcode::testing::sound_film({.loudness = [](std::int64_t) { return 0.5F; }}));
  channel.play(1000);
  channel.play(1300, true);
  channel.lane.follow_slate({true, FilmLane::utc(1100), FilmLane::utc(1100)});
  channel.play(2500, true);
  // It is heard up to where sound should have come by now, and goes in a ramp once the pictures are back.
  const std::int64_t newest = channel.outlet.packets[0].back().pts / 48 - 1000'000;
  EXPECT_GT(newest, 2500 - 400);
  channel.lane.follow_slate({false, FilmLane::utc(2500), FilmLane::utc(2300)});
  channel.play(4000);
  const auto samples = channel.heard();
  EXPECT_LT(FilmLane::loudness(samples, 1050), 0.02);
  EXPECT_NEAR(FilmLane::loudness(samples, 1400), 0.5, 0.05);
  EXPECT_NEAR(FilmLane::loudness(samples, 2300), 0.5, 0.05);
  EXPECT_NEAR(FilmLane::loudness(samples, 3000), 0.02, 0.01);
  const auto& packets = channel.outlet.packets[0];
  for (std::size_t i = 1; i < packets.size(); ++i) EXPECT_EQ(packets[i].pts, packets[i - 1].pts + 1024) << i;
}

TEST(AudioLane, LeavesAnOutageWithoutASlateToThePackager) {
  FilmLane channel(transcode::testing::sound_film({}));
  channel.play(1000);
  const std::size_t made = channel.outlet.packets[0].size();
  channel.play(3000, true);
  EXPECT_EQ(channel.outlet.packets[0].size(), made);
}

TEST(AudioLane, IsSilentUnderASlateThatHasNoSoundOrWhereThePictureIsNoFilm) {
  for (const auto& film : {transcode::testing::counting_film(3), transcode::testing::png(16, 16, 1, 2, 3)}) {
    FilmLane channel(film);
    channel.lane.mute(true);
    channel.lane.follow_slate({true, FilmLane::utc(0), FilmLane::utc(0)});
    channel.play(1000);
    const base::Bytes silence = channel.outlet.spec(0).still.data;
    ASSERT_GT(channel.outlet.packets[0].size(), 20U);
    for (const media::Packet& packet : channel.outlet.packets[0]) EXPECT_EQ(packet.data.text(), silence.text());
  }
}

TEST(AudioLane, OfACopyIsSilentUnderAFilmWithSound) {
  Sound sound;
  sound.options.slate = base::SharedFile::make(transcode::testing::sound_film({})).take();
  ASSERT_TRUE(sound.open(aac(257)));
  sound.lane.mute(true);
  sound.lane.follow_slate({true, 0, 0});
  feed(sound.lane, make_packets(257, 0, 1024, 3));
  sound.lane.hold(10 * base::kSecond);
  ASSERT_EQ(sound.outlet.packets[0].size(), 3U);
  EXPECT_EQ(sound.outlet.packets[0][1].data.text(), sound.outlet.spec(0).still.data.text());
}

}  // namespace
}  // namespace worker
