#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "media/stamp_wrap.h"
#include "rig.h"

namespace {

using rig::kEpoch;
using rig::kMillisecond;
using rig::kSecond;
using Limits = timeline::Timeline;

/// A worker of a feed of 25 pictures a second, the first at kEpoch, which arrive `late`.
struct Worker {
  explicit Worker(std::optional<base::Micros> kept, base::Micros late = 0) {
    begin(kept);
    packets = stream::make_video(video, kEpoch, 400);
    for (media::Packet& packet : packets) packet.arrived += late;
  }
  void begin(std::optional<base::Micros> kept) {
    timeline.on_restart();
    timeline.keep(kept);
    timeline.on_track(stream::video_track(video));
  }
  void feed(std::size_t from, std::size_t until) {
    for (std::size_t i = from; i < until; ++i) timeline.on_packet(media::Packet(packets[i]));
  }
  base::Micros first() const { return sink.times.empty() ? 0 : sink.times.front().pts; }

  stream::Video video;
  std::vector<media::Packet> packets;
  rig::Sink sink;
  timeline::Timeline timeline{{}, sink};
};

/// The clock of a worker that had the feed from its beginning.
base::Micros clock_of_first() {
  Worker first(std::nullopt);
  first.feed(0, 20);
  return *first.timeline.clock();
}

TEST(KeptClock, PicturesThatArriveLaterOrSoonerStayWhereTheWorkerBeforeWouldHavePutThem) {
  Worker before(std::nullopt);
  before.feed(0, 200);
  for (const base::Micros late : {-300 * kMillisecond, 7 * kMillisecond, 200 * kMillisecond}) {
    Worker after(before.timeline.clock(), late);
    after.feed(50, 200);
    ASSERT_EQ(after.sink.video.size(), 150U);
    for (std::size_t i = 0; i < 150; ++i) {
      EXPECT_EQ(after.sink.video[i].pts, before.sink.video[50 + i].pts);
      EXPECT_EQ(after.sink.video[i].dts, before.sink.video[50 + i].dts);
    }
    EXPECT_EQ(after.timeline.clock(), before.timeline.clock()) << "for the worker after this one";
  }
}

TEST(KeptClock, WithoutOnePicturesAreAtTheirArrival) {
  Worker after(std::nullopt, 200 * kMillisecond);
  after.feed(50, 70);
  EXPECT_EQ(after.first(), kEpoch + 2 * kSecond + 200 * kMillisecond);
}

TEST(KeptClock, StampsThatHaveWrappedMeanwhileAreTheSame) {
  const base::Micros wrap = media::kMpegTsWrap.micros();
  for (const base::Micros off : {-wrap, wrap}) {
    Worker after(clock_of_first() + off, 120 * kMillisecond);
    after.feed(50, 70);
    EXPECT_EQ(after.first(), kEpoch + 2 * kSecond);
  }
}

TEST(KeptClock, OneThatIsFarFromTheArrivalIsNotFollowed) {
  const base::Micros clock = clock_of_first();
  const auto first_of = [&](base::Micros late) {
    Worker after(clock, late);
    after.feed(50, 70);
    return after.first() - kEpoch - 2 * kSecond;
  };
  EXPECT_EQ(first_of(Limits::kMostSourceBehind), 0);
  EXPECT_EQ(first_of(Limits::kMostSourceBehind + kMillisecond * 40), Limits::kMostSourceBehind + kMillisecond * 40);
  EXPECT_EQ(first_of(-Limits::kMostSourceAhead), 0);
  EXPECT_EQ(first_of(-Limits::kMostSourceAhead - kMillisecond * 40), -Limits::kMostSourceAhead - kMillisecond * 40);
}

TEST(KeptClock, WhatIsPublishedAlreadyStaysAsItIs) {
  const base::Micros at = kEpoch + 2 * kSecond;
  Worker near(clock_of_first(), 200 * kMillisecond);
  near.timeline.not_before(at + 200 * kMillisecond);
  near.feed(50, 70);
  EXPECT_EQ(near.first(), at) << "sound goes on a little beyond the picture";
  Worker far(clock_of_first(), 400 * kMillisecond);
  far.timeline.not_before(at + 240 * kMillisecond);
  far.feed(50, 70);
  EXPECT_EQ(far.first(), at + 400 * kMillisecond) << "its own time is taken";
}

TEST(KeptClock, AnotherPublisherHasItsOwn) {
  Worker after(clock_of_first(), 200 * kMillisecond);
  after.begin(std::nullopt);
  after.feed(50, 70);
  EXPECT_EQ(after.first(), kEpoch + 2 * kSecond + 200 * kMillisecond);
}

TEST(KeptClock, HoldsForAFeedOfSoundAlone) {
  const stream::Audio audio;
  rig::Rig before;
  before.announce(audio);
  before.feed(stream::make_audio(audio, kEpoch, 200));
  rig::Rig after;
  after.timeline.keep(before.timeline.clock());
  after.announce(audio);
  after.feed(stream::make_audio(audio, kEpoch + 200 * kMillisecond, 200));
  ASSERT_FALSE(after.sink.audio.empty());
  EXPECT_EQ(after.sink.audio.front().pts, before.sink.audio.front().pts);
}

}  // namespace
