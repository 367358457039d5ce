#include <random>

#include "rig.h"

using namespace rig;

namespace {

media::Track claiming(media::Rational rate, std::int64_t scale) {
  media::Track track = stream::video_track({});
  track.timescale = scale;
  track.video.frame_rate = rate;
  return track;
}

base::Micros lasting(media::Rational rate, int frames) { return media::rescale(frames * rate.den, rate.num, kSecond); }

/// The most that two neighbouring frames are apart more or less than `frame`, from the packet `from` on.
base::Micros judder(const Sink& sink, std::size_t from, base::Micros frame) {
  base::Micros most = 0;
  base::Micros last = INT64_MIN;
  std::size_t i = 0;
  for (const Sink::Time& time : sink.times) {
    if (!time.video) continue;
    if (++i > from && last != INT64_MIN) most = std::max(most, std::abs(time.dts - last - frame));
    last = time.dts;
  }
  return most;
}

}  // namespace

TEST(ClaimedRate, IsBelievedAfterThreeFramesThatBearItOut) {
  for (const media::Rational rate : {media::Rational{24, 1}, {25, 1}, {30000, 1001}, {50, 1}, {60, 1}, {60000, 1001}}) {
    for (const std::int64_t scale : {1000, 90000}) {
      Rig rig;
      rig.timeline.on_track(claiming(rate, scale));
      rig.feed(frames_at(rate, kEpoch, 3, scale));
      EXPECT_EQ(rig.sink.video.size(), 3U) << rate.num << " in " << scale;
    }
  }
}

TEST(ClaimedRate, IsNotBelievedIfTheFramesCrossIt) {
  struct Case {
    media::Rational claimed, real;
  };
  for (const Case& pair : {Case{{30, 1}, {25, 1}}, Case{{25, 1}, {30, 1}}, Case{{24, 1}, {25, 1}},
                           Case{{25, 1}, {24, 1}}, Case{{60, 1}, {50, 1}}, Case{{50, 1}, {25, 1}}}) {
    for (const std::int64_t scale : {1000, 90000}) {
      Rig rig;
      rig.timeline.on_track(claiming(pair.claimed, scale));
      rig.feed(frames_at(pair.real, kEpoch, 200, scale));
      EXPECT_EQ(rig.sink.tracks.at(0).video.frame_rate, pair.real) << pair.claimed.num << " in " << scale;
      EXPECT_EQ(rig.sink.tracks.size(), 1U);
      EXPECT_LE(judder(rig.sink, 1, lasting(pair.real, 1)), 1) << pair.claimed.num;
    }
  }
}

// One frame lost at the start, as over SRT: the claim still stands.
TEST(ClaimedRate, IsBelievedInSpiteOfAMissingFrame) {
  Rig rig;
  rig.timeline.on_track(claiming({25, 1}, 90000));
  auto packets = frames_at({25, 1}, kEpoch, 100, 90000);
  packets.erase(packets.begin() + 1);
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.sink.tracks.at(0).video.frame_rate, (media::Rational{25, 1}));
  EXPECT_EQ(rig.sink.video.size(), 99U);
}

// The rate of the frames changes, the header does not. From the second key frame after that on all is even.
TEST(ClaimedRate, IsCorrectedWhenTheFramesShowAnother) {
  struct Case {
    media::Rational before, after;
  };
  for (const Case& pair : {Case{{25, 1}, {30, 1}}, Case{{30, 1}, {25, 1}}, Case{{25, 1}, {50, 1}},
                           Case{{25, 1}, {24, 1}}, Case{{30, 1}, {24, 1}}}) {
    for (const std::int64_t scale : {1000, 90000}) {
      Rig rig;
      rig.timeline.on_track(claiming(pair.before, scale));
      rig.feed(frames_at(pair.before, kEpoch, 100, scale));
      rig.feed(frames_at(pair.after, kEpoch + lasting(pair.before, 100), 400, scale));
      const std::string what = std::to_string(pair.before.num) + " to " + std::to_string(pair.after.num);
      EXPECT_EQ(rig.sink.tracks.back().video.frame_rate, pair.after) << what;
      EXPECT_EQ(rig.sink.tracks.size(), 2U) << what;
      EXPECT_EQ(rig.sink.video.size(), 500U) << what;
      expect_forward(rig.sink, what);
      const base::Micros change = kEpoch + lasting(pair.before, 100);
      expect_near_arrival(rig.sink, 45 * kMillisecond, 0, change, what);
      expect_near_arrival(rig.sink, 200 * kMillisecond, change, change + kSecond, what);
      expect_near_arrival(rig.sink, 45 * kMillisecond, change + kSecond, INT64_MAX, what);
      EXPECT_LE(judder(rig.sink, 300, lasting(pair.after, 1)), 1) << what;
    }
  }
}

// 30 and 29.97 cannot be told apart by a few stamps in milliseconds; the long run shows it.
TEST(ClaimedRate, IsCorrectedByATenthOfAPercent) {
  struct Case {
    media::Rational claimed, real;
  };
  for (const Case& pair : {Case{{30, 1}, {30000, 1001}}, Case{{30000, 1001}, {30, 1}}}) {
    Rig rig;
    rig.timeline.on_track(claiming(pair.claimed, 1000));
    rig.feed(frames_at(pair.real, kEpoch, 30 * 120, 1000));
    EXPECT_EQ(rig.sink.tracks.back().video.frame_rate, pair.real);
    EXPECT_EQ(rig.sink.tracks.size(), 2U);
    expect_near_arrival(rig.sink, 45 * kMillisecond);
    EXPECT_LE(judder(rig.sink, 30 * 60, lasting(pair.real, 1)), 1);
  }
}

// A clock that is off by 300 ppm: the grid is left and found again without a word.
TEST(ClaimedRate, StaysWhileTheSourcesClockDrifts) {
  for (const int ppm : {-300, 300}) {
    Rig rig;
    rig.announce(stream::Video{});
    auto packets = stream::make_video({}, kEpoch, 25 * 600);
    for (std::size_t i = 0; i < packets.size(); ++i) {
      const std::int64_t off = static_cast<std::int64_t>(i) * 3600 * ppm / 1'000'000;
      packets[i].dts += off;
      packets[i].pts += off;
      packets[i].arrived += media::rescale(off, 90000, kSecond);
    }
    rig.feed(std::move(packets));
    EXPECT_EQ(rig.sink.tracks.size(), 1U) << ppm;
    EXPECT_EQ(rig.sink.video.size(), 25U * 600) << ppm;
    expect_forward(rig.sink);
    expect_near_arrival(rig.sink, 45 * kMillisecond);
  }
}

// Screen capture: the frames that there are lie on the grid, and how long they last is not said.
TEST(SlowVideo, ASparseStretchKeepsTheGridAndLeavesDurationsOpen) {
  for (const int every : {5, 12, 25, 50}) {
    Rig rig;
    stream::Video video;
    video.gop = 1;
    rig.announce(video);
    auto packets = stream::make_video(video, kEpoch, 600);
    for (std::size_t i = packets.size(); i-- > 0;) {
      if (i >= 150 && i < 450 && i % static_cast<std::size_t>(every) != 0)
        packets.erase(packets.begin() + static_cast<std::ptrdiff_t>(i));
    }
    const std::size_t count = packets.size();
    rig.feed(std::move(packets));
    EXPECT_EQ(rig.sink.video.size(), count);
    EXPECT_EQ(rig.sink.tracks.size(), 1U) << every;
    expect_near_arrival(rig.sink, 1);
    EXPECT_EQ(rig.sink.video[155].duration, 0);
    EXPECT_EQ(rig.sink.video.back().duration, 3600);
  }
}

TEST(SlowVideo, StartsWithoutWaitingForNineFrames) {
  for (const media::Rational rate : {media::Rational{2, 1}, {1, 1}, {1, 2}}) {
    Rig rig;
    stream::Video video;
    video.rate = rate;
    video.rate_known = false;
    video.gop = 1;
    rig.announce(video);
    rig.feed(stream::make_video(video, kEpoch, 3));
    EXPECT_EQ(rig.sink.video.size(), 3U);
    expect_near_arrival(rig.sink, kMillisecond);
    EXPECT_EQ(rig.sink.video[0].duration, 0);
  }
}

TEST(SlowVideo, OfOneFrameInTwoSecondsStartsWithTheSecond) {
  Rig rig;
  stream::Video video;
  video.rate = {1, 2};
  video.rate_known = false;
  video.gop = 1;
  rig.announce(video);
  auto packets = stream::make_video(video, kEpoch, 2);
  rig.timeline.on_packet(std::move(packets[0]));
  EXPECT_TRUE(rig.sink.video.empty());
  rig.timeline.on_packet(std::move(packets[1]));
  EXPECT_EQ(rig.sink.video.size(), 2U);
}

TEST(VaryingVideo, GetsItsGridWhenTheRateHasSettled) {
  Rig rig;
  media::Track track = claiming({}, 1000);
  rig.timeline.on_track(track);
  stream::Video video;
  video.scale = 1000;
  auto packets = stream::make_video(video, kEpoch, 400);
  for (std::size_t i = 0; i < 60; ++i) {
    const std::int64_t off = i % 3 == 1 ? 18 : i % 3 == 2 ? -17 : 0;
    packets[i].dts += off;
    packets[i].pts += off;
    packets[i].arrived += off * kMillisecond;
  }
  rig.feed(std::move(packets));
  EXPECT_FALSE(rig.sink.tracks.front().video.frame_rate.known());
  EXPECT_EQ(rig.sink.tracks.back().video.frame_rate, (media::Rational{25, 1}));
  EXPECT_EQ(rig.sink.tracks.size(), 2U);
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 42 * kMillisecond);
  EXPECT_EQ(rig.sink.video.back().duration, 3600);
}

TEST(VaryingVideo, ThatReturnsToItsRateIsNotAnnouncedAgain) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 800);
  std::mt19937 random(7);
  for (std::size_t i = 200; i < 400; ++i) {
    const auto off = static_cast<std::int64_t>(random() % 3000);
    packets[i].dts += off;
    packets[i].pts += off;
    packets[i].arrived += media::rescale(off, 90000, kSecond);
  }
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.sink.tracks.size(), 1U);
  EXPECT_EQ(rig.sink.video.size(), 800U);
  expect_forward(rig.sink);
  expect_near_arrival(rig.sink, 42 * kMillisecond);
  EXPECT_EQ(rig.sink.video.back().duration, 3600);
}
