#include "worker/delay_line.h"

#include <gtest/gtest.h>

#include <variant>
#include <vector>

namespace worker {
namespace {

using base::kMillisecond;

media::Packet packet(base::Micros arrived, std::size_t size = 100) {
  media::Packet made;
  made.arrived = arrived;
  made.data = base::Bytes::adopt(std::vector<std::uint8_t>(size, 'x'));
  return made;
}
std::optional<base::Micros> arrival(const std::optional<media::Event>& event) {
  if (!event || !std::holds_alternative<media::Packet>(*event)) return std::nullopt;
  return std::get<media::Packet>(*event).arrived;
}

TEST(DelayLine, GivesAPacketWhenItsTimeHasCome) {
  DelayLine line;
  EXPECT_FALSE(line.used());
  line.set(700);
  EXPECT_TRUE(line.used());
  line.put(packet(1000));
  line.put(packet(1040));
  EXPECT_FALSE(line.take(1699));
  EXPECT_EQ(arrival(line.take(1700)), 1000);
  EXPECT_FALSE(line.take(1700));
  EXPECT_EQ(arrival(line.take(2000)), 1040);
  EXPECT_FALSE(line.take(9000));
  EXPECT_EQ(line.bytes(), 0U);
}

TEST(DelayLine, KeepsTheOrderOfTracksAndPackets) {
  DelayLine line;
  line.set(100);
  line.put(packet(1000));
  line.put(media::TrackGone{7});
  line.put(packet(1200));
  line.put(media::Loss{});
  EXPECT_FALSE(line.take(1099));
  EXPECT_TRUE(arrival(line.take(1100)));
  EXPECT_TRUE(std::holds_alternative<media::TrackGone>(line.take(1100).value()));
  EXPECT_FALSE(line.take(1299)) << "the loss came after the packet";
  EXPECT_TRUE(arrival(line.take(1300)));
  EXPECT_TRUE(std::holds_alternative<media::Loss>(line.take(1300).value()));
}

TEST(DelayLine, AnotherDelayHoldsForWhatWaits) {
  DelayLine line;
  line.set(500);
  line.put(packet(1000));
  line.set(200);
  EXPECT_TRUE(line.take(1200));
  line.put(packet(1100));
  line.set(900);
  EXPECT_FALSE(line.take(1999));
  EXPECT_TRUE(line.take(2000));
}

TEST(DelayLine, APacketThatArrivedBeforeAnotherDoesNotOvertakeIt) {
  DelayLine line;
  line.set(100);
  line.put(packet(1000));
  line.put(packet(990));
  EXPECT_FALSE(line.take(1095));
  EXPECT_EQ(arrival(line.take(1100)), 1000);
  EXPECT_EQ(arrival(line.take(1100)), 990);
}

TEST(DelayLine, CountsSpliceInformationToo) {
  DelayLine line;
  line.set(1000);
  const auto section = base::Bytes::adopt(std::vector<std::uint8_t>(DelayLine::kMostBytes / 2, 'x'));
  line.put(packet(1));
  line.put(media::Cue{section, {}, 1});
  EXPECT_EQ(line.bytes(), DelayLine::kMostBytes / 2 + 100);
  line.put(media::Cue{section, {}, 1});
  EXPECT_EQ(line.bytes(), 0U);
  EXPECT_EQ(line.dropped(), 3U);
  EXPECT_TRUE(std::holds_alternative<media::Loss>(line.take().value()));
  EXPECT_FALSE(line.take());
}

TEST(DelayLine, CountsTextsToo) {
  DelayLine line;
  line.set(1000);
  line.put(media::Text{"Goal", "", {}, 1});
  EXPECT_EQ(line.bytes(), 4U);
  line.put(packet(1, DelayLine::kMostBytes));
  EXPECT_EQ(line.dropped(), 2U);
  EXPECT_TRUE(std::holds_alternative<media::Loss>(line.take().value()));
  EXPECT_FALSE(line.take());
}

TEST(DelayLine, DropsWhatWaitsWhenThatIsTooMuchAndSaysSo) {
  DelayLine line;
  line.set(1000);
  line.put(packet(1, DelayLine::kMostBytes / 2));
  line.put(media::TrackGone{7});
  line.put(packet(2, DelayLine::kMostBytes / 2));
  EXPECT_EQ(line.dropped(), 0U);
  line.put(packet(3));
  EXPECT_EQ(line.dropped(), 3U);
  EXPECT_EQ(line.bytes(), 0U);
  line.put(packet(4));
  EXPECT_TRUE(std::holds_alternative<media::TrackGone>(line.take().value())) << "tracks are not dropped";
  EXPECT_TRUE(std::holds_alternative<media::Loss>(line.take().value()));
  EXPECT_EQ(arrival(line.take()), 4);
}

TEST(DelayLine, IsEmptyAndWithoutDelayOnceItIsCleared) {
  DelayLine line;
  line.set(100);
  line.put(packet(1000));
  line.clear();
  EXPECT_FALSE(line.used());
  EXPECT_FALSE(line.take());
  EXPECT_EQ(line.bytes(), 0U);
}

}  // namespace
}  // namespace worker
