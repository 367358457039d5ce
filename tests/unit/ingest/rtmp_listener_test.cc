#include "ingest/rtmp_listener.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <optional>
#include <set>
#include <thread>
#include <utility>

#include "loop/mailbox.h"
#include "loop/timer.h"
#include "unit/ingest/fake_channel.h"
#include "unit/ingest/fake_gate.h"
#include "unit/rtmp/client.h"
#include "unit/rtmp/tag_builder.h"

namespace ingest {
namespace {

using Lines = std::vector<std::string>;
using rtmp::operator+;

/// Writes down what comes of media, too.
class MediaChannel : public FakeChannel {
 public:
  void on_message(feed::Message&& message) override {
    if (const auto* media = std::get_if<feed::RtmpMessage>(&message)) {
      trace.push_back(std::to_string(media->type) + " @" + std::to_string(media->timestamp));
      bytes += media->payload.size();
      messages.push_back(*media);
      EXPECT_GT(media->arrived, 1'700'000'000 * base::kSecond);  // UTC
    }
    FakeChannel::on_message(std::move(message));
  }

  base::Micros spare(base::Micros utc) const override {
    EXPECT_GT(utc, 1'700'000'000 * base::kSecond);
    return spares;
  }

  base::Micros spares = 0;
  std::vector<feed::RtmpMessage> messages;
  std::size_t bytes = 0;
};

/// A publisher's socket, blocking, for a thread of its own.
class Socket {
 public:
  explicit Socket(std::uint16_t port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    const int on = 1;
    ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // each message travels by itself
  }
  ~Socket() { ::close(fd_); }
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;

  bool connected() const { return connected_; }
  bool send(base::View bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Bytes that can be sent before the kernel takes no more for `quiet_ms`.
  std::size_t flood(std::size_t most, int quiet_ms) {
    const rtmp::Buffer block(65536, 0);
    std::size_t total = 0;
    pollfd waiting{fd_, POLLOUT, 0};
    while (total < most && ::poll(&waiting, 1, quiet_ms) == 1) {
      const ssize_t sent = ::send(fd_, block.data(), block.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent <= 0) break;
      total += static_cast<std::size_t>(sent);
    }
    return total;
  }
  /// Reads until `text` has come or the peer ends. True if it has come.
  bool read_until(std::string_view text) {
    while (base::text_of(received).find(text) == std::string_view::npos) {
      if (!read_some()) return false;
    }
    return true;
  }
  /// Reads to the end. True for an orderly one, false for a reset.
  bool read_to_end() {
    while (read_some()) {
    }
    return !reset_;
  }

  rtmp::Buffer received;

 private:
  bool read_some() {
    std::array<std::uint8_t, 4096> block;
    const ssize_t length = ::recv(fd_, block.data(), block.size(), 0);
    reset_ = length < 0;
    if (length <= 0) return false;
    received.insert(received.end(), block.begin(), block.begin() + length);
    return true;
  }

  int fd_;
  bool connected_ = false;
  bool reset_ = false;
};

/// A listener on a free port; run() plays a publisher against it in a thread.
class RtmpListenerTest : public testing::Test {
 protected:
  void listen(RtmpListener::Options options = {}) {
    options.tcp.host = "127.0.0.1";
    options.tcp.port = 0;
    auto made = RtmpListener::make(loop_, clock_, channel_, std::move(options));
    ASSERT_TRUE(made.ok());
    listener_ = made.take();
    port_ = listener_->port();
  }
  void run(const std::function<void()>& publisher) {
    loop::Mailbox mailbox(loop_);
    std::thread thread([&] {
      publisher();
      mailbox.post([this] { loop_.stop(); });
    });
    loop_.run();
    thread.join();
  }
  /// Runs the loop until `done` or 5 s have passed.
  void settle(const std::function<bool()>& done) {
    const base::Micros limit = clock_.steady() + 5 * base::kSecond;
    loop::Timer timer(loop_, [&] {
      if (done() || clock_.steady() > limit) loop_.stop();
    });
    timer.start(0, 5 * base::kMillisecond);
    loop_.run();
    EXPECT_TRUE(done());
  }
  static rtmp::Buffer hello(std::string_view name = "match?key=secret") {
    rtmp::Client client;
    client.shake_hands();
    client.connect();
    client.publish(name);
    return client.take();
  }
  static rtmp::Buffer video(std::uint32_t time, const rtmp::Buffer& tag) {
    rtmp::Client client;
    client.message(rtmp::Type::kVideo, 1, time, tag);
    return client.take();
  }
  static rtmp::Buffer audio(std::uint32_t time, const rtmp::Buffer& tag) {
    rtmp::Client client;
    client.message(rtmp::Type::kAudio, 1, time, tag);
    return client.take();
  }

  /// When the listener reads five messages that are sent 5 ms apart, behind one that `spares` is said of.
  std::set<base::Micros> reads_of_five(base::Micros spares) {
    channel_.spares = spares;
    std::optional<Socket> socket;
    std::uint32_t sent = 0;
    loop::Timer sender(loop_, [&] {
      if (sent++ < 5) socket->send(video(40 * sent, rtmp::avc_tag(2, 1, 0, rtmp::nal(1))));
    });
    const auto watch = channel_.on_change.calls([&] {
      if (channel_.messages.size() == 1 && !sender.active())
        sender.start(5 * base::kMillisecond, 5 * base::kMillisecond);
    });
    run([&] {
      socket.emplace(port_);
      ASSERT_TRUE(socket->send(hello()));
      ASSERT_TRUE(socket->read_until("NetStream.Publish.Start"));
      socket->send(video(0, rtmp::avc_tag(1, 0, 0, rtmp::kAvcc)));
    });
    settle([&] { return channel_.messages.size() == 6; });
    std::set<base::Micros> reads;
    for (std::size_t i = 1; i < channel_.messages.size(); ++i) reads.insert(channel_.messages[i].arrived);
    return reads;
  }

  base::SystemClock clock_;
  loop::Loop loop_;
  MediaChannel channel_;
  std::unique_ptr<RtmpListener> listener_;
  std::uint16_t port_ = 0;
};

TEST_F(RtmpListenerTest, HandsAPublishersMessagesOn) {
  listen();
  run([&] {
    Socket socket(port_);
    ASSERT_TRUE(socket.send(hello()));
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    socket.send(video(0, rtmp::avc_tag(1, 0, 0, rtmp::kAvcc)));
    socket.send(video(40, rtmp::avc_tag(1, 1, 0, rtmp::nal(5))));
  });
  settle([&] { return channel_.trace.size() == 4; });
  EXPECT_EQ(channel_.trace, (Lines{"start", "9 @0", "9 @40", "end publisher disconnected"}));
  EXPECT_EQ(channel_.request->channel, "match");
  EXPECT_EQ(channel_.request->key, "secret");
  EXPECT_EQ(channel_.request->protocol, "rtmp");
  EXPECT_TRUE(channel_.request->loopback);
  EXPECT_EQ(listener_->statistics().publishes, 1U);
  EXPECT_EQ(listener_->statistics().messages, 2U);
  settle([&] { return listener_->statistics().connections == 0; });
  EXPECT_EQ(listener_->statistics().publishing, 0U);
  EXPECT_EQ(listener_->statistics().half_open, 0U);
}

TEST_F(RtmpListenerTest, ReadsTogetherWhatItsSinkCanSpareForAWhile) {
  listen();
  EXPECT_EQ(reads_of_five(base::kSecond).size(), 1U);
}

TEST_F(RtmpListenerTest, ReadsEachMessageWhereItsSinkCanSpareNone) {
  listen();
  EXPECT_GT(reads_of_five(0).size(), 1U);
}

TEST_F(RtmpListenerTest, HearsOfTheEndOfAPublisherThatItLetsAlone) {
  listen();
  channel_.spares = 3600 * base::kSecond;
  run([&] {
    Socket socket(port_);
    ASSERT_TRUE(socket.send(hello()));
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    for (std::uint32_t i = 0; i < 10; ++i) socket.send(video(40 * i, rtmp::avc_tag(1, 1, 0, rtmp::nal(5))));
  });
  settle([&] { return !channel_.trace.empty() && channel_.trace.back() == "end publisher disconnected"; });
  EXPECT_EQ(channel_.messages.size(), 10U);
}

// ffmpeg, OBS and GStreamer take a second status for the end: it has to be the one that they wait for.
TEST_F(RtmpListenerTest, PutsWhatTheChannelTellsIntoTheStatusThatAcceptsThePublish) {
  channel_.tells = "publishing without the renditions v1080";
  listen();
  run([&] {
    Socket first(port_);
    ASSERT_TRUE(first.send(hello()));
    EXPECT_TRUE(first.read_until(channel_.tells));
  });
}

TEST_F(RtmpListenerTest, SaysOfEachMessageWhatItIs) {
  listen();
  run([&] {
    Socket socket(port_);
    ASSERT_TRUE(socket.send(hello()));
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    rtmp::Client client;
    const auto data = [](std::string_view name) {
      return rtmp::Buffer{2, 0, static_cast<std::uint8_t>(name.size())} + rtmp::text_bytes(name) + rtmp::Buffer{5};
    };
    client.message(rtmp::Type::kDataAmf0, 1, 0, data("onMetaData"));
    client.message(rtmp::Type::kDataAmf0, 1, 0, data("onTextData"));
    client.message(rtmp::Type::kVideo, 1, 0, rtmp::avc_tag(1, 0, 0, rtmp::kAvcc));
    client.message(rtmp::Type::kVideo, 1, 0, rtmp::avc_tag(1, 1, 0, rtmp::nal(5)));
    client.message(rtmp::Type::kVideo, 1, 40, rtmp::avc_tag(2, 1, 0, rtmp::nal(1)));
    client.message(rtmp::Type::kVideo, 1, 80, rtmp::avc_tag(1, 2, 0, {}));  // end of sequence
    client.message(rtmp::Type::kAudio, 1, 0, rtmp::aac_tag(0, rtmp::kAsc));
    client.message(rtmp::Type::kAudio, 1, 0, rtmp::aac_tag(1, {1, 2, 3}));
    client.message(rtmp::Type::kAudio, 1, 0, rtmp::aac_tag(1, {}));  // silence (RT-25)
    client.message(rtmp::Type::kAudio, 1, 0, rtmp::Buffer{0x95, 0} + rtmp::text_bytes("mp4a") + rtmp::Buffer{1, 0x11});
    client.message(rtmp::Type::kVideo, 1, 80, rtmp::Buffer{0x97});  // broken
    socket.send(client.take());
  });
  settle([&] { return channel_.messages.size() == 11; });
  std::string roles;
  for (const feed::RtmpMessage& message : channel_.messages) {
    roles += std::string(1, "HKFAO"[static_cast<int>(message.role)]) + (message.unplayable ? "!" : "") +
             (message.track > 0 ? std::to_string(message.track) : "");
  }
  EXPECT_EQ(roles, "HOHKFOHAOH1O!");
}

TEST_F(RtmpListenerTest, RefusesWithAStatusThatArrives) {  // RT-17, RT-28
  for (const auto& [why, code] : {std::pair{Publisher::Refusal::Why::kDenied, "NetStream.Publish.Denied"},
                                  {Publisher::Refusal::Why::kBusy, "NetStream.Publish.BadName"},
                                  {Publisher::Refusal::Why::kNotFound, "NetStream.Publish.Rejected"}}) {
    channel_.refuse = Publisher::Refusal{why, "no"};
    listen();
    run([&, code = code] {
      Socket socket(port_);
      socket.send(hello());
      EXPECT_TRUE(socket.read_until(code));
      socket.send(rtmp::Buffer(30'000, 'x'));  // an encoder that does not wait gets no reset either
      EXPECT_TRUE(socket.read_to_end());
    });
    EXPECT_EQ(listener_->statistics().refused, 1U);
  }
  EXPECT_TRUE(channel_.trace.empty());
}

/// One publish after the other on a connection, each given up at once.
rtmp::Buffer publishes(int count) {
  rtmp::Client client;
  for (int i = 0; i < count; ++i) {
    client.publish("n" + std::to_string(i));
    client.command({"FCUnpublish", 9.0, rtmp::amf::Value::null(), "n" + std::to_string(i)});
  }
  return client.take();
}

TEST_F(RtmpListenerTest, EndsAConnectionThatPublishesTooOften) {
  RtmpListener::Options options;
  options.publishes = {.burst = 3, .every = 600 * base::kSecond};
  listen(std::move(options));
  run([&] {
    Socket socket(port_);
    socket.send(hello("first"));
    socket.send(publishes(600));
    EXPECT_TRUE(socket.read_until("too many publishes on one connection"));
    EXPECT_TRUE(socket.read_to_end());
    Socket honest(port_);
    honest.send(hello("honest"));
    EXPECT_TRUE(honest.read_until("NetStream.Publish.Start")) << "another connection has its own";
  });
  EXPECT_EQ(listener_->statistics().publishes_limited, 1U);
  EXPECT_EQ(listener_->statistics().refused, 1U);
  EXPECT_LE(listener_->statistics().publishes, 1U + 3U);
}

TEST_F(RtmpListenerTest, DropsHalfOpenConnectionsInTime) {  // RT-40
  RtmpListener::Options options;
  options.session.handshake_limit = 300 * base::kMillisecond;
  listen(std::move(options));
  run([&] {
    std::vector<std::unique_ptr<Socket>> sockets;
    for (int i = 0; i < 50; ++i) {
      sockets.push_back(std::make_unique<Socket>(port_));
      sockets.back()->send(rtmp::Buffer(static_cast<std::size_t>(i * 20), 3));
    }
    for (const auto& socket : sockets) socket->read_to_end();
  });
  EXPECT_EQ(listener_->statistics().timeouts, 50U);
  settle([&] { return listener_->statistics().connections == 0; });
}

TEST_F(RtmpListenerTest, LetsAPublisherInAmidAFloodOfHandshakes) {  // RT-40
  RtmpListener::Options options;
  options.half_open = 10;
  listen(std::move(options));
  run([&] {
    std::vector<std::unique_ptr<Socket>> sockets;
    for (int i = 0; i < 40; ++i) sockets.push_back(std::make_unique<Socket>(port_));
    Socket socket(port_);
    socket.send(hello());
    EXPECT_TRUE(socket.read_until("NetStream.Publish.Start"));
  });
  EXPECT_GE(listener_->statistics().limited, 30U);
  EXPECT_LE(listener_->statistics().half_open, 10U);
}

TEST_F(RtmpListenerTest, TurnsConnectionsAwayThatAreTooMany) {
  RtmpListener::Options options;
  options.connections = 2;
  listen(std::move(options));
  run([&] {
    Socket first(port_);
    Socket second(port_);
    Socket third(port_);
    third.read_to_end();
    EXPECT_TRUE(third.received.empty());
  });
  EXPECT_EQ(listener_->statistics().limited, 1U);
}

TEST_F(RtmpListenerTest, EndsAPublishThatCannotBePlayed) {  // RT-36
  listen();
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    socket.send(video(0, rtmp::ex_video(1, 0, "vp08", {1, 2, 3})));
    EXPECT_TRUE(socket.read_until("cannot play vp08"));
    EXPECT_TRUE(socket.read_until("NetStream.Publish.Rejected"));
    EXPECT_TRUE(socket.read_to_end());
  });
  ASSERT_EQ(channel_.trace.size(), 2U);
  EXPECT_TRUE(channel_.trace[1].starts_with("end cannot play vp08"));
}

TEST_F(RtmpListenerTest, WarnsOnceOfATrackThatIsLeftOut) {  // RT-36
  listen();
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    const rtmp::Buffer second =
        rtmp::Buffer{0x96, 0x00} + rtmp::text_bytes("vvc1") + rtmp::Buffer{1} + rtmp::text_bytes("x");
    socket.send(video(0, second));
    socket.send(video(40, second));
    EXPECT_TRUE(socket.read_until("video track 1 is left out"));
  });
  settle([&] { return channel_.trace.size() == 4; });
  EXPECT_EQ(listener_->statistics().unplayable, 1U);
}

TEST_F(RtmpListenerTest, KeepsAFeedWhoseAudioCannotBePlayed) {  // RT-36
  listen();
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    ASSERT_TRUE(socket.read_until("NetStream.Publish.Start"));
    for (const std::uint8_t head : std::initializer_list<std::uint8_t>{0xB6, 0x7E, 0x8E})
      socket.send(audio(0, {head, 1, 2}));  // Speex, G.711
    socket.send(video(0, rtmp::ex_video(1, 0, "vp08", {1})));
    EXPECT_TRUE(socket.read_until("NetStream.Publish.Rejected"));
    EXPECT_EQ(base::text_of(socket.received).find("NetStream.Publish.Warning"), std::string_view::npos);
  });
  ASSERT_EQ(channel_.trace.size(), 5U);
  EXPECT_EQ(channel_.trace[3], "8 @0");
  EXPECT_TRUE(channel_.trace[4].starts_with("end cannot play vp08"));
  EXPECT_EQ(listener_->statistics().unplayable, 2U);
}

TEST_F(RtmpListenerTest, DisconnectsAPublisherWithTheReason) {  // RT-28: takeover
  listen();
  bool closed = false;
  const auto watch = channel_.on_change.calls([&] {
    if (std::exchange(closed, true)) return;
    const std::size_t before = channel_.trace.size();
    channel_.feed->close("another publisher took over");
    EXPECT_EQ(channel_.trace.size(), before);  // not from inside the call
  });
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    EXPECT_TRUE(socket.read_until("another publisher took over"));
    EXPECT_TRUE(socket.read_to_end());
  });
  EXPECT_EQ(channel_.trace, (Lines{"start", "end another publisher took over"}));
}

TEST_F(RtmpListenerTest, SurvivesGarbage) {  // RT-46
  listen();
  run([&] {
    for (const char* text : {"GET / HTTP/1.1\r\n\r\n", "\x16\x03\x01\x02\x00\x01", "\x06"}) {
      Socket socket(port_);
      socket.send(base::view_of(text));
      socket.read_to_end();
      EXPECT_TRUE(socket.received.empty());
    }
  });
  EXPECT_EQ(listener_->statistics().protocol_errors, 3U);
}

TEST_F(RtmpListenerTest, ClosesPlainRtmpOnATlsPort) {  // RT-27
  const std::string directory = testing::TempDir() + "kickoff-rtmps-" + std::to_string(::getpid());
  std::filesystem::create_directory(directory);
  tls::Context::Options certificate;
  certificate.state_directory = directory;
  certificate.alpn.clear();
  auto context = tls::Context::make(certificate);
  ASSERT_TRUE(context.ok());
  RtmpListener::Options options;
  options.tls = context.take();
  listen(std::move(options));
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    socket.read_to_end();
    EXPECT_EQ(base::text_of(socket.received).find("NetConnection"), std::string_view::npos);
  });
  EXPECT_EQ(listener_->statistics().tls_errors, 1U);
  std::filesystem::remove_all(directory);
}

TEST_F(RtmpListenerTest, TellsItsSinksWhenItStops) {
  listen();
  const auto watch = channel_.on_change.calls([&] {
    if (channel_.feed) loop_.post([&] { listener_.reset(); });
  });
  run([&] {
    Socket socket(port_);
    socket.send(hello());
    socket.read_to_end();
  });
  EXPECT_EQ(channel_.trace, (Lines{"start", "end server stops"}));
}

TEST(RtmpListener, SaysWhenItsPortIsTaken) {
  base::SystemClock clock;
  loop::Loop loop;
  MediaChannel channel;
  RtmpListener::Options options;
  options.tcp.host = "127.0.0.1";
  options.tcp.port = 0;
  auto first = RtmpListener::make(loop, clock, channel, options);
  ASSERT_TRUE(first.ok());
  options.tcp.port = (*first)->port();
  const auto second = RtmpListener::make(loop, clock, channel, options);
  ASSERT_FALSE(second.ok());
  EXPECT_NE(second.error().what.find(std::to_string(options.tcp.port)), std::string::npos);
}

class GatedRtmpTest : public RtmpListenerTest {
 protected:
  /// Publishes, and has the gate answer once it is asked. `status`: words of the status of the publish alone: that of
  /// FCPublish has the same code.
  void publish_and_answer(const PublishGate::Answer& answer, std::string_view status) {
    RtmpListener::Options options;
    options.gate = &gate_;
    listen(std::move(options));
    loop::Timer later(loop_, [&] {
      if (gate_.waiting.empty()) return;
      EXPECT_EQ(channel_.publishes, 0) << "not before the answer";
      gate_.answer(answer);
    });
    later.start(0, 5 * base::kMillisecond);
    run([&] {
      Socket socket(port_);
      ASSERT_TRUE(socket.send(hello() + video(0, rtmp::avc_tag(1, 0, 0, rtmp::kAvcc))));
      ASSERT_TRUE(socket.read_until(status));
      if (answer) {
        EXPECT_TRUE(socket.read_to_end());
      }
    });
  }

  FakeGate gate_;
};

TEST_F(GatedRtmpTest, WhoIsLetInLaterPublishesWithAllThatWasSent) {
  publish_and_answer(std::nullopt, "publishing");
  settle([&] { return channel_.trace.size() == 3; });
  EXPECT_EQ(channel_.trace, (Lines{"start", "9 @0", "end publisher disconnected"}));
  EXPECT_EQ(gate_.asked.at(0).key, "secret");
}

TEST_F(GatedRtmpTest, WhoIsRefusedLaterGetsTheReasonAndIsClosed) {
  publish_and_answer(Publisher::Refusal{Publisher::Refusal::Why::kOverload, "no rights"}, "no rights");
  EXPECT_EQ(channel_.publishes, 0);
  EXPECT_EQ(listener_->statistics().refused, 1u);
  EXPECT_EQ(listener_->statistics().denied, 0u);
}

TEST_F(GatedRtmpTest, AnAnswerThatIsThereIsTakenAtOnce) {
  gate_.now = PublishGate::Answer();
  publish_and_answer(std::nullopt, "publishing");
  EXPECT_EQ(channel_.publishes, 1);
}

TEST_F(GatedRtmpTest, AnAnswerForSomebodyWhoIsGoneDoesNothing) {
  RtmpListener::Options options;
  options.gate = &gate_;
  listen(std::move(options));
  run([&] {
    Socket socket(port_);
    ASSERT_TRUE(socket.send(hello()));
    ASSERT_TRUE(socket.read_until("_result"));
  });
  settle([&] { return gate_.waiting.size() == 1 && listener_->statistics().connections == 0; });
  gate_.answer(std::nullopt);
  EXPECT_EQ(channel_.publishes, 0);
  EXPECT_EQ(listener_->statistics().publishing, 0u);
}

}  // namespace
}  // namespace ingest
