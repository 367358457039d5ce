// What a relay has kept for whoever comes, or an encoder while it had no connection, comes faster than it is to be
// shown.
#include <gtest/gtest.h>

#include <algorithm>

#include "rig.h"
#include "timeline/timeline.h"

using namespace rig;

namespace {

constexpr base::Micros kFrame = 40 * kMillisecond;

/// As received by somebody who comes when `kept` of them has been sent: that at once, each `flight` packets after a
/// pause of `pause`.
std::vector<media::Packet> kept(std::vector<media::Packet> packets, base::Micros kept, std::size_t flight = SIZE_MAX,
                                base::Micros pause = 0) {
  const base::Micros comes = packets.front().arrived + kept;
  std::size_t sent = 0;
  for (media::Packet& packet : packets) {
    const base::Micros earliest = comes + static_cast<base::Micros>(sent++ / flight) * pause;
    packet.arrived = std::max(packet.arrived, earliest);
  }
  return packets;
}

/// In the order in which they are received.
std::vector<media::Packet> together(std::vector<media::Packet> packets, std::vector<media::Packet> others) {
  for (media::Packet& packet : others) packets.push_back(std::move(packet));
  std::stable_sort(packets.begin(), packets.end(),
                   [](const media::Packet& one, const media::Packet& other) { return one.arrived < other.arrived; });
  return packets;
}

base::Micros ahead(const Sink::Time& time) { return time.pts - time.arrived; }

}  // namespace

TEST(Bursts, WhatWasKeptLiesBeforeItsArrivalAndWhatFollowsAtIts) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  rig.feed(together(kept(stream::make_video({}, kEpoch, 200), 3900 * kMillisecond),
                    kept(stream::make_audio({}, kEpoch, 375), 3900 * kMillisecond)));
  ASSERT_EQ(rig.sink.video.size(), 200U);
  ASSERT_EQ(rig.sink.audio.size(), 375U);
  EXPECT_NEAR(static_cast<double>(rig.sink.times.front().pts - kEpoch), 0, kFrame);
  EXPECT_NEAR(static_cast<double>(ahead(rig.sink.times.back())), 0, kFrame);
  expect_forward(rig.sink.video);
  expect_forward(rig.sink.audio);
}

TEST(Bursts, PausesOfARoundTripDoNotEndOne) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(kept(stream::make_video({}, kEpoch, 200), 4 * kSecond, 20, 100 * kMillisecond));
  ASSERT_EQ(rig.sink.video.size(), 200U);
  EXPECT_NEAR(static_cast<double>(ahead(rig.sink.times.back())), 0, kFrame);
}

TEST(Bursts, APauseAmongTheFirstPicturesDoesNotEndOne) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(kept(stream::make_video({}, kEpoch, 200), 4 * kSecond, 4, 30 * kMillisecond));
  EXPECT_NEAR(static_cast<double>(ahead(rig.sink.times.back())), 0, kFrame);
}

TEST(Bursts, ASteadyFeedStartsAsSoonAsItsRateIsClear) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 3));
  EXPECT_EQ(rig.sink.video.size(), 3U);
}

TEST(Bursts, PicturesThatComeInPairsAreNone) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 5);
  for (std::size_t i = 0; i < packets.size(); i += 2) packets[i].arrived += kFrame;
  rig.feed(std::move(packets));
  EXPECT_EQ(rig.sink.video.size(), 5U);
}

TEST(Bursts, ASourceThatIsFastForEverStartsAllTheSame) {
  for (const int speed : {2, 10, 100}) {
    Rig rig;
    rig.announce(stream::Video{});
    auto packets = stream::make_video({}, kEpoch, 1500);
    for (media::Packet& packet : packets) packet.arrived = kEpoch + (packet.arrived - kEpoch) / speed;
    rig.feed(std::move(packets));
    ASSERT_EQ(rig.sink.video.size(), 1500U) << speed;
    EXPECT_GE(rig.sink.times.front().pts, kEpoch - 20 * kSecond) << speed;
  }
}

TEST(Bursts, TheyAreWaitedForTwoSecondsAtMost) {
  Rig rig;
  rig.announce(stream::Video{});
  auto packets = stream::make_video({}, kEpoch, 400);
  for (media::Packet& packet : packets) packet.arrived = kEpoch + (packet.arrived - kEpoch) / 4;
  for (media::Packet& packet : packets) {
    const base::Micros since = packet.arrived - kEpoch;
    rig.timeline.on_packet(std::move(packet));
    EXPECT_EQ(rig.sink.video.empty(), since < 2 * kSecond) << since;
  }
}

TEST(Bursts, SoundAloneIsPutWhereItsBurstEnds) {
  Rig rig;
  rig.announce(stream::Audio{});
  rig.feed(kept(stream::make_audio({}, kEpoch, 375), 3 * kSecond));
  ASSERT_EQ(rig.sink.audio.size(), 375U);
  EXPECT_NEAR(static_cast<double>(ahead(rig.sink.times.back())), 0, kFrame);
}

// The time of what it had kept has passed: that was held, and what is live comes next.
TEST(Bursts, APublisherThatComesAgainGoesOnWithItsNewestKeyFrame) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  rig.feed(together(stream::make_video({}, kEpoch, 100), stream::make_audio({}, kEpoch, 180)));
  rig.timeline.on_restart();
  rig.timeline.not_before(kEpoch + 14 * kSecond);
  rig.announce(stream::Video{});
  rig.announce(stream::Audio{});
  // Key frames at 5, 7, 9, 11 and 13 s, received at 14.5 s.
  rig.feed(together(kept(stream::make_video({}, kEpoch + 5 * kSecond, 500), 9500 * kMillisecond),
                    kept(stream::make_audio({}, kEpoch + 5 * kSecond, 900), 9500 * kMillisecond)));
  ASSERT_EQ(rig.sink.video.size(), 100U + 300U);
  EXPECT_TRUE(rig.sink.video[100].key);
  EXPECT_EQ(rig.sink.video[100].pts, ticks(kEpoch + 14 * kSecond, 90000));
  EXPECT_GE(rig.timeline.counters().dropped_overlap, 200U);
  // Ahead by what is left of the burst, the second from 13 to 14; without leaving out it were nine.
  for (const bool video : {true, false}) {
    const auto last = std::find_if(rig.sink.times.rbegin(), rig.sink.times.rend(),
                                   [&](const Sink::Time& time) { return time.video == video; });
    EXPECT_NEAR(static_cast<double>(ahead(*last)), kSecond, kFrame) << video;
  }
  expect_forward(rig.sink.video);
}

TEST(Bursts, OfAnOpenGopTheLeadingPicturesAreLeftOutThere) {
  Rig rig;
  rig.announce(stream::Video{});
  rig.feed(stream::make_video({}, kEpoch, 100));
  rig.timeline.on_restart();
  rig.timeline.not_before(kEpoch + 14 * kSecond);
  stream::Video open;
  open.reorder = 1;
  open.open_gop = true;
  rig.announce(open);
  rig.feed(kept(stream::make_video(open, kEpoch + 5 * kSecond, 500), 9500 * kMillisecond));
  ASSERT_GT(rig.sink.video.size(), 101U);
  EXPECT_TRUE(rig.sink.video[100].key);
  for (std::size_t i = 101; i < rig.sink.video.size(); ++i)
    EXPECT_GT(rig.sink.video[i].pts, rig.sink.video[100].pts) << i;
}
