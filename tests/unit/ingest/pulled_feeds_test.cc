#include "ingest/pulled_feeds.h"

#include <gtest/gtest.h>

#include "unit/ingest/fake_channel.h"
#include "unit/ingest/listening_encoder.h"
#include "unit/ingest/run_loop.h"
#include "unit/loop/udp_sender.h"

namespace ingest {
namespace {

/// A transport packet.
const std::string kPacket = "G" + std::string(187, '\xff');

PullSource source_of(const std::string& url) {
  const auto parsed = parse_pull_source(url);
  EXPECT_TRUE(parsed.ok()) << url;
  return parsed.ok() ? *parsed : PullSource{};
}

/// A port that was free a moment ago.
std::uint16_t free_port(loop::Loop& loop) {
  class Nobody : public loop::UdpHandler {
    void on_datagrams(std::span<const loop::Datagram>, std::uint64_t) override {}
  } nobody;
  auto receiver = loop::UdpReceiver::make(loop, {.host = "127.0.0.1"}, nobody);
  return receiver.ok() ? (*receiver)->port() : std::uint16_t{0};
}

class PulledFeedsTest : public testing::Test {
 protected:
  void until(const std::function<bool()>& met) { run_until(loop_, met); }
  bool live(std::size_t index) const {
    const auto all = feeds_.statistics();
    return index < all.size() && all[index].live;
  }
  static PullSource udp(std::uint16_t port) { return source_of("udp://127.0.0.1:" + std::to_string(port)); }

  SrtLibrary library_;
  loop::Loop loop_;
  base::SystemClock clock_;
  FakeChannel channel_;
  PulledFeeds feeds_{loop_, clock_, channel_, {}};
  const std::pair<std::string, feed::Id> primary_{"match", feed::Id::kPrimary};
  const std::pair<std::string, feed::Id> backup_{"match", feed::Id::kBackup};
};

TEST_F(PulledFeedsTest, PullsWhatItIsToldTo) {
  ListeningEncoder encoder;
  const std::uint16_t port = free_port(loop_);
  feeds_.configure({{primary_, source_of("srt://127.0.0.1:" + std::to_string(encoder.port()))}, {backup_, udp(port)}});
  UdpSender(port).send(kPacket);
  until([&] { return encoder.answered() && live(0) && live(1); });
  const auto all = feeds_.statistics();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].protocol, "srt-caller");
  EXPECT_EQ(all[0].feed, feed::Id::kPrimary);
  EXPECT_EQ(all[1].protocol, "udp");
  EXPECT_EQ(all[1].channel, "match");
  until([&] { return feeds_.socket_statistics().size() == 1; });
}

TEST_F(PulledFeedsTest, LeavesAloneWhatIsTheSame) {
  const std::uint16_t port = free_port(loop_);
  feeds_.configure({{primary_, udp(port)}});
  UdpSender(port).send(kPacket);
  until([&] { return live(0); });
  feeds_.configure({{primary_, udp(port)}, {backup_, udp(free_port(loop_))}});
  EXPECT_EQ(channel_.trace, std::vector<std::string>{"start"});
  EXPECT_TRUE(live(0));
}

TEST_F(PulledFeedsTest, EndsWhatIsNoLongerWanted) {
  const std::uint16_t port = free_port(loop_);
  feeds_.configure({{primary_, udp(port)}});
  UdpSender(port).send(kPacket);
  until([&] { return live(0); });
  feeds_.configure({});
  EXPECT_EQ(channel_.feed, nullptr);
  EXPECT_TRUE(feeds_.statistics().empty());
}

TEST_F(PulledFeedsTest, ReplacesASourceThatHasChangedAlsoWhereItsPortGoesToAnotherFeed) {
  const std::uint16_t port = free_port(loop_);
  feeds_.configure({{primary_, udp(port)}});
  UdpSender(port).send(kPacket);
  until([&] { return live(0); });
  feeds_.configure({{primary_, udp(free_port(loop_))}, {backup_, udp(port)}});
  EXPECT_EQ(channel_.feed, nullptr);
  EXPECT_FALSE(live(0));
  UdpSender(port).send(kPacket);
  until([&] { return live(1); });
  EXPECT_EQ(channel_.request->feed, "backup");
  EXPECT_EQ(feeds_.statistics()[1].failures, 0U);
}

}  // namespace
}  // namespace ingest
