#include "loop/udp_receiver.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "loop/timer.h"
#include "unit/loop/udp_sender.h"

namespace loop {
namespace {

class Receiver : public UdpHandler {
 public:
  void on_datagrams(std::span<const Datagram> datagrams, std::uint64_t lost) override {
    ++calls;
    for (const Datagram& datagram : datagrams) received.emplace_back(base::text_of(datagram.bytes));
    lost_datagrams += lost;
  }
  std::vector<std::string> received;
  std::uint64_t lost_datagrams = 0;
  int calls = 0;
};

class UdpReceiverTest : public testing::Test {
 protected:
  std::uint16_t open(UdpReceiver::Options options) {
    auto made = UdpReceiver::make(loop_, options, handler_);
    if (!made.ok()) {
      ADD_FAILURE() << made.error().message();
      return 0;
    }
    receiver_ = made.take();
    return receiver_->port();
  }
  std::string refusal(const UdpReceiver::Options& options) {
    const auto made = UdpReceiver::make(loop_, options, handler_);
    return made.ok() ? "none" : made.error().what;
  }
  void run_until(std::size_t datagrams) {
    Timer limit(loop_, [&] {
      ADD_FAILURE() << "timed out with " << handler_.received.size();
      loop_.stop();
    });
    limit.start(10 * base::kSecond);
    Timer look(loop_, [&] {
      if (handler_.received.size() >= datagrams) loop_.stop();
    });
    look.start(0, base::kMillisecond);
    loop_.run();
  }

  Loop loop_;
  Receiver handler_;
  std::unique_ptr<UdpReceiver> receiver_;
};

TEST_F(UdpReceiverTest, HandsOnManyDatagramsAtOnceInTheirOrder) {
  UdpSender sender(open({.host = "127.0.0.1"}));
  for (int i = 0; i < 100; ++i) sender.send(std::to_string(i));
  run_until(100);
  ASSERT_EQ(handler_.received.size(), 100U);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(handler_.received[static_cast<std::size_t>(i)], std::to_string(i));
  EXPECT_LE(handler_.calls, 6);
  EXPECT_EQ(handler_.lost_datagrams, 0U);
}

TEST_F(UdpReceiverTest, GoesOnAfterAPause) {
  UdpSender sender(open({.host = "127.0.0.1"}));
  for (std::size_t i = 1; i <= 3; ++i) {
    sender.send("x");
    run_until(i);
    Timer pause(loop_, [&] { loop_.stop(); });
    pause.start(3 * UdpReceiver::kGather);
    loop_.run();
  }
  EXPECT_EQ(handler_.received.size(), 3U);
}

TEST_F(UdpReceiverTest, CountsWhatIsTooLongAsLost) {
  UdpSender sender(open({.host = "127.0.0.1"}));
  sender.send(std::vector<std::uint8_t>(UdpReceiver::kLongest + 1));
  sender.send(std::vector<std::uint8_t>(UdpReceiver::kLongest));
  run_until(1);
  EXPECT_EQ(handler_.received[0].size(), UdpReceiver::kLongest);
  EXPECT_EQ(handler_.lost_datagrams, 1U);
}

TEST_F(UdpReceiverTest, CountsWhatTheKernelHasDropped) {
  UdpSender sender(open({.host = "127.0.0.1", .buffer_bytes = 1}));
  for (int i = 0; i < 100; ++i) sender.send(std::vector<std::uint8_t>(1316));
  run_until(1);
  const std::size_t first = handler_.received.size();
  ASSERT_LT(first, 100U) << "the kernel's smallest buffer holds fewer";
  sender.send("after");
  run_until(first + 1);
  EXPECT_EQ(handler_.received.size() - 1 + handler_.lost_datagrams, 100U);
}

TEST_F(UdpReceiverTest, JoinsAGroupOnAnInterfaceByNameOrAddress) {
  for (const char* interface : {"lo", "127.0.0.1"}) {
    handler_.received.clear();
    UdpSender sender(open({.host = "239.255.77.1", .interface = interface}), "239.255.77.1");
    ASSERT_TRUE(sender.send("to the group"));
    run_until(1);
    EXPECT_EQ(handler_.received, std::vector<std::string>{"to the group"});
  }
}

TEST_F(UdpReceiverTest, JoinsAGroupForGivenSenders) {
  const std::uint16_t port = open({.host = "232.1.1.1", .interface = "lo", .sources = {"192.0.2.1"}});
  UdpSender sender(port, "232.1.1.1");
  sender.send("nobody listens");
  Receiver second;
  const auto other = UdpReceiver::make(
      loop_, {.host = "232.1.1.1", .port = port, .interface = "lo", .sources = {"127.0.0.1"}}, second);
  ASSERT_TRUE(other.ok()) << other.error().message();
  sender.send("heard");
  Timer look(loop_, [&] {
    if (!second.received.empty()) loop_.stop();
  });
  look.start(0, base::kMillisecond);
  loop_.run();
  EXPECT_EQ(second.received, std::vector<std::string>{"heard"});
  EXPECT_TRUE(handler_.received.empty());
}

TEST_F(UdpReceiverTest, SaysWhatIsWrong) {
  EXPECT_NE(refusal({.host = "encoder"}).find("not an IPv4 or IPv6 address"), std::string::npos);
  EXPECT_NE(refusal({.host = "192.0.2.7"}).find("Cannot assign requested address"), std::string::npos);
  EXPECT_NE(refusal({.host = "239.1.2.3", .interface = "none7"}).find("no interface"), std::string::npos);
  const std::uint16_t port = open({.host = "127.0.0.1"});
  EXPECT_NE(refusal({.host = "127.0.0.1", .port = port}).find("Address already in use"), std::string::npos);
}

TEST_F(UdpReceiverTest, MayBeDestroyedBetweenTwoLooks) {
  UdpSender sender(open({.host = "127.0.0.1"}));
  sender.send("x");
  run_until(1);
  receiver_.reset();
  sender.send("y");
  loop_.run();
  EXPECT_EQ(handler_.received.size(), 1U);
}

TEST(HostKind, TellsNamesAddressesAndGroups) {
  for (const char* name : {"", "encoder", "300.1.1.1", "1.2.3"}) EXPECT_EQ(host_kind(name), HostKind::kName) << name;
  for (const char* host : {"0.0.0.0", "192.0.2.1", "::", "2001:db8::1"}) {
    EXPECT_EQ(host_kind(host), HostKind::kUnicast) << host;
  }
  for (const char* group : {"224.0.0.1", "239.1.2.3", "ff02::1"}) {
    EXPECT_EQ(host_kind(group), HostKind::kMulticast) << group;
  }
}

}  // namespace
}  // namespace loop
