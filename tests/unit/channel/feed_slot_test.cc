#include "channel/feed_slot.h"

#include <gtest/gtest.h>

#include "fakes.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;
using feed::Role;

class FeedSlotTest : public testing::Test, protected FeedSlotOwner {
 protected:
  void on_feed(const FeedSlot&, const feed::Message& message) override {
    trace_ += (trace_.empty() ? "" : " ") + name_of({feed::Id::kPrimary, message});
  }
  void on_feed_gone(const FeedSlot&, std::string_view reason) override { gone_.emplace_back(reason); }
  base::Micros spare(base::Micros utc) const override { return 10'000 - utc; }
  FakeFeed& take() {
    feeds_.push_back(std::make_unique<FakeFeed>());
    feeds_.back()->sink = slot_.take(request_for("match"), *feeds_.back());
    return *feeds_.back();
  }

  FakeTime time_;
  std::string trace_;
  std::vector<std::string> gone_;
  std::vector<std::unique_ptr<FakeFeed>> feeds_;
  FeedSlot slot_{feed::Id::kPrimary, time_, *this};
};

TEST_F(FeedSlotTest, AnEmptySlotIsNeitherOccupiedNorSilent) {
  time_.advance(10 * kSecond);
  EXPECT_FALSE(slot_.occupied());
  EXPECT_FALSE(slot_.silent());
  EXPECT_EQ(slot_.silence(), 0);
  slot_.close("nobody");
  slot_.end_silence(0);
  EXPECT_EQ(slot_.counters().silences, 0U);
}

TEST_F(FeedSlotTest, KeepsWhatAWorkerMustBeToldOfTheFeed) {
  FakeFeed& feed = take();
  EXPECT_FALSE(slot_.format());
  feed.start();
  feed.rtmp(Role::kHeader, "sound");
  feed.rtmp(Role::kAudio, "frame");
  feed.send(feed::RtmpMessage{feed::kRtmpData, 0, 0, base::Bytes::copy_of("metadata"), Role::kHeader, 0, false});
  feed.send(feed::RtmpMessage{feed::kRtmpData, 0, 0, base::Bytes::copy_of("cue"), Role::kOther, 0, false});
  EXPECT_EQ(trace_, "rtmp 8:sound 8:frame 18:metadata 18:cue");
  EXPECT_EQ(slot_.format(), feed::Format::kRtmp);
  ASSERT_EQ(slot_.headers().size(), 2U);
  EXPECT_EQ(slot_.headers()[0].payload.text(), "metadata");
  EXPECT_EQ(slot_.headers()[1].payload.text(), "sound");
  feed.end();
  EXPECT_FALSE(slot_.format());
  EXPECT_EQ(slot_.since(), 0);
  EXPECT_EQ(gone_, std::vector<std::string>{"connection ended"});
  take();
  EXPECT_TRUE(slot_.headers().empty());
}

TEST_F(FeedSlotTest, CanSpareOfItsPublisherWhatItsChannelCanAndNothingOfOneThatWasReplaced) {
  FakeFeed& first = take();
  EXPECT_EQ(first.sink->spare(4'000), 6'000);
  FakeFeed& second = take();
  EXPECT_EQ(first.sink->spare(4'000), 0);
  EXPECT_EQ(second.sink->spare(4'000), 6'000);
}

TEST_F(FeedSlotTest, CountsWhatComes) {
  FakeFeed& feed = take();
  feed.rtmp(Role::kKeyFrame, "12345");
  feed.rtmp(Role::kAudio, "123");
  feed.send(feed::RtmpMessage{feed::kRtmpVideo, 0, 0, base::Bytes::copy_of("?"), Role::kOther, 0, true});
  feed.send(feed::TsBytes{0, base::Bytes::copy_of("12"), Role::kKeyFrame});
  EXPECT_EQ(slot_.counters().bytes, 11U);
  EXPECT_EQ(slot_.counters().video_messages, 2U);
  EXPECT_EQ(slot_.counters().audio_messages, 1U);
  EXPECT_EQ(slot_.counters().unplayable_messages, 1U);
  EXPECT_EQ(slot_.counters().publishes, 1U);
}

TEST_F(FeedSlotTest, MediaOfAnyKindEndsASilenceAndNothingElseDoes) {
  FakeFeed& feed = take();
  const auto silent_after = [&](const feed::Message& message) {
    time_.advance(kSecond);
    feed.send(message);
    return slot_.silence() != 0;
  };
  const auto rtmp = [](Role role) { return feed::RtmpMessage{9, 0, 0, base::Bytes::copy_of("x"), role, 0, false}; };
  EXPECT_FALSE(silent_after(rtmp(Role::kKeyFrame)));
  EXPECT_FALSE(silent_after(rtmp(Role::kFrame)));
  EXPECT_FALSE(silent_after(rtmp(Role::kAudio)));
  EXPECT_FALSE(silent_after(feed::TsBytes{0, base::Bytes::copy_of("x"), Role::kKeyFrame}));
  EXPECT_TRUE(silent_after(rtmp(Role::kHeader)));
  EXPECT_TRUE(silent_after(rtmp(Role::kOther)));
  EXPECT_TRUE(silent_after(feed::TsBytes{0, base::Bytes::copy_of("x"), Role::kOther}));
  EXPECT_TRUE(silent_after(feed::Dropped{5}));
  EXPECT_EQ(slot_.silence(), 4 * kSecond);
}

TEST_F(FeedSlotTest, IsSilentAfterTwoSecondsWithoutMedia) {
  FakeFeed& feed = take();
  const base::Micros came = time_.steady();
  time_.advance(kSecond);
  feed.rtmp(Role::kAudio, "f");
  time_.advance(FeedSlot::kSilent - 1);
  EXPECT_FALSE(slot_.silent());
  time_.advance(1);
  EXPECT_TRUE(slot_.silent());
  EXPECT_EQ(slot_.flowing_since(), came);
  feed.rtmp(Role::kAudio, "f");
  EXPECT_FALSE(slot_.silent());
  EXPECT_EQ(slot_.flowing_since(), time_.steady());
}

TEST_F(FeedSlotTest, ASilenceIsEndedOnceAtItsLimit) {
  FakeFeed& feed = take();
  time_.advance(5 * kSecond - 1);
  slot_.end_silence(5 * kSecond);
  EXPECT_EQ(feed.closed, "");
  time_.advance(1);
  slot_.end_silence(5 * kSecond);
  slot_.end_silence(5 * kSecond);
  slot_.close("again");
  EXPECT_EQ(feed.closed, "no media for 5 s");
  EXPECT_EQ(slot_.counters().silences, 1U);
  FakeFeed& next = take();
  slot_.close("the channel ends");
  EXPECT_EQ(next.closed, "the channel ends");
}

TEST_F(FeedSlotTest, APublisherThatIsReplacedIsForgottenWhenItsConnectionEnds) {
  FakeFeed& first = take();
  FakeFeed& second = take();
  EXPECT_EQ(first.closed, "another publisher took over");
  EXPECT_EQ(slot_.counters().takeovers, 1U);
  first.rtmp(Role::kAudio, "old");
  EXPECT_EQ(trace_, "");
  FakeFeed& third = take();
  second.end();
  first.end();
  EXPECT_TRUE(gone_.empty());
  EXPECT_TRUE(slot_.occupied());
  third.end();
  EXPECT_EQ(gone_.size(), 1U);
}

TEST_F(FeedSlotTest, SaysWhatTheChoiceOfFeedsGoesBy) {
  EXPECT_FALSE(slot_.state().connected);
  FakeFeed& feed = take();
  time_.advance(kSecond);
  EXPECT_TRUE(slot_.state().connected);
  EXPECT_FALSE(slot_.state().has_media);
  EXPECT_EQ(slot_.state().silence, kSecond);
  feed.rtmp(Role::kHeader, "h");
  EXPECT_FALSE(slot_.state().has_media) << "a header is none";
  feed.rtmp(Role::kKeyFrame, "k");
  EXPECT_TRUE(slot_.state().has_media);
  EXPECT_EQ(slot_.state().silence, 0);
  time_.advance(kSecond);
  EXPECT_EQ(slot_.state().flowing_for, 2 * kSecond);
  time_.advance(2 * kSecond);
  feed.rtmp(Role::kKeyFrame, "k");
  EXPECT_EQ(slot_.state().flowing_for, 0) << "it was silent in between";
  slot_.close("enough");
  EXPECT_FALSE(slot_.state().connected) << "on its way out";
  take();
  EXPECT_FALSE(slot_.state().has_media) << "the media was of another publisher";
}

TEST_F(FeedSlotTest, APublisherThatTakesOverBeginsItsOwnSilence) {
  take();
  time_.advance(10 * kSecond);
  EXPECT_TRUE(slot_.silent());
  FakeFeed& second = take();
  EXPECT_FALSE(slot_.silent());
  EXPECT_EQ(slot_.since(), time_.utc());
  EXPECT_EQ(slot_.flowing_since(), time_.steady());
  time_.advance(FeedSlot::kSilent - 1);
  slot_.end_silence(FeedSlot::kSilent);
  EXPECT_EQ(second.closed, "");
  time_.advance(1);
  slot_.end_silence(FeedSlot::kSilent);
  EXPECT_EQ(second.closed, "no media for 2 s");
}

TEST_F(FeedSlotTest, AShortPauseIsNoNewFlow) {
  FakeFeed& feed = take();
  const base::Micros came = time_.steady();
  for (int i = 0; i < 5; ++i) {
    time_.advance(FeedSlot::kSilent - 1);
    feed.rtmp(Role::kAudio, "f");
  }
  EXPECT_EQ(slot_.flowing_since(), came);
}

TEST_F(FeedSlotTest, KeepsNoKeyOfItsPublisher) {
  ingest::PublishRequest request = request_for("match");
  request.other_keys = {"another"};
  FakeFeed feed;
  feed.sink = slot_.take(request, feed);
  EXPECT_EQ(slot_.publisher().channel, "match");
  EXPECT_TRUE(slot_.publisher().key.empty());
  EXPECT_TRUE(slot_.publisher().other_keys.empty());
}

}  // namespace
}  // namespace channel
