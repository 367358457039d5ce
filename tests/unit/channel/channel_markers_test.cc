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
  EXPECT_FALSE(has(playlist(), "#EXT-X-DATERANGE"));
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

/// What the worker is told that its operators signal: kind, ms from now.
class ChannelEventsAheadTest : public ChannelMarkersTest {
 protected:
  std::string told() {
    std::string all;
    for (const feed::Addressed& one : worker().heard) {
      const auto* event = std::get_if<feed::TimedEvent>(&one.message);
      if (event == nullptr) continue;
      const char* kind = event->kind == feed::TimedEvent::Kind::kSplice ? "splice"
                         : event->kind == feed::TimedEvent::Kind::kCut  ? "cut"
                                                                        : "id3";
      all += std::string(kind) + " in " + std::to_string((event->at - begun_) / kMillisecond) + " ";
    }
    return all;
  }
  Channel::Marked splice(base::Micros after, bool out = true) {
    return channel_.mark({section(out, std::nullopt), begun_ + after, {}});
  }
  /// A channel whose cuts move.
  void begin_with_cuts() {
    begun_ = time_.utc();
    feed_ = connect();
    feed_->rtmp(Role::kHeader, "h");
    record::Presentation presentation = sound();
    presentation.cuts_move = true;
    worker().say({presentation, part_at(time_.utc(), 0), part_at(time_.utc(), 1), part_at(time_.utc(), 2)});
  }
  base::Micros begun_ = 0;
};

TEST_F(ChannelEventsAheadTest, SplicesOfOperatorsGoToTheWorkerOnceTheyAreTaken) {
  begin_with_cuts();
  EXPECT_EQ(splice(8 * kSecond).why, Why::kTaken);
  EXPECT_EQ(splice(-90 * kSecond).why, Why::kRefused);
  EXPECT_EQ(told(), "splice in 8000 ");
}

TEST_F(ChannelEventsAheadTest, AMarkerOfOnesOwnCutsWhereItAsksForIt) {
  begin_with_cuts();
  Channel::MarkerOrder order;
  order.own.kind = "com.example.chapter";
  order.own.start = begun_ + 6 * kSecond;
  EXPECT_EQ(channel_.mark(order).why, Why::kTaken);
  EXPECT_EQ(told(), "");
  order.cut = true;
  EXPECT_EQ(channel_.mark(order).why, Why::kTaken);
  EXPECT_EQ(told(), "cut in 6000 ");
}

TEST_F(ChannelEventsAheadTest, AChannelThatMovesNoCutsSaysSo) {
  begin();
  Channel::MarkerOrder order;
  order.own.kind = "com.example.chapter";
  order.own.start = time_.utc() + 6 * kSecond;
  order.cut = true;
  EXPECT_EQ(channel_.mark(order).why, Why::kNoCuts);
  EXPECT_FALSE(has(playlist(), "com.example.chapter"));
}

TEST_F(ChannelEventsAheadTest, TheNextWorkerIsToldOfWhatIsStillAhead) {
  begin_with_cuts();
  splice(-kSecond);
  splice(20 * kSecond, false);
  worker().die();
  wait(4 * kSecond);
  ASSERT_EQ(workers(), 2U);
  EXPECT_EQ(told(), "splice in 20000 ");
}

TEST_F(ChannelEventsAheadTest, MetadataGoToAWorkerWhosePartsMayHaveThem) {
  Options made = options();
  made.media.emsg = job::Options::Emsg::kId3;
  channel_.set_options(made);
  EXPECT_EQ(channel_.add_metadata({"score", "1 : 0", {}}).refusal, MetadataRefusal::kNotLive);
  begin_with_cuts();
  EXPECT_FALSE(channel_.add_metadata({"score", "1 : 0", begun_ + 3 * kSecond}).refusal);
  EXPECT_EQ(told(), "id3 in 3000 ");
  made.media.emsg = job::Options::Emsg::kScte35;
  channel_.set_options(made);
  EXPECT_EQ(channel_.add_metadata({"score", "1 : 0", {}}).refusal, MetadataRefusal::kNotCarried);
  EXPECT_EQ(channel_.metadata().counters().taken, 1U);
}

TEST_F(ChannelEventsAheadTest, MetadataAreTakenFromTheFirstPartUntilTheChannelEnds) {
  Options made = options();
  made.media.emsg = job::Options::Emsg::kAll;
  channel_.set_options(made);
  const auto refusal = [&] { return channel_.add_metadata({"score", "1 : 0", {}}).refusal; };
  FakeFeed* feed = publish();
  EXPECT_EQ(refusal(), MetadataRefusal::kNotLive) << "nothing was published yet";
  worker().say({sound(), part_at(time_.utc(), 0)});
  EXPECT_FALSE(refusal());
  feed->end();
  ASSERT_EQ(channel_.state(), State::kGrace);
  EXPECT_FALSE(refusal()) << "the publisher may come back";
  channel_.stop();
  EXPECT_EQ(refusal(), MetadataRefusal::kNotLive) << "the log is being closed";
}

}  // namespace
}  // namespace channel
