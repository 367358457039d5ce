// Events within the media: emsg boxes in front of the chunks in which they happen.
#include "events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "channel.h"
#include "cmaf/event_message.h"

namespace {

using base::kMillisecond;
using base::kSecond;
using stream::kEpoch;

constexpr base::Micros kBegin = kEpoch + 720 * kMillisecond;

packager::Event event_of(base::Micros at, std::uint32_t id = 7) {
  return {cmaf::kScte35Scheme, id, at, 30 * kSecond, base::Bytes::copy_of("section")};
}

std::vector<media::Packet> sent(int from, int until, bool video = true) {
  const base::Micros start = kBegin + from * kSecond;
  auto sound = stream::make_audio({}, start, (until - from) * 47);
  if (!video) return sound;
  return stream::interleave(stream::make_video({}, start, (until - from) * 25), std::move(sound));
}

/// The parts of a rendition that have events: "at 4.200 of [4.100, 4.620)", seconds from kEpoch.
std::string told(const Channel& channel, std::uint32_t rendition) {
  std::string all;
  const std::int64_t scale = channel.log().presentation().renditions[rendition].track.timescale;
  const auto ms = [&](std::int64_t ticks) {
    return std::to_string((media::rescale(ticks, scale, kSecond) - kEpoch) / kMillisecond);
  };
  for (const record::Part& part : channel.log().all<record::Part>(rendition)) {
    for (const events::Box& box : events::boxes_of(part.data.view())) {
      const auto time = static_cast<std::int64_t>(box.time);
      EXPECT_EQ(box.timescale, scale);
      EXPECT_LT(time, part.start + part.duration);
      if (!all.empty()) all += ", ";
      all += std::to_string(box.id) + " at " + ms(time) + (time >= part.start ? "" : " late");
    }
  }
  return all;
}

struct Fed : Channel {
  explicit Fed(bool video = true) : Channel(Channel::Options::holding()) {
    if (video) track(stream::video_track({}));
    track(stream::audio_track({}));
  }
};

TEST(PackagerEvents, AreInThePartOfTheirTimeInVideoAlone) {
  Fed channel;
  channel.feed(sent(0, 3));
  channel.packager().on_event(event_of(kEpoch + 5 * kSecond));
  channel.feed(sent(3, 8));
  channel.finish();
  EXPECT_EQ(told(channel, 0), "7 at 5000");
  EXPECT_EQ(told(channel, 1), "") << "a player that loads both would take it for two";
  EXPECT_EQ(channel.packager().counters().events, 1U);
  EXPECT_EQ(channel.packager().counters().events_dropped, 0U);
  channel.log().check(0);
}

TEST(PackagerEvents, AreInTheSoundOfAChannelWithoutVideo) {
  Fed channel(false);
  channel.feed(sent(0, 3, false));
  channel.packager().on_event(event_of(kEpoch + 5 * kSecond));
  channel.feed(sent(3, 8, false));
  channel.finish();
  EXPECT_EQ(told(channel, 0), "7 at 5000");
}

TEST(PackagerEvents, ComeInTheNextPartWhereTheirsIsWritten) {
  Fed channel;
  channel.feed(sent(0, 4));
  channel.packager().on_event(event_of(kEpoch + 3 * kSecond));
  channel.feed(sent(4, 6));
  channel.finish();
  EXPECT_EQ(told(channel, 0), "7 at 3000 late");
}

TEST(PackagerEvents, ComeAlsoWhileTheFeedIsAway) {
  Fed channel;
  channel.feed(sent(0, 3));
  channel.packager().on_event(event_of(kEpoch + 6 * kSecond));
  channel.wait_until(kEpoch + 8 * kSecond);
  channel.finish();
  EXPECT_EQ(told(channel, 0), "7 at 6000");
}

TEST(PackagerEvents, DropsThoseThatAreLongPastAndCountsThem) {
  Fed channel;
  channel.packager().on_event(event_of(kBegin));
  EXPECT_EQ(channel.packager().counters().events_dropped, 1U) << "there is no presentation yet";
  channel.feed(sent(0, 14));
  channel.packager().on_event(event_of(kEpoch + 1 * kSecond));
  EXPECT_EQ(channel.packager().counters().events_dropped, 2U);
  channel.feed(sent(14, 15));
  channel.finish();
  EXPECT_EQ(told(channel, 0), "");
}

TEST(PackagerEvents, AThousandASecondAreBounded) {
  Fed channel;
  channel.feed(sent(0, 3));
  for (std::uint32_t id = 0; id < 1000; ++id) channel.packager().on_event(event_of(kEpoch + 4 * kSecond + id, id));
  channel.feed(sent(3, 6));
  channel.finish();
  EXPECT_EQ(channel.packager().counters().events, 1000U);
  EXPECT_EQ(channel.packager().counters().events_dropped, 1000U - packager::EventQueue::kMost);
  const std::string all = told(channel, 0);
  EXPECT_EQ(static_cast<std::size_t>(std::count(all.begin(), all.end(), ',')) + 1, packager::EventQueue::kMost);
}

TEST(PackagerEvents, OfTheSameCallsAreTheSameBytes) {
  const auto log_of = [] {
    Fed channel;
    channel.feed(sent(0, 3));
    for (std::uint32_t id = 0; id < 4; ++id) channel.packager().on_event(event_of(kEpoch + 4 * kSecond, id));
    channel.feed(sent(3, 6));
    channel.finish();
    std::vector<base::Bytes> parts;
    for (const record::Part& part : channel.log().all<record::Part>(0)) parts.push_back(part.data);
    return parts;
  };
  EXPECT_EQ(log_of(), log_of());
}

}  // namespace
