#include "ts/pid_streams.h"

#include <gtest/gtest.h>

#include <array>

namespace ts {
namespace {

/// A stream with a mark, to be told from one that is made anew.
struct MarkedStream {
  explicit MarkedStream(int& made) : number(++made) {}
  int number;
};

class PidStreamsTest : public testing::Test {
 protected:
  /// The next packet of a PID, `skipped` behind the one before; its payload says which.
  PidStreams<MarkedStream>::Next send(std::uint16_t pid, int skipped = 0, bool scrambled = false) {
    continuity_ += 1 + skipped;
    payload_.fill(static_cast<std::uint8_t>(continuity_));
    packet_ = {};
    packet_.pid = pid;
    packet_.continuity = static_cast<std::uint8_t>(continuity_ & 15);
    packet_.has_payload = true;
    packet_.scrambled = scrambled;
    packet_.payload = payload_;
    return again();
  }
  PidStreams<MarkedStream>::Next again() { return streams_.next(packet_, counters_); }

  int made_ = 0;
  int continuity_ = 0;
  std::array<std::uint8_t, 184> payload_{};
  Packet packet_;
  Counters counters_;
  PidStreams<MarkedStream> streams_;
};

TEST_F(PidStreamsTest, PacketsOfOtherPidsAreOfNoStream) {
  EXPECT_EQ(send(100).stream, nullptr);
  streams_.set({100}, 4, made_);
  EXPECT_EQ(send(101).stream, nullptr);
  const auto next = send(100);
  ASSERT_NE(next.stream, nullptr);
  EXPECT_TRUE(next.payload);
  EXPECT_FALSE(next.lost);
}

TEST_F(PidStreamsTest, AStreamThatStaysIsKeptAndOneThatReturnsIsNew) {
  streams_.set({100, 101}, 4, made_);
  streams_.set({101, 102}, 4, made_);
  EXPECT_EQ(streams_.find(100), nullptr);
  EXPECT_EQ(streams_.find(101)->number, 2);
  EXPECT_EQ(streams_.find(102)->number, 3);
  streams_.set({100}, 4, made_);
  EXPECT_EQ(streams_.find(100)->number, 4);
}

TEST_F(PidStreamsTest, BeyondTheMostNoneIsLookedAt) {
  streams_.set({100, 101, 102}, 2, made_);
  EXPECT_NE(streams_.find(101), nullptr);
  EXPECT_EQ(streams_.find(102), nullptr);
  int count = 0;
  streams_.each([&](const MarkedStream& stream) { EXPECT_EQ(stream.number, ++count); });
  EXPECT_EQ(count, 2);
}

TEST_F(PidStreamsTest, ARepetitionHasNothingToBeTaken) {
  streams_.set({100}, 4, made_);
  send(100);
  const auto next = again();
  ASSERT_NE(next.stream, nullptr);
  EXPECT_FALSE(next.payload);
  EXPECT_FALSE(next.lost);
}

TEST_F(PidStreamsTest, AGapAndAScrambledPacketBreakWhatIsUnderWay) {
  streams_.set({100}, 4, made_);
  send(100);
  const auto behind_gap = send(100, 3);
  EXPECT_TRUE(behind_gap.lost);
  EXPECT_TRUE(behind_gap.payload);
  const auto scrambled = send(100, 0, true);
  EXPECT_TRUE(scrambled.lost);
  EXPECT_FALSE(scrambled.payload);
  EXPECT_FALSE(send(100).lost) << "no packet is missing before it";
}

TEST_F(PidStreamsTest, APacketWithoutPayloadIsOfItsStreamAndSaysNothing) {
  streams_.set({100}, 4, made_);
  send(100);
  packet_.has_payload = false;
  const auto next = again();
  EXPECT_NE(next.stream, nullptr);
  EXPECT_FALSE(next.payload || next.lost);
}

}  // namespace
}  // namespace ts
