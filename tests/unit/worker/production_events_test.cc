#include <gtest/gtest.h>

#include "cmaf/event_message.h"
#include "producing.h"
#include "scte35/section.h"
#include "unit/packager/events.h"

/// What the feed and operators signal, on its way into the parts.
namespace worker {
namespace {

using Emsg = job::Options::Emsg;
using What = feed::TimedEvent::Kind;

base::Bytes break_at(std::uint32_t event, std::optional<std::uint64_t> time, std::uint64_t adjustment = 0) {
  scte35::SpliceInsert insert;
  insert.event_id = event;
  insert.out_of_network = true;
  insert.time = time;
  insert.immediate = !time;
  insert.duration = scte35::BreakDuration{true, 30 * 90'000};
  scte35::Section section;
  section.pts_adjustment = adjustment;
  section.command = insert;
  return base::Bytes::adopt(scte35::write_section(section));
}

/// A channel that carries a feed of pictures and sound.
struct Eventful : Producing {
  explicit Eventful(Emsg emsg) : Producing(with(emsg)) {
    start();
    announce(true);
    headers();
    play(0, 2000);
  }
  static job::Options with(Emsg emsg) {
    job::Options options = copying();
    options.emsg = emsg;
    return options;
  }
  void signal(What kind, std::int64_t at, const base::Bytes& data) { say(feed::TimedEvent{kind, utc(at), data}); }
  std::vector<events::Box> boxes(std::string_view rendition = "source") const {
    std::vector<events::Box> found;
    for (const record::Part& part : parts(rendition)) {
      for (events::Box& box : events::boxes_of(part.data.view())) found.push_back(std::move(box));
    }
    return found;
  }
  std::int64_t ms_of(const events::Box& box) const {
    const auto time = static_cast<std::int64_t>(box.time);
    return (media::rescale(time, box.timescale, base::kSecond) - kEpoch) / base::kMillisecond;
  }
};

TEST(ProductionEvents, ASpliceIsInThePartsAsItIsSaid) {
  Eventful channel(Emsg::kScte35);
  const base::Bytes section = break_at(7, std::nullopt);
  channel.signal(What::kSplice, 4000, section);
  channel.play(2000, 6000);
  const std::vector<events::Box> boxes = channel.boxes();
  ASSERT_EQ(boxes.size(), 1U);
  EXPECT_EQ(boxes[0].scheme, cmaf::kScte35Scheme);
  EXPECT_EQ(channel.ms_of(boxes[0]), 4000);
  EXPECT_EQ(boxes[0].duration, 30 * boxes[0].timescale);
  EXPECT_EQ(base::Bytes::copy_of(boxes[0].data), section);
  EXPECT_TRUE(channel.boxes("a1").empty());
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.events.load(), 1U);
  EXPECT_EQ(stats.events_dropped.load(), 0U);
  EXPECT_TRUE(channel.all<record::Marker>().empty()) << "an operator's has its marker in the log already";
}

TEST(ProductionEvents, AnAnnouncementThatComesAgainIsTheSameEvent) {
  Eventful channel(Emsg::kScte35);
  channel.signal(What::kSplice, 4000, break_at(7, 900'000));
  channel.signal(What::kSplice, 4040, break_at(7, 900'000));
  channel.signal(What::kSplice, 4000, break_at(7, 800'000, 100'000));
  channel.play(2000, 5000);
  channel.signal(What::kSplice, 4000, break_at(7, 900'000));
  channel.signal(What::kSplice, 5500, break_at(8, 900'000));
  channel.signal(What::kSplice, 7500, break_at(7, 900'000));
  channel.play(5000, 9000);
  std::vector<std::int64_t> at;
  for (const events::Box& box : channel.boxes()) at.push_back(channel.ms_of(box));
  EXPECT_EQ(at, (std::vector<std::int64_t>{4000, 5500, 7500})) << "an id may be used again later";
}

TEST(ProductionEvents, TheIdDependsOnTheEventAlone) {
  const auto id_of = [](std::uint64_t adjustment, std::int64_t at) {
    Eventful channel(Emsg::kAll);
    if (at == 5000) channel.signal(What::kId3, 3000, base::Bytes::copy_of("ID3 another"));
    channel.signal(What::kSplice, at, break_at(7, 900'000 - adjustment, adjustment));
    channel.play(2000, 6000);
    return channel.boxes().back().id;
  };
  EXPECT_EQ(id_of(0, 4000), id_of(500, 4000)) << "of two machines whose multiplexers differ";
  EXPECT_NE(id_of(0, 4000), id_of(0, 5000));
}

TEST(ProductionEvents, ATagIsInThePartsOfAChannelThatWantsThem) {
  const auto schemes = [](Emsg emsg) {
    Eventful channel(emsg);
    channel.signal(What::kId3, 3000, base::Bytes::copy_of("ID3 tag"));
    channel.signal(What::kSplice, 4000, break_at(7, std::nullopt));
    channel.play(2000, 6000);
    std::string all;
    for (const events::Box& box : channel.boxes()) all += box.scheme + " ";
    return all;
  };
  EXPECT_EQ(schemes(Emsg::kNone), "");
  EXPECT_EQ(schemes(Emsg::kId3), std::string(cmaf::kId3Scheme) + " ");
  EXPECT_EQ(schemes(Emsg::kScte35), std::string(cmaf::kScte35Scheme) + " ");
  EXPECT_EQ(schemes(Emsg::kAll), std::string(cmaf::kId3Scheme) + " " + std::string(cmaf::kScte35Scheme) + " ");
}

TEST(ProductionEvents, WhatIsLongPastIsDroppedAndCounted) {
  Eventful channel(Emsg::kAll);
  channel.play(2000, 14'000);
  channel.signal(What::kSplice, 100, break_at(7, std::nullopt));
  channel.signal(What::kSplice, 14'500, base::Bytes::copy_of("no section"));
  channel.play(14'000, 16'000);
  EXPECT_TRUE(channel.boxes().empty());
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.events_dropped.load(), 1U);
}

/// Starts of the segments of the copy, ms since kEpoch.
std::vector<std::int64_t> segment_starts(What kind, const base::Bytes& data) {
  job::Options options = copying();
  options.splice_cuts = true;
  Producing channel(options);
  channel.start();
  channel.announce(true);
  channel.headers();
  channel.play(0, 2500);
  channel.say(feed::TimedEvent{kind, Producing::utc(5000), data});
  channel.play(2500, 9000);
  std::vector<std::int64_t> starts;
  for (const record::SegmentEnd& end : channel.all<record::SegmentEnd>()) {
    if (end.rendition != channel.place_of("source")) continue;
    const std::int64_t scale = channel.presentation.renditions.at(end.rendition).track.timescale;
    starts.push_back((media::rescale(end.start, scale, base::kSecond) - kEpoch) / base::kMillisecond);
  }
  return starts;
}

TEST(ProductionEvents, OnesOfOperatorsMoveCuts) {
  const std::vector<std::int64_t> grid{0, 2000, 4000, 6000};
  EXPECT_EQ(segment_starts(What::kId3, base::Bytes::copy_of("ID3")), grid);
  const auto has_cut = [](const std::vector<std::int64_t>& starts) {
    return std::find(starts.begin(), starts.end(), 5000) != starts.end();
  };
  EXPECT_TRUE(has_cut(segment_starts(What::kSplice, break_at(7, std::nullopt))));
  EXPECT_TRUE(has_cut(segment_starts(What::kCut, {})));
}

}  // namespace
}  // namespace worker
