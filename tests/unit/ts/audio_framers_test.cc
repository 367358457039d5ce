#include "ts/audio_framers.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

template <typename Framer>
struct AudioFeed {
  template <typename... Arguments>
  explicit AudioFeed(Arguments... arguments) : framer(writer, arguments...) {}

  Counters counters;
  Trace trace;
  TrackWriter writer{kAudio, trace, counters};
  Framer framer;

  AudioFeed& pes(std::optional<std::int64_t> pts, const Blob& data) {
    framer.feed({pts, std::nullopt, 0, true, base::Bytes::copy_of(data)});
    return *this;
  }
};

/// 64 kbit/s at 48 kHz: 192 bytes a frame.
Blob mp2() { return hex("fffd44c4") + Blob(188, 0x11); }
/// 64 kbit/s at 48 kHz, mono: 256 bytes a frame.
Blob ac3() { return hex("0b77 6bf1 0840 2f84") + Blob(248, 0x11); }
/// Independent substream 0, six blocks, 48 kHz, mono: 256 bytes.
Blob eac3() { return hex("0b77 007f 3287 c000") + Blob(248, 0x11); }
/// A dependent substream of the same length.
Blob eac3_dependent() { return hex("0b77 407f 3287 c000") + Blob(248, 0x11); }
/// Independent, two blocks (a third of a unit).
Blob eac3_short() { return hex("0b77 007f 1287 c000") + Blob(248, 0x11); }

Blob opus(std::size_t size, const Blob& trim = {}) {
  Blob header{0x7f, static_cast<std::uint8_t>(trim.empty() ? 0xe0 : 0xf0)};
  for (std::size_t left = size;; left -= 255) {
    header.push_back(static_cast<std::uint8_t>(left < 255 ? left : 255));
    if (left < 255) break;
  }
  Blob unit(size, 0x33);
  unit[0] = 0xfc;  // CELT, 20 ms, stereo, one frame
  return header + trim + unit;
}

TEST(AdtsFramer, TimesEveryFrameOfAPesBySamples) {  // TS-13
  AudioFeed<AdtsFramer> feed;
  feed.pes(1000, adts(10) + adts(11) + adts(12)).pes(6761, adts(13));
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2", "257 pts 1000 +1920 idr", "257 pts 2920 +1920 idr",
                                     "257 pts 4840 +1920 idr", "257 pts 6761 +1920 idr"}));
}

TEST(AdtsFramer, PutsAFrameTogetherThatGoesOverTwoPes) {  // TS-6
  const Blob frames = adts(50) + adts(60) + adts(70);
  for (std::size_t cut = 1; cut < frames.size(); ++cut) {
    AudioFeed<AdtsFramer> feed;
    const auto at = frames.begin() + static_cast<std::ptrdiff_t>(cut);
    feed.pes(0, Blob(frames.begin(), at)).pes(std::nullopt, Blob(at, frames.end()));
    ASSERT_EQ(feed.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2", "257 pts 0 +1920 idr", "257 pts 1920 +1920 idr",
                                       "257 pts 3840 +1920 idr"}))
        << cut;
  }
}

TEST(AdtsFramer, GivesAPtsToTheFirstFrameThatStartsInItsPes) {
  const Blob frame = adts(50);
  AudioFeed<AdtsFramer> feed;
  feed.pes(0, Blob(frame.begin(), frame.begin() + 20));
  feed.pes(5000, Blob(frame.begin() + 20, frame.end()) + adts(9));
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2", "257 pts 0 +1920 idr", "257 pts 5000 +1920 idr"}));
}

TEST(AdtsFramer, FindsTheNextFrameBehindGarbage) {
  AudioFeed<AdtsFramer> feed;
  feed.pes(0, adts(10) + adts(11) + hex("1234 5678 9abc fff0") + adts(12) + adts(13));
  EXPECT_EQ(feed.trace.packets.size(), 4U);
  EXPECT_EQ(feed.counters.frames_bad, 1U);
}

TEST(AdtsFramer, ForgetsHalfAFrameWhenBytesWereLost) {  // TS-3
  const Blob frame = adts(50);
  AudioFeed<AdtsFramer> feed;
  feed.pes(0, adts(10) + Blob(frame.begin(), frame.begin() + 20));
  feed.framer.lose();
  feed.pes(9000, adts(11));
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 mp4a.40.2 48000/2", "257 pts 0 +1920 idr", "257 pts 9000 +1920 idr"}));
}

TEST(AdtsFramer, AnnouncesTheTrackAgainWhenTheFormatChanges) {
  Blob mono = adts(10);
  mono[3] = static_cast<std::uint8_t>((mono[3] & 0x3f) | 0x40);
  AudioFeed<AdtsFramer> feed;
  feed.pes(0, adts(10) + mono);
  EXPECT_EQ(feed.trace.lines.at(2), "track 257 mp4a.40.2 48000/1");
}

TEST(AdtsFramer, DoesNotDriftOverFramesWithoutATimestamp) {
  Blob frame = adts(10);
  frame[2] = 0x50;  // 44.1 kHz: 2089.8 ticks a frame
  AudioFeed<AdtsFramer> feed;
  feed.pes(0, frame);
  for (int i = 1; i <= 441; ++i) feed.pes(std::nullopt, frame);
  EXPECT_EQ(feed.trace.packets.back().pts, 921600);  // 441 frames of 1,024 samples at 44,100 Hz
}

TEST(AdtsFramer, DropsFramesBeforeTheFirstTimestamp) {
  AudioFeed<AdtsFramer> feed;
  feed.pes(std::nullopt, adts(10)).pes(7, adts(10));
  EXPECT_EQ(feed.trace.packets.size(), 1U);
  EXPECT_EQ(feed.counters.untimed, 1U);
}

TEST(MpegAudioFramer, CutsFramesAndTellsMp3ByItsLayer) {  // TS-13
  AudioFeed<MpegAudioFramer> feed;
  feed.pes(0, mp2() + mp2());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257  48000/1", "257 pts 0 +2160 idr", "257 pts 2160 +2160 idr"}));
  EXPECT_EQ(feed.trace.tracks.at(257).codec, media::Codec::kMp2);
  AudioFeed<MpegAudioFramer> layer3;
  layer3.pes(0, hex("fffb54c4") + Blob(188, 0x11));  // 64 kbit/s at 48 kHz: 192 bytes
  EXPECT_EQ(layer3.trace.tracks.at(257).codec, media::Codec::kMp3);
}

TEST(Ac3Framer, CutsSyncFramesAndMakesDac3) {  // TS-13
  AudioFeed<Ac3Framer> feed;
  feed.pes(0, ac3() + ac3());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 ac-3 48000/1", "257 pts 0 +2880 idr", "257 pts 2880 +2880 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data.size(), 256U);
  EXPECT_EQ(feed.trace.tracks.at(257).config.size(), 3U);
}

TEST(Ac3Framer, KeepsDependentSubstreamsWithTheirUnit) {  // TS-13
  AudioFeed<Ac3Framer> feed;
  feed.pes(0, eac3() + eac3_dependent() + eac3() + eac3_dependent());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 ec-3 48000/1", "257 pts 0 +2880 idr", "257 pts 2880 +2880 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data.size(), 512U);
}

TEST(Ac3Framer, GathersSixBlocksFromShortFrames) {
  AudioFeed<Ac3Framer> feed;
  feed.pes(0, eac3_short() + eac3_short()).pes(std::nullopt, eac3_short() + eac3_short());
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 ec-3 48000/1", "257 pts 0 +2880 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data.size(), 768U);
}

TEST(OpusFramer, TakesControlHeadersOffAndMakesDops) {  // TS-13
  AudioFeed<OpusFramer> feed(std::uint8_t{2});
  feed.pes(0, opus(300, hex("0138")) + opus(255) + opus(3));
  EXPECT_EQ(feed.trace.lines, (Lines{"track 257 Opus 48000/2", "257 pts 0 +1800 idr", "257 pts 1800 +1800 idr",
                                     "257 pts 3600 +1800 idr"}));
  EXPECT_EQ(feed.trace.packets[0].data.size(), 300U);
  EXPECT_EQ(feed.trace.packets[1].data.size(), 255U);
  EXPECT_EQ(feed.trace.tracks.at(257).audio.priming, 312);
}

TEST(OpusFramer, MapsSurroundChannels) {
  AudioFeed<OpusFramer> feed(std::uint8_t{6});
  feed.pes(0, opus(30));
  EXPECT_EQ(feed.trace.lines.at(0), "track 257 Opus 48000/6");
  AudioFeed<OpusFramer> reserved(std::uint8_t{9});
  reserved.pes(0, opus(30));
  EXPECT_TRUE(reserved.trace.lines.empty());
}

template <typename Framer>
void expect_cuts_do_not_matter(const Blob& frames, std::size_t count, auto... arguments) {
  for (std::size_t cut = 1; cut < frames.size(); ++cut) {
    AudioFeed<Framer> feed(arguments...);
    const auto at = frames.begin() + static_cast<std::ptrdiff_t>(cut);
    feed.pes(0, Blob(frames.begin(), at)).pes(std::nullopt, Blob(at, frames.end()));
    ASSERT_EQ(feed.trace.packets.size(), count) << cut;
    ASSERT_EQ(feed.counters.frames_bad, 0U) << cut;
  }
}

TEST(AudioFramers, PutFramesTogetherThatGoOverTwoPes) {  // TS-6
  expect_cuts_do_not_matter<MpegAudioFramer>(mp2() + mp2(), 2);
  expect_cuts_do_not_matter<Ac3Framer>(ac3() + ac3(), 2);
  expect_cuts_do_not_matter<OpusFramer>(opus(300) + opus(5), 2, std::uint8_t{2});
}

}  // namespace
}  // namespace ts
