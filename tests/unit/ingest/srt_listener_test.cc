#include "ingest/srt_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <srt/srt.h>

#include <atomic>
#include <functional>
#include <thread>

#include "loop/timer.h"
#include "unit/ingest/fake_channel.h"
#include "unit/ingest/fake_gate.h"

#if defined(__SANITIZE_THREAD__)
/// libsrt is not built for ThreadSanitizer, which then does not see how its threads agree.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:libsrt-gnutls\nmutex:libsrt-gnutls\ndeadlock:libsrt-gnutls\nthread:libsrt-gnutls\n";
}
#endif

namespace ingest {
namespace {

/// An encoder: a blocking caller of libsrt, for a thread of its own.
class Caller {
 public:
  explicit Caller(std::uint16_t port, const std::string& stream_id, const std::string& passphrase = {},
                  int latency_ms = 20)
      : socket_(srt_create_socket()) {
    srt_setsockflag(socket_, SRTO_STREAMID, stream_id.data(), static_cast<int>(stream_id.size()));
    srt_setsockflag(socket_, SRTO_LATENCY, &latency_ms, sizeof latency_ms);
    const int most = 1456;
    srt_setsockflag(socket_, SRTO_PAYLOADSIZE, &most, sizeof most);
    if (!passphrase.empty()) {
      srt_setsockflag(socket_, SRTO_PASSPHRASE, passphrase.data(), static_cast<int>(passphrase.size()));
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = srt_connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    reject_reason_ = connected_ ? 0 : srt_getrejectreason(socket_);
  }
  ~Caller() { srt_close(socket_); }
  Caller(const Caller&) = delete;
  Caller& operator=(const Caller&) = delete;

  bool connected() const { return connected_; }
  int reject_reason() const { return reject_reason_; }
  bool send(const std::vector<std::uint8_t>& payload) {
    return srt_sendmsg(socket_, reinterpret_cast<const char*>(payload.data()), static_cast<int>(payload.size()), -1,
                       1) > 0;
  }
  /// True once the listener has closed the connection.
  bool wait_for_end() const {
    for (int i = 0; i < 6000; ++i) {
      if (srt_getsockstate(socket_) != SRTS_CONNECTED) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return false;
  }

 private:
  int socket_;
  bool connected_ = false;
  int reject_reason_ = 0;
};

std::vector<std::uint8_t> payload(std::size_t size, int number) {
  return std::vector<std::uint8_t>(size, static_cast<std::uint8_t>(number));
}

/// A listener on a free port; run() plays an encoder against it in a thread.
class SrtListenerTest : public testing::Test {
 protected:
  void listen(SrtPolicy policy = open_policy(), SrtListener::Options options = {}) {
    options.socket.host = "127.0.0.1";
    options.socket.port = 0;
    options.socket.latency = 20 * base::kMillisecond;
    auto made =
        SrtListener::make(loop_, clock_, channel_, std::make_shared<const SrtPolicy>(std::move(policy)), options);
    ASSERT_TRUE(made.ok()) << made.error().message();
    listener_ = made.take();
    ASSERT_NE(listener_->port(), 0);
  }
  static SrtPolicy open_policy() {
    SrtPolicy policy;
    policy.keys = PublishPolicy(PublishPolicy::Keys{{"*", {"secret"}}});
    return policy;
  }
  /// Runs the loop until the encoder is done and `until` holds, 10 s at most.
  void run(const std::function<void()>& encoder, std::function<bool()> until = [] { return true; }) {
    loop::Mailbox mailbox(loop_);
    loop::Timer limit(loop_, [this] {
      ADD_FAILURE() << "timed out";
      loop_.stop();
    });
    limit.start(10 * base::kSecond);
    bool done = false;
    const auto look = [&] {
      if (const bool met = until(); done && met) loop_.stop();
    };
    loop::Timer again(loop_, look);
    again.start(10 * base::kMillisecond, 10 * base::kMillisecond);
    std::thread thread([&] {
      encoder();
      mailbox.post([&] { done = true; });
    });
    loop_.run();
    thread.join();
  }

  SrtLibrary library_;
  base::SystemClock clock_;
  FakeChannel channel_;
  FakeGate gate_;
  loop::Loop loop_;
  std::unique_ptr<SrtListener> listener_;
};

TEST_F(SrtListenerTest, HandsOnWhatAnEncoderSendsInOrderAndWhole) {  // SR-1, SR-16
  listen();
  std::vector<std::uint8_t> sent;
  run(
      [&] {
        Caller caller(listener_->port(), "#!::r=live/match,m=publish,s=secret");
        ASSERT_TRUE(caller.connected());
        for (int i = 0; i < 100; ++i) {
          const std::vector<std::uint8_t> data = payload(i % 3 == 0 ? 1316 : i % 3 == 1 ? 188 : 1456, i);
          ASSERT_TRUE(caller.send(data));
          sent.insert(sent.end(), data.begin(), data.end());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      },
      [&] { return channel_.feed == nullptr; });
  EXPECT_EQ(channel_.data, sent);
  ASSERT_EQ(channel_.trace.size(), 2U);
  EXPECT_EQ(channel_.trace[0], "start");
  EXPECT_EQ(channel_.trace[1].substr(0, 4), "end ");
  EXPECT_EQ(channel_.request->channel, "match");
  EXPECT_EQ(channel_.request->key, "secret");
  EXPECT_TRUE(channel_.request->loopback);
  EXPECT_EQ(channel_.request->encoder, "libsrt " + srt_features().version);
  EXPECT_EQ(listener_->statistics().bytes, sent.size());
  EXPECT_EQ(listener_->statistics().publishing, 0U);
}

TEST_F(SrtListenerTest, TellsCallersWhyTheyAreRefused) {  // SR-5
  listen();
  std::vector<int> reasons;
  run([&] {
    for (const char* id : {"#!::r=live/a", "live/a?key=wrong", "vod/a?key=secret", "#!:{}"}) {
      reasons.push_back(Caller(listener_->port(), id).reject_reason());
    }
  });
  EXPECT_EQ(reasons, (std::vector<int>{1405, 1401, 1404, 1400}));
  EXPECT_EQ(listener_->statistics().refused.at(SrtReject::kUnauthorized), 1U);
  EXPECT_EQ(listener_->statistics().denied(), 3U) << "not the one without m=publish";
  EXPECT_FALSE(channel_.request);
}

TEST_F(SrtListenerTest, RefusesFurtherPublishersOfOccupiedChannels) {  // SR-23
  listen();
  listener_->set_occupied({{"match", feed::Id::kPrimary}, {"radio", feed::Id::kPrimary}});
  int second = 0;
  int elsewhere = 0;
  int other = -1;
  run([&] {
    second = Caller(listener_->port(), "live/match?key=secret").reject_reason();
    elsewhere = Caller(listener_->port(), "live/radio?key=secret").reject_reason();
    other = Caller(listener_->port(), "live/other?key=secret").reject_reason();
  });
  EXPECT_EQ(second, 1409);
  EXPECT_EQ(elsewhere, 1409);
  EXPECT_EQ(other, 0);
}

TEST_F(SrtListenerTest, TakesEncryptedFeedsWithTheChannelsPassphraseOnly) {  // SR-7, SR-9, SR-10
  SrtPolicy policy = open_policy();
  policy.channels["match"].passphrase = "ten letters and more";
  policy.channels["match"].key_length = 32;
  listen(policy);
  std::vector<int> reasons;
  run(
      [&] {
        reasons.push_back(Caller(listener_->port(), "live/match?key=secret", "not the passphrase").reject_reason());
        reasons.push_back(Caller(listener_->port(), "live/match?key=secret").reject_reason());
        reasons.push_back(Caller(listener_->port(), "live/clear?key=secret", "ten letters and more").reject_reason());
        Caller right(listener_->port(), "live/match?key=secret", "ten letters and more");
        reasons.push_back(right.reject_reason());
        ASSERT_TRUE(right.send(payload(1316, 7)));
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
      },
      [&] { return channel_.data.size() == 1316 && listener_->statistics().failed_handshakes == 3; });
  EXPECT_EQ(reasons, (std::vector<int>{SRT_REJ_BADSECRET, SRT_REJ_UNSECURE, SRT_REJ_UNSECURE, 0}));
  EXPECT_EQ(channel_.data, payload(1316, 7));
  EXPECT_EQ(listener_->statistics().denied(), 3U) << "refused by the library, counted all the same";
}

TEST_F(SrtListenerTest, CountsACallerInFileMode) {
  listen();
  run(
      [&] {
        const int socket = srt_create_socket();
        const SRT_TRANSTYPE file = SRTT_FILE;
        ASSERT_EQ(srt_setsockflag(socket, SRTO_TRANSTYPE, &file, sizeof file), 0);
        const std::string id = "live/match?key=secret";
        ASSERT_EQ(srt_setsockflag(socket, SRTO_STREAMID, id.data(), static_cast<int>(id.size())), 0);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(listener_->port());
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        EXPECT_NE(srt_connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
        srt_close(socket);
      },
      [&] { return listener_->statistics().failed_handshakes == 1; });
  EXPECT_FALSE(channel_.request);
}

TEST_F(SrtListenerTest, ReportsStatisticsOnceASecond) {  // SR-10, SR-12, SR-21
  SrtPolicy policy = open_policy();
  policy.channels["match"].passphrase = "ten letters and more";
  policy.channels["match"].latency = 150 * base::kMillisecond;
  listen(policy);
  std::vector<SrtStats> seen;
  run(
      [&] {
        Caller caller(listener_->port(), "live/match?key=secret", "ten letters and more");
        for (int i = 0; i < 150; ++i) {
          ASSERT_TRUE(caller.send(payload(1316, i)));
          std::this_thread::sleep_for(std::chrono::milliseconds(10));
        }
      },
      [&] {
        if (seen.empty()) seen = listener_->socket_statistics();
        return true;
      });
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0].channel, "match");
  EXPECT_EQ(seen[0].feed, "primary");
  EXPECT_EQ(seen[0].encryption, SrtEncryption::kSecured);
  EXPECT_EQ(seen[0].latency_ms, 150);
  EXPECT_GT(seen[0].packets_received_total, 20U);
  EXPECT_EQ(seen[0].packets_received_total, seen[0].packets_received_unique_total);
  EXPECT_GT(seen[0].bytes_received_total, 20U * 1316);
  EXPECT_EQ(seen[0].packets_dropped_total, 0U);
}

TEST_F(SrtListenerTest, ClosesAFeedThatItsChannelDoesNotWant) {
  listen();
  const auto watch = channel_.on_change.calls([&] {
    if (channel_.feed != nullptr) channel_.feed->close("enough");
  });
  bool ended = false;
  run([&] { ended = Caller(listener_->port(), "live/match?key=secret").wait_for_end(); },
      [&] { return channel_.feed == nullptr; });
  EXPECT_TRUE(ended);
  EXPECT_EQ(channel_.trace, (std::vector<std::string>{"start", "end enough"}));
}

TEST_F(SrtListenerTest, ClosesACallerThatThePublisherRefusesAfterAll) {
  listen();
  channel_.refuse = Publisher::Refusal{Publisher::Refusal::Why::kBusy, "taken"};
  bool ended = false;
  run([&] { ended = Caller(listener_->port(), "live/match?key=secret").wait_for_end(); });
  EXPECT_TRUE(ended);
  EXPECT_EQ(listener_->statistics().late_refusals, 1U);
  EXPECT_TRUE(channel_.trace.empty());
}

TEST_F(SrtListenerTest, DropsAndTellsWhatComesWhileTheLoopLags) {  // SR-13
  SrtListener::Options options;
  options.thread.backlog_bytes = 4096;
  listen(open_policy(), options);
  const auto watch = channel_.on_change.calls([&] {
    // The loop stands while ten messages come, of which the backlog holds a few.
    if (channel_.trace.size() == 1 && channel_.data.empty())
      std::this_thread::sleep_for(std::chrono::milliseconds(700));
  });
  run(
      [&] {
        Caller caller(listener_->port(), "live/match?key=secret");
        for (int i = 0; i < 10; ++i) {
          ASSERT_TRUE(caller.send(payload(1316, 1)));
          std::this_thread::sleep_for(std::chrono::milliseconds(20));
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1000));
        ASSERT_TRUE(caller.send(payload(1316, 2)));
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      },
      [&] { return channel_.feed == nullptr; });
  EXPECT_GT(channel_.dropped_bytes, 0U);
  EXPECT_EQ(channel_.dropped_bytes + channel_.data.size(), 11 * 1316U);
  EXPECT_EQ(listener_->statistics().bytes_discarded, channel_.dropped_bytes);
}

TEST_F(SrtListenerTest, EndsItsFeedsAndFreesThePortWhenDestroyed) {
  listen();
  const std::uint16_t port = listener_->port();
  std::unique_ptr<Caller> caller;
  run([&] { caller = std::make_unique<Caller>(port, "live/match?key=secret"); },
      [&] { return channel_.feed != nullptr; });
  listener_.reset();
  EXPECT_EQ(channel_.trace, (std::vector<std::string>{"start", "end server stops"}));
  EXPECT_TRUE(caller->wait_for_end());
  SrtListener::Options options;
  options.socket.host = "127.0.0.1";
  options.socket.port = port;
  EXPECT_TRUE(SrtListener::make(loop_, clock_, channel_, std::make_shared<const SrtPolicy>(), options).ok());
}

TEST_F(SrtListenerTest, KeepsItsFeedsWhenItStopsAccepting) {  // OP-3
  listen();
  const auto watch = channel_.on_change.calls([&] {
    if (channel_.data.empty()) listener_->stop_accepting();
  });
  int refused = 0;
  run(
      [&] {
        Caller caller(listener_->port(), "live/match?key=secret");
        ASSERT_TRUE(caller.connected());
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
        refused = Caller(listener_->port(), "live/other?key=secret").reject_reason();
        std::this_thread::sleep_for(std::chrono::milliseconds(200));
        ASSERT_TRUE(caller.send(payload(1316, 3)));
        std::this_thread::sleep_for(std::chrono::milliseconds(300));
      },
      [&] { return channel_.feed == nullptr; });
  EXPECT_EQ(refused, 1503);
  EXPECT_EQ(channel_.data, payload(1316, 3));
}

TEST(SrtListener, SaysWhichPortItCannotHave) {
  SrtLibrary library;
  base::SystemClock clock;
  loop::Loop loop;
  FakeChannel channel;
  const auto policy = std::make_shared<const SrtPolicy>();
  SrtListener::Options options;
  options.socket.host = "127.0.0.1";
  options.socket.port = 0;
  auto first = SrtListener::make(loop, clock, channel, policy, options);
  ASSERT_TRUE(first.ok());
  options.socket.port = (*first)->port();
  options.socket.peer_idle = 1 * base::kSecond;  // sockets with other options do not share a port
  const auto second = SrtListener::make(loop, clock, channel, policy, options);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().message().find(std::to_string(options.socket.port)), std::string::npos);
  options.socket.host = "no address";
  EXPECT_FALSE(SrtListener::make(loop, clock, channel, policy, options).ok());
}

TEST(SrtBuffers, HoldLatencyTimesBitrateWithAQuarterToSpare) {  // SR-14
  const SrtBuffers large = srt_buffers(4 * base::kSecond, 40'000'000);
  EXPECT_GE(large.packets, 4 * 40'000'000 / 8 / 1316 * 5 / 4);
  EXPECT_GE(large.bytes / 1472, 4 * 40'000'000 / 8 / 1316 * 5 / 4);
  const SrtBuffers small = srt_buffers(20 * base::kMillisecond, 1'000'000);
  EXPECT_EQ(small.bytes, 8192 * 1472);
  EXPECT_EQ(small.packets, 25600);
}

TEST(SrtFeatures, AreAskedOfTheLibrary) {  // SR-18, SR-19: Debian's 1.5.1 has neither
  SrtLibrary library;
  const SrtFeatures features = srt_features();
  EXPECT_EQ(features.version.substr(0, 2), "1.");
  if (features.version == "1.5.1") {
    EXPECT_FALSE(features.bonding);
    EXPECT_FALSE(features.aead);
  }
}

TEST_F(SrtListenerTest, HoldsWhatComesUntilTheGateLetsTheCallerIn) {
  SrtListener::Options options;
  options.gate = &gate_;
  listen(open_policy(), options);
  std::vector<std::uint8_t> sent;
  loop::Timer later(loop_, [&] {
    if (gate_.waiting.empty() || listener_->socket_statistics().size() > 0) return;
    EXPECT_EQ(channel_.publishes, 0);
    EXPECT_EQ(listener_->statistics().publishing, 0u);
    gate_.answer(std::nullopt);
  });
  later.start(200 * base::kMillisecond, 200 * base::kMillisecond);
  run(
      [&] {
        Caller caller(listener_->port(), "live/match?key=secret");
        ASSERT_TRUE(caller.connected());
        for (int i = 0; i < 50; ++i) {
          const std::vector<std::uint8_t> data = payload(1316, i);
          ASSERT_TRUE(caller.send(data));
          sent.insert(sent.end(), data.begin(), data.end());
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(1000));
      },
      [&] { return channel_.trace.size() == 2; });
  EXPECT_EQ(channel_.data, sent);
  EXPECT_EQ(channel_.trace[0], "start");
  EXPECT_EQ(listener_->statistics().bytes, sent.size());
  EXPECT_EQ(listener_->statistics().publishes, 1u);
}

TEST_F(SrtListenerTest, DropsAndTellsWhatIsMoreThanTheBacklogWhileTheGateIsAsked) {  // SR-13
  SrtListener::Options options;
  options.gate = &gate_;
  options.thread.backlog_bytes = 4096;
  listen(open_policy(), options);
  int asked_for = 0;  // Units: 10 ms
  loop::Timer later(loop_, [&] {
    if (!gate_.waiting.empty() && ++asked_for == 70) gate_.answer(std::nullopt);
  });
  later.start(0, 10 * base::kMillisecond);
  std::atomic<bool> told{false};
  const auto watch = channel_.on_change.calls([&] { told = channel_.dropped_bytes > 0; });
  run([&] {
    Caller caller(listener_->port(), "live/match?key=secret");
    for (int i = 0; i < 800 && !told; ++i) {
      ASSERT_TRUE(caller.send(payload(1316, i)));
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  });
  EXPECT_GT(channel_.dropped_bytes, 0U);
  EXPECT_EQ(channel_.dropped_bytes % 1316, 0U);
  EXPECT_EQ(listener_->statistics().bytes_discarded, channel_.dropped_bytes);
  EXPECT_EQ(channel_.data.at(0), 0U) << "what came first is kept";
}

TEST_F(SrtListenerTest, ClosesACallerThatTheGateRefuses) {
  SrtListener::Options options;
  options.gate = &gate_;
  listen(open_policy(), options);
  loop::Timer later(loop_, [&] { gate_.answer(Publisher::Refusal{Publisher::Refusal::Why::kOverload, "no rights"}); });
  later.start(50 * base::kMillisecond, 50 * base::kMillisecond);
  run([&] {
    Caller caller(listener_->port(), "live/match?key=secret");
    ASSERT_TRUE(caller.connected());
    EXPECT_TRUE(caller.wait_for_end());
  });
  EXPECT_EQ(channel_.publishes, 0);
  EXPECT_EQ(listener_->statistics().late_refusals, 1u);
  EXPECT_EQ(listener_->statistics().publishing, 0u);
}

TEST_F(SrtListenerTest, AnAnswerForACallerThatIsGoneDoesNothing) {
  SrtListener::Options options;
  options.gate = &gate_;
  listen(open_policy(), options);
  run([&] { Caller caller(listener_->port(), "live/match?key=secret"); }, [&] { return gate_.waiting.size() == 1; });
  loop::Timer wait(loop_, [&] { loop_.stop(); });
  wait.start(300 * base::kMillisecond);
  loop_.run();
  const auto done = gate_.waiting.at(0);
  listener_.reset();
  done(std::nullopt);
  EXPECT_EQ(channel_.publishes, 0);
  EXPECT_TRUE(channel_.trace.empty());
}

}  // namespace
}  // namespace ingest
