#include "worker/feed.h"

#include <gtest/gtest.h>

#include <string>

#include "feeds.h"

namespace worker {
namespace {

/// A feed, and what came out of it.
class FeedTest : public testing::Test, protected FeedOwner {
 protected:
  void on_feed_event(Feed& feed, media::Event&& event) override {
    if (const auto* track = std::get_if<media::Track>(&event)) tracks_.push_back(track->id);
    if (std::holds_alternative<media::Loss>(event)) trace_ += 'L';
    auto* packet = std::get_if<media::Packet>(&event);
    if (packet == nullptr) return;
    trace_ += '.';
    ids_.push_back(packet->track_id);
    if (keeps_) feed.keep(std::move(*packet));
  }
  void begin(Feed& feed) {
    feed.start({feed::Format::kRtmp});
    feed.input().take(rtmp_video_header(kEpoch));
    feed.input().take(rtmp_audio_header(kEpoch));
  }
  /// Pictures and sound of [from, until) ms; a key frame every `gop` ms.
  void play(Feed& feed, std::int64_t from, std::int64_t until, std::int64_t gop = 1000) {
    for (std::int64_t at = from; at < until; at += 20) {
      const base::Micros utc = kEpoch + at * base::kMillisecond;
      if (at % 40 == 0) feed.input().take(rtmp_picture(at, utc, at % gop == 0));
      feed.input().take(rtmp_sound(at, utc));
    }
  }

  bool keeps_ = true;
  std::string trace_;  ///< a dot for each packet, an L for each loss
  std::vector<std::uint32_t> tracks_;
  std::vector<std::uint32_t> ids_;
  Feed feed_{feed::Id::kPrimary, {"test", 0, 0}, *this};
  Feed backup_{feed::Id::kBackup, {"test", 0, 0}, *this};
};

TEST_F(FeedTest, KeepsWhatItsVideoCanBeDecodedFrom) {
  begin(feed_);
  play(feed_, 0, 2520);
  const Feed::Recent recent = feed_.take_recent();
  ASSERT_EQ(recent.video.size(), 13U) << "from 2 s on";
  EXPECT_TRUE(recent.video.front().key);
  EXPECT_EQ(recent.video.front().arrived, kEpoch + 2 * base::kSecond);
  for (std::size_t i = 1; i < recent.video.size(); ++i) EXPECT_FALSE(recent.video[i].key);
  EXPECT_TRUE(feed_.take_recent().video.empty()) << "it was taken";
}

TEST_F(FeedTest, KeepsASecondOfItsSound) {
  begin(feed_);
  play(feed_, 0, 3000);
  const Feed::Recent recent = feed_.take_recent();
  EXPECT_NEAR(static_cast<double>(recent.audio.size()), 48, 4);
  EXPECT_GE(recent.audio.front().arrived, kEpoch + 1980 * base::kMillisecond);
}

TEST_F(FeedTest, GivesUpAGroupOfPicturesThatIsTooLongUntilTheNextKeyFrame) {
  begin(feed_);
  play(feed_, 0, 12'040, 20'000);
  EXPECT_FALSE(feed_.take_recent().video.empty()) << "12 s";
  play(feed_, 12'040, 20'000, 20'000);
  EXPECT_TRUE(feed_.take_recent().video.empty()) << "what follows needs what was taken";
  play(feed_, 20'000, 32'080, 20'000);
  EXPECT_TRUE(feed_.take_recent().video.empty()) << "more than 12 s";
  play(feed_, 32'080, 40'080, 20'000);
  EXPECT_EQ(feed_.take_recent().video.size(), 2U);
}

TEST_F(FeedTest, KeepsNothingAcrossALossOrAChangeOfFormat) {
  begin(feed_);
  play(feed_, 0, 1480);
  feed_.on_loss();
  play(feed_, 1480, 1960);
  EXPECT_TRUE(feed_.take_recent().video.empty());
  play(feed_, 2000, 2480);
  rtmp::Buffer other = rtmp::kAvcc;
  other[3] = other[11] = 0x20;  // another level
  feed_.input().take(rtmp_video_header(kEpoch, other));
  play(feed_, 2480, 4240);
  const Feed::Recent recent = feed_.take_recent();
  ASSERT_FALSE(recent.video.empty());
  EXPECT_EQ(recent.video.front().arrived, kEpoch + 4 * base::kSecond) << "in the new format alone";
}

TEST_F(FeedTest, ALossIsToldBehindTheHeldBackPacketsThatCameBeforeIt) {
  begin(feed_);
  play(feed_, 0, 1480);
  feed_.set_delay(400 * base::kMillisecond);
  play(feed_, 1480, 1960);
  trace_.clear();
  feed_.on_loss();
  EXPECT_EQ(trace_, "") << "what came before it is not out yet";
  play(feed_, 2000, 2480);
  feed_.drain();
  const std::size_t loss = trace_.find('L');
  ASSERT_NE(loss, std::string::npos);
  EXPECT_GT(loss, 10U) << trace_;
  EXPECT_GT(trace_.size(), loss + 10) << trace_;
  EXPECT_EQ(trace_.find('L', loss + 1), std::string::npos) << "one loss";
  EXPECT_EQ(feed_.take_recent().video.front().arrived, kEpoch + 2400 * base::kMillisecond) << "none from before it";
}

TEST_F(FeedTest, WithoutADelayALossIsToldAtOnce) {
  begin(feed_);
  play(feed_, 0, 1480);
  trace_.clear();
  feed_.on_loss();
  EXPECT_EQ(trace_, "L");
}

TEST_F(FeedTest, APublisherThatComesAgainStartsAfresh) {
  begin(feed_);
  play(feed_, 0, 1480);
  EXPECT_EQ(feed_.tracks().size(), 2U);
  feed_.start({feed::Format::kRtmp});
  EXPECT_TRUE(feed_.tracks().empty());
  EXPECT_EQ(feed_.video(), nullptr);
  EXPECT_TRUE(feed_.take_recent().video.empty());
}

TEST_F(FeedTest, TracksOfTwoFeedsHaveNoIdInCommon) {
  keeps_ = false;
  for (Feed* feed : {&feed_, &backup_}) {
    begin(*feed);
    play(*feed, 0, 1000);
  }
  ASSERT_EQ(tracks_.size(), 4U);
  std::sort(tracks_.begin(), tracks_.end());
  EXPECT_EQ(std::unique(tracks_.begin(), tracks_.end()), tracks_.end());
  ASSERT_NE(backup_.video(), nullptr);
  EXPECT_NE(backup_.video()->id, feed_.video()->id);
  EXPECT_EQ(ids_.back() >> 16, 1U);
}

TEST_F(FeedTest, CountsItsPackets) {
  begin(feed_);
  play(feed_, 0, 2000);
  feed_.input().stop();
  EXPECT_EQ(feed_.video_packets(), 50U);
  EXPECT_NEAR(static_cast<double>(feed_.audio_packets()), 94, 8);
  EXPECT_EQ(backup_.video_packets(), 0U);
}

TEST_F(FeedTest, KnowsWhatItsPicturesShowWhileItIsProbed) {
  begin(feed_);
  play(feed_, 0, 1480);
  EXPECT_FALSE(feed_.health().newest) << "nobody looks";
  feed_.set_probing(Feed::Probing::kAll);
  feed_.set_probing(Feed::Probing::kNone);
  EXPECT_FALSE(feed_.health().newest);
  backup_.set_probing(Feed::Probing::kAll);
  EXPECT_FALSE(backup_.health().newest) << "it has no track yet";
}

}  // namespace
}  // namespace worker
