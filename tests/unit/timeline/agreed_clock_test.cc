#include <gtest/gtest.h>

#include <optional>
#include <vector>

#include "media/stamp_wrap.h"
#include "rig.h"

namespace {

using rig::kEpoch;
using rig::kMillisecond;
using rig::kSecond;
using AnchoredAt = timeline::Timeline::AnchoredAt;

constexpr base::Micros kShownFor = 40 * kMillisecond;

/// A server that one source feeds: 25 pictures a second, from kEpoch on, which arrive `late` after they were made.
struct Server {
  explicit Server(base::Micros late = 0, base::Micros clear_slots = 0)
      : timeline({.clear_slots = clear_slots, .agreed_clock = true}, sink) {
    begin();
    packets = stream::make_video(video, kEpoch, 400);
    for (media::Packet& packet : packets) packet.arrived += late;
  }
  void begin() { timeline.on_track(stream::video_track(video)); }
  void feed(std::size_t from, std::size_t until) {
    for (std::size_t i = from; i < until; ++i) timeline.on_packet(media::Packet(packets[i]));
  }
  /// The ask is answered with this clock.
  void agree(std::optional<base::Micros> zero) { timeline.agree(timeline.clock_ask().id, zero); }
  base::Micros stamp(std::size_t at) const { return media::rescale(packets[at].pts, video.scale, kSecond); }
  base::Micros first() const { return sink.times.empty() ? 0 : sink.times.front().pts; }
  base::Micros asked() const { return timeline.clock_ask().zero; }

  stream::Video video;
  std::vector<media::Packet> packets;
  rig::Sink sink;
  timeline::Timeline timeline;
};

TEST(AgreedClock, ItAsksWithTheClockOfItsArrivalAndWaits) {
  Server given;
  EXPECT_EQ(given.timeline.clock_ask().id, 0U);
  given.feed(0, 20);
  EXPECT_EQ(given.timeline.clock_ask().id, 1U) << "once";
  EXPECT_EQ(given.asked(), kEpoch - given.stamp(0));
  EXPECT_TRUE(given.sink.video.empty());
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kNothing);
}

TEST(AgreedClock, ItsOwnClockIsAsGoodAsItsArrival) {
  Server given;
  given.feed(0, 10);
  given.agree(given.asked());
  given.feed(10, 20);
  EXPECT_EQ(given.first(), kEpoch);
  EXPECT_EQ(given.sink.video.size(), 20U) << "what waited is not lost";
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kSource);
}

TEST(AgreedClock, WhoComesLaterPutsTheSamePicturesAtTheSameTime) {
  Server one;
  one.feed(0, 10);
  const base::Micros agreed = one.asked();
  one.agree(agreed);
  one.feed(10, 200);
  Server other(730 * kMillisecond);
  other.feed(50, 65);
  EXPECT_NE(other.asked(), agreed);
  other.agree(agreed);
  other.feed(65, 200);
  ASSERT_EQ(other.sink.times.size(), 150U);
  for (std::size_t i = 0; i < 150; ++i) {
    EXPECT_EQ(other.sink.times[i].pts, one.sink.times[50 + i].pts);
    EXPECT_EQ(other.sink.video[i].dts, one.sink.video[50 + i].dts);
  }
}

TEST(AgreedClock, TheClockThatIsProposedKeepsKeyFramesClearOfSlotsAndTheAgreedOneIsNotMoved) {
  Server one(-kShownFor, 2 * kSecond);  // in the last tenth of a second of a slot
  one.feed(0, 10);
  EXPECT_LT(one.asked(), kEpoch - kShownFor - one.stamp(0));
  Server other(0, 2 * kSecond);
  other.feed(0, 10);
  other.agree(kEpoch - kShownFor - other.stamp(0));
  other.feed(10, 20);
  EXPECT_EQ(other.first(), kEpoch - kShownFor);
}

TEST(AgreedClock, WithoutAnAnswerItIsAtItsArrivalASecondAfterItHasAsked) {
  Server given;
  given.feed(0, 27);
  EXPECT_TRUE(given.sink.video.empty());
  given.feed(27, 30);
  EXPECT_EQ(given.first(), kEpoch);
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalUnknown);
}

TEST(AgreedClock, IfNoneWasAgreedOnItDoesNotWait) {
  Server given;
  given.feed(0, 10);
  given.agree(std::nullopt);
  given.feed(10, 11);
  EXPECT_EQ(given.first(), kEpoch);
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalUnknown);
}

TEST(AgreedClock, AnAnswerToAnotherAskIsNone) {
  Server given;
  given.feed(0, 10);
  given.timeline.agree(given.timeline.clock_ask().id + 1, kEpoch);
  given.timeline.agree(0, kEpoch);
  given.feed(10, 11);
  EXPECT_TRUE(given.sink.video.empty());
  given.agree(given.asked() - kSecond);
  given.agree(given.asked());
  given.feed(11, 12);
  EXPECT_EQ(given.first(), kEpoch - kSecond) << "the first answer counts";
}

TEST(AgreedClock, OneThatIsFarFromTheArrivalIsNotFollowed) {
  for (const base::Micros off : {-8040 * kMillisecond, 8040 * kMillisecond}) {
    Server given;
    given.feed(0, 10);
    given.agree(given.asked() + off);
    given.feed(10, 11);
    EXPECT_EQ(given.first(), kEpoch) << off;
    EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kArrivalFar) << off;
  }
  for (const base::Micros off : {-8 * kSecond, 8 * kSecond}) {
    Server given;
    given.feed(0, 10);
    given.agree(given.asked() + off);
    given.feed(10, 11);
    EXPECT_EQ(given.first(), kEpoch + off);
  }
}

TEST(AgreedClock, IsTheSameInAnotherWrapOfTheStamps) {
  for (const std::int64_t wraps : {-3, -1, 1, 2}) {
    for (const media::Instant wrap : {media::kMpegTsWrap, media::kRtmpWrap}) {
      Server given;
      given.timeline.set_wrap(wrap);
      given.feed(0, 10);
      given.agree(given.asked() - kSecond + media::rescale(wraps * wrap.ticks, wrap.scale, kSecond));
      given.feed(10, 11);
      EXPECT_EQ(given.first(), kEpoch - kSecond) << wraps;
    }
  }
}

TEST(AgreedClock, PicturesWhoseTimeIsTakenAreLeftOutUpToAKeyFrame) {
  Server given;
  given.timeline.not_before(kEpoch + 500 * kMillisecond);  // as after a restart: an earlier worker published that
  given.feed(0, 10);
  given.agree(kEpoch - given.stamp(0));
  given.feed(10, 49);
  EXPECT_TRUE(given.sink.video.empty());
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kNothing);
  given.feed(49, 80);
  EXPECT_EQ(given.first(), kEpoch + 2 * kSecond) << "the next key frame";
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kSource);
  EXPECT_EQ(given.timeline.counters().dropped_overlap, 11U);
}

TEST(AgreedClock, PicturesRightBehindWhatIsTakenAreKept) {
  Server given;
  given.timeline.not_before(kEpoch);
  given.feed(0, 10);
  given.agree(kEpoch - given.stamp(0));
  given.feed(10, 20);
  EXPECT_EQ(given.first(), kEpoch);
}

TEST(AgreedClock, IsAskedForAnewWhenThePublisherComesAgain) {
  Server given;
  given.feed(0, 10);
  given.agree(given.asked());
  given.feed(10, 20);
  given.timeline.on_restart();
  EXPECT_EQ(given.timeline.anchored_at(), AnchoredAt::kNothing);
  given.begin();
  given.feed(50, 60);
  EXPECT_EQ(given.sink.video.size(), 20U) << "it waits";
  EXPECT_EQ(given.timeline.clock_ask().id, 2U);
  given.agree(kEpoch - given.stamp(0));
  given.feed(60, 70);
  EXPECT_EQ(given.sink.times[20].pts, kEpoch + 2 * kSecond);
}

TEST(AgreedClock, AClockThatIsSetAnewInTheMiddleIsToldToTheOthers) {
  Server given;
  given.feed(0, 10);
  given.agree(given.asked());
  given.feed(10, 100);
  for (std::size_t i = 100; i < 250; ++i) {
    given.packets[i].dts += 3600 * given.video.scale;
    given.packets[i].pts += 3600 * given.video.scale;
  }
  given.feed(100, 250);
  EXPECT_EQ(given.timeline.clock_ask().id, 2U);
  EXPECT_NEAR(static_cast<double>(given.asked()), static_cast<double>(kEpoch - given.stamp(0) - 3600 * kSecond), 1e5);
  EXPECT_GE(given.sink.video.size(), 240U) << "nobody waits for the answer";
}

TEST(AgreedClock, SoundAloneFollowsItToo) {
  rig::Sink sink;
  timeline::Timeline timeline({.agreed_clock = true}, sink);
  media::Track track;
  track.id = 1;
  track.codec = media::Codec::kAac;
  track.timescale = 48000;
  track.audio.sample_rate = 48000;
  track.audio.channels = 2;
  timeline.on_track(track);
  const auto send = [&](int from, int until) {
    for (int i = from; i < until; ++i) {
      media::Packet packet;
      packet.track_id = 1;
      packet.pts = packet.dts = std::int64_t{1024} * i;
      packet.duration = 1024;
      packet.key = true;
      packet.arrived = kEpoch + media::rescale(packet.pts, 48000, kSecond);
      timeline.on_packet(std::move(packet));
    }
  };
  send(0, 60);
  EXPECT_EQ(timeline.clock_ask().zero, kEpoch);
  EXPECT_TRUE(sink.audio.empty());
  timeline.agree(timeline.clock_ask().id, kEpoch - kSecond);
  send(60, 70);
  ASSERT_FALSE(sink.audio.empty());
  EXPECT_EQ(sink.audio.front().pts, media::rescale(kEpoch - kSecond, kSecond, 48000));
  EXPECT_EQ(timeline.anchored_at(), AnchoredAt::kSource);
}

}  // namespace
