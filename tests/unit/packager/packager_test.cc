#include "packager/packager.h"

#include <gtest/gtest.h>

#include <set>

#include "channel.h"
#include "cmaf/init.h"

using base::kMillisecond;
using base::kSecond;
using stream::kEpoch;

namespace {

/// A feed with video and audio that begins at `phase` after an even second, at 25 fps with a key frame every 2 s.
struct Play {
  stream::Video video;
  bool with_audio = true;
  stream::Audio audio;
  base::Micros phase = 720 * kMillisecond;
  int seconds = 9;
  Channel::Options options;

  base::Micros start() const { return kEpoch + phase; }
  std::vector<media::Packet> video_packets() const {
    return stream::make_video(video, start(),
                              static_cast<int>(media::rescale(seconds, video.rate.den, video.rate.num)));
  }
  std::vector<media::Packet> audio_packets() const {
    return stream::make_audio(audio, start(), seconds * audio.sample_rate / audio.frame_samples);
  }
  std::vector<media::Packet> packets() const {
    return with_audio ? stream::interleave(video_packets(), audio_packets()) : video_packets();
  }
  void announce(Channel& channel) const {
    channel.track(stream::video_track(video));
    if (with_audio) channel.track(stream::audio_track(audio));
  }
};

void expect_sound(const LogReader& log) {
  for (std::uint32_t r = 0; r < log.presentation().renditions.size(); ++r) log.check(r);
  log.check_aligned();
}

/// The video's trace after all of `play` was played; the whole log is checked.
std::string traced(const Play& play, std::uint32_t rendition = 0) {
  Channel channel(play.options);
  play.announce(channel);
  channel.feed(play.packets());
  channel.finish();
  expect_sound(channel.log());
  return channel.log().trace(rendition);
}

/// The trace after nothing was received for `length` from 3.3 s on.
std::string traced_with_loss(base::Micros length, std::uint32_t rendition, int seconds = 9) {
  Play play;
  play.seconds = seconds;
  Channel channel;
  play.announce(channel);
  const base::Micros from = play.start() + 3300 * kMillisecond;
  channel.feed(stream::lose(play.packets(), from, from + length));
  channel.finish();
  expect_sound(channel.log());
  return channel.log().trace(rendition);
}

}  // namespace

TEST(PackagerSource, CutsAtKeyFramesTwoSecondsApart) {
  // Parts of 13 frames. Two equal GOPs teach the interval; from then on a segment's last part is known to be one.
  EXPECT_EQ(traced({}),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "2 +4.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "3 +6.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.720 1.000: 0.52* 0.48!\n");
}

TEST(PackagerSource, CutsAudioWhereTheVideoIsCut) {
  EXPECT_EQ(traced({}, 1),
            "0 +0.720 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "1 +2.725 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "2 +4.731 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "3 +6.736 1.984: 0.53* 0.51* 0.53* 0.40*!\n"
            "4 +8.720 0.981: 0.53* 0.44*!\n");
}

// LL-58, LL-60: a key frame in a part that is 92 % full begins a new one.
TEST(PackagerSource, StartsPartsWithTheKeyFramesOfShortGops) {
  Play play;
  play.video.gop = 12;
  play.seconds = 7;
  EXPECT_EQ(traced(play),
            "0 +0.720 1.440: 0.48* 0.48* 0.48*!\n"
            "1 +2.160 1.920: 0.48* 0.48* 0.48* 0.48*!\n"
            "2 +4.080 1.920: 0.48* 0.48* 0.48* 0.48*!\n"
            "3 +6.000 1.720: 0.48* 0.48* 0.48* 0.28*!\n");
}

// LL-17.
TEST(PackagerSource, CutsFiveSecondGopsAtSlotEnds) {
  Play play;
  play.video.gop = 125;
  play.seconds = 14;
  EXPECT_EQ(traced(play),
            "0 +0.720 2.400: 0.52* 0.52 0.52 0.52 0.32!\n"
            "1 +3.120 2.400: 0.52 0.52 0.52 0.52 0.32!\n"
            "2 +5.520 0.480: 0.48!\n"
            "3 +6.000 2.000: 0.52 0.52 0.52 0.44!\n"
            "4 +8.000 2.000: 0.52 0.52 0.52 0.44!\n"
            "5 +10.000 2.000: 0.52 0.52 0.52 0.44!\n"
            "6 +12.000 2.000: 0.52 0.52 0.52 0.44!\n"
            "7 +14.000 0.720: 0.52 0.20!\n");
}

// LL-48: the log's parts tell which segments are independent.
TEST(PackagerSource, CountsSegmentsThatStartWithoutAKeyFrame) {
  Play play;
  play.video.gop = 125;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  EXPECT_GT(channel.packager().counters().segments_without_key, 0U);
}

TEST(PackagerSource, KeepsOpenGopsWhole) {
  Play play;
  play.video.reorder = 1;
  play.video.open_gop = true;
  // The key frame at 2.76 is decoded, and its segment begins, one frame before the B that is shown before it.
  EXPECT_EQ(traced(play),
            "0 +0.720 1.960: 0.52* 0.52 0.52 0.40!\n"
            "1 +2.680 2.000: 0.52* 0.52 0.52 0.44!\n"
            "2 +4.680 2.000: 0.52* 0.52 0.52 0.44!\n"
            "3 +6.680 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.680 1.040: 0.52* 0.52\n");
}

// CM-16: frames keep their time of presentation, whatever the reordering; every segment's first frame shows at its
// start.
TEST(PackagerSource, KeepsPresentationTimesOfReorderedFrames) {
  Play play;
  play.video.reorder = 1;
  play.with_audio = false;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  channel.finish();
  const std::vector<Sample> samples = samples_of(channel.log(), 0);
  ASSERT_EQ(samples.size(), 225U);
  const std::int64_t first = media::rescale(play.start(), kSecond, 90000);
  bool before_decoding = false;
  for (const Sample& sample : samples) {
    EXPECT_EQ("frame " + std::to_string((sample.pts - first) / 3600), sample.data);
    EXPECT_EQ(sample.duration, 3600);
    if (sample.sync) {
      EXPECT_EQ(sample.pts, sample.dts);
    }
    before_decoding = before_decoding || sample.pts < sample.dts;
  }
  EXPECT_TRUE(before_decoding);
}

TEST(PackagerSource, HasWholeFramesAtBroadcastRates) {
  Play play;
  play.video.rate = {30000, 1001};
  play.video.gop = 60;
  play.audio.sample_rate = 44100;
  EXPECT_EQ(traced(play),
            "0 +0.732 2.002: 0.50* 0.50 0.50 0.50!\n"
            "1 +2.734 2.002: 0.50* 0.50 0.50 0.50!\n"
            "2 +4.736 2.002: 0.50* 0.50 0.50 0.50!\n"
            "3 +6.738 2.002: 0.50* 0.50 0.50 0.50!\n"
            "4 +8.740 1.001: 0.50* 0.50\n");
  play.video.rate = {60, 1};
  play.video.gop = 60;
  EXPECT_EQ(traced(play),
            "0 +0.717 2.000: 0.50* 0.50 0.50* 0.50!\n"
            "1 +2.717 2.000: 0.50* 0.50 0.50* 0.50!\n"
            "2 +4.717 2.000: 0.50* 0.50 0.50* 0.50!\n"
            "3 +6.717 2.000: 0.50* 0.50 0.50* 0.50!\n"
            "4 +8.717 1.000: 0.50* 0.50\n");
  play.video.rate = {50, 1};
  play.video.gop = 100;
  play.options.packager.part_target = kSecond / 5;
  play.seconds = 4;
  EXPECT_EQ(traced(play),
            "0 +0.720 2.000: 0.20* 0.20 0.20 0.20 0.20 0.20 0.20 0.20 0.20 0.20!\n"
            "1 +2.720 2.000: 0.20* 0.20 0.20 0.20 0.20 0.20 0.20 0.20 0.20 0.20!\n");
}

TEST(PackagerSource, MakesNoDifferenceBetweenMillisecondAndExactStamps) {
  Play exact;
  exact.video.rate = {30000, 1001};
  exact.video.gop = 60;
  Play rounded = exact;
  rounded.video.scale = rounded.audio.scale = 1000;
  EXPECT_EQ(traced(rounded, 0), traced(exact, 0));
  EXPECT_EQ(traced(rounded, 1), traced(exact, 1));
}

// A part is out as soon as its last frame is in, not one frame later; the last one of a segment too.
TEST(PackagerSource, ClosesPartsWithoutWaitingForTheNextFrame) {
  Play play;
  play.with_audio = false;
  play.seconds = 8;
  Channel channel;
  play.announce(channel);
  int frame = 0;
  std::vector<int> closed_at;
  std::size_t parts = 0;
  for (media::Packet& packet : play.video_packets()) {
    std::vector<media::Packet> one;
    one.push_back(std::move(packet));
    channel.feed(std::move(one));
    for (; parts < channel.packager().counters().parts; ++parts) closed_at.push_back(frame);
    ++frame;
  }
  // Frames 12, 25, 138 fill parts; 50 and 100 are the key frames that end the first two segments, 149 is known to be
  // the last. 38 and 88 fill parts beyond their slots, where a key frame may end the segment: the next frame tells.
  EXPECT_EQ(closed_at, (std::vector<int>{12, 25, 39, 50, 62, 75, 89, 100, 112, 125, 138, 149, 162, 175, 188, 199}));
}

// LL-77: as long as the key frames are not known a segment may end with any full part that lies beyond its slot. If it
// came out at once, the part after it would be hinted and never come.
TEST(PackagerSource, TellsASegmentsLastPartBeforeTheKeyFramesAreKnown) {
  Play play;
  play.video.rate = {30, 1};
  play.video.gop = 60;
  play.seconds = 8;
  EXPECT_EQ(traced(play),
            "0 +0.733 2.000: 0.50* 0.50 0.50 0.50!\n"
            "1 +2.733 2.000: 0.50* 0.50 0.50 0.50!\n"
            "2 +4.733 2.000: 0.50* 0.50 0.50 0.50!\n"
            "3 +6.733 2.000: 0.50* 0.50 0.50 0.50!\n");
}

// The same for a source whose key frames never come evenly: at 1.4 s, 2 s, 3.4 s, 4 s, ... of it.
TEST(PackagerSource, TellsASegmentsLastPartOfAnIrregularSource) {
  Play play;
  play.video.rate = {30, 1};
  play.with_audio = false;
  play.seconds = 12;
  Channel channel;
  play.announce(channel);
  std::vector<media::Packet> packets = play.video_packets();
  for (std::size_t i = 0; i < packets.size(); ++i) packets[i].key = i % 60 == 0 || i % 60 == 42;
  channel.feed(std::move(packets));
  channel.finish();
  expect_sound(channel.log());
}

// And for one whose key frames come every so many frames as two parts have, but not a whole number of times a segment.
TEST(PackagerSource, TellsASegmentsLastPartWhereKeyFramesDoNotDivideIt) {
  Play play;
  play.video.gop = 26;
  play.with_audio = false;
  play.phase = 0;
  traced(play);
}

// Audio that is ahead of the video may end a part with the segment before it is known that the segment ends there.
TEST(PackagerSource, TellsTheLastPartOfAudioThatIsAheadOfItsVideo) {
  Play play;
  play.phase = 0;
  Channel channel;
  play.announce(channel);
  std::vector<media::Packet> video = play.video_packets();
  for (media::Packet& packet : video) packet.arrived += 300 * kMillisecond;
  channel.feed(stream::interleave(std::move(video), play.audio_packets()));
  channel.finish();
  expect_sound(channel.log());
}

TEST(PackagerSource, TellsThePartsNewestArrival) {
  Play play;
  play.with_audio = false;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  const auto parts = channel.log().all<record::Part>(0);
  EXPECT_EQ(parts[0].captured, play.start() + 12 * 40 * kMillisecond);
  EXPECT_EQ(parts[1].captured, play.start() + 25 * 40 * kMillisecond);
}

TEST(PackagerGrid, CutsAnEncodedLeadAtSlotEnds) {
  Play play;
  play.options.encode = true;
  EXPECT_EQ(traced(play),
            "0 +0.720 1.280: 0.52* 0.52 0.24!\n"
            "1 +2.000 2.000: 0.52* 0.52 0.52 0.44!\n"
            "2 +4.000 2.000: 0.52* 0.52 0.52 0.44!\n"
            "3 +6.000 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.000 1.720: 0.52* 0.52 0.52 0.16!\n");
  EXPECT_EQ(traced(play, 1),
            "0 +0.720 1.280: 0.53* 0.51* 0.23*!\n"
            "1 +2.000 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "2 +4.005 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "3 +6.011 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "4 +8.016 1.685: 0.53* 0.51* 0.53* 0.10*!\n");
}

TEST(PackagerAudioOnly, CutsOnTheGrid) {
  Play play;
  Channel channel;
  channel.track(stream::audio_track(play.audio));
  channel.feed(play.audio_packets());
  channel.finish();
  expect_sound(channel.log());
  EXPECT_EQ(channel.log().trace(0),
            "0 +0.720 1.280: 0.51* 0.49* 0.27*!\n"
            "1 +2.000 2.005: 0.51* 0.49* 0.51* 0.49*!\n"
            "2 +4.005 2.005: 0.51* 0.49* 0.51* 0.49*!\n"
            "3 +6.011 2.005: 0.51* 0.49* 0.51* 0.49*!\n"
            "4 +8.016 1.685: 0.51* 0.49* 0.51* 0.17*!\n");
}

// LL-58 for codecs with long frames: 46 ms frames in parts of 0.2 s would be four or five.
TEST(PackagerAudioOnly, CountsLongFramesInsteadOfFollowingTheVideo) {
  Play play;
  play.audio = {44100, 2048, 90000};
  play.options.packager.part_target = kSecond / 5;
  Channel channel(play.options);
  play.announce(channel);
  channel.feed(play.packets());
  channel.finish();
  expect_sound(channel.log());
  const auto parts = channel.log().all<record::Part>(1);
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    if (parts[i + 1].index > 0 && !parts[i].last) {
      EXPECT_NEAR(static_cast<double>(parts[i].duration), 4 * 2048, 2);
    }
  }
}

TEST(PackagerGap, IsNoneForAFeedThatPausesAndCatchesUp) {
  Play play;
  Channel channel;
  play.announce(channel);
  std::vector<media::Packet> packets = play.packets();
  const base::Micros from = play.start() + 3300 * kMillisecond;
  for (media::Packet& packet : packets) {
    if (packet.arrived >= from) packet.arrived = std::max(packet.arrived, from + kSecond);
  }
  channel.feed(std::move(packets));
  channel.finish();
  EXPECT_EQ(channel.log().trace(0), traced({}, 0));
  EXPECT_EQ(channel.log().trace(1), traced({}, 1));
}

TEST(PackagerGap, VanishesInVideoIfShorterThanAPart) {
  EXPECT_EQ(traced_with_loss(300 * kMillisecond, 0),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "2 +4.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "3 +6.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.720 1.000: 0.52* 0.48!\n");
  EXPECT_EQ(traced_with_loss(300 * kMillisecond, 1),
            "0 +0.720 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "1 +2.725 2.005: 0.53* 0.51* 0.25* g0.29 0.40*!\n"
            "2 +4.731 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "3 +6.736 1.984: 0.53* 0.51* 0.53* 0.40*!\n"
            "4 +8.720 0.981: 0.53* 0.44*!\n");
}

// LL-33, LL-63: video is back with its next key frame, audio at once.
TEST(PackagerGap, ReachesToTheNextKeyFrame) {
  EXPECT_EQ(traced_with_loss(kSecond, 0),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.400: 0.52* 0.52 0.28\n"
            "2 +5.120 1.600: g0.52 g0.52 g0.52 g0.04\n"
            "3 +6.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "4 +8.720 1.000: 0.52* 0.48!\n");
  EXPECT_EQ(traced_with_loss(kSecond, 1),
            "0 +0.720 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "1 +2.725 2.411: 0.53* 0.51* 0.25* g0.52 g0.48 0.10*!\n"
            "2 +5.136 1.600: 0.53* 0.51* 0.53* 0.02*!\n"
            "3 +6.736 1.984: 0.53* 0.51* 0.53* 0.40*!\n"
            "4 +8.720 0.981: 0.53* 0.44*!\n");
}

TEST(PackagerGap, GoesOnSegmentAfterSegment) {
  EXPECT_EQ(traced_with_loss(15 * kSecond, 0, 21),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.400: 0.52* 0.52 0.28\n"
            "2 +5.120 2.400: g0.52 g0.52 g0.52 g0.52 g0.32\n"
            "3 +7.520 2.360: g0.52 g0.52 g0.52 g0.52 g0.28\n"
            "4 +9.880 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "5 +11.880 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "6 +13.880 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "7 +15.880 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "8 +17.880 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "9 +19.880 0.840: g0.52 g0.32\n"
            "10 +20.720 1.000: 0.52* 0.48!\n");
}

// LL-32: while nothing comes, gap parts continue at the pace of the clock, in every rendition, the allowance behind it.
TEST(PackagerGap, KeepsThePaceOfTheClock) {
  Play play;
  play.seconds = 3;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  for (int half_seconds = 8; half_seconds < 40; ++half_seconds) {
    const base::Micros now = play.start() + half_seconds * kSecond / 2;
    channel.wait_until(now);
    for (std::uint32_t r = 0; r < 2; ++r) {
      const auto gaps = channel.log().all<record::Gap>(r);
      if (gaps.empty()) {
        // Until the segment ends in which media still came, the hole shows in its end only.
        EXPECT_LT(half_seconds, 15);
        continue;
      }
      const std::int64_t timescale = channel.log().presentation().renditions[r].track.timescale;
      const base::Micros end = media::rescale(gaps.back().start + gaps.back().duration, timescale, kSecond);
      EXPECT_LE(now - end, 2350 * kMillisecond);
      EXPECT_GE(now - end, 1200 * kMillisecond);
    }
  }
  for (std::uint32_t r = 0; r < 2; ++r) channel.log().check(r, false);
}

TEST(PackagerGap, FillsAudioAloneWhenOnlyThatStops) {
  Play play;
  play.seconds = 12;
  Channel channel;
  play.announce(channel);
  channel.feed(stream::interleave(play.video_packets(), stream::lose(play.audio_packets(), play.start() + 2 * kSecond,
                                                                     play.start() + 7 * kSecond)));
  channel.finish();
  expect_sound(channel.log());
  EXPECT_EQ(channel.log().all<record::Gap>(0).size(), 0U);
  EXPECT_EQ(channel.log().trace(1),
            "0 +0.720 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "1 +2.725 1.995: g0.52 g0.52 g0.52 g0.43\n"
            "2 +4.720 2.000: g0.52 g0.52 g0.52 g0.44\n"
            "3 +6.720 2.000: g0.52 g0.49 0.53* 0.44*!\n"
            "4 +8.720 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "5 +10.725 1.984: 0.53* 0.51* 0.53* 0.40*!\n");
}

TEST(PackagerGap, TakesLateAudioIntoTheOpenSegment) {
  Play play;
  play.seconds = 8;
  Channel channel;
  channel.track(stream::video_track(play.video));
  std::vector<media::Packet> early = stream::lose(play.video_packets(), play.start() + 3 * kSecond, INT64_MAX);
  channel.feed(std::move(early));
  channel.track(stream::audio_track(play.audio));
  channel.feed(stream::lose(play.packets(), 0, play.start() + 3 * kSecond));
  channel.finish();
  expect_sound(channel.log());
  EXPECT_EQ(channel.log().presentation().renditions.size(), 2U);
  EXPECT_EQ(channel.log().trace(1),
            "1 +2.720 2.011: g0.52 g0.48 0.53* 0.46*!\n"
            "2 +4.731 2.005: 0.53* 0.51* 0.53* 0.42*!\n"
            "3 +6.736 1.984: 0.53* 0.51* 0.53* 0.40*!\n");
}

TEST(PackagerGap, ComesBeforeVideoThatJoinsAudio) {
  Play play;
  play.seconds = 8;
  Channel channel;
  channel.track(stream::audio_track(play.audio));
  channel.feed(stream::lose(play.audio_packets(), play.start() + 3 * kSecond, INT64_MAX));
  channel.track(stream::video_track(play.video));
  std::vector<media::Packet> rest = stream::lose(play.packets(), 0, play.start() + 3 * kSecond);
  channel.feed(std::move(rest));
  channel.finish();
  channel.log().check(0);
  channel.log().check(1);
  // The video, now the lead, begins with its key frame at 4.72.
  EXPECT_EQ(channel.log().trace(1).substr(0, 50), "2 +4.000 2.400: g0.52 g0.20 0.52* 0.52 0.52 0.12!\n");
}

// LL-22, LL-29: the numbering continues, gaps stand for the time without a feed, and nothing else changes.
TEST(PackagerRestart, ContinuesAfterAFeedCameBack) {
  Play play;
  play.seconds = 3;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  Play again = play;
  again.phase += 8 * kSecond + 130 * kMillisecond;
  channel.timeline().on_restart();
  again.announce(channel);
  channel.feed(again.packets());
  channel.finish();
  expect_sound(channel.log());
  EXPECT_EQ(channel.log().all<record::SegmentEnd>(0).size(), 6U);
  for (const record::Record& record : channel.log().records()) {
    EXPECT_FALSE(std::holds_alternative<record::Discontinuity>(record));
  }
  EXPECT_EQ(channel.log().trace(0),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.400: 0.52* 0.48\n"
            "2 +5.120 2.400: g0.52 g0.52 g0.52 g0.52 g0.32\n"
            "3 +7.520 1.320: g0.52 g0.52 g0.28\n"
            "4 +8.840 2.000: 0.52* 0.52 0.52 0.44!\n"
            "5 +10.840 1.000: 0.52* 0.48!\n");
}

// LL-36, CM-6: another picture size is another init section, from the next segment on in every rendition.
TEST(PackagerRestart, IsADiscontinuityWhenTheFormatChanged) {
  Play play;
  play.seconds = 3;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  Play again = play;
  again.phase += 5 * kSecond;
  channel.timeline().on_restart();
  media::Track changed = stream::video_track(play.video);
  changed.video.width = 1280;
  changed.video.height = 720;
  channel.track(changed);
  channel.track(stream::audio_track(play.audio));
  channel.feed(again.packets());
  channel.finish();
  expect_sound(channel.log());
  std::vector<std::int64_t> discontinuities;
  std::set<std::string> inits;
  for (const record::Record& record : channel.log().records()) {
    if (const auto* found = std::get_if<record::Discontinuity>(&record)) discontinuities.push_back(found->msn);
    if (const auto* found = std::get_if<record::Presentation>(&record)) {
      inits.insert(std::string(found->renditions[0].init.text()));
    }
  }
  const std::int64_t first = kEpoch / (2 * kSecond);
  ASSERT_EQ(discontinuities.size(), 1U);
  EXPECT_EQ(discontinuities[0], first + 2);
  EXPECT_EQ(inits.size(), 2U);
  EXPECT_EQ(channel.log().trace(0),
            "0 +0.720 2.000: 0.52* 0.52 0.52 0.44!\n"
            "1 +2.720 2.400: 0.52* 0.48\n"
            "2 +5.120 2.400: g0.52 g0.08 0.52* 0.52 0.52 0.24!\n"
            "3 +7.520 1.200: 0.52 0.52 0.16!\n");
}

TEST(PackagerRestart, WritesNothingForAnUnchangedPresentation) {
  LogReader log;
  packager::Packager packager({}, log);
  packager::RenditionSpec spec;
  spec.name = "v";
  spec.track = stream::video_track({});
  packager.set_presentation({spec});
  packager.set_presentation({spec});
  EXPECT_EQ(log.records().size(), 1U);
  EXPECT_FALSE(log.presentation().renditions[0].init.empty());
  spec.label = "another";
  packager.set_presentation({spec});
  EXPECT_EQ(log.records().size(), 2U);
}

// Two languages may have one label, such as "Commentary".
TEST(PackagerRestart, WritesAnotherLanguageUnderTheSameLabelAndKeepsTheInitSection) {
  LogReader log;
  packager::Packager packager({}, log);
  packager::RenditionSpec spec;
  spec.name = "a1";
  spec.track = stream::audio_track({});
  spec.label = "Commentary";
  spec.track.language = "eng";
  packager.set_presentation({spec});
  const base::Bytes init = log.presentation().renditions[0].init;
  spec.track.language = "fra";
  packager.set_presentation({spec});
  ASSERT_EQ(log.records().size(), 2U);
  EXPECT_EQ(log.presentation().renditions[0].track.language, "fra");
  EXPECT_EQ(log.presentation().renditions[0].init, init) << "no new EXT-X-MAP";
}

TEST(PackagerEnd, EndsOnceAndTakesNothingAfter) {
  Play play;
  Channel channel;
  play.announce(channel);
  channel.feed(play.packets());
  channel.finish();
  const std::size_t count = channel.log().records().size();
  channel.finish();
  channel.packager().tick(play.start() + 60 * kSecond);
  media::Packet packet;
  channel.packager().on_packet(0, std::move(packet));
  EXPECT_EQ(channel.log().records().size(), count);
}

TEST(PackagerEnd, WritesNothingIntoALogThatNeverBegan) {
  LogReader log;
  packager::Packager packager({}, log);
  packager.tick(kEpoch);
  packager.finish();
  EXPECT_TRUE(log.records().empty());
}
