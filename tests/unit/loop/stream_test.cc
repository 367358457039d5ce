#include "loop/stream.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "base/media_file.h"
#include "loop/timer.h"

namespace loop {
namespace {

class Recorder : public StreamHandler {
 public:
  void on_read(base::View bytes) override {
    text += base::text_of(bytes);
    if (after_read) after_read();
  }
  void on_end(const std::optional<base::Error>& why) override {
    ++ends;
    failed = why.has_value();
    if (after_end) after_end();
  }
  void on_drained() override { ++drains; }

  std::string text;
  int ends = 0;
  int drains = 0;
  bool failed = false;
  std::function<void()> after_read;
  std::function<void()> after_end;
};

struct Pair {
  std::unique_ptr<Stream> left;
  std::unique_ptr<Stream> right;
};

Pair connected_pair(Loop& loop) {
  int descriptors[2];
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, descriptors), 0);
  return {Stream::of_descriptor(loop, descriptors[0]).take(), Stream::of_descriptor(loop, descriptors[1]).take()};
}

TEST(Stream, DeliversGatheredSlicesInOrderAndThenTheEnd) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder reader;
  reader.after_end = [&] { pair.right->close(); };
  pair.right->start(reader);
  const base::Bytes slices[] = {base::Bytes::of_static("one "), base::Bytes::of_static("two "),
                                base::Bytes::of_static("three")};
  pair.left->write(slices);
  pair.left->shut_down();
  loop.run();
  EXPECT_EQ(reader.text, "one two three");
  EXPECT_EQ(reader.ends, 1);
  EXPECT_FALSE(reader.failed);
}

TEST(Stream, KeepsWhatTheKernelDoesNotTakeAndSendsItAll) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder writer;
  Recorder reader;
  const std::size_t size = 8U << 20;
  std::vector<base::Bytes> slices;
  for (std::size_t i = 0; i < 3000; ++i)
    slices.push_back(base::Bytes::copy_of(std::string(size / 3000, static_cast<char>('a' + i % 26))));
  std::string expected;
  for (const base::Bytes& slice : slices) expected += slice.text();
  pair.left->start(writer);
  pair.left->write(slices);
  EXPECT_GT(pair.left->queued(), 0U);
  pair.right->start(reader);
  reader.after_read = [&] {
    if (reader.text.size() == expected.size()) loop.stop();
  };
  loop.run();
  EXPECT_EQ(reader.text, expected);
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(pair.left->queued(), 0U);
  EXPECT_EQ(writer.drains, 1);
}

TEST(Stream, StaysOpenWhenAllThatItHeldIsSent) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder writer;
  Recorder reader;
  const std::string much(4U << 20, 'x');
  pair.left->start(writer);
  pair.left->write(base::Bytes::copy_of(much));
  ASSERT_GT(pair.left->queued(), 0U);
  pair.right->start(reader);
  reader.after_read = [&] {
    if (reader.text.size() == much.size()) loop.post([&] { pair.left->write(base::Bytes::of_static("more")); });
    if (reader.text.size() == much.size() + 4) loop.stop();
  };
  reader.after_end = [&] { loop.stop(); };
  loop.run();
  EXPECT_EQ(reader.text.substr(much.size()), "more");
  EXPECT_EQ(reader.ends, 0);
}

TEST(Stream, AWriteToAGonePeerIsReportedOnceAndNotInsideTheCall) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder writer;
  pair.left->start(writer);
  pair.right->close();
  loop.post([&] { loop.stop(); });
  loop.run();
  writer.after_end = [&] { loop.stop(); };
  pair.left->write(base::Bytes::of_static("x"));
  pair.left->write(base::Bytes::of_static("y"));
  loop.run();
  EXPECT_EQ(writer.ends, 1);
}

TEST(Stream, NothingIsCalledAfterClose) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder reader;
  pair.right->start(reader);
  pair.left->write(base::Bytes::of_static("late"));
  pair.right->close();
  pair.left->close();
  loop.run();
  EXPECT_EQ(reader.text, "");
  EXPECT_EQ(reader.ends, 0);
}

TEST(Stream, PauseHoldsTheSenderBackAndResumeGoesOn) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder reader;
  pair.right->start(reader);
  pair.right->pause();
  pair.left->write(base::Bytes::of_static("later"));
  loop.post([&] { loop.stop(); });
  loop.run();
  EXPECT_EQ(reader.text, "");
  reader.after_read = [&] { loop.stop(); };
  pair.right->resume();
  loop.run();
  EXPECT_EQ(reader.text, "later");
}

int connect_to(std::uint16_t port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  return descriptor;
}

/// A connection that a listener has accepted, and its client's end.
struct Accepted {
  Accepted() {
    listener = TcpListener::make(loop, {.host = "127.0.0.1"}, [this](std::unique_ptr<Stream> stream) {
                 accepted = std::move(stream);
                 loop.stop();
               }).take();
    client = connect_to(listener->port());
    loop.run();
  }
  ~Accepted() { ::close(client); }

  Loop loop;
  std::unique_ptr<Stream> accepted;
  std::unique_ptr<TcpListener> listener;
  int client = -1;
};

TEST(TcpListener, AcceptsAndNamesThePeer) {
  const Accepted one;
  ASSERT_NE(one.accepted, nullptr);
  EXPECT_TRUE(one.accepted->peer_is_loopback());
  EXPECT_EQ(one.accepted->peer().substr(0, 10), "127.0.0.1:");
}

TEST(Stream, IsReadWhenAsMuchIsThereAsWasAskedFor) {
  Accepted one;
  Recorder reader;
  one.accepted->set_low_water(1000);
  one.accepted->start(reader);
  const std::string some(600, 'x');
  ASSERT_EQ(send(one.client, some.data(), some.size(), 0), 600);
  Timer later(one.loop, [&] { one.loop.stop(); });
  later.start(20 * base::kMillisecond);
  one.loop.run();
  EXPECT_EQ(reader.text, "");
  ASSERT_EQ(send(one.client, some.data(), some.size(), 0), 600);
  reader.after_read = [&] { one.loop.stop(); };
  one.loop.run();
  EXPECT_EQ(reader.text.size(), 1200U);
}

TEST(Stream, IsReadAtOnceWhenLittleIsEnoughAgain) {
  Accepted one;
  Recorder reader;
  one.accepted->set_low_water(1000);
  one.accepted->start(reader);
  ASSERT_EQ(send(one.client, "little", 6, 0), 6);
  Timer later(one.loop, [&] { one.accepted->set_low_water(1); });
  later.start(base::kMillisecond);
  reader.after_read = [&] { one.loop.stop(); };
  one.loop.run();
  EXPECT_EQ(reader.text, "little");
}

TEST(Stream, TheEndComesHoweverMuchWasAskedFor) {
  Accepted one;
  Recorder reader;
  one.accepted->set_low_water(1000);
  one.accepted->start(reader);
  ASSERT_EQ(send(one.client, "last", 4, 0), 4);
  ASSERT_EQ(shutdown(one.client, SHUT_WR), 0);
  reader.after_end = [&] { one.loop.stop(); };
  one.loop.run();
  EXPECT_EQ(reader.text, "last");
  EXPECT_EQ(reader.ends, 1);
}

TEST(Stream, OfAPipeIsReadWithAnythingWhateverIsAskedFor) {
  Loop loop;
  Pair pair = connected_pair(loop);
  Recorder reader;
  reader.after_read = [&] { loop.stop(); };
  pair.right->set_low_water(1000);
  pair.right->start(reader);
  pair.left->write(base::Bytes::of_static("little"));
  loop.run();
  EXPECT_EQ(reader.text, "little");
}

/// The other end of `client` in this process.
int other_end(int client) {
  sockaddr_in own{};
  socklen_t length = sizeof own;
  EXPECT_EQ(getsockname(client, reinterpret_cast<sockaddr*>(&own), &length), 0);
  for (int descriptor = 3; descriptor < 256; ++descriptor) {
    sockaddr_in peer{};
    length = sizeof peer;
    const bool connected = getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &length) == 0;
    if (connected && peer.sin_family == AF_INET && peer.sin_port == own.sin_port) return descriptor;
  }
  return -1;
}

TEST(Stream, OfADescriptorOfTcpNamesThePeerToo) {
  Accepted connection;
  const auto stream = Stream::of_descriptor(connection.loop, dup(connection.client)).take();
  EXPECT_EQ(stream->peer(), "127.0.0.1:" + std::to_string(connection.listener->port()));
  EXPECT_TRUE(stream->peer_is_loopback());
  Pair pair = connected_pair(connection.loop);
  EXPECT_EQ(pair.left->peer(), "");
}

TEST(TcpListener, SmallWritesOfTheAcceptedDoNotWaitForEachOther) {
  const Accepted one;
  int no_delay = 0;
  socklen_t length = sizeof no_delay;
  ASSERT_EQ(getsockopt(other_end(one.client), IPPROTO_TCP, TCP_NODELAY, &no_delay, &length), 0);
  EXPECT_EQ(no_delay, 1);
}

TEST(TcpListener, SeveralMayShareAPortWhereAsked) {
  Loop loop;
  const TcpListener::Options first{.host = "127.0.0.1", .reuse_port = true};
  auto one = TcpListener::make(loop, first, nullptr).take();
  TcpListener::Options second = first;
  second.port = one->port();
  EXPECT_TRUE(TcpListener::make(loop, second, nullptr).ok());
}

TEST(TcpListener, APortInUseIsAnErrorThatNamesIt) {
  Loop loop;
  auto one = TcpListener::make(loop, {.host = "127.0.0.1"}, nullptr).take();
  const auto two = TcpListener::make(loop, {.host = "127.0.0.1", .port = one->port()}, nullptr);
  ASSERT_FALSE(two.ok());
  EXPECT_NE(two.error().message().find("127.0.0.1:" + std::to_string(one->port())), std::string::npos);
  EXPECT_NE(two.error().message().find("address already in use"), std::string::npos);
}

/// Two ends of a TCP connection, the left one with a small send buffer.
Pair tcp_pair(Loop& loop) {
  Pair pair;
  std::unique_ptr<TcpListener> listener =
      TcpListener::make(loop, {.host = "127.0.0.1"}, [&](std::unique_ptr<Stream> accepted) {
        pair.left = std::move(accepted);
        loop.stop();
      }).take();
  const int client = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(listener->port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_EQ(connect(client, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  loop.run();
  pair.right = Stream::of_descriptor(loop, client).take();
  return pair;
}

/// A media file and its writer.
struct Memory {
  std::unique_ptr<base::MediaFile> file = base::MediaFile::make().take();
  base::MediaWriter writer{file->descriptor()};
};

/// `size` bytes that differ; in the file from the size on from which that pays.
base::Bytes pattern(Memory& memory, std::size_t size, std::uint8_t seed) {
  std::vector<std::uint8_t> bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(seed + i % 251);
  if (size < base::MediaFile::kLeast) return base::Bytes::adopt(std::move(bytes));
  return memory.file->at(*memory.writer.write(bytes), size).take();
}

TEST(Stream, SendsFromFilesAndMemoryInOrderThroughASlowReader) {
  Loop loop;
  Pair pair = tcp_pair(loop);
  Recorder reader;
  Recorder writer;
  Memory memory;
  std::vector<base::Bytes> slices;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    // A head, a part of its own pages, one that shares a chunk, one too small for a file.
    for (const std::size_t size : {300UL, 600'000UL, 90'001UL, 5'000UL}) {
      slices.push_back(pattern(memory, size, static_cast<std::uint8_t>(i)));
      expected += slices.back().text();
    }
    slices.push_back(slices.back().slice(7, 100));
    expected += slices.back().text();
    slices.push_back(slices[slices.size() - 4].slice(11, 70'000));
    expected += slices.back().text();
  }
  EXPECT_NE(slices[1].backing(), nullptr);
  EXPECT_EQ(slices[0].backing(), nullptr);
  pair.left->start(writer);
  pair.left->write(slices);
  slices.clear();  // the stream keeps what it needs
  EXPECT_GT(pair.left->queued(), 0U);
  pair.left->write(base::Bytes::of_static("the end"));
  expected += "the end";
  pair.left->shut_down();
  reader.after_end = [&] { pair.right->close(); };
  writer.after_end = [&] { pair.left->close(); };
  pair.right->start(reader);
  loop.run();
  EXPECT_TRUE(reader.text == expected) << reader.text.size() << " bytes of " << expected.size();
  EXPECT_EQ(writer.drains, 1);
}

TEST(Stream, TheEndTravelsWithTheLastWriteWhereItWasAnnounced) {
  for (const bool close : {false, true}) {
    Loop loop;
    Pair pair = tcp_pair(loop);
    Recorder reader;
    pair.left->write(base::Bytes::of_static("the last"), Stream::Follows::kEnd);
    EXPECT_EQ(pair.left->queued(), 0U);
    pair.right->start(reader);
    loop.post([&] { loop.post([&] { loop.stop(); }); });
    loop.run();
    EXPECT_EQ(reader.text, "");
    reader.after_end = [&] { pair.right->close(); };
    close ? pair.left->close() : pair.left->shut_down();
    loop.post([&] { loop.post([&] { loop.stop(); }); });
    loop.run();
    EXPECT_EQ(reader.text, "the last");
    EXPECT_EQ(reader.ends, 1);
    EXPECT_FALSE(reader.failed);
  }
}

TEST(Stream, SaysOnceThatThePeerOfAFileSendHasGone) {
  std::signal(SIGPIPE, SIG_IGN);
  Loop loop;
  Pair pair = tcp_pair(loop);
  Recorder writer;
  writer.after_end = [&] { pair.left->close(); };
  Memory memory;
  pair.left->start(writer);
  pair.right->close();
  for (int i = 0; i < 20; ++i) pair.left->write(pattern(memory, 200'000, 1));
  loop.run();
  EXPECT_EQ(writer.ends, 1);
}

}  // namespace
}  // namespace loop
