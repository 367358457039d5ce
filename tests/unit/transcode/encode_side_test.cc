#include "transcode/encode_side.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "transcode/decode_side.h"
#include "transcode/video_ladder.h"
#include "unit/transcode/source.h"
#include "unit/transcode/studio.h"

namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;
using testing::grid;
using testing::is_backup;
using testing::kFrame;
using testing::ladder_rung;
using testing::Studio;

/// A ladder of one feed that waits instead of dropping, and what came out of it.
struct Ladder {
  explicit Ladder(const media::Track& source, std::vector<Rung> rungs = {ladder_rung(90)},
                  EncodeSide::Keys keys = EncodeSide::Keys::kGrid)
      : out(rungs.size()) {
    VideoLadder::Options options;
    options.segment = {1, 1};
    options.when_full = VideoLadder::WhenFull::kWait;
    options.cores = 2;
    options.keys = keys;
    auto made = VideoLadder::make(source, std::move(rungs), options);
    EXPECT_TRUE(made.ok()) << made.error().message();
    ladder = made.take();
  }
  void feed(const Feed& feed) {
    for (const media::Packet& packet : feed.packets) ladder->feed(media::Packet(packet));
  }
  const Collector& finish() {
    ladder->flush();
    ladder->drain(out);
    return out;
  }
  std::vector<std::int64_t> pts(std::size_t rung = 0) const { return testing::pts_of(out.packets[rung]); }

  std::unique_ptr<VideoLadder> ladder;
  Collector out;
};

std::int64_t largest_step(const std::vector<std::int64_t>& pts) {
  std::int64_t largest = 0;
  for (std::size_t i = 1; i < pts.size(); ++i) largest = std::max(largest, pts[i] - pts[i - 1]);
  return largest;
}

TEST(EncodeSide, HoldsTheLastPictureOnTheGridWithKeyFramesAtTheSlots) {
  const Feed feed = testing::make_video({.frames = 30, .first_pts = 7 * 90000});
  Ladder ladder(feed.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(feed);
  ladder.ladder->hold({10 * base::kSecond});
  const Collector& out = ladder.finish();
  for (std::size_t rung = 0; rung < 2; ++rung) {
    EXPECT_EQ(ladder.pts(rung), grid(7 * 90000, kFrame, 76));
    EXPECT_EQ(testing::key_pts_of(out.packets[rung]), grid(7 * 90000, 90000, 4));
  }
  const auto frames = testing::decode(out.tracks[0][0], out.packets[0]);
  ASSERT_EQ(frames.size(), 76U);
  EXPECT_NEAR(testing::difference_of(*frames[29], *frames[75]), 0, 3) << "the last picture";
  EXPECT_GT(testing::difference_of(*frames[19], *frames[75]), 5) << "and no earlier one";
  EXPECT_EQ(ladder.ladder->counters().held_frames, 46U);
}

TEST(EncodeSide, ChangesNothingWhilePicturesAreAheadOfWhatIsHeld) {
  const Feed feed = testing::make_video({.frames = 50, .b_frames = 2});
  Ladder alone(feed.track);
  alone.feed(feed);
  alone.finish();
  Ladder ladder(feed.track);
  for (const media::Packet& packet : feed.packets) {
    ladder.ladder->feed(media::Packet(packet));
    ladder.ladder->hold({packet.pts - 27'000, 90000});
  }
  ladder.finish();
  ASSERT_EQ(ladder.pts(), alone.pts());
  for (std::size_t i = 0; i < 50; ++i) EXPECT_EQ(ladder.out.packets[0][i].data, alone.out.packets[0][i].data) << i;
}

TEST(EncodeSide, DropsAndCountsPicturesWhosePlaceIsTaken) {
  const Feed before = testing::make_video({.frames = 25});
  const Feed after = testing::make_video({.frames = 25, .first_pts = 25 * kFrame});
  Ladder ladder(before.track);
  ladder.feed(before);
  ladder.ladder->hold({1500 * base::kMillisecond});
  ladder.ladder->discontinuity();
  ladder.feed(after);
  ladder.finish();
  EXPECT_EQ(ladder.pts(), grid(0, kFrame, 50));
  const auto counters = ladder.ladder->counters();
  EXPECT_EQ(counters.held_frames, 13U);
  EXPECT_EQ(counters.late_frames, 13U);
  EXPECT_EQ(counters.dropped_frames, 0U);
}

TEST(EncodeSide, FillsAHoleThatAPictureLeavesBehindIt) {
  const Feed before = testing::make_video({.frames = 20});
  const Feed after = testing::make_video({.frames = 20, .first_pts = 50 * kFrame});
  const Feed much_later = testing::make_video({.frames = 20, .first_pts = 150 * kFrame});
  Ladder ladder(before.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(before);
  ladder.ladder->discontinuity();
  ladder.feed(after);
  ladder.ladder->discontinuity();
  ladder.feed(much_later);
  ladder.finish();
  auto expected = grid(0, kFrame, 70);
  const auto rest = grid(150 * kFrame, kFrame, 20);
  expected.insert(expected.end(), rest.begin(), rest.end());
  EXPECT_EQ(ladder.pts(0), expected) << "80 frames are more than max_fill";
  EXPECT_EQ(ladder.pts(1), expected);
}

TEST(EncodeSide, RepeatsThePictureOfASourceOfOneFrameASecond) {
  const Feed feed = testing::make_video({.rate = {1, 1}, .frames = 4, .gop = 1});
  Ladder ladder(feed.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(feed);
  ladder.ladder->hold({3700 * base::kMillisecond});
  const Collector& out = ladder.finish();
  EXPECT_EQ(out.tracks[0][0].video.frame_rate, (media::Rational{3, 1}));
  for (std::size_t rung = 0; rung < 2; ++rung) {
    EXPECT_EQ(ladder.pts(rung), grid(0, 30000, 12));
    for (const media::Packet& packet : out.packets[rung]) EXPECT_EQ(packet.duration, 30000);
  }
}

TEST(EncodeSide, TellsPicturesThatStayInPlaceOfOthersThatDoNotCome) {
  const Feed feed = testing::make_video({.frames = 30});
  Ladder ladder(feed.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(feed);
  ladder.ladder->hold({2 * base::kSecond});
  const Collector& out = ladder.finish();
  for (const auto& packets : out.packets) {
    ASSERT_EQ(packets.size(), 51U);
    for (const media::Packet& packet : packets) EXPECT_EQ(packet.held, packet.pts >= 30 * kFrame) << packet.pts;
  }
}

TEST(EncodeSide, TellsThePicturesOfAHoleThatThePictureBehindItFills) {
  const Feed before = testing::make_video({.frames = 20});
  const Feed after = testing::make_video({.frames = 20, .first_pts = 50 * kFrame});
  Ladder ladder(before.track);
  ladder.feed(before);
  ladder.ladder->discontinuity();
  ladder.feed(after);
  for (const media::Packet& packet : ladder.finish().packets[0])
    EXPECT_EQ(packet.held, packet.pts >= 20 * kFrame && packet.pts < 50 * kFrame) << packet.pts;
}

TEST(EncodeSide, TakesTheRepeatsOfASlowSourceForPicturesUntilOneIsMissed) {
  const Feed feed = testing::make_video({.rate = {1, 1}, .frames = 4, .gop = 1});
  Ladder ladder(feed.track);
  ladder.feed(feed);
  ladder.ladder->hold({5700 * base::kMillisecond});
  for (const media::Packet& packet : ladder.finish().packets[0])
    EXPECT_EQ(packet.held, packet.pts >= 4 * 90000) << packet.pts;
}

TEST(EncodeSide, KeepsGapsBelowHalfASecondWhereTheRateIsNotKnown) {
  for (const std::int64_t frames_a_second : {1, 2}) {
    Feed feed = testing::make_video({.rate = {frames_a_second, 1}, .frames = 6, .gop = 1, .first_pts = 777});
    feed.track.video.frame_rate = {0, 1};
    Ladder ladder(feed.track);
    ladder.feed(feed);
    ladder.finish();
    EXPECT_LE(largest_step(ladder.pts()), 45000);
    for (const std::int64_t pts : testing::pts_of(feed.packets)) {
      EXPECT_TRUE(std::ranges::count(ladder.pts(), pts) == 1) << pts;
    }
  }
}

TEST(EncodeSide, ThinsHeldPicturesAsRealOnes) {
  const Feed feed = testing::make_video({.rate = {50, 1}, .frames = 40});
  Ladder ladder(feed.track, {ladder_rung(180), ladder_rung(90, {25, 1})});
  ladder.feed(feed);
  ladder.ladder->hold({2 * base::kSecond - 1});
  ladder.finish();
  EXPECT_EQ(ladder.pts(0), grid(0, 1800, 100));
  EXPECT_EQ(ladder.pts(1), grid(0, 3600, 50));
}

TEST(EncodeSide, PutsForcedKeyFramesIntoHeldPictures) {
  const Feed feed = testing::make_video({.frames = 25});
  Ladder ladder(feed.track, {ladder_rung(90)}, EncodeSide::Keys::kForced);
  ladder.feed(feed);
  ladder.ladder->force_key_at({1234, 1000});
  ladder.ladder->hold({2 * base::kSecond});
  const Collector& out = ladder.finish();
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), (std::vector<std::int64_t>{0, 31 * kFrame}));
}

TEST(EncodeSide, TypesCaptionsOnce) {
  const Feed feed = testing::make_video({.frames = 5, .captions = 2});
  Ladder ladder(feed.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(feed);
  ladder.ladder->hold({base::kSecond});
  const Collector& out = ladder.finish();
  for (const auto& packets : out.packets) {
    ASSERT_EQ(packets.size(), 26U);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      EXPECT_EQ(packets[i].data.text().find("GA94") != std::string_view::npos, i < 5) << i;
    }
  }
}

TEST(EncodeSide, HoldsNothingBeforeTheFirstPicture) {
  const Feed feed = testing::make_video({.frames = 5, .first_pts = 90000});
  Ladder ladder(feed.track);
  EXPECT_FALSE(ladder.ladder->newest().has_value());
  ladder.ladder->hold({base::kSecond});
  ladder.feed(feed);
  ladder.finish();
  EXPECT_EQ(ladder.pts(), grid(90000, kFrame, 5));
  EXPECT_EQ(ladder.ladder->newest(), (media::Instant{1160, 1000}));
}

/// A change of the source's frame rate, and with it of its timescale, as the timeline has them.
struct Change {
  media::Rational from;
  std::int64_t from_scale;
  media::Rational to;
  std::int64_t to_scale;
};
class Timescales : public ::testing::TestWithParam<Change> {};

TEST_P(Timescales, OfTheSourceChangeAndTheOutputGoesOnInItsOwn) {
  const Change& change = GetParam();
  constexpr std::int64_t kFirstSecond = 1'795'000'000;  // seconds: a wrong scale is wrong by years
  const Feed before = testing::make_video({.rate = change.from,
                                           .frames = 30,
                                           .timescale = change.from_scale,
                                           .first_pts = kFirstSecond * change.from_scale});
  const std::int64_t continues = before.packets.back().pts + before.packets.back().duration;
  const Feed after = testing::make_video({.rate = change.to,
                                          .frames = 30,
                                          .b_frames = 2,
                                          .timescale = change.to_scale,
                                          .first_pts = media::rescale(continues, change.from_scale, change.to_scale)});
  Ladder ladder(before.track, {ladder_rung(180), ladder_rung(90)});
  ladder.feed(before);
  ASSERT_TRUE(ladder.ladder->change_source(after.track).ok());
  ladder.feed(after);
  ASSERT_TRUE(ladder.ladder->change_source(before.track).ok());
  Feed again = before;
  const std::int64_t end = media::rescale(after.packets.back().pts, change.to_scale, change.from_scale);
  for (media::Packet& packet : again.packets) {
    packet.pts += end - kFirstSecond * change.from_scale + before.packets[0].duration * 2;
    packet.dts = packet.pts;
  }
  ladder.feed(again);
  const Collector& out = ladder.finish();
  EXPECT_EQ(out.tracks[0].size(), 1U);
  const auto frame = [&](media::Rational rate) { return media::rescale(change.from_scale, rate.num, rate.den); };
  for (std::size_t rung = 0; rung < 2; ++rung) {
    const auto pts = ladder.pts(rung);
    EXPECT_TRUE(std::ranges::is_sorted(pts));
    EXPECT_EQ(pts.front(), kFirstSecond * change.from_scale);
    EXPECT_EQ(pts.back(), again.packets.back().pts);
    EXPECT_LE(largest_step(pts), 2 * std::max(frame(change.from), frame(change.to)) + 1);
  }
  EXPECT_EQ(ladder.ladder->counters().decode_errors, 0U);
}

INSTANTIATE_TEST_SUITE_P(EncodeSide, Timescales,
                         ::testing::Values(Change{{25, 1}, 90000, {30000, 1001}, 30000},
                                           Change{{30000, 1001}, 30000, {25, 1}, 90000},
                                           Change{{50, 1}, 90000, {60000, 1001}, 60000},
                                           Change{{60000, 1001}, 60000, {50, 1}, 90000}),
                         [](const auto& test) { return "To" + std::to_string(test.param.to.num); });

TEST(EncodeSide, SwitchesFromOneFeedToAnotherAtAPicture) {
  const Feed wide = testing::make_video({.frames = 50, .gop = 50});
  Feed narrow = testing::make_video(
      {.width = 240, .height = 180, .rate = {30000, 1001}, .frames = 60, .gop = 60, .timescale = 30000});
  Studio studio(wide, narrow);
  for (int i = 0; i < 25; ++i) studio.primary->feed(media::Packet(wide.packets[static_cast<std::size_t>(i)]));
  for (int i = 0; i < 25; ++i) studio.backup->feed(media::Packet(narrow.packets[static_cast<std::size_t>(i)]));
  ASSERT_TRUE(studio.comes(24 * kFrame));
  studio.encode->select(studio.backup.get());
  for (int i = 25; i < 60; ++i) studio.backup->feed(media::Packet(narrow.packets[static_cast<std::size_t>(i)]));
  for (int i = 25; i < 50; ++i) studio.primary->feed(media::Packet(wide.packets[static_cast<std::size_t>(i)]));
  studio.finish();
  const auto pts = testing::pts_of(studio.out.packets[0]);
  EXPECT_TRUE(std::ranges::is_sorted(pts));
  EXPECT_LE(largest_step(pts), 2 * kFrame);
  EXPECT_EQ(pts.back(), 59 * 3003);
  const auto frames = testing::decode(studio.out.tracks[0][0], studio.out.packets[0]);
  ASSERT_EQ(frames.size(), pts.size());
  for (std::size_t i = 0; i < frames.size(); ++i) EXPECT_EQ(is_backup(*frames[i]), i >= 25) << i;
  EXPECT_EQ(studio.backup->counters().decoded, 60U) << "it was decoded all the time";
}

TEST(EncodeSide, HoldsThePictureOfAFeedThatIsGone) {
  const Feed wide = testing::make_video({.frames = 25});
  Studio studio(wide, wide);
  for (const media::Packet& packet : wide.packets) studio.primary->feed(media::Packet(packet));
  ASSERT_TRUE(studio.comes(24 * kFrame));
  studio.primary.reset();
  studio.encode->hold({2 * base::kSecond});
  ASSERT_TRUE(studio.comes(50 * kFrame));
  EXPECT_EQ(testing::pts_of(studio.out.packets[0]), grid(0, kFrame, 51));
}

TEST(EncodeSide, LetsAFeedGoWhoseThreadWaitsForASlowEncoder) {
  const Feed wide = testing::make_video({.width = 640, .height = 360, .frames = 20, .gop = 1});
  Rung slow = ladder_rung(360);
  slow.preset = "slower";
  Studio studio(wide, wide, {25, 1}, {slow});
  for (const media::Packet& packet : wide.packets) studio.primary->feed(media::Packet(packet));
  studio.primary.reset();
  studio.encode->select(studio.backup.get());
  for (const media::Packet& packet : wide.packets) studio.backup->feed(media::Packet(packet));
  ASSERT_TRUE(studio.comes(19 * kFrame));
  EXPECT_TRUE(std::ranges::is_sorted(testing::pts_of(studio.out.packets[0])));
}

TEST(EncodeSide, DropsPicturesWhileNobodyTakesTheResults) {
  const Feed feed = testing::make_video({.frames = 50});
  EncodeSide::Options options;
  options.max_bytes = 2000;
  auto encode = EncodeSide::make(feed.track, {ladder_rung(180)}, options).take();
  auto decode = DecodeSide::make(feed.track, *encode, Studio::waiting()).take();
  encode->select(decode.get());
  for (const media::Packet& packet : feed.packets) decode->feed(media::Packet(packet));
  encode->hold({60 * base::kSecond});
  decode->flush();
  encode->flush();
  const EncodeSide::Counters counters = encode->counters();
  EXPECT_GT(counters.dropped_frames, 20U);
  EXPECT_EQ(counters.held_frames, 0U);
  EXPECT_EQ(counters.rungs[0].encoded + counters.dropped_frames, 50U);
}

TEST(EncodeSide, SavesInTheLargerRungsFromTheNextKeyFrameOn) {
  const Feed feed = testing::make_video({.frames = 100});
  auto encode = EncodeSide::make(feed.track, {ladder_rung(180), ladder_rung(90)},
                                 {.segment = {1, 1}, .rung_full = EncodeSide::RungFull::kWait})
                    .take();
  auto decode = DecodeSide::make(feed.track, *encode, Studio::waiting()).take();
  encode->select(decode.get());
  Collector out(2);
  const auto play = [&](std::size_t from, std::size_t until) {
    for (std::size_t i = from; i < until; ++i) decode->feed(media::Packet(feed.packets[i]));
    while (out.packets[1].size() < until) {
      pollfd ready{encode->descriptor(), POLLIN, 0};
      ASSERT_EQ(poll(&ready, 1, 5'000), 1);
      encode->drain(out);
    }
  };
  EXPECT_EQ(encode->most_economy(), 3);
  play(0, 10);
  encode->set_economy(2);
  play(10, 40);
  EXPECT_EQ(encode->counters().economy, 2);
  encode->set_economy(3);
  play(40, 60);
  encode->set_economy(0);
  play(60, 100);
  decode->flush();
  encode->flush();
  encode->drain(out);
  std::vector<std::int64_t> expected = grid(0, kFrame, 25);
  for (std::int64_t i = 25; i < 50; i += 2) expected.push_back(i * kFrame);
  // Every 0.375 s: pictures 9.4 and 18.8 of the segment.
  for (const std::int64_t i : {50, 60, 69}) expected.push_back(i * kFrame);
  for (std::int64_t i = 75; i < 100; ++i) expected.push_back(i * kFrame);
  EXPECT_EQ(testing::pts_of(out.packets[0]), expected);
  EXPECT_EQ(testing::pts_of(out.packets[1]), grid(0, kFrame, 100)) << "the base rung shows everything";
  EXPECT_EQ(testing::key_pts_of(out.packets[0]), grid(0, 90000, 4));
  EXPECT_EQ(out.tracks[0].size(), 1U) << "and no other init";
  EXPECT_EQ(testing::decode(out.tracks[0][0], out.packets[0]).size(), expected.size());
  EXPECT_EQ(encode->counters().economy_steps, 3U);
  EXPECT_EQ(encode->counters().economy, 0);
}

TEST(EncodeSide, RefusesASourceThatItCannotPlanFor) {
  const media::Track good = testing::make_video({.frames = 1}).track;
  const auto code_of = [](const media::Track& shape, const EncodeSide::Options& options = {}) {
    const auto made = EncodeSide::make(shape, {ladder_rung(90)}, options);
    return made.ok() ? base::Code{} : made.error().code;
  };
  ASSERT_TRUE(EncodeSide::make(good, {ladder_rung(90)}, {}).ok());
  media::Track track = good;
  track.video.width = 0;
  EXPECT_EQ(code_of(track), base::Code::kMalformed);
  track = good;
  track.video.height = 0;
  EXPECT_EQ(code_of(track), base::Code::kMalformed);
  track = good;
  track.codec = media::Codec::kAac;
  EXPECT_EQ(code_of(track), base::Code::kMalformed);
  for (const std::int64_t timescale : {std::int64_t{0}, std::int64_t{INT32_MAX} + 1}) {
    track = good;
    track.timescale = timescale;
    EXPECT_EQ(code_of(track), base::Code::kMalformed) << timescale;
  }
  EncodeSide::Options options;
  options.segment = {0, 1};
  EXPECT_EQ(code_of(good, options), base::Code::kMalformed);
}

TEST(EncodeSide, ResolvesItsRungsFromTheSource) {
  const media::Track track = testing::make_video({.rate = {1, 1}, .frames = 1}).track;
  const auto encode = EncodeSide::make(track, {ladder_rung(90)}, {}).take();
  ASSERT_EQ(encode->rungs().size(), 1U);
  EXPECT_EQ(encode->rungs()[0].width, 160);
  EXPECT_EQ(encode->rungs()[0].frame_rate, (media::Rational{3, 1})) << "a slow source is shown again in between";
  EXPECT_EQ(encode->timescale(), 90'000);
  EXPECT_EQ(encode->newest(), std::nullopt);
}

/// Media times of the thumbnails that 75 pictures from 6.4 s on make, in segments of a second.
std::vector<base::Micros> thumbnails_at(bool wanted) {
  const Feed feed = testing::make_video({.frames = 75, .first_pts = 160 * kFrame});
  EncodeSide::Options options;
  options.segment = {1, 1};
  options.cores = 2;
  options.thumbnails = wanted;
  const auto encode = EncodeSide::make(feed.track, {ladder_rung(180), ladder_rung(90)}, options).take();
  const auto decode = DecodeSide::make(feed.track, *encode, Studio::waiting()).take();
  encode->select(decode.get());
  for (const media::Packet& packet : feed.packets) decode->feed(media::Packet(packet));
  decode->flush();
  encode->flush();
  std::vector<base::Micros> times;
  while (const auto made = encode->take_thumbnail()) times.push_back(made->at);
  return times;
}

TEST(EncodeSide, MakesAThumbnailOfEachKeyFrameWhereTheyAreWanted) {
  constexpr base::Micros kTenth = 100 * base::kMillisecond;
  EXPECT_EQ(thumbnails_at(true), (std::vector<base::Micros>{64 * kTenth, 70 * kTenth, 80 * kTenth, 90 * kTenth}));
  EXPECT_TRUE(thumbnails_at(false).empty());
}

TEST(EncodeSide, IsReadableWithItsTracksFromTheStartAndFlushesTwice) {
  const media::Track track = testing::make_video({.frames = 1}).track;
  const auto encode = EncodeSide::make(track, {ladder_rung(180), ladder_rung(90)}, {}).take();
  pollfd ready{encode->descriptor(), POLLIN, 0};
  EXPECT_EQ(poll(&ready, 1, 0), 1);
  Collector out(2);
  encode->drain(out);
  EXPECT_EQ(out.tracks[0].size() + out.tracks[1].size(), 2U);
  EXPECT_EQ(out.tracks[1][0].id, 1U);
  EXPECT_EQ(poll(&ready, 1, 0), 0);
  encode->flush();
  encode->flush();
}

}  // namespace
}  // namespace transcode
