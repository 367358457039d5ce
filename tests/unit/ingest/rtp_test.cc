#include "ingest/rtp.h"

#include <gtest/gtest.h>

#include <string>

namespace ingest {
namespace {

using base::kMillisecond;

std::vector<std::uint8_t> packet(std::uint16_t sequence, const std::string& payload, std::uint8_t first = 0x80,
                                 const std::vector<std::uint8_t>& between = {}) {
  std::vector<std::uint8_t> bytes{
      first, 33, static_cast<std::uint8_t>(sequence >> 8), static_cast<std::uint8_t>(sequence), 0, 0, 0, 9, 1, 2, 3, 4};
  bytes.insert(bytes.end(), between.begin(), between.end());
  bytes.insert(bytes.end(), payload.begin(), payload.end());
  return bytes;
}

std::string payload_of(const std::vector<std::uint8_t>& bytes) {
  const auto parsed = parse_rtp(bytes);
  return parsed.ok() ? std::string(base::text_of(parsed->payload)) : "?" + std::string(to_string(parsed.error().code));
}

TEST(Rtp, HasItsPayloadBehindTwelveBytes) {
  const auto bytes = packet(0x1234, "media");
  const auto parsed = parse_rtp(bytes);
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->sequence, 0x1234);
  EXPECT_EQ(parsed->sender, 0x01020304U);
  EXPECT_EQ(base::text_of(parsed->payload), "media");
}

TEST(Rtp, SkipsContributorsExtensionAndPadding) {
  EXPECT_EQ(payload_of(packet(1, "media", 0x82, {9, 9, 9, 9, 8, 8, 8, 8})), "media") << "two CSRCs";
  EXPECT_EQ(payload_of(packet(1, "media", 0x90, {0xBE, 0xDE, 0, 1, 7, 7, 7, 7})), "media") << "one word of extension";
  EXPECT_EQ(payload_of(packet(1, "media" + std::string("\0\0\3", 3), 0xA0)), "media") << "three bytes of padding";
  EXPECT_EQ(payload_of(packet(1, "media" + std::string("\1", 1), 0xB1, {9, 9, 9, 9, 0, 0, 0, 0})), "media") << "all";
}

TEST(Rtp, RefusesWhatIsNone) {
  EXPECT_EQ(payload_of({}), "?truncated");
  EXPECT_EQ(payload_of({0x80, 33, 0, 1, 0, 0, 0, 0, 1, 2, 3}), "?truncated");
  EXPECT_EQ(payload_of(packet(1, "G", 0x47)), "?malformed") << "a transport stream without RTP";
  EXPECT_EQ(payload_of(packet(1, "", 0x8F)), "?truncated") << "15 CSRCs that are not there";
  EXPECT_EQ(payload_of(packet(1, "", 0x90)), "?truncated") << "no extension";
  EXPECT_EQ(payload_of(packet(1, "", 0x90, {0, 0, 0xFF, 0xFF})), "?truncated") << "an extension that is too long";
  EXPECT_EQ(payload_of(packet(1, "\xFF", 0xA0)), "?truncated") << "more padding than bytes";
  auto rtcp = packet(1, "report");
  rtcp[1] = 200;
  EXPECT_EQ(payload_of(rtcp), "?unsupported");
}

TEST(Rtp, IsReadAtEveryLength) {
  const auto whole = packet(1, "media" + std::string("\1", 1), 0xB2, {9, 9, 9, 9, 9, 9, 9, 9, 0, 0, 0, 1, 5, 5, 5, 5});
  for (std::size_t size = 0; size < whole.size(); ++size) {
    (void)payload_of({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)});
  }
  EXPECT_EQ(payload_of(whole), "media");
}

/// What comes out when packets with these numbers come in, each with a letter as payload.
class RtpOrderTest : public testing::Test {
 protected:
  void come(std::initializer_list<int> sequences, std::uint32_t sender = 1) {
    for (const int sequence : sequences) {
      const std::uint8_t letter = static_cast<std::uint8_t>('a' + sequence % 26);
      RtpPacket packet{static_cast<std::uint16_t>(sequence), sender, {&letter, 1}};
      order_.feed(packet, now_, out_);
    }
  }
  std::string taken() { return {out_.begin(), out_.end()}; }

  RtpOrder order_;
  base::Micros now_ = 0;
  std::vector<std::uint8_t> out_;
};

TEST_F(RtpOrderTest, HandsOnAtOnceWhatIsInOrder) {
  come({0, 1, 2});
  EXPECT_EQ(taken(), "abc");
  EXPECT_EQ(order_.counters().lost + order_.counters().reordered + order_.counters().repeated, 0U);
}

TEST_F(RtpOrderTest, PutsPacketsInTheirPlace) {
  come({0, 2, 3, 1, 4});
  EXPECT_EQ(taken(), "abcde");
  EXPECT_EQ(order_.counters().reordered, 1U);
  EXPECT_EQ(order_.counters().lost, 0U);
}

TEST_F(RtpOrderTest, CountsAGapAsLostAfterAWhile) {
  come({0, 3});
  EXPECT_EQ(taken(), "a");
  now_ = RtpOrder::kLongestWait - 1;
  come({4});
  EXPECT_EQ(taken(), "a");
  now_ = RtpOrder::kLongestWait;
  come({5});
  EXPECT_EQ(taken(), "adef");
  EXPECT_EQ(order_.counters().lost, 2U);
}

TEST_F(RtpOrderTest, WaitsForASecondGapAsLong) {
  come({0, 2});
  now_ = 40 * kMillisecond;
  come({4});
  now_ = 50 * kMillisecond;
  come({5});
  EXPECT_EQ(taken(), "ac");
  now_ = 60 * kMillisecond;
  come({3});
  EXPECT_EQ(taken(), "acdef");
  EXPECT_EQ(order_.counters().lost, 1U);
}

TEST_F(RtpOrderTest, HoldsNoMoreThanItsLimit) {
  come({0});
  for (int i = 0; i <= static_cast<int>(RtpOrder::kMostHeld); ++i) come({2 + i});
  EXPECT_EQ(out_.size(), 2 + RtpOrder::kMostHeld);
  EXPECT_EQ(order_.counters().lost, 1U);
}

TEST_F(RtpOrderTest, LeavesOutWhatCameTwiceOrTooLate) {
  come({0, 0, 1, 3, 3, 1, 2});
  EXPECT_EQ(taken(), "abcd");
  EXPECT_EQ(order_.counters().repeated, 3U);
}

TEST_F(RtpOrderTest, GoesOnAcrossTheWrap) {
  come({65534, 0, 65535, 1});
  EXPECT_EQ(out_.size(), 4U);
  EXPECT_EQ(order_.counters().lost, 0U);
  EXPECT_EQ(order_.counters().reordered, 1U);
}

TEST_F(RtpOrderTest, BeginsAnewWithAnotherSenderOrAfterAJump) {
  come({10, 12});
  come({500}, 2);
  come({30'000, 30'001}, 2);
  EXPECT_EQ(out_.size(), 5U) << "what was held is not lost";
  come({499}, 2);
  EXPECT_EQ(out_.size(), 6U);
  EXPECT_EQ(order_.counters().lost, 1U) << "11; how much a jump has left out is not known";
}

TEST_F(RtpOrderTest, APacketAThousandBehindIsLateAndOneFurtherBehindBeginsAnew) {
  come({5000});
  come({5001 - RtpOrder::kJump});
  EXPECT_EQ(order_.counters().repeated, 1U);
  EXPECT_EQ(out_.size(), 1U);
  come({5001 - RtpOrder::kJump - 1});
  EXPECT_EQ(order_.counters().repeated, 1U);
  EXPECT_EQ(out_.size(), 2U);
}

TEST_F(RtpOrderTest, APacketAThousandAheadIsWaitedForAndOneFurtherAheadBeginsAnew) {
  come({0});
  come({1 + RtpOrder::kJump});
  EXPECT_EQ(out_.size(), 1U);
  come({1 + RtpOrder::kJump + 1});
  EXPECT_EQ(out_.size(), 3U) << "what was held, and what begins anew";
  EXPECT_EQ(order_.counters().lost, static_cast<std::uint64_t>(RtpOrder::kJump));
}

TEST_F(RtpOrderTest, SettlesWithoutAnotherPacket) {
  come({0, 2});
  order_.settle(RtpOrder::kLongestWait, out_);
  EXPECT_EQ(taken(), "ac");
}

}  // namespace
}  // namespace ingest
