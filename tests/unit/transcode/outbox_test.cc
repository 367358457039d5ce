#include "transcode/outbox.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <string>
#include <thread>

namespace transcode {
namespace {

media::Packet packet_at(std::int64_t pts, std::size_t size = 10) {
  media::Packet made;
  made.pts = pts;
  made.data = base::Bytes::adopt(std::vector<std::uint8_t>(size));
  return made;
}

bool readable(const Outbox& outbox) {
  pollfd ready{outbox.descriptor(), POLLIN, 0};
  return poll(&ready, 1, 0) == 1;
}

/// What came out: t and the rung for a track, p, rung and pts for a packet.
struct Text : Output {
  void on_track(std::size_t rung, const media::Track&) override { text += "t" + std::to_string(rung) + " "; }
  void on_packet(std::size_t rung, media::Packet&& came) override {
    text += "p" + std::to_string(rung) + ":" + std::to_string(came.pts) + " ";
  }
  std::string text;
};

std::string drained(Outbox& outbox) {
  Text out;
  outbox.drain(out);
  return out.text;
}

class OutboxTest : public ::testing::Test {
 protected:
  OutboxTest() { EXPECT_TRUE(outbox_.open().ok()); }
  Outbox outbox_;
};

TEST_F(OutboxTest, GivesWhatItTookInItsOrder) {
  outbox_.put({1, media::Track{}});
  outbox_.put({0, packet_at(5)});
  outbox_.put({1, packet_at(4)});
  EXPECT_EQ(drained(outbox_), "t1 p0:5 p1:4 ");
  EXPECT_EQ(drained(outbox_), "");
}

TEST_F(OutboxTest, IsReadableAsLongAsSomethingWaits) {
  EXPECT_FALSE(readable(outbox_));
  outbox_.put({0, packet_at(1)});
  outbox_.put({0, packet_at(2)});
  EXPECT_TRUE(readable(outbox_));
  drained(outbox_);
  EXPECT_FALSE(readable(outbox_));
  outbox_.put({0, packet_at(3)});
  EXPECT_TRUE(readable(outbox_)) << "again, and not the first time only";
}

TEST_F(OutboxTest, CountsTheBytesOfPacketsThatWait) {
  outbox_.put({0, media::Track{}});
  EXPECT_EQ(outbox_.bytes(), 0U);
  outbox_.put({0, packet_at(1, 100)});
  outbox_.put({1, packet_at(1, 20)});
  EXPECT_EQ(outbox_.bytes(), 120U);
  drained(outbox_);
  EXPECT_EQ(outbox_.bytes(), 0U);
}

TEST_F(OutboxTest, LosesNothingThatSeveralThreadsPutWhileItIsDrained) {
  std::vector<std::thread> threads;
  for (std::size_t rung = 0; rung < 3; ++rung) {
    threads.emplace_back([this, rung] {
      for (int i = 0; i < 1000; ++i) outbox_.put({rung, packet_at(i, 1)});
    });
  }
  std::vector<std::int64_t> next(3);
  struct Checked : Output {
    explicit Checked(std::vector<std::int64_t>& counts) : next(counts) {}
    void on_track(std::size_t, const media::Track&) override {}
    void on_packet(std::size_t rung, media::Packet&& came) override { EXPECT_EQ(came.pts, next[rung]++); }
    std::vector<std::int64_t>& next;
  } out(next);
  while (next != std::vector<std::int64_t>{1000, 1000, 1000}) {
    // What waits is told by the descriptor alone: an owner that sleeps on it must not miss the last one.
    pollfd ready{outbox_.descriptor(), POLLIN, 0};
    ASSERT_EQ(poll(&ready, 1, 60'000), 1);
    outbox_.drain(out);
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(outbox_.bytes(), 0U);
}

}  // namespace
}  // namespace transcode
