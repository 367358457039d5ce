#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "producing.h"

/// A channel that gets one transport stream over two paths, as its two feeds.
namespace worker {
namespace {

using feed::Id;
using How = feed::Select::How;

class TwoPaths {
 public:
  explicit TwoPaths(job::Options options = copying()) : channel(std::move(options)) {
    for (const Id id : feed::kIds) start(id);
  }

  void start(Id id) {
    as(id);
    channel.start(feed::Format::kMpegTs);
    there[feed::index(id)] = true;
  }
  void stop(Id id) {
    as(id);
    channel.say(feed::Stop{});
    there[feed::index(id)] = false;
  }
  void select(Id id, How how, feed::SwitchReason reason) {
    as(id);
    channel.say(feed::Select{how, reason});
  }
  /// The encoder sends pictures and sound in [from, until) ms; each path brings them after its delay.
  void play(std::int64_t from, std::int64_t until) {
    for (std::int64_t at = from; at < until; at += 20) {
      if (at % 200 == 0) send(encoder_.tables({}, true), at);
      if (at % 40 == 0) send(encoder_.picture(static_cast<int>(at / 40), {}), at);
      send(encoder_.sound(static_cast<int>(at * 3 / 64), {}), at);
      deliver(at);
      if (at % 100 == 0) channel.say(feed::Tick{Producing::utc(at)});
      if (channel.production.encoded_descriptor() >= 0) channel.production.on_encoded();
    }
  }
  bool merged() const { return stats(Id::kPrimary).merged == 1; }
  std::uint64_t only(Id id) const { return stats(id).only_packets; }

  struct Seen {
    std::uint64_t merged, only_packets, video_packets;
  };
  Seen stats(Id id) const {
    job::Stats stats{};
    channel.production.report(stats);
    const job::FeedStats& of = stats.feeds[feed::index(id)];
    return {of.merged, of.only_packets, of.video_packets};
  }
  void expect_seamless(std::string_view name) const {
    const std::vector<record::Part> parts = channel.parts(name);
    ASSERT_GT(parts.size(), 2U);
    for (std::size_t i = 1; i < parts.size(); ++i) {
      EXPECT_EQ(parts[i].start, parts[i - 1].start + parts[i - 1].duration) << name << " " << i;
    }
    EXPECT_EQ(count_held(parts), 0U) << name;
    EXPECT_TRUE(channel.all<record::Gap>().empty());
    EXPECT_TRUE(channel.all<record::Discontinuity>().empty());
  }
  std::size_t switches() const {
    const auto markers = channel.all<record::Marker>();
    return static_cast<std::size_t>(
        std::count_if(markers.begin(), markers.end(), [](const auto& marker) { return marker.kind == "switch"; }));
  }
  /// Samples in the parts.
  std::size_t pictures() const {
    std::size_t count = 0;
    for (const record::Part& part : channel.parts("source")) count += part_pictures(part);
    return count;
  }
  void as(Id id) { channel.feed = id; }

  Producing channel;
  std::array<bool, 2> there{};
  std::array<std::int64_t, 2> delay{0, 60};
  std::function<bool(Id, int)> loses = [](Id, int) { return false; };  ///< by the number of the message

 private:
  static std::size_t part_pictures(const record::Part& part) {
    // Each of TsFeed's pictures has one access unit delimiter.
    const std::string_view text = part.data.text();
    std::size_t count = 0;
    for (std::size_t at = 0; (at = text.find(std::string_view("\0\0\0\x02\x09", 5), at)) != text.npos; ++at) ++count;
    return count;
  }
  void send(feed::TsBytes bytes, std::int64_t at) {
    for (const Id id : feed::kIds) {
      if (there[feed::index(id)] && !loses(id, number_))
        ways_[feed::index(id)].push_back({at + delay[feed::index(id)], bytes});
    }
    ++number_;
  }
  void deliver(std::int64_t now) {
    for (const Id id : feed::kIds) {
      auto& way = ways_[feed::index(id)];
      if (!there[feed::index(id)]) way.clear();
      for (; !way.empty() && way.front().first <= now; way.pop_front()) {
        as(id);
        way.front().second.arrived = Producing::utc(now);
        channel.say(way.front().second);
      }
    }
  }

  TsFeed encoder_;
  std::array<std::deque<std::pair<std::int64_t, feed::TsBytes>>, 2> ways_;
  int number_ = 0;
};

TEST(MergedFeeds, ThatBringTheSameAreOneAndCoverEachOthersLosses) {
  for (const std::int64_t delay : {-60, 0, 60, 200}) {
    TwoPaths paths;
    paths.delay = {std::max<std::int64_t>(-delay, 0), std::max<std::int64_t>(delay, 0)};
    paths.loses = [](Id id, int number) { return number > 200 && number % 20 == (id == Id::kPrimary ? 3 : 13); };
    paths.play(0, 8000);
    EXPECT_TRUE(paths.merged()) << delay;
    EXPECT_GT(paths.only(Id::kBackup), 10U) << delay;
    EXPECT_GT(paths.only(Id::kPrimary), 10U) << delay;
    paths.expect_seamless("source");
    paths.expect_seamless("a1");
    EXPECT_GE(paths.stats(Id::kPrimary).video_packets, 195U) << "no picture is missing, " << delay;
  }
}

TEST(MergedFeeds, TheLossOfEitherPathIsNoSwitchInACopy) {
  for (const std::int64_t delay : {-200, 0, 200}) {
    for (const Id lost : feed::kIds) {
      TwoPaths paths;
      paths.delay = {std::max<std::int64_t>(-delay, 0), std::max<std::int64_t>(delay, 0)};
      paths.play(0, 4500);
      ASSERT_TRUE(paths.merged());
      paths.stop(lost);
      if (lost == Id::kPrimary) paths.select(Id::kBackup, How::kForced, feed::SwitchReason::kLost);
      paths.play(4500, 9000);
      EXPECT_FALSE(paths.merged());
      paths.expect_seamless("source");
      paths.expect_seamless("a1");
      EXPECT_EQ(paths.switches(), 0U);
      // It returns, and the operator, or the server, wants it to be shown.
      paths.start(lost);
      paths.play(9000, 11'000);
      EXPECT_TRUE(paths.merged());
      paths.select(Id::kPrimary, How::kAsked, feed::SwitchReason::kReturned);
      paths.play(11'000, 14'000);
      paths.expect_seamless("source");
      paths.expect_seamless("a1");
      EXPECT_EQ(paths.switches(), 0U);
    }
  }
}

TEST(MergedFeeds, APathThatIsSilentIsReplacedBeforeItIsMissed) {
  TwoPaths paths;
  paths.play(0, 4500);
  paths.loses = [](Id id, int) { return id == Id::kPrimary; };
  paths.play(4500, 5100);
  paths.select(Id::kBackup, How::kForced, feed::SwitchReason::kSilent);
  paths.play(5100, 9000);
  paths.expect_seamless("source");
  paths.expect_seamless("a1");
  EXPECT_EQ(paths.switches(), 0U);
}

TEST(MergedFeeds, APathThatReturnsIsShownAgainWhereTheServerDidNotSwitch) {
  TwoPaths paths;
  paths.play(0, 4500);
  paths.stop(Id::kPrimary);
  paths.play(4500, 7000);
  paths.expect_seamless("source");
  paths.start(Id::kPrimary);
  paths.play(7000, 12'000);
  paths.expect_seamless("source");
  // What the server believes to be shown is: the other one may go.
  paths.stop(Id::kBackup);
  paths.play(12'000, 14'000);
  paths.expect_seamless("source");
}

TEST(MergedFeeds, KeepTheirCountsWhenTheyExchangePlaces) {
  TwoPaths paths;
  paths.stop(Id::kBackup);
  paths.play(0, 3000);
  paths.start(Id::kBackup);
  paths.play(3000, 7000);
  ASSERT_TRUE(paths.merged());
  const std::uint64_t primary = paths.stats(Id::kPrimary).video_packets;
  const std::uint64_t backup = paths.stats(Id::kBackup).video_packets;
  ASSERT_GT(primary, backup + 50);
  paths.select(Id::kBackup, How::kAsked, feed::SwitchReason::kAsked);
  EXPECT_EQ(paths.stats(Id::kPrimary).video_packets, primary);
  EXPECT_EQ(paths.stats(Id::kBackup).video_packets, backup);
  paths.play(7000, 9000);
  EXPECT_NEAR(static_cast<double>(paths.stats(Id::kPrimary).video_packets), static_cast<double>(primary + 50), 26);
  EXPECT_NEAR(static_cast<double>(paths.stats(Id::kBackup).video_packets), static_cast<double>(backup + 50), 4);
  // The publisher of the one that is shown goes: the other one takes its place.
  const std::uint64_t before = paths.stats(Id::kPrimary).video_packets;
  paths.stop(Id::kBackup);
  EXPECT_GE(paths.stats(Id::kPrimary).video_packets, before);
  EXPECT_LE(paths.stats(Id::kPrimary).video_packets, before + 4);
}

TEST(MergedFeeds, ThatAreNotEqualAnyMoreAreSwitchedAsTwo) {
  TwoPaths paths;
  paths.play(0, 4500);
  paths.stop(Id::kBackup);
  paths.play(4500, 5000);
  EXPECT_FALSE(paths.merged());
  paths.as(Id::kBackup);
  paths.channel.start();
  paths.channel.say(rtmp_video_header(Producing::utc(5000)));
  paths.play(5000, 6000);
  EXPECT_FALSE(paths.merged());
  paths.expect_seamless("source");
}

}  // namespace
}  // namespace worker
