#include "channel/channels.h"

#include <gtest/gtest.h>

#include "channels_fixture.h"
#include "hls/media_playlist.h"

namespace channel {
namespace {

using base::kMillisecond;
using base::kSecond;

TEST_F(ChannelsTest, ABackupKeyPublishesTheBackupFeed) {
  ASSERT_EQ(publish("match", "spare"), "");
  ASSERT_EQ(publish("match", "secret"), "");
  using feed::Id;
  EXPECT_EQ(channels_->occupied(), (ingest::FeedNames{{"match", Id::kPrimary}, {"match", Id::kBackup}}));
  EXPECT_NE(publish("match", "spare"), "") << "it is there";
  EXPECT_EQ(channels_->switch_feed("match", Id::kBackup), Channel::SwitchOutcome::kShownAlready) << "it was first";
  EXPECT_EQ(channels_->switch_feed("match", Id::kPrimary), Channel::SwitchOutcome::kNoMedia) << "only headers yet";
  feeds_[1].rtmp(feed::Role::kKeyFrame, "k");
  EXPECT_EQ(channels_->switch_feed("match", Id::kPrimary), Channel::SwitchOutcome::kDone);
  EXPECT_EQ(channels_->switch_feed("none", Id::kPrimary), std::nullopt);
}

TEST_F(ChannelsTest, AKeyThatIsTakenFromOneFeedDisconnectsThatPublisherAlone) {
  ASSERT_EQ(publish("match", "secret"), "");
  ASSERT_EQ(publish("match", "spare"), "");
  Channels::Settings changed = settings();
  changed.at("match").backup_keys = {"other"};
  channels_->configure(changed, Limits{});
  EXPECT_EQ(feeds_[0].closed, "");
  EXPECT_NE(feeds_[1].closed, "");
  feeds_[1].end();
  changed.at("match").keys = {"other"};
  changed.at("match").backup_keys = {"secret"};
  channels_->configure(changed, Limits{});
  EXPECT_NE(feeds_[0].closed, "") << "its key is for the backup feed now";
}

TEST_F(ChannelsTest, MakesAChannelForWhomTheirSettingsAdmit) {
  EXPECT_EQ(publish("match", "wrong").empty(), false);
  EXPECT_EQ(channels_->denied(), 1U);
  EXPECT_TRUE(channels_->reports().empty());
  EXPECT_EQ(publish("match"), "");
  EXPECT_EQ(publish("other", ""), "");
  ASSERT_EQ(channels_->reports().size(), 2U);
  EXPECT_EQ(channels_->reports()[0].name, "match");
  EXPECT_EQ(channels_->reports()[0].feeds[0].encoder, "test encoder");
  EXPECT_EQ(channels_->reports()[0].feeds[0].counters.publishes, 1U);
  EXPECT_TRUE(channels_->reports()[0].worker.running);
}

TEST_F(ChannelsTest, ReportsOneChannelWithHowItIsRun) {
  EXPECT_FALSE(channels_->report("match"));
  EXPECT_EQ(publish("match"), "");
  EXPECT_EQ(publish("other", ""), "");
  const auto one = channels_->report("match");
  ASSERT_TRUE(one);
  EXPECT_EQ(one->report.name, "match");
  EXPECT_TRUE(one->report.feeds[0].used);
  ASSERT_NE(one->options, nullptr);
  EXPECT_EQ(one->options->keys, settings().at("match").keys);
}

TEST_F(ChannelsTest, RefusalsAreEventsWithAReasonAndNoNameThatIsNotKnown) {
  publish("match", "wrong");
  publish("match");
  publish("match");
  channels_->configure({{"match", settings()["match"]}}, {});
  publish("my-secret-key");
  const auto refused = events_.of("publisher.refused");
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused[0].find("publisher.refused match reason=denied protocol=rtmp"), 0U);
  EXPECT_EQ(refused[1].find("publisher.refused match reason=busy"), 0U);
  EXPECT_EQ(refused[2].find("publisher.refused  reason=not_found"), 0U);
  for (const std::string& line : refused) EXPECT_EQ(line.find("my-secret-key"), std::string::npos) << line;
}

TEST_F(ChannelsTest, ALimitThatAPublisherMeetsIsAnEvent) {
  Limits limits;
  limits.channels = 1;
  channels_->configure(settings(), limits);
  ASSERT_EQ(publish("one"), "");
  ASSERT_NE(publish("two"), "");
  EXPECT_EQ(events_.of("admission").size(), 1U);
  EXPECT_EQ(events_.of("admission.refused  reason=channels ").size(), 1U);
}

TEST_F(ChannelsTest, DisconnectsWhoseKeyIsTakenBack) {
  ASSERT_EQ(publish("match", "secret"), "");
  ASSERT_EQ(publish("other", ""), "");
  Channels::Settings next = settings();
  next.at("match").keys = {"new", "secret"};
  channels_->configure(next, {});
  EXPECT_EQ(feeds_[0].closed, "") << "its key is there still";
  next.at("match").keys = {"new"};
  channels_->configure(next, {});
  EXPECT_NE(feeds_[0].closed, "");
  EXPECT_EQ(feeds_[1].closed, "") << "another channel's";
  next.erase("*");
  channels_->configure(next, {});
  EXPECT_NE(feeds_[1].closed, "") << "the channel is gone";
}

// It may be a key in the wrong place.
TEST_F(ChannelsTest, DoesNotLogANameThatNobodyKnows) {
  testing::internal::CaptureStderr();
  EXPECT_NE(publish("TopSecret/Key"), "");
  channels_->configure({{"match", settings().at("match")}}, {});
  EXPECT_NE(publish("TopSecretKey"), "");
  EXPECT_NE(publish("match", "TopSecretKey"), "");
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(log.find("TopSecret"), std::string::npos) << log;
  EXPECT_NE(log.find("publish to live/CHANNEL?key=KEY"), std::string::npos) << log;
  EXPECT_NE(log.find("channel=match"), std::string::npos) << log;
}

TEST_F(ChannelsTest, TellsOnceWhenAPublisherFallsSilentAndWhenItIsBack) {
  ASSERT_EQ(publish("match"), "");
  EXPECT_EQ(occupied_.back(), Names{"match"});
  feeds_.back().rtmp(feed::Role::kAudio, "f");
  time_.advance(100 * kMillisecond);
  const std::size_t before = occupied_.size();
  time_.advance(FeedSlot::kSilent - 101 * kMillisecond);
  EXPECT_EQ(occupied_.size(), before);
  spawner_.newest().beat();
  time_.advance(101 * kMillisecond);
  EXPECT_EQ(occupied_.size(), before + 1);
  EXPECT_EQ(occupied_.back(), Names{});
  EXPECT_TRUE(channels_->reports()[0].feeds[0].silent);
  feeds_.back().rtmp(feed::Role::kAudio, "f");
  time_.advance(100 * kMillisecond);
  EXPECT_EQ(occupied_.size(), before + 2);
  EXPECT_EQ(occupied_.back(), Names{"match"});
  feeds_.back().end();
  EXPECT_EQ(occupied_.back(), Names{});
}

TEST_F(ChannelsTest, ForgetsAChannelWhenNothingOfItCanBeAskedForAnyMore) {
  ASSERT_EQ(publish("other"), "");
  spawner_.newest().say({sound(), part_at(time_.utc(), 0)});
  feeds_.back().end();
  time_.advance(20 * kSecond);  // grace
  end_all_workers();
  time_.advance(kSecond);  // that players have for the last parts
  ASSERT_EQ(channels_->reports().size(), 1U);
  EXPECT_EQ(channels_->reports()[0].state, Channel::State::kEnded);
  // Window, two segments, and what a cache may still show.
  const int target = hls::target_duration_for({2, 1});
  time_.advance((14 + hls::longest_cache_life(target) + 10) * kSecond - 100 * kMillisecond);
  EXPECT_TRUE(removed_.empty());
  time_.advance(200 * kMillisecond);
  EXPECT_EQ(removed_, std::vector<std::string>{"other"});
  EXPECT_TRUE(channels_->reports().empty());
}

TEST_F(ChannelsTest, ARunningChannelTakesNewSettings) {
  ASSERT_EQ(publish("other"), "");
  Channels::Settings next = settings();
  next["*"].takeover = true;
  channels_->configure(next, {});
  EXPECT_EQ(publish("other"), "");
  EXPECT_EQ(channels_->reports()[0].feeds[0].counters.takeovers, 1U);
  next["match"].keys = {"another"};
  channels_->configure(next, {});
  EXPECT_NE(publish("match"), "");
}

TEST_F(ChannelsTest, StopsWhenEveryChannelHasEnded) {
  ASSERT_EQ(publish("match"), "");
  ASSERT_EQ(publish("other"), "");
  int done = 0;
  channels_->stop([&] { ++done; });
  EXPECT_EQ(publish("third"), "the server is stopping");
  spawner_.processes[0]->die();
  time_.advance(kSecond);
  EXPECT_EQ(done, 0);
  end_all_workers();
  EXPECT_EQ(done, 0);  // not from within
  time_.advance(100 * kMillisecond);
  EXPECT_EQ(done, 1);
  time_.advance(kSecond);
  EXPECT_EQ(done, 1);
}

TEST_F(ChannelsTest, MayBeDestroyedByItsLastWord) {
  channels_->stop([&] { channels_.reset(); });
  time_.advance(100 * kMillisecond);
  EXPECT_EQ(channels_, nullptr);
}

TEST_F(ChannelsTest, DisconnectsWhoPublishesToOneChannelAndLetsItComeBack) {
  ASSERT_EQ(publish("match"), "");
  ASSERT_EQ(publish("other"), "");
  EXPECT_EQ(channels_->disconnect("match", feed::Id::kPrimary, "enough"), Channels::Disconnect::kDone);
  EXPECT_EQ(feeds_[0].closed, "enough");
  EXPECT_EQ(feeds_[1].closed, "");
  EXPECT_EQ(channels_->disconnect("match", feed::Id::kPrimary, "again"), Channels::Disconnect::kNoPublisher)
      << "it is on its way out";
  EXPECT_EQ(feeds_[0].closed, "enough");
  feeds_[0].end();
  EXPECT_EQ(channels_->disconnect("match", feed::Id::kPrimary, "again"), Channels::Disconnect::kNoPublisher);
  ASSERT_EQ(publish("match"), "");
  EXPECT_EQ(channels_->disconnect("match", feed::Id::kPrimary, "again"), Channels::Disconnect::kDone);
}

TEST_F(ChannelsTest, DisconnectsNobodyFromAChannelThatIsUnknown) {
  ASSERT_EQ(publish("match"), "");
  EXPECT_EQ(channels_->disconnect("matc", feed::Id::kPrimary, "enough"), Channels::Disconnect::kNoChannel);
  EXPECT_EQ(channels_->disconnect("*", feed::Id::kPrimary, "enough"), Channels::Disconnect::kNoChannel);
  EXPECT_EQ(feeds_[0].closed, "");
}

/// A server with room for few channels, and publishers from all over.
class ChannelLimitsTest : public ChannelsTest {
 protected:
  ChannelLimitsTest() {
    Channels::Settings keyed = settings();
    keyed["*"].keys = {"secret"};
    channels_->configure(keyed, {.channels = 4, .channels_per_address = 3, .new_per_second = 2});
  }
  /// Why a publisher is refused that then sends nothing; "" where it is let in.
  std::string connect(const std::string& channel, const std::string& peer, const std::string& key = "secret") {
    feeds_.emplace_back();
    ingest::PublishRequest request = request_for(channel);
    request.key = key;
    request.peer = peer;
    request.loopback = peer.starts_with("127.");
    auto answer = channels_->on_publish(request, feeds_.back());
    if (auto* refusal = std::get_if<ingest::Publisher::Refusal>(&answer)) return refusal->text;
    feeds_.back().sink = std::get<ingest::FeedSink*>(answer);
    feeds_.back().start();
    return {};
  }
  /// The same of one that sends media.
  std::string live(const std::string& channel, const std::string& peer) {
    std::string refused = connect(channel, peer);
    if (refused.empty()) feeds_.back().rtmp(feed::Role::kKeyFrame, "k");
    return refused;
  }
  static constexpr const char* kNoRoom = "the server has as many channels as it may have";
  static constexpr const char* kNoRoomForAddress = "your address has as many channels as it may have";
};

TEST_F(ChannelLimitsTest, RefusesChannelsBeyondTheLimitAndNoneThatTheConfigurationNames) {
  for (const char* name : {"a", "b", "c", "d"}) ASSERT_EQ(live(name, std::string("192.0.2.") + name[0] + ":1"), "");
  EXPECT_EQ(live("e", "198.51.100.1:1"), kNoRoom);
  EXPECT_EQ(live("f", "127.0.0.1:1"), kNoRoom) << "the limit of channels is for all";
  EXPECT_EQ(live("match", "192.0.2.a:2"), "") << "a channel with an entry of its own comes in";
  EXPECT_EQ(channels_->limited(), (LimitCounters{2, 0, 0, 0}));
  EXPECT_EQ(channels_->denied(), 0U);
  EXPECT_EQ(spawner_.processes.size(), 5U);
}

TEST_F(ChannelLimitsTest, AFloodFromOneAddressLeavesRoomForOthersAndForNamedChannels) {
  int refused = 0;
  for (int i = 0; i < 600; ++i) refused += live("n" + std::to_string(i), "192.0.2.1:1").empty() ? 0 : 1;
  EXPECT_EQ(refused, 597);
  EXPECT_EQ(spawner_.processes.size(), 3U);
  EXPECT_EQ(live("match", "192.0.2.1:2"), "") << "named, behind the same address";
  EXPECT_EQ(live("honest", "192.0.2.2:1"), "") << "another address";
}

TEST_F(ChannelLimitsTest, AnAddressMakesSoManyChannelsASecond) {
  for (int i = 0; i < 600; ++i) {
    static_cast<void>(connect("n" + std::to_string(i), "192.0.2.1:1"));
    if (feeds_.back().sink != nullptr) feeds_.back().end();
  }
  EXPECT_EQ(channels_->limited(), (LimitCounters{0, 0, 592, 0})) << "four seconds' worth came in";
  EXPECT_EQ(connect("other", "192.0.2.2:1"), "");
  time_.advance(kSecond);
  EXPECT_EQ(connect("late", "192.0.2.1:1"), "");
  EXPECT_EQ(channels_->reports().size(), 2U) << "nothing is left of the flood";
  EXPECT_TRUE(spawner_.processes.empty());
}

TEST_F(ChannelLimitsTest, APublisherThatComesBackToItsChannelIsNotLimited) {
  ASSERT_EQ(live("mine", "192.0.2.1:1"), "");
  for (int i = 0; i < 50; ++i) {
    feeds_.back().end();
    ASSERT_EQ(connect("mine", "192.0.2.1:1"), "") << i;
  }
}

TEST_F(ChannelLimitsTest, WhoSendsNothingGivesItsPlaceUp) {
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(connect(name, "192.0.2.1:1"), "");
  EXPECT_EQ(connect("d", "192.0.2.1:2"), kNoRoomForAddress) << "they may be about to send";
  time_.advance(FeedSlot::kSilent);
  EXPECT_EQ(live("d", "192.0.2.1:2"), "");
  EXPECT_EQ(feeds_[0].closed, "no media, and the server is at its channel limit");
  EXPECT_EQ(live("e", "192.0.2.1:2"), "");
  EXPECT_EQ(feeds_[1].closed, "no media, and the server is at its channel limit") << "one place is given up once";
  EXPECT_EQ(feeds_[2].closed, "");
}

// An SRT caller gets a reason only before it is admitted: the gate has to know the channels.
TEST_F(ChannelLimitsTest, TellsGatesWhenThereIsNoRoomAndWhoMayComeBack) {
  EXPECT_EQ(channels_->accepted_when_full(), std::nullopt);
  for (const char* name : {"a", "b", "c"}) ASSERT_EQ(live(name, std::string("192.0.2.") + name[0] + ":1"), "");
  ASSERT_EQ(connect("d", "192.0.2.1:2"), "");
  EXPECT_EQ(channels_->accepted_when_full(), (Names{"a", "b", "c", "d"}));
  time_.advance(FeedSlot::kSilent);
  EXPECT_EQ(channels_->accepted_when_full(), std::nullopt) << "d would give its place up";
}

TEST_F(ChannelLimitsTest, WhoSendsMediaKeepsItsPlace) {
  for (const char* name : {"a", "b", "c", "d"}) ASSERT_EQ(live(name, std::string("192.0.2.") + name[0] + ":1"), "");
  time_.advance(5 * kSecond);
  EXPECT_EQ(live("e", "198.51.100.1:1"), kNoRoom);
}

TEST_F(ChannelLimitsTest, AStrangerWithoutAKeyIsRefusedBeforeItCostsAnything) {
  for (int i = 0; i < 600; ++i) EXPECT_NE(connect("n" + std::to_string(i), "192.0.2.1:1", "wrong"), "");
  EXPECT_EQ(channels_->denied(), 600U);
  EXPECT_EQ(channels_->limited(), LimitCounters{});
  EXPECT_TRUE(channels_->reports().empty());
  EXPECT_EQ(live("mine", "192.0.2.1:1"), "") << "and takes nothing of what its address may do";
}

TEST_F(ChannelLimitsTest, AChannelThatNeverHadMediaIsForgottenAtOnce) {
  ASSERT_EQ(connect("a", "192.0.2.1:1"), "");
  feeds_.back().end();
  time_.advance(100 * kMillisecond);
  EXPECT_TRUE(channels_->reports().empty());
  EXPECT_EQ(removed_, std::vector<std::string>{"a"});
}

TEST_F(ChannelsTest, NamesAChannelThatIsStaleAndRequired) {
  Channels::Settings required = settings();
  for (auto& [name, options] : required) options.required = true;
  channels_->configure(required, {});
  ASSERT_EQ(publish("match"), "");
  EXPECT_EQ(channels_->stale(), "");
  for (int i = 0; i < 120; ++i) {
    feeds_.back().rtmp(feed::Role::kAudio, "f");
    spawner_.newest().beat();
    time_.advance(100 * kMillisecond);
  }
  EXPECT_EQ(channels_->stale(), "match");
  channels_->configure(settings(), {});
  EXPECT_EQ(channels_->stale(), "") << "only what is required counts";
}

}  // namespace
}  // namespace channel
