#include "transcode/video_ladder.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <string_view>

#include "media/h264.h"
#include "media/nal.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;
using testing::ladder_rung;
using testing::sorted_pts;
using testing::VideoSpec;

VideoLadder::Options options(media::Rational segment = {1, 1}) {
  VideoLadder::Options made;
  made.segment = segment;
  made.when_full = VideoLadder::WhenFull::kWait;
  made.cores = 2;
  return made;
}

std::unique_ptr<VideoLadder> make(const Feed& feed, std::vector<Rung> rungs,
                                  const VideoLadder::Options& how = options()) {
  auto ladder = VideoLadder::make(feed.track, std::move(rungs), how);
  EXPECT_TRUE(ladder.ok()) << ladder.error().message();
  return ladder.take();
}

void feed_all(VideoLadder& ladder, const Feed& feed) {
  for (const media::Packet& packet : feed.packets) ladder.feed(media::Packet(packet));
}

/// What comes out of the whole feed.
Collector run(VideoLadder& ladder, const Feed& feed) {
  feed_all(ladder, feed);
  ladder.flush();
  Collector out(ladder.rungs().size());
  ladder.drain(out);
  return out;
}

/// The first pts of every slot of `segment` ticks.
std::vector<std::int64_t> slot_starts(const std::vector<std::int64_t>& pts, std::int64_t segment) {
  std::vector<std::int64_t> starts;
  for (std::size_t i = 0; i < pts.size(); ++i) {
    if (i == 0 || pts[i] / segment != pts[i - 1] / segment) starts.push_back(pts[i]);
  }
  return starts;
}

// LL-19, LL-48: the source's key frames are every 40 frames from an odd instant on; the slots' are every second.
TEST(VideoLadder, StartsEverySlotWithAnIdrFrameInEveryRung) {
  const Feed feed = testing::make_video({.frames = 120, .gop = 40, .first_pts = 1'000'003LL * 90000 + 7 * 3600});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(120), ladder_rung(90)});
  const Collector out = run(*ladder, feed);
  const auto expected = slot_starts(sorted_pts(feed), 90000);
  ASSERT_EQ(expected.size(), 6U);
  for (const auto& packets : out.packets) {
    EXPECT_EQ(testing::pts_of(packets), sorted_pts(feed));
    EXPECT_EQ(testing::key_pts_of(packets), expected);
    for (const media::Packet& packet : packets) {
      const auto nals = media::split_lengths(packet.data.view()).take();
      EXPECT_EQ(media::h264::inspect(nals).idr, packet.idr);
      EXPECT_FALSE(media::h264::inspect(nals).parameter_sets);
      EXPECT_EQ(packet.dts, packet.pts);
      EXPECT_EQ(packet.duration, 3600);
    }
  }
}

TEST(VideoLadder, AnnouncesEachRungBeforeItsFirstPacket) {
  const Feed feed = testing::make_video({.frames = 3, .colour = {1, 1, 1, false}});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(90)});
  Collector out(2);
  ladder->drain(out);
  for (std::size_t i = 0; i < 2; ++i) {
    ASSERT_EQ(out.tracks[i].size(), 1U);
    const media::Track& track = out.tracks[i][0];
    EXPECT_EQ(track.id, i);
    EXPECT_EQ(track.timescale, 90000);
    EXPECT_EQ(track.video.width, i == 0 ? 320 : 160);
    EXPECT_EQ(track.video.frame_rate, (media::Rational{25, 1}));
    EXPECT_EQ(track.video.colour, (media::Colour{1, 1, 1, false}));
    EXPECT_TRUE(media::h264::parse_avcc(track.config.view()).ok());
    EXPECT_EQ(track.codec_string.substr(0, 5), "avc1.");
  }
  feed_all(*ladder, feed);
  ladder->flush();
  ladder->drain(out);
  EXPECT_EQ(out.early, 0);
  EXPECT_EQ(testing::decode(out.tracks[1][0], out.packets[1]).size(), 3U);
}

// The look of every frame tells that it is the one of its pts.
TEST(VideoLadder, KeepsPicturesAndTimesTogetherWithBFrames) {
  const Feed feed = testing::make_video({.frames = 60, .b_frames = 3, .parameters = "b-adapt=0:b-pyramid=normal"});
  ASSERT_NE(testing::pts_of(feed.packets), sorted_pts(feed)) << "the feed should have B-frames";
  const auto ladder = make(feed, {ladder_rung(90)});
  const Collector out = run(*ladder, feed);
  EXPECT_EQ(testing::pts_of(out.packets[0]), sorted_pts(feed));
  const auto before = testing::decode(feed.track, feed.packets);
  const auto after = testing::decode(out.tracks[0][0], out.packets[0]);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i]->pts, after[i]->pts);
    EXPECT_NEAR(testing::luma_of(*before[i]), testing::luma_of(*after[i]), 1.5) << i;
  }
  EXPECT_EQ(out.packets[0][7].arrived, 1'000'007) << "the arrival of the frame's own packet";
}

TEST(VideoLadder, HoldsNoFrameBack) {
  const Feed feed = testing::make_video({.frames = 10, .parameters = "rc-lookahead=0:sync-lookahead=0"});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(90)});
  feed_all(*ladder, feed);
  Collector out(2);
  while (out.packets[0].size() < 10 || out.packets[1].size() < 10) {
    pollfd descriptor{ladder->descriptor(), POLLIN, 0};
    ASSERT_EQ(poll(&descriptor, 1, 5'000), 1) << "a frame waits for the next one";
    ladder->drain(out);
  }
  EXPECT_GT(ladder->counters().rungs[0].last_delay, 0);
}

TEST(VideoLadder, ForcesKeyFramesWhereTheCopiedRungHasItsOwn) {
  const Feed feed = testing::make_video({.frames = 60, .gop = 17});
  VideoLadder::Options how = options();
  how.keys = VideoLadder::Keys::kForced;
  const auto ladder = make(feed, {ladder_rung(120), ladder_rung(90)}, how);
  for (const media::Packet& packet : feed.packets) {
    if (packet.key) ladder->force_key_at({packet.pts, 90000});
    ladder->feed(media::Packet(packet));
  }
  ladder->flush();
  Collector out(2);
  ladder->drain(out);
  for (const auto& packets : out.packets) EXPECT_EQ(testing::key_pts_of(packets), testing::key_pts_of(feed.packets));
}

TEST(VideoLadder, HalvesTheRateOfALowRungOnTheGrid) {
  const Feed feed = testing::make_video({.rate = {50, 1}, .frames = 100, .first_pts = 90000 * 7});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(90, {25, 1})});
  const Collector out = run(*ladder, feed);
  EXPECT_EQ(out.packets[0].size(), 100U);
  std::vector<std::int64_t> even;
  for (std::int64_t i = 0; i < 100; i += 2) even.push_back(90000 * 7 + i * 1800);
  EXPECT_EQ(testing::pts_of(out.packets[1]), even);
  EXPECT_EQ(out.packets[1][0].duration, 3600);
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), testing::key_pts_of(out.packets[1]));
  EXPECT_EQ(ladder->counters().rungs[1].thinned, 50U);
}

TEST(VideoLadder, KeepsItsSizesWhenTheSourceChangesIts) {
  const Feed wide = testing::make_video({.frames = 20});
  const Feed narrow = testing::make_video({.width = 240, .height = 180, .frames = 20, .first_pts = 20 * 3600});
  const auto ladder = make(wide, {ladder_rung(180), ladder_rung(90)});
  feed_all(*ladder, wide);
  ASSERT_TRUE(ladder->change_source(narrow.track).ok());
  const Collector out = run(*ladder, narrow);
  EXPECT_EQ(out.tracks[0].size(), 1U);
  EXPECT_EQ(out.packets[0].size(), 40U);
  const auto frames = testing::decode(out.tracks[0][0], out.packets[0]);
  ASSERT_EQ(frames.size(), 40U);
  EXPECT_EQ(frames[39]->width, 320);
  EXPECT_LT(frames[39]->data[0][90 * frames[39]->linesize[0] + 10], 24) << "a black bar left of the 4:3 picture";
  EXPECT_GT(frames[19]->data[0][90 * frames[19]->linesize[0] + 10], 32) << "none before";
}

TEST(VideoLadder, GoesOnAtAKeyFrameAfterADiscontinuity) {
  const Feed first = testing::make_video({.frames = 20, .b_frames = 2});
  const Feed second = testing::make_video({.frames = 20, .b_frames = 2, .first_pts = 900'000});
  const auto ladder = make(first, {ladder_rung(90)});
  feed_all(*ladder, first);
  ladder->discontinuity();
  const Collector out = run(*ladder, second);
  EXPECT_EQ(out.packets[0].size(), 40U) << "frames held for reordering must not be lost";
  EXPECT_EQ(ladder->counters().decode_errors, 0U);
}

// MV-27, TS-17
TEST(VideoLadder, MakesFiftyFramesOfTwentyFiveInterlacedOnes) {
  const Feed feed = testing::make_video({.frames = 50, .gop = 25, .interlaced = true, .parameters = "tff=1"});
  const auto ladder = make(feed, {ladder_rung(180)});
  EXPECT_EQ(ladder->rungs()[0].frame_rate, (media::Rational{50, 1}));
  const Collector out = run(*ladder, feed);
  const auto pts = testing::pts_of(out.packets[0]);
  ASSERT_GE(pts.size(), 99U);
  for (std::size_t i = 1; i < pts.size(); ++i) EXPECT_EQ(pts[i] - pts[i - 1], 1800) << i;
  EXPECT_EQ(pts[0], 0);
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), slot_starts(pts, 90000));
}

TEST(VideoLadder, RepeatsProgressivePicturesOfAnInterlacedTrack) {
  Feed feed = testing::make_video({.frames = 25});
  feed.track.video.interlaced = true;
  const auto ladder = make(feed, {ladder_rung(90)});
  const Collector out = run(*ladder, feed);
  const auto pts = testing::pts_of(out.packets[0]);
  for (std::size_t i = 1; i < pts.size(); ++i) EXPECT_EQ(pts[i] - pts[i - 1], 1800) << i;
  EXPECT_EQ(ladder->counters().duplicated, 24U);
}

TEST(VideoLadder, MakesSquarePixelsOfAnamorphicOnes) {
  const Feed feed = testing::make_video({.width = 180, .height = 144, .frames = 5, .pixel_aspect = {64, 45}});
  const auto ladder = make(feed, {ladder_rung(144)});
  EXPECT_EQ(ladder->rungs()[0].width, 256);
  const Collector out = run(*ladder, feed);
  const auto frames = testing::decode(out.tracks[0][0], out.packets[0]);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[0]->width, 256);
  EXPECT_GT(frames[0]->data[0][72 * frames[0]->linesize[0] + 1], 32) << "no bars";
}

TEST(VideoLadder, BringsTenBitsDownToEight) {
  const Feed feed = testing::make_video({.frames = 5, .format = AV_PIX_FMT_YUV420P10LE});
  const auto ladder = make(feed, {ladder_rung(180)});
  const Collector out = run(*ladder, feed);
  EXPECT_EQ(out.tracks[0][0].video.bit_depth, 8);
  const auto frames = testing::decode(out.tracks[0][0], out.packets[0]);
  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(frames[0]->format, AV_PIX_FMT_YUV420P);
  EXPECT_NEAR(testing::luma_of(*frames[0]), 110, 20);
}

TEST(VideoLadder, CarriesCaptionsThroughScaling) {
  const Feed feed = testing::make_video({.frames = 5, .captions = 2});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(90)});
  const Collector out = run(*ladder, feed);
  for (const auto& packets : out.packets) {
    for (const media::Packet& packet : packets) EXPECT_NE(packet.data.text().find("GA94"), std::string_view::npos);
  }
}

TEST(VideoLadder, CountsDamageAndGoesOn) {
  Feed feed = testing::make_video({.frames = 100, .gop = 25});
  for (std::size_t i = 10; i < 40; i += 3) {
    std::vector<std::uint8_t> bytes(feed.packets[i].data.begin(), feed.packets[i].data.end());
    for (std::size_t at = 5; at < bytes.size(); at += 11) bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ 0x5a);
    feed.packets[i].data = base::Bytes::adopt(std::move(bytes));
  }
  feed.packets[60].data = base::Bytes::copy_of("no length, no unit");
  feed.packets[61].data = {};
  const auto ladder = make(feed, {ladder_rung(90)});
  const Collector out = run(*ladder, feed);
  EXPECT_GT(ladder->counters().decode_errors, 2U);
  ASSERT_FALSE(out.packets[0].empty());
  EXPECT_EQ(out.packets[0].back().pts, 99 * 3600);
}

TEST(VideoLadder, DropsToTheNextKeyFrameWhenItCannotKeepUp) {
  const Feed feed = testing::make_video({.width = 640, .height = 360, .frames = 300, .gop = 25});
  VideoLadder::Options how = options();
  how.when_full = VideoLadder::WhenFull::kDrop;
  how.max_lag = base::kSecond;
  Rung slow = ladder_rung(360);
  slow.preset = "slower";
  const auto ladder = make(feed, {slow}, how);
  const Collector out = run(*ladder, feed);
  const VideoLadder::Counters counters = ladder->counters();
  EXPECT_GT(counters.dropped_packets, 0U);
  EXPECT_EQ(counters.fed, 300U);
  EXPECT_EQ(counters.decoded + counters.dropped_packets, 300U);
  // What lies in a short hole is shown again (held), what lies in a long one is not.
  EXPECT_EQ(counters.rungs[0].encoded + counters.dropped_frames + counters.late_frames,
            counters.decoded + counters.held_frames);
  EXPECT_EQ(counters.decode_errors, 0U);
}

// The largest rung takes several times longer than the pictures last.
TEST(VideoLadder, GivesTheBaseRungAllPicturesWhateverALargerOneCanTake) {
  const Feed feed = testing::make_video({.width = 1280, .height = 720, .frames = 50, .gop = 25});
  VideoLadder::Options how = options();
  how.when_full = VideoLadder::WhenFull::kDrop;
  how.max_lag = 60 * base::kSecond;
  Rung slow = ladder_rung(720);
  slow.preset = "slower";
  const auto ladder = make(feed, {slow, ladder_rung(90)}, how);
  const Collector out = run(*ladder, feed);
  const VideoLadder::Counters counters = ladder->counters();
  const std::uint64_t of_base = counters.rungs[1].encoded;
  EXPECT_EQ(of_base + counters.dropped_frames, 50U);
  EXPECT_EQ(counters.rungs[1].left_out, 0U);
  EXPECT_GT(counters.rungs[0].left_out, 0U);
  EXPECT_EQ(counters.rungs[0].encoded + counters.rungs[0].left_out, of_base);
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), testing::key_pts_of(out.packets[1])) << "segments begin alike";
}

TEST(VideoLadder, StopsInTheMiddle) {
  const Feed feed = testing::make_video({.frames = 50});
  const auto ladder = make(feed, {ladder_rung(180), ladder_rung(90)}, [] {
    VideoLadder::Options how = options();
    how.when_full = VideoLadder::WhenFull::kDrop;
    how.max_lag = 60 * base::kSecond;
    return how;
  }());
  feed_all(*ladder, feed);
}

TEST(VideoLadder, NamesTheEncoderThatIsMissing) {
  const Feed feed = testing::make_video({.frames = 1});
  Rung vp9 = ladder_rung(90);
  vp9.codec = media::Codec::kVp9;
  const auto ladder = VideoLadder::make(feed.track, {vp9}, options());
  ASSERT_FALSE(ladder.ok());
  EXPECT_EQ(ladder.error().message(), "unsupported: no encoder for vp9; use h264, hevc or av1");
}

TEST(VideoLadder, RefusesARungThatCannotBe) {
  const Feed feed = testing::make_video({.frames = 1});
  Rung free = ladder_rung(90);
  free.bitrate = 0;
  EXPECT_EQ(VideoLadder::make(feed.track, {free}, options()).error().what, "rung v90: needs a bitrate");
  Rung odd = ladder_rung(91);
  EXPECT_EQ(VideoLadder::make(feed.track, {odd}, options()).error().what, "rung v91: width and height must be even");
  Rung preset = ladder_rung(90);
  preset.preset = "fastest";
  EXPECT_NE(VideoLadder::make(feed.track, {preset}, options()).error().what.find("libx264"), std::string::npos);
}

class OtherCodecs : public ::testing::TestWithParam<media::Codec> {};

TEST_P(OtherCodecs, KeepTheGridAndTheirConfiguration) {
  const Feed feed = testing::make_video({.frames = 60, .gop = 60, .first_pts = 1'795'000'000LL * 90000 + 7 * 3600});
  Rung other = ladder_rung(180);
  other.codec = GetParam();
  if (other.codec == media::Codec::kAv1) other.preset = "10";
  const auto ladder = make(feed, {other});
  const Collector out = run(*ladder, feed);
  EXPECT_EQ(testing::pts_of(out.packets[0]), sorted_pts(feed));
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), slot_starts(sorted_pts(feed), 90000));
  const media::Track& track = out.tracks[0][0];
  EXPECT_FALSE(track.codec_string.empty());
  EXPECT_EQ(track.video.width, 320);
  EXPECT_EQ(testing::decode(track, out.packets[0]).size(), 60U);
}

TEST_P(OtherCodecs, HoldNoFrameBack) {
  const Feed feed = testing::make_video({.frames = 10});
  Rung other = ladder_rung(180);
  other.codec = GetParam();
  if (other.codec == media::Codec::kAv1) other.preset = "10";
  const auto ladder = make(feed, {other});
  feed_all(*ladder, feed);
  Collector out(1);
  while (out.packets[0].size() < 10) {
    pollfd descriptor{ladder->descriptor(), POLLIN, 0};
    ASSERT_EQ(poll(&descriptor, 1, 5'000), 1) << "after " << out.packets[0].size();
    ladder->drain(out);
  }
}

INSTANTIATE_TEST_SUITE_P(VideoLadder, OtherCodecs, ::testing::Values(media::Codec::kHevc, media::Codec::kAv1),
                         [](const auto& test) { return test.param == media::Codec::kHevc ? "Hevc" : "Av1"; });

}  // namespace
}  // namespace transcode
