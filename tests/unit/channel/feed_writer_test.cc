#include "channel/feed_writer.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <string>

#include "loop/loop.h"

namespace channel {
namespace {

using Role = FeedWriter::Role;

class Collector : public loop::StreamHandler {
 public:
  void on_read(base::View bytes) override { EXPECT_TRUE(reader.feed(bytes).ok()); }
  void on_end(const std::optional<base::Error>&) override {}

  std::string trace() {
    std::string text;
    feed::Message message;
    while (reader.next(message)) {
      if (const auto* rtmp = std::get_if<feed::RtmpMessage>(&message)) text += std::to_string(rtmp->timestamp) + " ";
      if (const auto* dropped = std::get_if<feed::Dropped>(&message))
        text += "dropped(" + std::to_string(dropped->bytes) + ") ";
    }
    return text;
  }

  feed::Reader reader;
};

class FeedWriterTest : public testing::Test {
 protected:
  FeedWriterTest() {
    int ends[2];
    EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    left_ = loop::Stream::of_descriptor(loop_, ends[0]).take();
    right_ = loop::Stream::of_descriptor(loop_, ends[1]).take();
    left_->start(nobody_);
    writer_.attach(left_.get());
  }

  void media(std::uint32_t timestamp, Role role, std::size_t size, base::Micros now = 0) {
    writer_.write_media(feed::RtmpMessage{9, timestamp, 0, base::Bytes::copy_of(std::string(size, 'x'))}, role, now);
  }
  // Turns the loop until the worker's end has read everything.
  void drain() {
    right_->start(worker_);
    for (int i = 0; i < 200 && left_->queued() > 0; ++i) turn();
    // What the kernel holds when our queue is empty takes a few more.
    for (int i = 0; i < 20; ++i) turn();
  }
  void turn() {
    loop_.post([this] { loop_.stop(); });
    loop_.run();
  }

  loop::Loop loop_;
  Collector nobody_;
  Collector worker_;
  std::unique_ptr<loop::Stream> left_;
  std::unique_ptr<loop::Stream> right_;
  FeedWriter writer_{loop_, {.most_bytes = 1 << 20, .most_time = base::kSecond}};
};

TEST_F(FeedWriterTest, PassesEverythingToAWorkerThatKeepsUp) {
  media(1, Role::kHeader, 10);
  media(2, Role::kKeyFrame, 10);
  media(3, Role::kOther, 10);
  drain();
  EXPECT_EQ(worker_.trace(), "1 2 3 ");
}

TEST_F(FeedWriterTest, AWorkerThatStandsStillCostsAtMostTheBoundAndResumesAtAKeyFrame) {
  for (std::uint32_t i = 1; i <= 30; ++i) media(i, Role::kOther, 100'000);
  EXPECT_LE(left_->queued(), std::size_t{1} << 20);
  EXPECT_GT(writer_.counters().dropped_messages, 0U);
  EXPECT_EQ(writer_.counters().drops, 1U);
  drain();
  media(31, Role::kOther, 10);
  media(32, Role::kKeyFrame, 10);
  media(33, Role::kOther, 10);
  drain();
  const std::string trace = worker_.trace();
  EXPECT_NE(trace.find("dropped("), std::string::npos) << trace;
  EXPECT_EQ(trace.find(" 31 "), std::string::npos) << trace;
  EXPECT_EQ(trace.substr(trace.find(") ")), ") 32 33 ");
}

TEST_F(FeedWriterTest, DecoderConfigurationIsNeverDropped) {
  for (std::uint32_t i = 1; i <= 30; ++i) media(i, Role::kOther, 100'000);
  media(99, Role::kHeader, 10);
  drain();
  EXPECT_NE(worker_.trace().find("99 "), std::string::npos);
}

TEST_F(FeedWriterTest, APipeThatStaysFullTooLongDropsToo) {
  media(1, Role::kOther, 900'000, 0);
  media(2, Role::kOther, 10, base::kSecond / 2);
  EXPECT_EQ(writer_.counters().drops, 0U);
  media(3, Role::kOther, 10, 2 * base::kSecond);
  EXPECT_EQ(writer_.counters().drops, 1U);
}

TEST_F(FeedWriterTest, AudioGoesWithTheNextVideoFrameAndInOrder) {
  right_->start(worker_);
  media(1, Role::kOther, 10, 0);
  media(2, Role::kAudio, 10, base::kMillisecond);
  loop_.post([this] { loop_.stop(); });
  loop_.run();
  EXPECT_EQ(worker_.trace(), "1 ");
  media(3, Role::kOther, 10, 2 * base::kMillisecond);
  drain();
  EXPECT_EQ(worker_.trace(), "2 3 ");
}

TEST_F(FeedWriterTest, AudioDoesNotWaitForVideoThatDoesNotCome) {
  media(1, Role::kAudio, 10, base::kSecond);
  drain();
  EXPECT_EQ(worker_.trace(), "1 ");
  media(2, Role::kOther, 10, 2 * base::kSecond);
  media(3, Role::kAudio, 10, 2 * base::kSecond);
  loop::Timer late(loop_, [this] { loop_.stop(); });
  late.start(base::kSecond / 5);
  loop_.run();
  EXPECT_EQ(worker_.trace(), "2 3 ");
}

TEST_F(FeedWriterTest, WithoutAWorkerMediaIsCountedAsDropped) {
  writer_.attach(nullptr);
  media(1, Role::kKeyFrame, 10);
  EXPECT_EQ(writer_.counters().dropped_bytes, 10U);
}

}  // namespace
}  // namespace channel
