#include "ts/track_order.h"

#include <gtest/gtest.h>

#include "unit/ts/ts_builder.h"

namespace ts {
namespace {

using Lines = std::vector<std::string>;

struct Ordered {
  Trace trace;
  TrackOrder order{trace};

  Ordered& track(std::uint32_t id, media::Codec codec = media::Codec::kMp2) {
    media::Track track;
    track.id = id;
    track.codec = codec;
    order.on_track(track);
    return *this;
  }
  Ordered& packet(std::uint32_t id, std::int64_t time) {
    media::Packet packet;
    packet.track_id = id;
    packet.dts = packet.pts = time;
    order.on_packet(std::move(packet));
    return *this;
  }
  /// The ids announced so far.
  std::string announced() const {
    std::string out;
    for (const std::string& line : trace.lines) {
      if (line.starts_with("track ")) out += line.substr(6, 1);
    }
    return out;
  }
};

TEST(TrackOrder, HoldsATrackUntilTheOnesBeforeItAreKnown) {
  Ordered run;
  run.order.expect({1, 2, 3});
  run.track(3).packet(3, 0).track(2).packet(2, 0);
  EXPECT_TRUE(run.trace.lines.empty());
  run.track(1);
  EXPECT_EQ(run.announced(), "123");
  EXPECT_EQ(run.trace.packets.size(), 2U);
}

TEST(TrackOrder, LetsVideoPass) {
  Ordered run;
  run.order.expect({1, 2});
  run.track(2).track(9, media::Codec::kH264).packet(9, 0);
  EXPECT_EQ(run.announced(), "9");
  EXPECT_EQ(run.trace.packets.size(), 1U);
}

TEST(TrackOrder, WaitsOneAndAHalfSecondsForASilentTrackAndNotASecondTime) {
  Ordered run;
  run.order.expect({1, 2});
  run.track(2).packet(2, 0).packet(9, 134999);
  EXPECT_EQ(run.announced(), "");
  run.packet(9, 135000);
  EXPECT_EQ(run.announced(), "2");
  run.order.expect({1, 2, 3});
  run.track(3);
  EXPECT_EQ(run.announced(), "23");
}

TEST(TrackOrder, HoldsNoMoreThanItsBound) {
  Ordered run;
  run.order.expect({1, 2});
  run.track(2);
  for (int i = 0; i < 2000; ++i) run.packet(2, i);
  EXPECT_EQ(run.trace.packets.size(), 2000U);
}

TEST(TrackOrder, GoesOnWhenTheTrackWaitedForLeavesTheProgram) {
  Ordered run;
  run.order.expect({1, 2});
  run.track(2);
  run.order.expect({2});
  EXPECT_EQ(run.announced(), "2");
}

TEST(TrackOrder, GivesOutWhatWaitsBeforeItSaysThatItIsGone) {
  Ordered run;
  run.order.expect({1, 2});
  run.track(2);
  run.order.on_event(media::TrackGone{2});
  EXPECT_EQ(run.trace.lines, (Lines{"track 2  0/0", "gone 2"}));
}

TEST(TrackOrder, GivesOutAllAtTheEnd) {
  Ordered run;
  run.order.expect({1, 2, 3});
  run.track(3).track(2);
  run.order.flush();
  EXPECT_EQ(run.announced(), "23");
}

}  // namespace
}  // namespace ts
