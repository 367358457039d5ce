// What a channel does with splice information and with operators' markers.
#include <optional>

#include "channel_fixture.h"
#include "scte35/section.h"

namespace channel {
namespace {

using Why = Channel::Marked::Why;

base::Bytes section(bool out, std::optional<std::uint64_t> time) {
  scte35::SpliceInsert insert;
  insert.event_id = 7;
  insert.out_of_network = out;
  insert.time = time;
  insert.immediate = !time;
  scte35::Section made;
  made.command = insert;
  return base::Bytes::adopt(scte35::write_section(made));
}

class ChannelMarkersTest : public ChannelTest {
 protected:
  /// A channel with a few parts.
  void begin(feed::Format format = feed::Format::kRtmp) {
    feed_ = connect();
    if (format == feed::Format::kRtmp) feed_->rtmp(Role::kHeader, "h");
    if (format == feed::Format::kMpegTs) {
      feed_->send(feed::Start{format});
      feed_->send(feed::TsBytes{0, base::Bytes::copy_of("t"), Role::kKeyFrame});
    }
    worker().say({sound(), part_at(time_.utc(), 0), part_at(time_.utc(), 1), part_at(time_.utc(), 2)});
  }
  record::Marker from_worker(base::Bytes payload, base::Micros start) {
    record::Marker marker;
    marker.kind = record::kScte35Class;
    marker.start = start;
    marker.payload = std::move(payload);
    return marker;
  }
  std::string playlist() {
    worker().say({part_at(time_.utc(), 3)});
    return std::string(snapshot_->renditions.at(0)->playlist(hls::Skip::kNo).identity.text());
  }

  FakeFeed* feed_ = nullptr;
};

bool has(std::string_view text, std::string_view what) { return text.find(what) != std::string_view::npos; }

TEST_F(ChannelMarkersTest, SpliceInformationOfTheWorkerIsShown) {
  begin();
  worker().say({from_worker(section(true, 900'000), time_.utc() + 8 * kSecond)});
  const std::string text = playlist();
  EXPECT_TRUE(has(text, "#EXT-X-DATERANGE:ID=\"scte35-7-"));
  EXPECT_TRUE(has(text, "START-DATE=\"" + base::format_utc(time_.utc() + 8 * kSecond) + "\",SCTE35-OUT=0xFC30"));
  EXPECT_EQ(events_.of("marker").size(), 1U);
}

TEST_F(ChannelMarkersTest, ABreakThatBeganUnderOneWorkerEndsUnderTheNext) {
  begin();
  worker().say({from_worker(section(true, 900'000), time_.utc())});
  worker().die();
  wait(3 * kSecond);
  ASSERT_EQ(workers(), 2U);
  worker().say({from_worker(section(false, 990'000), time_.utc())});
  EXPECT_EQ(events_.of("marker").size(), 2U);
  EXPECT_TRUE(has(events_.of("marker")[1], "what=in"));
}

TEST_F(ChannelMarkersTest, AWorkerCannotMakeUpMarkersOfOtherClasses) {
  begin();
  record::Marker marker = from_worker({}, time_.utc());
  marker.id = "made up";
  marker.kind = "com.example";
  worker().say({marker, from_worker(base::Bytes::copy_of("garbage"), time_.utc())});
  EXPECT_FALSE(has(playlist(), "DATERANGE"));
}

TEST_F(ChannelMarkersTest, ABreakEndsByItselfAsTimeGoesOn) {
  begin();
  scte35::SpliceInsert insert;
  insert.out_of_network = true;
  insert.time = 900'000;
  insert.duration = scte35::BreakDuration{true, 2 * 90'000};
  scte35::Section made;
  made.command = insert;
  worker().say({from_worker(base::Bytes::adopt(scte35::write_section(made)), time_.utc())});
  wait(3 * kSecond);
  EXPECT_TRUE(has(events_.of("marker").back(), "what=in"));
}

TEST_F(ChannelMarkersTest, AnOperatorsMarkerIsShownAtTheEndOfTheMedia) {
  begin();
  Channel::MarkerOrder order;
  order.own = {"goal-1", "com.example.goal", std::nullopt, std::nullopt, {{"X-TEAM", "red", false}}};
  EXPECT_EQ(channel_.mark(order).why, Why::kTaken);
  const std::string text = playlist();
  EXPECT_TRUE(has(text, "#EXT-X-DATERANGE:ID=\"goal-1\",CLASS=\"com.example.goal\",START-DATE=\""));
  EXPECT_TRUE(has(text, ",X-TEAM=\"red\""));
}

TEST_F(ChannelMarkersTest, AChannelThatIsNotLiveTakesNone) {
  Channel::MarkerOrder order;
  order.own.kind = "a";
  EXPECT_EQ(channel_.mark(order).why, Why::kNotLive);
  publish();
  EXPECT_EQ(channel_.mark(order).why, Why::kNotLive) << "nothing was published yet";
}

TEST_F(ChannelMarkersTest, ASectionWithATimeNeedsTheClockOfATransportStream) {
  begin();
  worker().stats.feeds[0].clock_us = static_cast<std::uint64_t>(time_.utc() - 10 * kSecond);
  EXPECT_EQ(channel_.mark({section(true, 900'000), std::nullopt, {}}).why, Why::kNoClock) << "RTMP";
  EXPECT_EQ(channel_.mark({section(true, 900'000), time_.utc() + 3 * kSecond, {}}).why, Why::kTaken) << "or a start";
  EXPECT_EQ(channel_.mark({section(false, std::nullopt), std::nullopt, {}}).why, Why::kTaken) << "or to be at once";
}

TEST_F(ChannelMarkersTest, ASectionIsPutOnTheClockOfTheTransportStream) {
  begin(feed::Format::kMpegTs);
  const base::Micros now = time_.utc();
  EXPECT_EQ(channel_.mark({section(true, 900'000), std::nullopt, {}}).why, Why::kNoClock) << "not known yet";
  worker().stats.feeds[0].clock_us = static_cast<std::uint64_t>(now - 10 * kSecond);
  worker().stats.feeds[0].delay_us = 500'000;
  EXPECT_EQ(channel_.mark({section(true, 15 * 90'000), std::nullopt, {}}).why, Why::kTaken);
  EXPECT_TRUE(has(playlist(), "START-DATE=\"" + base::format_utc(now + 5500 * kMillisecond) + "\""));
  worker().stats.feeds[0].clock_us = UINT64_MAX;  // a worker is not trusted
  EXPECT_EQ(channel_.mark({section(true, 900'000), std::nullopt, {}}).why, Why::kNoClock);
}

TEST_F(ChannelMarkersTest, WhatIsRefusedSaysWhy) {
  begin();
  const Channel::Marked marked = channel_.mark({section(true, std::nullopt), time_.utc() - 90 * kSecond, {}});
  EXPECT_EQ(marked.why, Why::kRefused);
  EXPECT_EQ(marked.outcome.refusal, MarkerRefusal::kPast);
}

}  // namespace
}  // namespace channel
