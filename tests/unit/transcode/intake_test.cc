#include "transcode/intake.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace transcode {
namespace {

Intake::Fed packet(std::int64_t dts, bool key, std::size_t size = 10) {
  media::Packet made;
  made.dts = made.pts = dts;
  made.key = key;
  made.data = base::Bytes::adopt(std::vector<std::uint8_t>(size));
  return {std::move(made), dts, 0};
}

/// What waits: K and f for packets and = for a hold, with their times, | for a discontinuity.
std::string take_all(Intake& intake) {
  std::string text;
  intake.put(Intake::Flush{});
  while (auto item = intake.take()) {
    if (std::holds_alternative<Intake::Flush>(*item)) break;
    if (const auto* fed = std::get_if<Intake::Fed>(&*item)) {
      text += (fed->packet.key ? "K" : "f") + std::to_string(fed->packet.dts) + " ";
    } else if (const auto* hold = std::get_if<Intake::Hold>(&*item)) {
      text += "=" + std::to_string(hold->until.ticks) + " ";
    } else {
      text += "| ";
    }
  }
  return text;
}

TEST(Intake, DropsWhatComesBeforeTheFirstKeyFrame) {
  Intake intake({100, 1000, false});
  intake.put(packet(1, false));
  intake.put(packet(2, true));
  intake.put(packet(3, false));
  EXPECT_EQ(take_all(intake), "K2 f3 ");
  EXPECT_EQ(intake.dropped(), 1U);
  EXPECT_EQ(intake.overflowed(), 0U);
}

TEST(Intake, GivesEachPacketThatItDropsToItsOwner) {
  std::vector<std::int64_t> dropped;
  Intake intake({100, 1000, false}, [&](const media::Packet& one) { dropped.push_back(one.dts); });
  intake.put(packet(1, false));
  intake.put(packet(2, true));
  intake.put(packet(50, false));
  intake.put(packet(90, true));
  intake.put(packet(110, false));
  EXPECT_EQ(dropped, (std::vector<std::int64_t>{1, 2, 50}));
  EXPECT_EQ(intake.dropped(), 3U);
  EXPECT_EQ(intake.overflowed(), 2U);
}

TEST(Intake, DropsUpToTheNewestKeyFrameWhenTooMuchTimeWaits) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true));
  intake.put(packet(50, false));
  intake.put(Intake::Hold{{60, 1000}, 0});
  intake.put(packet(90, true));
  EXPECT_EQ(intake.lag(), 90);
  intake.put(packet(110, false));
  EXPECT_EQ(intake.lag(), 20);
  EXPECT_EQ(take_all(intake), "=60 | K90 f110 ");
  EXPECT_EQ(intake.dropped(), 2U);
  EXPECT_EQ(intake.overflowed(), 2U);
}

TEST(Intake, DropsEverythingAndWaitsForAKeyFrameWhereNoneIsNear) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true));
  for (std::int64_t dts : {50, 101, 140, 150}) intake.put(packet(dts, false));
  intake.put(packet(160, true));
  EXPECT_EQ(take_all(intake), "| K160 ");
  EXPECT_EQ(intake.dropped(), 5U);
}

TEST(Intake, BoundsBytesToo) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true, 600));
  intake.put(packet(1, false, 600));
  EXPECT_EQ(take_all(intake), "| ");
  EXPECT_EQ(intake.dropped(), 2U);
}

TEST(Intake, TakesOnePacketHoweverLargeItIs) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true, 5000));
  EXPECT_EQ(take_all(intake), "K0 ");
}

TEST(Intake, KeepsOneHoldBehindWhatWasFedBeforeIt) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true));
  intake.put(Intake::Hold{{5, 1000}, 0});
  intake.put(packet(10, false));
  intake.put(Intake::Hold{{15, 1000}, 0});
  EXPECT_EQ(take_all(intake), "K0 f10 =15 ");
}

TEST(Intake, DoesNotAddUpDiscontinuitiesThatNothingCameBetween) {
  Intake intake({100, 1000, false});
  for (int i = 0; i < 1000; ++i) intake.put(Intake::Discontinuity{});
  intake.put(packet(0, true));
  EXPECT_EQ(take_all(intake), "| K0 ");
}

TEST(Intake, WaitsForRoomInsteadWhenToldTo) {
  Intake intake({100, 1000, true});
  std::thread feeder([&] {
    for (std::int64_t dts = 0; dts < 1000; dts += 10) intake.put(packet(dts, dts == 0));
    intake.put(Intake::Flush{});
  });
  std::int64_t taken = 0;
  while (auto item = intake.take()) {
    if (std::holds_alternative<Intake::Flush>(*item)) break;
    EXPECT_LE(intake.lag(), 110);
    ++taken;
  }
  feeder.join();
  EXPECT_EQ(taken, 100);
  EXPECT_EQ(intake.dropped(), 0U);
}

TEST(Intake, LetsEverybodyGoWhenClosed) {
  Intake intake({100, 1000, true});
  std::thread taker([&] { EXPECT_FALSE(intake.take().has_value()); });
  intake.close();
  taker.join();
}

TEST(Intake, HoldsAsMuchTimeAsItsLimitAndNotMore) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true));
  intake.put(packet(100, false));
  EXPECT_EQ(intake.lag(), 100);
  EXPECT_EQ(intake.dropped(), 0U);
  intake.put(packet(101, false));
  EXPECT_EQ(intake.dropped(), 3U);
  EXPECT_EQ(intake.lag(), 0);
}

TEST(Intake, HoldsAsManyBytesAsItsLimitAndNotMore) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true, 500));
  intake.put(packet(1, false, 500));
  EXPECT_EQ(intake.dropped(), 0U);
  intake.put(packet(2, false, 1));
  EXPECT_EQ(intake.dropped(), 3U);
}

TEST(Intake, GoesOnAtAKeyFrameThatIsHalfTheLimitOldAndAtNoOlderOne) {
  for (const auto& [key, kept] : {std::pair{51, "| K51 f101 "}, {50, "| "}}) {
    Intake intake({100, 1000, false});
    intake.put(packet(0, true));
    intake.put(packet(key, true));
    intake.put(packet(101, false));
    EXPECT_EQ(take_all(intake), kept) << key;
  }
}

TEST(Intake, HasTheRoomOfWhatWasTakenAgain) {
  Intake intake({100, 1000, false});
  intake.put(packet(0, true, 900));
  intake.put(packet(10, false, 50));
  ASSERT_TRUE(intake.take().has_value());
  EXPECT_EQ(intake.lag(), 10) << "from the packet taken last";
  intake.put(packet(100, false, 900));
  EXPECT_EQ(intake.dropped(), 0U);
  ASSERT_TRUE(intake.take().has_value());
  ASSERT_TRUE(intake.take().has_value());
  EXPECT_EQ(intake.lag(), 0);
}

Intake::NewSource new_source(std::int64_t timescale) {
  media::Track track;
  track.timescale = timescale;
  return {track, Decoder::make(track).take()};
}

TEST(Intake, WaitsForAKeyFrameBehindADiscontinuityAndBehindANewSource) {
  const auto after = [](Intake::Item event) {
    Intake intake({100, 1000, false});
    intake.put(packet(0, true));
    intake.put(std::move(event));
    intake.put(packet(1, false));
    intake.put(packet(2, true));
    return take_all(intake) + std::to_string(intake.dropped());
  };
  EXPECT_EQ(after(Intake::Discontinuity{}), "K0 | K2 1");
  EXPECT_EQ(after(new_source(1000)), "K0 | K2 1");
  EXPECT_EQ(after(Intake::Hold{{1, 1000}, 0}), "K0 =1 f1 K2 0") << "a hold interrupts nothing";
}

TEST(Intake, KeepsTheLastOfNewSourcesThatNoPacketCameBetween) {
  Intake intake({100, 1000, false});
  for (const std::int64_t timescale : {90'000, 48'000, 1000}) intake.put(new_source(timescale));
  const auto source = intake.take();
  ASSERT_TRUE(source.has_value());
  EXPECT_EQ(std::get<Intake::NewSource>(*source).track.timescale, 1000);
  EXPECT_EQ(take_all(intake), "");
}

TEST(Intake, KeepsDiscontinuitiesThatAPacketCameBetween) {
  Intake intake({100, 1000, false});
  intake.put(Intake::Discontinuity{});
  intake.put(packet(0, true));
  intake.put(Intake::Discontinuity{});
  intake.put(Intake::Hold{{1, 1000}, 0});
  intake.put(Intake::Discontinuity{});
  intake.put(packet(2, true));
  EXPECT_EQ(take_all(intake), "| K0 | =1 | K2 ");
}

Intake::Fed excused(std::int64_t dts, bool key, std::size_t size = 10) {
  Intake::Fed made = packet(dts, key, size);
  made.excused = true;
  return made;
}

TEST(Intake, DoesNotCountTheTimeOfExcusedPackets) {
  Intake intake({100, 1000, false});
  for (std::int64_t dts = 5000; dts <= 6000; dts += 50) intake.put(excused(dts, dts == 5000));
  EXPECT_TRUE(intake.catching_up());
  intake.put(packet(6040, false));
  intake.put(packet(6100, false));
  EXPECT_EQ(intake.lag(), 1100);
  EXPECT_EQ(intake.overdue(), 100);
  EXPECT_EQ(intake.dropped(), 0U);
  intake.put(packet(6101, false));
  EXPECT_EQ(intake.dropped(), 24U);
  EXPECT_FALSE(intake.catching_up());
}

TEST(Intake, ExcusesOnlyWhatIsLeftOfTheTimeOfExcusedPackets) {
  Intake intake({100, 1000, false});
  for (std::int64_t dts = 0; dts <= 1000; dts += 50) intake.put(excused(dts, dts == 0));
  for (int i = 0; i < 19; ++i) ASSERT_TRUE(intake.take().has_value());
  EXPECT_EQ(intake.lag(), 100);
  intake.put(packet(1100, false));
  EXPECT_EQ(intake.overdue(), 100);
  EXPECT_EQ(intake.dropped(), 0U);
  intake.put(packet(1101, false));
  EXPECT_EQ(intake.dropped(), 4U);
}

TEST(Intake, ExcusesNothingAnyMoreOnceItHasCaughtUp) {
  Intake intake({100, 1000, false});
  intake.put(excused(0, true));
  intake.put(excused(1000, false));
  ASSERT_TRUE(intake.take().has_value());
  EXPECT_TRUE(intake.catching_up());
  ASSERT_TRUE(intake.take().has_value());
  EXPECT_FALSE(intake.catching_up());
  intake.put(packet(1040, false));
  intake.put(packet(1141, false));
  EXPECT_EQ(intake.dropped(), 2U);
}

TEST(Intake, BoundsTheBytesOfExcusedPackets) {
  Intake intake({100, 1000, false});
  intake.put(excused(0, true, 600));
  intake.put(excused(1, false, 600));
  EXPECT_EQ(intake.dropped(), 2U);
  EXPECT_FALSE(intake.catching_up());
}

TEST(Intake, TakesExcusedPacketsWithoutWaitingForRoom) {
  Intake intake({100, 1000, true});
  for (std::int64_t dts = 0; dts <= 1000; dts += 50) intake.put(excused(dts, dts == 0));
  EXPECT_EQ(intake.lag(), 1000);
  EXPECT_EQ(intake.dropped(), 0U);
}

TEST(Intake, TakesNothingAnyMoreOnceItIsClosed) {
  Intake intake({100, 1000, true});
  intake.put(packet(0, true));
  intake.close();
  EXPECT_EQ(intake.lag(), 0);
  intake.put(packet(1, true));
  intake.put(Intake::Flush{});
  EXPECT_FALSE(intake.take().has_value());
}

TEST(Intake, LetsAFeederGoThatWaitsForRoom) {
  Intake intake({100, 1000, true});
  intake.put(packet(0, true));
  intake.put(packet(101, false));
  std::thread feeder([&] { intake.put(packet(102, false)); });
  intake.close();
  feeder.join();
}

}  // namespace
}  // namespace transcode
