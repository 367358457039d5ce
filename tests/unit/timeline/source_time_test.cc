#include <gtest/gtest.h>

#include "rig.h"

namespace {

using rig::kEpoch;
using rig::kMillisecond;
using rig::kSecond;
using AnchoredAt = timeline::Timeline::AnchoredAt;

constexpr base::Micros kPictureTime = 40 * kMillisecond;

/// A feed of 25 pictures a second that begin to arrive at kEpoch, and whose source says that the first was made `late`
/// before that.
struct SourceTimed {
  explicit SourceTimed(base::Micros clear_slots = 0)
      : timeline({.clear_slots = clear_slots, .source_time = true}, sink) {
    timeline.on_track(stream::video_track(video));
    packets = stream::make_video(video, kEpoch, 100);
  }
  base::Micros stamp(std::size_t at) const { return media::rescale(packets[at].pts, video.scale, kSecond); }
  void says(base::Micros late) { timeline.set_source_clock(kEpoch - late - stamp(0)); }
  void feed(std::size_t from, std::size_t until) {
    for (std::size_t i = from; i < until; ++i) timeline.on_packet(media::Packet(packets[i]));
  }
  /// UTC of the first picture that came out.
  base::Micros first() const { return sink.times.empty() ? 0 : sink.times.front().pts; }

  stream::Video video;
  std::vector<media::Packet> packets;
  rig::Sink sink;
  timeline::Timeline timeline;
};

TEST(SourceTime, TheFirstPictureIsWhereItsSourceSays) {
  SourceTimed given;
  given.says(3200 * kMillisecond);
  given.feed(0, 50);
  EXPECT_EQ(given.first(), kEpoch - 3200 * kMillisecond);
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kSource);
}

TEST(SourceTime, SlotsDoNotMoveIt) {
  SourceTimed given(2 * kSecond);
  given.says(40 * kMillisecond);  // in the last tenth of a second of a slot
  given.feed(0, 50);
  EXPECT_EQ(given.first(), kEpoch - kPictureTime);
}

TEST(SourceTime, ASourceThatSaysNothingIsWaitedForASecond) {
  SourceTimed given;
  given.feed(0, 25);
  EXPECT_TRUE(given.sink.video.empty());
  given.feed(25, 27);
  EXPECT_EQ(given.first(), kEpoch) << "its arrival";
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalUnknown);
}

TEST(SourceTime, WhatItSaysALittleLaterCounts) {
  SourceTimed given;
  given.feed(0, 20);
  given.says(kSecond);
  given.feed(20, 50);
  EXPECT_EQ(given.first(), kEpoch - kSecond);
}

TEST(SourceTime, ATimeFarFromTheArrivalIsRefused) {
  for (const base::Micros late : {8040 * kMillisecond, 3600 * kSecond, -1040 * kMillisecond}) {
    SourceTimed given;
    given.says(late);
    given.feed(0, 50);
    EXPECT_EQ(given.first(), kEpoch) << late;
    EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalFar) << late;
  }
  for (const base::Micros late : {8 * kSecond, -1 * kSecond}) {
    SourceTimed given;
    given.says(late);
    given.feed(0, 50);
    EXPECT_EQ(given.first(), kEpoch - late);
  }
}

TEST(SourceTime, NothingIsPutBeforeWhatWasGivenOut) {
  SourceTimed given;
  given.timeline.not_before(kEpoch - kSecond);
  given.says(3 * kSecond);
  given.feed(0, 50);
  EXPECT_EQ(given.first(), kEpoch);
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalTaken);
}

TEST(SourceTime, IsAskedAnewWhenThePublisherComesAgain) {
  SourceTimed given;
  given.says(kSecond);
  given.feed(0, 25);
  given.timeline.on_restart();
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kNothing);
  given.timeline.on_track(stream::video_track(given.video));
  given.feed(25, 50);
  EXPECT_EQ(given.sink.video.size(), 25U) << "it waits for what the source says";
}

TEST(SourceTime, IsNotLookedAtUnlessAskedFor) {
  rig::Rig given;
  stream::Video video;
  given.announce(video);
  given.timeline.set_source_clock(0);
  given.feed(stream::make_video(video, kEpoch, 50));
  EXPECT_EQ(given.sink.times.front().pts, kEpoch);
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrival);
}

}  // namespace
