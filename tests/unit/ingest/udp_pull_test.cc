#include "ingest/udp_pull.h"

#include <gtest/gtest.h>

#include "unit/ingest/fake_channel.h"
#include "unit/ingest/run_loop.h"
#include "unit/loop/udp_sender.h"

namespace ingest {
namespace {

/// Steady time only moves where a test says so.
class FakeClock final : public base::Clock {
 public:
  base::Micros utc() const override { return 1'800'000'000 * base::kSecond + now; }
  base::Micros steady() const override { return now; }
  base::Micros now = 0;
};

/// A transport packet with a text in place of all that follows the sync byte.
std::string ts(const std::string& text) {
  std::string packet = "G" + text;
  packet.resize(188, '\xff');
  return packet;
}

class UdpPullTest : public testing::Test {
 protected:
  void pull(const std::string& scheme = "udp", const std::string& query = {}) {
    // Port 0, which no configuration can have, is any free one.
    auto source = parse_pull_source(scheme + "://127.0.0.1:1" + query);
    ASSERT_TRUE(source.ok()) << source.error().what;
    source->port = 0;
    UdpPull::Options options;
    options.silence = 10 * base::kSecond;
    pull_ = std::make_unique<UdpPull>(loop_, clock_, channel_, "match", feed::Id::kPrimary, *source, options, 1);
    ASSERT_NE(pull_->port(), 0);
  }
  void until(const std::function<bool()>& met) { run_until(loop_, met); }
  void until_datagrams(std::uint64_t count) {
    until([&] { return stats().datagrams == count; });
  }
  PullStats stats() const { return pull_->statistics(); }
  /// The texts of the packets that the channel got.
  std::string data() const {
    std::string text;
    for (std::size_t at = 0; at < channel_.data.size(); ++at) {
      if (at % 188 != 0 && channel_.data[at] != 0xff) text += static_cast<char>(channel_.data[at]);
    }
    return text;
  }

  loop::Loop loop_;
  FakeClock clock_;
  FakeChannel channel_;
  std::unique_ptr<UdpPull> pull_;
};

TEST_F(UdpPullTest, PublishesWithTheFirstDatagram) {
  pull();
  EXPECT_EQ(channel_.publishes, 0);
  UdpSender sender(pull_->port());
  sender.send(ts("GA"));
  sender.send(ts("GB"));
  until_datagrams(2);
  EXPECT_EQ(data(), "GAGB");
  EXPECT_EQ(channel_.publishes, 1);
  EXPECT_EQ(channel_.request->protocol, "udp");
  EXPECT_EQ(channel_.request->feed, "primary");
  EXPECT_EQ(channel_.request->peer.substr(0, 10), "127.0.0.1:");
  EXPECT_TRUE(channel_.request->pulled);
  EXPECT_TRUE(stats().live);
  EXPECT_EQ(stats().attempts, 1U);
}

TEST_F(UdpPullTest, EndsAfterTenSecondsWithoutADatagram) {
  pull();
  UdpSender sender(pull_->port());
  sender.send(ts("G"));
  until_datagrams(1);
  clock_.now = 10 * base::kSecond;
  until([&] { return !stats().live; });
  EXPECT_EQ(channel_.trace.back(), "end no datagrams for 10000 ms");
  sender.send(ts("H"));
  until([&] { return stats().live; });
  EXPECT_EQ(channel_.publishes, 2);
  EXPECT_EQ(channel_.trace.back(), "start");
}

TEST_F(UdpPullTest, ListensToOneSenderAtATime) {
  pull();
  UdpSender first(pull_->port());
  UdpSender second(pull_->port());
  first.send(ts("1"));
  until_datagrams(1);
  clock_.now = 400 * base::kMillisecond;
  second.send(ts("2"));
  first.send(ts("1"));
  until_datagrams(3);
  EXPECT_EQ(data(), "11");
  EXPECT_EQ(stats().datagrams_foreign, 1U);
  clock_.now += 500 * base::kMillisecond;
  second.send(ts("2"));
  until_datagrams(4);
  EXPECT_EQ(data(), "112");
  ASSERT_EQ(channel_.trace.size(), 3U) << "as a new feed";
  EXPECT_NE(channel_.trace[1].find("took its place"), std::string::npos);
}

TEST_F(UdpPullTest, WhatIsNoTransportStreamNeitherBeginsAFeedNorKeepsASenderOut) {
  pull();
  UdpSender stranger(pull_->port());
  for (const char* junk : {"", "G", "\x80\x21", "GET / HTTP/1.1"}) stranger.send(junk);
  stranger.send(std::string(188, 'x'));
  until_datagrams(5);
  EXPECT_EQ(channel_.publishes, 0);
  EXPECT_EQ(stats().datagrams_foreign, 5U);
  UdpSender sender(pull_->port());
  sender.send(ts("1"));
  until_datagrams(6);
  EXPECT_EQ(data(), "1");
}

TEST_F(UdpPullTest, ListensOnlyToTheSourcesThatItIsGiven) {
  pull("udp", "?sources=192.0.2.1");
  UdpSender(pull_->port()).send(ts("G"));
  until_datagrams(1);
  EXPECT_EQ(stats().datagrams_foreign, 1U);
  EXPECT_EQ(channel_.publishes, 0);
  pull("udp", "?sources=192.0.2.1,127.0.0.1");
  UdpSender(pull_->port()).send(ts("G"));
  until_datagrams(1);
  EXPECT_EQ(channel_.publishes, 1);
}

TEST_F(UdpPullTest, LeavesOutWhatComesSoonAfterTheChannelHasRefusedIt) {
  pull();
  channel_.refuse = Publisher::Refusal{Publisher::Refusal::Why::kBusy, "has a publisher"};
  UdpSender sender(pull_->port());
  sender.send(ts("G"));
  until_datagrams(1);
  sender.send(ts("G"));
  until_datagrams(2);
  EXPECT_EQ(channel_.publishes, 1);
  EXPECT_EQ(stats().refusals, 1U);
  EXPECT_EQ(stats().problem, "has a publisher");
  channel_.refuse.reset();
  clock_.now = base::kSecond;
  sender.send(ts("H"));
  until_datagrams(3);
  EXPECT_EQ(data(), "H");
  EXPECT_EQ(stats().problem, "");
}

TEST_F(UdpPullTest, ComesBackAWhileAfterTheChannelHasClosedIt) {
  pull();
  UdpSender sender(pull_->port());
  sender.send(ts("1"));
  until_datagrams(1);
  channel_.feed->close("kicked");
  sender.send(ts("2"));
  until([&] { return !stats().live && stats().datagrams == 2; });
  EXPECT_EQ(channel_.trace.back(), "end kicked");
  sender.send(ts("3"));
  until_datagrams(3);
  EXPECT_EQ(channel_.publishes, 1);
  clock_.now = base::kSecond;
  sender.send(ts("4"));
  until_datagrams(4);
  EXPECT_EQ(channel_.publishes, 2);
  EXPECT_EQ(data(), "14");
}

TEST_F(UdpPullTest, WaitsLongerEachTimeItIsClosedUntilItsMediaHasFlowedForAWhile) {
  pull();
  UdpSender sender(pull_->port());
  std::uint64_t sent = 0;
  const auto taken_after = [&](base::Micros wait) {
    clock_.now += wait;
    sender.send(ts(std::string("\x41\0\x10\0\0\1\xE0", 7)));  // the beginning of a picture
    until_datagrams(++sent);
    return stats().live;
  };
  const auto close = [&] {
    channel_.feed->close("kicked");
    until([&] { return !stats().live; });
  };
  ASSERT_TRUE(taken_after(0));
  close();
  ASSERT_TRUE(taken_after(625 * base::kMillisecond)) << "half a second and a quarter of it";
  close();
  EXPECT_FALSE(taken_after(700 * base::kMillisecond)) << "now a second, less a quarter of it at most";
  ASSERT_TRUE(taken_after(550 * base::kMillisecond));
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(taken_after(5 * base::kSecond));
  close();
  EXPECT_TRUE(taken_after(625 * base::kMillisecond)) << "ten seconds of media";
}

TEST_F(UdpPullTest, EndsItsFeedWhenItIsDestroyed) {
  pull();
  UdpSender(pull_->port()).send(ts("G"));
  until_datagrams(1);
  pull_.reset();
  EXPECT_EQ(channel_.feed, nullptr);
}

TEST_F(UdpPullTest, ReadsRtp) {
  pull("rtp");
  const auto packet = [](char sequence, const std::string& payload) {
    return std::string("\x80\x21\0", 3) + sequence + std::string("\0\0\0\0\0\0\0\7", 8) + ts(payload);
  };
  UdpSender sender(pull_->port());
  sender.send(packet(1, "G"));
  sender.send(packet(3, "I"));
  sender.send(packet(2, "H"));
  sender.send(packet(2, "H"));
  sender.send("no RTP");
  until_datagrams(5);
  EXPECT_EQ(data(), "GHI");
  EXPECT_EQ(channel_.request->protocol, "rtp");
  EXPECT_EQ(stats().rtp_reordered, 1U);
  EXPECT_EQ(stats().rtp_repeated, 1U);
  EXPECT_EQ(stats().rtp_malformed, 1U);
  clock_.now = base::kSecond;
  sender.send(packet(5, "K"));
  until_datagrams(6);
  clock_.now = 2 * base::kSecond;
  sender.send(packet(6, "L"));
  until_datagrams(7);
  EXPECT_EQ(data(), "GHIKL");
  EXPECT_EQ(stats().rtp_lost, 1U);
}

TEST_F(UdpPullTest, TriesAgainToOpenAPortThatIsTaken) {
  pull();
  auto source = parse_pull_source("udp://127.0.0.1:" + std::to_string(pull_->port()));
  ASSERT_TRUE(source.ok());
  UdpPull::Options options;
  options.backoff = {5 * base::kMillisecond, 10 * base::kMillisecond, base::kSecond};
  UdpPull second(loop_, clock_, channel_, "other", feed::Id::kPrimary, *source, options, 1);
  EXPECT_EQ(second.port(), 0);
  EXPECT_EQ(second.statistics().failures, 1U);
  EXPECT_NE(second.statistics().problem.find("Address already in use"), std::string::npos);
  until([&] { return second.statistics().attempts >= 3; });
  pull_.reset();
  until([&] { return second.port() == source->port; });
  EXPECT_EQ(second.statistics().problem, "");
}

}  // namespace
}  // namespace ingest
