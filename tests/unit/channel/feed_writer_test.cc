#include "channel/feed_writer.h"

#include <gtest/gtest.h>

#include <string>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Role;

/// A worker's end that takes what it is given the time for.
class FakePipe final : public FeedPipe {
 public:
  void write(std::span<const base::Bytes> slices) override {
    ++writes;
    for (const base::Bytes& slice : slices) {
      if (stuck) waiting += slice.size();
      EXPECT_TRUE(reader_.feed(slice.view()).ok());
    }
  }
  std::size_t queued() const override { return waiting; }
  base::Micros due() const override { return needed; }
  void drain() { waiting = 0; }

  std::string trace() {
    std::string text;
    feed::Addressed addressed;
    while (reader_.next(addressed)) {
      const feed::Message& message = addressed.message;
      if (addressed.feed == feed::Id::kBackup) text += "b:";
      if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) text += std::to_string(rtmp->timestamp) + " ";
      if (const auto* dropped = std::get_if<feed::Dropped>(&message))
        text += "dropped(" + std::to_string(dropped->bytes) + ") ";
      if (std::holds_alternative<feed::Tick>(message)) text += "tick ";
      if (std::holds_alternative<feed::Stop>(message)) text += "stop ";
    }
    return text;
  }

  bool stuck = false;
  std::size_t waiting = 0;
  base::Micros needed = 0;  ///< due()
  int writes = 0;

 private:
  feed::Reader reader_;
};

class FeedWriterTest : public testing::Test {
 protected:
  FeedWriterTest() { writer_.attach(&pipe_); }

  void media(std::uint32_t timestamp, Role role, std::size_t size = 10, feed::Id feed = feed::Id::kPrimary) {
    const std::uint8_t type = role == Role::kAudio ? feed::kRtmpAudio : feed::kRtmpVideo;
    writer_.write(feed,
                  feed::RtmpMessage{type, timestamp, 0, base::Bytes::copy_of(std::string(size, 'x')), role, 0, false},
                  time_.steady());
  }
  /// A message that arrives then. Units: milliseconds.
  void picture_at(std::uint32_t at, Role role = Role::kFrame, std::size_t size = 10) {
    arrive(at, feed::kRtmpVideo, role, size);
  }
  void sound_at(std::uint32_t at) { arrive(at, feed::kRtmpAudio, Role::kAudio, 10); }
  void arrive(std::uint32_t at, std::uint8_t type, Role role, std::size_t size) {
    const feed::RtmpMessage message{type, at,   at * kMillisecond, base::Bytes::copy_of(std::string(size, 'x')), role,
                                    0,    false};
    writer_.write(feed::Id::kPrimary, message, time_.steady());
  }
  void write(const feed::Message& message) { writer_.write(feed::Id::kPrimary, message, time_.steady()); }

  FakeTime time_;
  FakePipe pipe_;
  FeedWriter writer_{time_, {.most_bytes = 1 << 20, .most_time = kSecond, .hold = 42 * kMillisecond}};
};

TEST_F(FeedWriterTest, PassesEverythingToAWorkerThatKeepsUp) {
  media(1, Role::kHeader);
  media(2, Role::kKeyFrame);
  media(3, Role::kFrame);
  media(4, Role::kOther);
  EXPECT_EQ(pipe_.trace(), "1 2 3 4 ");
  EXPECT_EQ(writer_.counters().messages, 4U);
  EXPECT_EQ(writer_.counters().dropped_messages, 0U);
}

TEST_F(FeedWriterTest, AWorkerThatStandsStillCostsAtMostTheBoundAndResumesAtAKeyFrame) {
  pipe_.stuck = true;
  for (std::uint32_t i = 1; i <= 30; ++i) media(i, Role::kFrame, 100'000);
  EXPECT_LE(pipe_.queued(), (std::size_t{1} << 20));
  EXPECT_EQ(writer_.counters().dropped_messages, 20U);
  EXPECT_EQ(writer_.counters().dropped_bytes, 2'000'000U);
  EXPECT_EQ(writer_.counters().drops, 1U);
  pipe_.trace();
  media(31, Role::kKeyFrame);  // not yet: the worker has not caught up
  pipe_.drain();
  media(32, Role::kFrame);
  media(33, Role::kAudio);
  media(34, Role::kKeyFrame);
  media(35, Role::kFrame);
  EXPECT_EQ(pipe_.trace(), "dropped(2000030) 34 35 ");
}

TEST_F(FeedWriterTest, TheBoundIsExact) {
  pipe_.stuck = true;
  pipe_.waiting = 1000;
  media(1, Role::kFrame, (1 << 20) - 1000);
  EXPECT_EQ(writer_.counters().drops, 0U);
  pipe_.waiting = 1001;
  media(2, Role::kFrame, (1 << 20) - 1000);
  EXPECT_EQ(writer_.counters().drops, 1U);
}

TEST_F(FeedWriterTest, DecoderConfigurationIsNeverDropped) {
  pipe_.stuck = true;
  for (std::uint32_t i = 1; i <= 30; ++i) media(i, Role::kFrame, 100'000);
  pipe_.trace();
  media(99, Role::kHeader);
  EXPECT_EQ(pipe_.trace(), "99 ");
}

TEST_F(FeedWriterTest, APipeThatStaysFullTooLongDropsToo) {
  pipe_.stuck = true;
  media(1, Role::kFrame, 900'000);
  media(2, Role::kFrame);
  time_.advance(kSecond);
  media(3, Role::kFrame);
  EXPECT_EQ(writer_.counters().drops, 0U);
  time_.advance(1);
  media(4, Role::kFrame);
  EXPECT_EQ(writer_.counters().drops, 1U);
}

TEST_F(FeedWriterTest, APipeThatWasEmptyInBetweenIsNotFullForLong) {
  pipe_.stuck = true;
  media(1, Role::kFrame);
  time_.advance(kSecond);
  pipe_.drain();
  media(2, Role::kFrame);
  media(3, Role::kFrame);
  time_.advance(kSecond);
  media(4, Role::kFrame);
  EXPECT_EQ(writer_.counters().drops, 0U);
}

// Sound alone has no key frames: it once waited for one for ever.
TEST_F(FeedWriterTest, AFeedOfSoundAloneResumesAtItsNextFrame) {
  pipe_.stuck = true;
  for (std::uint32_t i = 1; i <= 30; ++i) media(i, Role::kAudio, 100'000);
  EXPECT_EQ(writer_.counters().drops, 1U);
  pipe_.trace();
  pipe_.stuck = false;
  pipe_.drain();
  media(31, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "dropped(2000000) 31 ");
}

TEST_F(FeedWriterTest, AudioGoesWithTheNextVideoFrameAndInOrder) {
  media(1, Role::kFrame);
  EXPECT_EQ(pipe_.trace(), "1 ");
  time_.advance(kMillisecond);
  media(2, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "");
  media(3, Role::kFrame);
  EXPECT_EQ(pipe_.trace(), "2 3 ");
  EXPECT_EQ(pipe_.writes, 2);
}

TEST_F(FeedWriterTest, AudioWaitsForVideoNoLongerThanTheHold) {
  media(1, Role::kFrame);
  media(2, Role::kAudio);
  time_.advance(20 * kMillisecond);
  media(3, Role::kAudio);  // does not put it off
  pipe_.trace();
  time_.advance(22 * kMillisecond - 1);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(1);
  EXPECT_EQ(pipe_.trace(), "2 3 ");
}

TEST_F(FeedWriterTest, AudioDoesNotWaitForVideoThatHasStopped) {
  media(1, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "1 ");
  media(2, Role::kFrame);
  pipe_.trace();
  time_.advance(200 * kMillisecond);
  media(3, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(1);
  media(4, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "3 4 ");
}

TEST_F(FeedWriterTest, TicksWaitForMediaAndOtherWordsDoNot) {
  write(feed::Tick{5});
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(42 * kMillisecond);
  EXPECT_EQ(pipe_.trace(), "tick ");
  write(feed::Tick{6});
  write(feed::Stop{});
  EXPECT_EQ(pipe_.trace(), "tick stop ");
  time_.advance(kSecond);
  EXPECT_EQ(pipe_.writes, 2);
}

// ---- Media that the worker needs later.

TEST_F(FeedWriterTest, PicturesSoundAndTicksWaitForTheFirstThatIsNeeded) {
  pipe_.needed = 100 * kMillisecond;
  picture_at(0);
  sound_at(20);
  write(feed::Tick{30 * kMillisecond});
  picture_at(40);
  EXPECT_EQ(pipe_.trace(), "");
  picture_at(100);
  EXPECT_EQ(pipe_.trace(), "0 20 tick 40 100 ");
  EXPECT_EQ(pipe_.writes, 1);
}

TEST_F(FeedWriterTest, WhatIsNeededLaterWaitsNoLongerThanUntilThenAndTheHold) {
  pipe_.needed = 100 * kMillisecond;
  picture_at(30);
  time_.advance(40 * kMillisecond);
  picture_at(70);  // does not put it off
  time_.advance(72 * kMillisecond - 1);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(1);
  EXPECT_EQ(pipe_.trace(), "30 70 ");
}

TEST_F(FeedWriterTest, ATickThatComesEarlierThanItIsNeededWaitsAsLong) {
  pipe_.needed = 100 * kMillisecond;
  write(feed::Tick{40 * kMillisecond});
  time_.advance(102 * kMillisecond - 1);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(1);
  EXPECT_EQ(pipe_.trace(), "tick ");
}

TEST_F(FeedWriterTest, SoundThatIsNeededWaitsForTheNextPictureAsEver) {
  pipe_.needed = 100 * kMillisecond;
  picture_at(90);
  sound_at(100);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(52 * kMillisecond);
  EXPECT_EQ(pipe_.trace(), "90 100 ");
}

TEST_F(FeedWriterTest, KeyFramesHeadersAndCommandsNeverWait) {
  pipe_.needed = kSecond;
  picture_at(0);
  picture_at(40, Role::kKeyFrame);
  EXPECT_EQ(pipe_.trace(), "0 40 ");
  picture_at(80);
  media(81, Role::kHeader);
  EXPECT_EQ(pipe_.trace(), "80 81 ");
  picture_at(120);
  media(121, Role::kOther);
  EXPECT_EQ(pipe_.trace(), "120 121 ");
  picture_at(160);
  write(feed::Stop{});
  EXPECT_EQ(pipe_.trace(), "160 stop ");
}

TEST_F(FeedWriterTest, ATransportStreamDoesNotWait) {
  pipe_.needed = kSecond;
  const auto bytes = base::Bytes::of_static(std::string_view("x", 1));
  writer_.write(feed::Id::kPrimary, feed::TsBytes{0, bytes, Role::kFrame}, time_.steady());
  EXPECT_EQ(pipe_.writes, 1);
}

TEST_F(FeedWriterTest, NoMoreWaitsThanTheKernelTakesAtOnce) {
  pipe_.needed = kSecond;
  picture_at(0, Role::kFrame, 24 << 10);
  picture_at(40, Role::kFrame, 24 << 10);
  EXPECT_EQ(pipe_.trace(), "0 40 ");
  picture_at(80, Role::kFrame, 24 << 10);
  EXPECT_EQ(pipe_.trace(), "") << "counted anew after each write";
}

// It may say anything.
TEST_F(FeedWriterTest, AWorkerThatNeedsNothingForLongIsNotBelieved) {
  pipe_.needed = kSecond;
  picture_at(0);
  EXPECT_EQ(pipe_.trace(), "");
  for (const base::Micros never : {kSecond + 41 * kMillisecond, INT64_MAX, INT64_MIN, base::Micros{-1}}) {
    pipe_.needed = never;
    picture_at(40);
    EXPECT_NE(pipe_.trace(), "");
  }
}

TEST_F(FeedWriterTest, WithoutAWorkerMediaIsCountedAsDropped) {
  writer_.attach(nullptr);
  media(1, Role::kKeyFrame);
  media(2, Role::kHeader);
  write(feed::Stop{});
  EXPECT_EQ(writer_.counters().dropped_bytes, 20U);
  writer_.attach(&pipe_);
  media(3, Role::kFrame);
  EXPECT_EQ(pipe_.trace(), "3 ");  // a worker of its own, that has lost nothing
}

TEST_F(FeedWriterTest, WhatIsDroppedIsToldOnceAndFromThenOnAnew) {
  pipe_.stuck = true;
  media(1, Role::kFrame, 1 << 20);
  media(2, Role::kFrame, 100);
  pipe_.drain();
  media(3, Role::kKeyFrame);
  media(4, Role::kFrame);
  EXPECT_EQ(pipe_.trace(), "1 dropped(100) 3 4 ");
  media(5, Role::kFrame, 1 << 20);
  pipe_.drain();
  media(6, Role::kKeyFrame);
  EXPECT_EQ(pipe_.trace(), "dropped(1048576) 6 ");
  EXPECT_EQ(writer_.counters().drops, 2U);
}

TEST_F(FeedWriterTest, OneByteThatWaitsSaysThatTheWorkerHasNotCaughtUp) {
  pipe_.waiting = 1 << 20;
  media(1, Role::kFrame);
  pipe_.waiting = 1;
  media(2, Role::kKeyFrame);
  EXPECT_EQ(pipe_.trace(), "");
  pipe_.waiting = 0;
  media(3, Role::kKeyFrame);
  EXPECT_EQ(pipe_.trace(), "dropped(20) 3 ");
}

TEST_F(FeedWriterTest, SoundBesideVideoWaitsForTheVideosKeyFrame) {
  media(1, Role::kFrame);
  pipe_.waiting = 1 << 20;
  media(2, Role::kFrame);
  pipe_.waiting = 0;
  pipe_.trace();
  time_.advance(200 * kMillisecond);
  media(3, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "");
  time_.advance(1);
  media(4, Role::kAudio);
  EXPECT_EQ(pipe_.trace(), "dropped(20) 4 ") << "the video has stopped";
}

TEST_F(FeedWriterTest, ANewWorkerIsNotToldOfWhatTheOneBeforeLost) {
  pipe_.waiting = 1 << 20;
  media(1, Role::kFrame);
  FakePipe next;
  writer_.attach(&next);
  media(2, Role::kFrame);
  EXPECT_EQ(next.trace(), "2 ") << "and need not wait for a key frame";
  EXPECT_EQ(writer_.counters().drops, 1U);
}

TEST_F(FeedWriterTest, WhatIsHeldForOneWorkerIsNotWrittenToTheNext) {
  media(1, Role::kFrame);
  media(2, Role::kAudio);
  FakePipe next;
  writer_.attach(&next);
  time_.advance(kSecond);
  media(3, Role::kFrame);
  EXPECT_EQ(next.trace(), "3 ");
  EXPECT_EQ(pipe_.trace(), "1 ");
}

TEST_F(FeedWriterTest, ATransportStreamIsBoundedAsMessagesAre) {
  const auto ts = [&](Role role, std::size_t size) {
    writer_.write(feed::Id::kPrimary, feed::TsBytes{0, base::Bytes::copy_of(std::string(size, 'x')), role},
                  time_.steady());
  };
  pipe_.stuck = true;
  ts(Role::kKeyFrame, 1 << 20);
  EXPECT_EQ(writer_.counters().drops, 0U);
  ts(Role::kFrame, 188);
  EXPECT_EQ(writer_.counters().drops, 1U);
  EXPECT_EQ(writer_.counters().dropped_bytes, 188U);
  pipe_.drain();
  ts(Role::kOther, 188);
  EXPECT_EQ(writer_.counters().dropped_messages, 2U);
  ts(Role::kKeyFrame, 188);
  EXPECT_EQ(pipe_.trace(), "dropped(376) ");
}

// ---- Two feeds.

TEST_F(FeedWriterTest, KeepsTheOrderInWhichTheFeedsWereHeard) {
  media(1, Role::kAudio);
  media(2, Role::kAudio, 10, feed::Id::kBackup);
  media(3, Role::kKeyFrame);
  media(4, Role::kKeyFrame, 10, feed::Id::kBackup);
  EXPECT_EQ(pipe_.trace(), "1 b:2 3 b:4 ");
}

TEST_F(FeedWriterTest, DropsTheFeedThatIsNotShownAtHalfTheBound) {
  pipe_.stuck = true;
  pipe_.waiting = 600 << 10;  // of 1 MiB
  media(1, Role::kKeyFrame);
  media(2, Role::kKeyFrame, 10, feed::Id::kBackup);
  EXPECT_EQ(pipe_.trace(), "1 ");
  EXPECT_EQ(writer_.counters().dropped_messages, 1U);
  writer_.set_shown(feed::Id::kBackup);
  pipe_.stuck = false;
  pipe_.drain();
  media(3, Role::kFrame, 10, feed::Id::kBackup);
  media(4, Role::kKeyFrame, 10, feed::Id::kBackup);
  EXPECT_EQ(pipe_.trace(), "b:dropped(20) b:4 ") << "it goes on at its next key frame";
  pipe_.waiting = 600 << 10;
  media(5, Role::kFrame, 10, feed::Id::kBackup);
  media(6, Role::kKeyFrame);
  EXPECT_EQ(pipe_.trace(), "b:5 ") << "now the other one is dropped first";
}

}  // namespace
}  // namespace channel
