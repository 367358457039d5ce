// Where a channel's feeds come from, and which keys admit them.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "config/config_listing.h"
#include "config/feed_sources.h"
#include "unit/config/parsed.h"

namespace config {
namespace {

std::string feeds(const std::string& text) { return "channels: {match: {feeds: {" + text + "}}}"; }

TEST(FeedSources, AreReadForEitherFeed) {
  const Config config =
      good(feeds("primary: {source: 'srt://encoder:7001?latency=200'}, backup: {source: 'udp://0.0.0.0:5000'}"));
  const auto sources = pulled_sources(config);
  ASSERT_EQ(sources.size(), 2U);
  EXPECT_EQ(sources.at({"match", feed::Id::kPrimary}).host, "encoder");
  EXPECT_EQ(sources.at({"match", feed::Id::kPrimary}).latency, 200 * base::kMillisecond);
  EXPECT_EQ(sources.at({"match", feed::Id::kBackup}).port, 5000);
}

TEST(FeedSources, AreNoneWhereNoneIsGiven) {
  EXPECT_TRUE(pulled_sources(good("")).empty());
  EXPECT_TRUE(pulled_sources(good("channels: {match: {feeds: {primary: {}, backup: {source: ''}}}}")).empty());
}

TEST(FeedSources, MayComeFromTheEnvironmentOrAFile) {
  const std::string path = ::testing::TempDir() + std::to_string(getpid()) + "-source";
  std::ofstream(path) << "srt://encoder:7002?passphrase=0123456789\nmore\n";
  const Config config = good(feeds("primary: {source_env: SOURCE}, backup: {source_file: " + path + "}"),
                             {{"SOURCE", "srt://encoder:7001"}});
  EXPECT_EQ(pulled_sources(config).at({"match", feed::Id::kPrimary}).port, 7001);
  EXPECT_EQ(pulled_sources(config).at({"match", feed::Id::kBackup}).passphrase, "0123456789");
  EXPECT_NE(problems_of(feeds("primary: {source_env: SOURCE}")).find("no such environment variable"),
            std::string::npos);
  EXPECT_NE(problems_of(feeds("primary: {source_file: /nonexistent/source}")).find("cannot be read"),
            std::string::npos);
}

TEST(FeedSources, AreRefusedWithTheirPlaceAndWithoutTheirSecrets) {
  EXPECT_EQ(problems_of(feeds("primary: {source: 'srt://encoder:7001?mode=listener'}")),
            "t.yaml:1:46: source: mode has to be caller: the server calls. An encoder that calls publishes to the "
            "server's own SRT port (srt.port) instead\n");
  const std::string told = problems_of(feeds("primary: {source: 'srt://encoder:7001?passphrase=TopSecret&key=1'}"));
  EXPECT_NE(told, "");
  EXPECT_EQ(told.find("TopSecret"), std::string::npos);
  EXPECT_NE(problems_of(feeds("third: {source: 'srt://encoder:7001'}")).find("unknown key \"third\""),
            std::string::npos);
}

TEST(FeedSources, AreOfAChannelThatIsNamed) {
  EXPECT_NE(problems_of("channels: {'*': {feeds: {backup: {source: 'srt://encoder:7001'}}}}")
                .find("channels.*.feeds.backup.source is of no channel"),
            std::string::npos);
  EXPECT_NE(problems_of("", {{"KICKOFF_CHANNELS_DEFAULT_FEEDS_PRIMARY_SOURCE", "srt://encoder:7001"}})
                .find("channels.*.feeds.primary.source is of no channel"),
            std::string::npos);
}

/// The problems of two sources of two channels.
std::string conflict(const std::string& first, const std::string& second) {
  return problems_of("channels: {a: {feeds: {primary: {source: '" + first + "'}}}, b: {feeds: {backup: {source: '" +
                     second + "'}}}}");
}

TEST(FeedSources, OfTwoChannelsHaveTwoPorts) {
  EXPECT_NE(conflict("udp://0.0.0.0:5000", "rtp://127.0.0.1:5000")
                .find("channels.b.feeds.backup.source is on UDP port 5000, which channels.a.feeds.primary.source has"),
            std::string::npos);
  EXPECT_NE(conflict("udp://127.0.0.1:5000", "udp://127.0.0.1:5000"), "");
  EXPECT_NE(conflict("udp://239.1.2.3:5000", "udp://0.0.0.0:5000"), "");
  EXPECT_EQ(conflict("udp://127.0.0.1:5000", "udp://127.0.0.2:5000"), "");
  EXPECT_EQ(conflict("udp://127.0.0.1:5000", "udp://127.0.0.1:5001"), "");
  EXPECT_EQ(conflict("udp://239.1.2.3:5000", "udp://239.1.2.4:5000"), "");
  EXPECT_EQ(conflict("udp://239.1.2.3:5000", "udp://239.1.2.3:5000"), "") << "a group has any number of members";
  EXPECT_EQ(conflict("srt://encoder:7001", "srt://encoder:7001"), "") << "a listener may have two callers";
}

TEST(FeedSources, KeepOffThePortOfTheSrtListener) {
  EXPECT_NE(problems_of(feeds("primary: {source: 'udp://0.0.0.0:9000'}")).find("which srt.port has already"),
            std::string::npos);
  EXPECT_EQ(problems_of("srt: {port: 0}\n" + feeds("primary: {source: 'udp://0.0.0.0:9000'}")), "");
}

TEST(FeedSources, ChangeAtOnce) {
  for (const ListedKey& key : list_keys(good(feeds("primary: {source: 'srt://encoder:7001'}")))) {
    if (key.path != "channels.match.feeds.primary.source") continue;
    EXPECT_EQ(key.reload, Reload::kAtOnce);
    EXPECT_EQ(key.text, "srt://encoder:7001");
    return;
  }
  ADD_FAILURE() << "not listed";
}

TEST(PullOptions, AreThoseOfTheSrtSection) {
  const auto options = pull_options(good("srt: {latency: 300ms, max_mbps: 80}"));
  EXPECT_EQ(options.srt.latency, 300 * base::kMillisecond);
  EXPECT_EQ(options.srt.max_bitrate, 80'000'000);
}

TEST(Failover, IsLeftToTheApiWhereItIsManual) {
  const auto failover = [](const std::string& keys) {
    return good("channels: {match: {" + keys + "}}").channels.at("match").options.failover;
  };
  EXPECT_TRUE(failover("failover: auto").automatic);
  EXPECT_FALSE(failover("failover: manual").automatic);
  EXPECT_TRUE(failover("failback: auto").back);
  EXPECT_FALSE(failover("failback: manual").back);
}

TEST(BackupKeys, ComeFromTheListTheEnvironmentAndAFile) {
  const std::string path = ::testing::TempDir() + std::to_string(getpid()) + "-backup-keys";
  std::ofstream(path) << "d\ne\n";
  const Config config =
      good("channels: {a: {keys: [k], backup_keys: [a], backup_keys_env: BACKUP, backup_keys_file: " + path + "}}",
           {{"BACKUP", "b,c"}});
  EXPECT_EQ(config.channels.at("a").options.backup_keys, (std::vector<std::string>{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(config.channels.at("a").options.keys, std::vector<std::string>{"k"});
}

TEST(BackupKeys, AreRefusedWhereNoEncoderCouldGiveThem) {
  EXPECT_NE(problems_of("channels: {a: {backup_keys: ['']}}").find("an item of backup_keys"), std::string::npos);
}

TEST(Anchor, IsTheArrivalOrTheTimeCode) {
  using Anchor = job::Options::Anchor;
  const auto media = [](const std::string& keys) {
    return good("channels: {match: {" + keys + "}}").channels.at("match").options.media;
  };
  EXPECT_EQ(media("").anchor, Anchor::kArrival);
  EXPECT_EQ(media("anchor: timecode, timecode_offset: -3600s").anchor, Anchor::kTimeCode);
  EXPECT_EQ(media("anchor: timecode, timecode_offset: -3600s").time_code_offset, -3600 * base::kSecond);
  EXPECT_NE(problems_of("channels: {match: {anchor: wall}}").find("one of arrival, timecode, pts"), std::string::npos);
  EXPECT_NE(problems_of("channels: {match: {timecode_offset: 15h}}").find("from -50400s to 50400s"), std::string::npos);
}

}  // namespace
}  // namespace config
