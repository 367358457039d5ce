#include "transcode/decode_side.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "media/h264.h"
#include "media/nal.h"
#include "transcode/encode_side.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;
using testing::ladder_rung;
using testing::sorted_pts;

/// A decode side into an encode side of one small rung.
struct Side {
  explicit Side(const media::Track& source) : out(1) {
    encode = EncodeSide::make(source, {ladder_rung(180)}, {}).take();
    DecodeSide::Options options;
    options.when_full = DecodeSide::WhenFull::kWait;
    decode = DecodeSide::make(source, *encode, options).take();
    encode->select(decode.get());
  }
  void feed(const Feed& feed) {
    for (const media::Packet& packet : feed.packets) decode->feed(media::Packet(packet));
  }
  std::vector<std::int64_t> finish() {
    decode->flush();
    encode->flush();
    encode->drain(out);
    return testing::pts_of(out.packets[0]);
  }
  std::vector<FramePtr> frames() const { return testing::decode(out.tracks[0][0], out.packets[0]); }

  std::unique_ptr<EncodeSide> encode;
  std::unique_ptr<DecodeSide> decode;
  Collector out;
};

/// The feed with its parameter sets in front of every key frame, where nobody announces them.
Feed in_band(Feed feed) {
  const auto config = media::h264::parse_avcc(feed.track.config.view()).take();
  for (media::Packet& packet : feed.packets) {
    if (!packet.key) continue;
    std::vector<base::View> nals(config.sps.begin(), config.sps.end());
    nals.insert(nals.end(), config.pps.begin(), config.pps.end());
    const auto own = media::split_lengths(packet.data.view()).take();
    nals.insert(nals.end(), own.begin(), own.end());
    packet.data = media::join_lengths(nals);
  }
  return feed;
}

TEST(DecodeSide, FollowsParameterSetsThatChangeInBandWithThePicturesSize) {
  const Feed wide = testing::make_video({.frames = 20});
  const Feed narrow = in_band(testing::make_video({.width = 240, .height = 180, .frames = 20, .first_pts = 72'000}));
  const Feed larger = in_band(testing::make_video({.width = 640, .height = 360, .frames = 20, .first_pts = 144'000}));
  Side side(wide.track);
  side.feed(wide);
  side.feed(narrow);
  side.feed(larger);
  EXPECT_EQ(side.finish().size(), 60U);
  EXPECT_EQ(side.out.tracks[0].size(), 1U);
  for (const FramePtr& frame : side.frames()) {
    EXPECT_EQ(frame->width, 320);
    EXPECT_EQ(frame->height, 180);
  }
  EXPECT_EQ(side.decode->counters().decode_errors, 0U);
}

TEST(DecodeSide, OrdersPicturesByTheirPtsWhereTheDtsIsMissing) {
  Feed feed = testing::make_video({.frames = 60, .b_frames = 3, .parameters = "b-adapt=0:b-pyramid=normal"});
  for (media::Packet& packet : feed.packets) packet.dts = packet.pts;
  Side side(feed.track);
  side.feed(feed);
  EXPECT_EQ(side.finish(), sorted_pts(feed));
  EXPECT_EQ(side.encode->counters().dropped_frames, 0U);
}

TEST(DecodeSide, DropsWhatItCannotDecodeUntilASourceComesThatItCan) {
  const Feed before = testing::make_video({.frames = 10});
  const Feed after = testing::make_video({.frames = 10, .first_pts = 20 * 3600});
  media::Track broken = before.track;
  broken.timescale = 0;
  Side side(before.track);
  side.feed(before);
  EXPECT_EQ(side.decode->change_source(broken).error().code, base::Code::kMalformed);
  side.feed(testing::make_video({.frames = 10, .first_pts = 10 * 3600}));
  ASSERT_TRUE(side.decode->change_source(after.track).ok());
  side.feed(after);
  const auto pts = side.finish();
  EXPECT_EQ(std::ranges::count_if(pts, [](std::int64_t at) { return at < 10 * 3600; }), 10);
  EXPECT_EQ(std::ranges::count_if(pts, [](std::int64_t at) { return at >= 20 * 3600; }), 10);
  EXPECT_EQ(side.decode->counters().dropped_packets, 10U);
}

TEST(DecodeSide, GoesOnAfterASourceOfAnotherCodec) {
  const Feed h264 = testing::make_video({.frames = 10});
  Side side(h264.track);
  side.feed(h264);
  // HEVC made by an encode side of its own.
  Rung hevc = ladder_rung(180);
  hevc.codec = media::Codec::kHevc;
  auto encode = EncodeSide::make(h264.track, {hevc}, {}).take();
  DecodeSide::Options options;
  options.when_full = DecodeSide::WhenFull::kWait;
  auto decode = DecodeSide::make(h264.track, *encode, options).take();
  encode->select(decode.get());
  for (const media::Packet& packet : testing::make_video({.frames = 10, .first_pts = 36'000}).packets) {
    decode->feed(media::Packet(packet));
  }
  decode->flush();
  encode->flush();
  Collector coded(1);
  encode->drain(coded);
  ASSERT_TRUE(side.decode->change_source(coded.tracks[0][0]).ok());
  side.feed({coded.tracks[0][0], coded.packets[0]});
  EXPECT_EQ(side.finish().size(), 20U);
}

TEST(DecodeSide, RefusesATrackThatIsNoVideo) {
  const Feed feed = testing::make_video({.frames = 1});
  Side side(feed.track);
  media::Track audio;
  audio.codec = media::Codec::kAac;
  EXPECT_EQ(DecodeSide::make(audio, *side.encode, {}).error().code, base::Code::kMalformed);
}

TEST(DecodeSide, CountsWhatItIsFedAndWhatItDecodes) {
  const Feed feed = testing::make_video({.frames = 12, .gop = 6});
  Side side(feed.track);
  for (std::size_t i = 3; i < 12; ++i) side.decode->feed(media::Packet(feed.packets[i]));
  EXPECT_EQ(side.finish().size(), 6U);
  const DecodeSide::Counters counters = side.decode->counters();
  EXPECT_EQ(counters.fed, 9U);
  EXPECT_EQ(counters.dropped_packets, 3U) << "in front of the first key frame";
  EXPECT_EQ(counters.decoded, 6U);
  EXPECT_EQ(counters.decode_errors, 0U);
  EXPECT_EQ(counters.duplicated, 0U);
  EXPECT_EQ(counters.lag, 0);
}

TEST(DecodeSide, TakesNothingAnyMoreOnceItIsFlushed) {
  const Feed feed = testing::make_video({.frames = 5});
  Side side(feed.track);
  side.feed(feed);
  side.decode->flush();
  side.feed(testing::make_video({.frames = 5, .first_pts = 90'000}));
  side.decode->flush();
  EXPECT_EQ(side.finish().size(), 5U);
  EXPECT_EQ(side.decode->counters().fed, 5U);
}

TEST(DecodeSide, LetsPicturesOutThatAreHeldForReorderingAtADiscontinuity) {
  const Feed before = testing::make_video({.frames = 20, .b_frames = 2});
  const Feed after = testing::make_video({.frames = 20, .b_frames = 2, .first_pts = 90'000});
  Side side(before.track);
  side.feed(before);
  side.decode->discontinuity();
  side.feed(after);
  std::vector<std::int64_t> both = sorted_pts(before);
  for (const std::int64_t pts : sorted_pts(after)) both.push_back(pts);
  EXPECT_EQ(side.finish(), both);
}

TEST(DecodeSide, IsSelectedNoLongerWhenItIsGone) {
  const Feed feed = testing::make_video({.frames = 5});
  Side side(feed.track);
  side.feed(feed);
  side.decode->flush();
  side.decode.reset();
  // The owner's own hold is taken only where no side is selected.
  side.encode->hold({400 * base::kMillisecond});
  side.encode->flush();
  side.encode->drain(side.out);
  EXPECT_EQ(testing::pts_of(side.out.packets[0]).back(), 36'000);
}

TEST(DecodeSide, LeavesTheSelectedOneSelectedWhenAnotherIsGone) {
  const Feed feed = testing::make_video({.frames = 5});
  Side side(feed.track);
  DecodeSide::make(feed.track, *side.encode, {}).take().reset();
  side.feed(feed);
  EXPECT_EQ(side.finish().size(), 5U);
}

TEST(DecodeSide, RefusesATimescaleThatIsNone) {
  const Feed feed = testing::make_video({.frames = 1});
  Side side(feed.track);
  for (const std::int64_t timescale : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{INT32_MAX} + 1}) {
    media::Track track = feed.track;
    track.timescale = timescale;
    EXPECT_EQ(DecodeSide::make(track, *side.encode, {}).error().code, base::Code::kMalformed) << timescale;
    EXPECT_EQ(side.decode->change_source(track).error().code, base::Code::kMalformed) << timescale;
  }
  media::Track track = feed.track;
  track.timescale = INT32_MAX;
  EXPECT_TRUE(DecodeSide::make(track, *side.encode, {}).ok());
}

TEST(DecodeSide, NamesTheNewestPictureThatItGave) {
  const Feed feed = testing::make_video({.frames = 5, .first_pts = 72'000});
  Side side(feed.track);
  EXPECT_EQ(side.encode->newest(), std::nullopt);
  side.feed(feed);
  side.finish();
  EXPECT_EQ(side.encode->newest(), (media::Instant{72'000 + 4 * 3600, 90'000}));
}

TEST(DecodeSide, SaysWhatItsPicturesShow) {
  const auto level = [](int luma) { return [luma](int, int, int) { return luma; }; };
  const Feed black = testing::make_video({.frames = 75, .first_pts = 90'000, .luma = level(16)});
  const Feed grey = testing::make_video({.frames = 25, .first_pts = 360'000, .luma = level(126)});
  Side side(black.track);
  EXPECT_EQ(side.decode->health().newest, std::nullopt);
  side.encode->select(nullptr);
  side.feed(black);
  side.feed(grey);
  side.finish();
  const PictureHealth::Report report = side.decode->health();
  EXPECT_EQ(report.black_since, std::nullopt);
  EXPECT_GE(report.looked, 14U) << "four a second";
  EXPECT_LE(report.looked, 16U);
  EXPECT_GT(report.newest, 4'700 * base::kMillisecond);
}

TEST(DecodeSide, SaysSinceWhenItsPicturesAreBlackAndStandStill) {
  const Feed black =
      testing::make_video({.frames = 75, .gop = 75, .first_pts = 90'000, .luma = [](int, int, int) { return 16; }});
  Side side(black.track);
  side.feed(black);
  side.finish();
  EXPECT_EQ(side.decode->health().black_since, base::kSecond);
  EXPECT_EQ(side.decode->health().frozen_since, base::kSecond);
}

}  // namespace
}  // namespace transcode
