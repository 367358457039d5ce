#include "producing.h"

namespace worker {
namespace {

/// Two renditions that play for four seconds.
void play_four_seconds(Producing& channel) {
  channel.start();
  channel.headers();
  channel.play(0, 4000);
}

TEST(ProductionOutage, WithoutAFeedTimeIsHeldInCopiedRenditions) {
  Producing channel;
  play_four_seconds(channel);
  channel.say(feed::Stop{});
  channel.pass(4000, 8000);
  for (const char* rendition : {"source", "a1"}) {
    const std::vector<record::Part> parts = channel.parts(rendition);
    EXPECT_GE(count_held(parts), 6U) << rendition;
    EXPECT_TRUE(parts.back().held) << rendition;
    EXPECT_FALSE(parts.back().data.empty()) << rendition;
    EXPECT_EQ(parts.back().captured, 0) << rendition;
  }
  EXPECT_TRUE(channel.all<record::Gap>().empty());
}

TEST(ProductionOutage, IsMarkedFromItsStartAndTheSameMarkerTellsItsEnd) {
  Producing channel;
  play_four_seconds(channel);
  channel.say(feed::Stop{});
  channel.pass(4000, 8000);
  std::vector<record::Marker> markers = channel.all<record::Marker>();
  ASSERT_EQ(markers.size(), 1U);
  EXPECT_EQ(markers[0].kind, "outage");
  EXPECT_FALSE(markers[0].end.has_value());

  channel.start();
  channel.headers(true, 8000);
  channel.play(8000, 12'000, {.stamps = -8000});
  markers = channel.all<record::Marker>();
  ASSERT_EQ(markers.size(), 2U);
  EXPECT_EQ(markers[1].id, markers[0].id);
  ASSERT_TRUE(markers[1].end.has_value());
  EXPECT_GT(*markers[1].end, markers[1].start + 3 * base::kSecond);
  EXPECT_FALSE(channel.parts("source").back().held);
  EXPECT_FALSE(channel.parts("a1").back().held);
  EXPECT_EQ(channel.all<record::Presentation>().size(), 1U) << "the same feed again";
}

/// What encoders have finished; they are given a moment.
void take_soon(Producing& channel) {
  pollfd descriptor{channel.production.encoded_descriptor(), POLLIN, 0};
  if (descriptor.fd >= 0 && poll(&descriptor, 1, 50) == 1) channel.production.on_encoded();
}

/// Three seconds of pictures from `at` on, with the server's ticks; what is encoded is taken as it comes.
void play_pictures(Producing& channel, std::int64_t at) {
  transcode::testing::VideoSpec spec;
  spec.frames = 75;
  spec.gop = 25;
  spec.timescale = 1000;
  spec.first_pts = at;
  channel.start();
  channel.play(transcode::testing::make_video(spec), [&](base::Micros utc) {
    if (utc % (200 * base::kMillisecond) == 0) channel.say(feed::Tick{utc});
    take_soon(channel);
  });
}

/// Encoders that are fed the last picture again make parts like any others.
TEST(ProductionOutage, OfEncodedRenditionsIsMarkedOnceAsWell) {
  job::Options options = copying();
  options.copy_video = false;
  options.audio = job::Options::Audio::kNone;
  options.ladder = {transcode::testing::ladder_rung(90)};
  Producing channel(options);
  play_pictures(channel, 0);
  EXPECT_TRUE(channel.all<record::Marker>().empty());
  channel.say(feed::Stop{});
  for (std::int64_t at = 3000; at < 7000; at += 100) {
    channel.say(feed::Tick{Producing::utc(at)});
    take_soon(channel);
  }
  for (int i = 0; i < 200 && count_held(channel.parts("v90")) < 3; ++i) take_soon(channel);
  std::vector<record::Marker> markers = channel.all<record::Marker>();
  ASSERT_EQ(markers.size(), 1U);
  EXPECT_EQ(markers[0].kind, "outage");
  EXPECT_NEAR(static_cast<double>(markers[0].start - kEpoch), 3e6, 1e5);
  EXPECT_GE(count_held(channel.parts("v90")), 3U);

  play_pictures(channel, 7000);
  channel.say(feed::Finish{});
  markers = channel.all<record::Marker>();
  ASSERT_EQ(markers.size(), 2U);
  EXPECT_EQ(markers[1].id, markers[0].id);
  ASSERT_TRUE(markers[1].end);
  EXPECT_NEAR(static_cast<double>(*markers[1].end - kEpoch), 7e6, 5e5);
}

/// The feed goes on behind it: what viewers see is what the operator wants.
TEST(ProductionOutage, AnOrderedSlateOverACopyIsNone) {
  Producing channel;
  play_four_seconds(channel);
  channel.say(feed::Slate{true, ""});
  channel.play(4000, 12'000, {.keys = false});
  channel.say(feed::Slate{false, ""});
  channel.play(12'000, 16'000);
  EXPECT_TRUE(channel.all<record::Marker>().empty());
  EXPECT_EQ(count_held(channel.parts("source")), 0U);
}

TEST(ProductionOutage, AFeedThatGoesUnderAnOrderedSlateIsOne) {
  Producing channel;
  play_four_seconds(channel);
  channel.say(feed::Slate{true, ""});
  channel.play(4000, 8000);
  channel.say(feed::Stop{});
  channel.pass(8000, 12'000);
  EXPECT_EQ(channel.all<record::Marker>().size(), 1U);
}

TEST(ProductionOutage, AudioThatStaysAwayAloneIsSilent) {
  Producing channel;
  play_four_seconds(channel);
  channel.play(4000, 8000, {.audio = false});
  const std::vector<record::Part> sound = channel.parts("a1");
  EXPECT_GE(count_held(sound), 6U);
  EXPECT_FALSE(sound.back().data.empty());
  EXPECT_EQ(count_held(channel.parts("source")), 0U);
  EXPECT_TRUE(channel.all<record::Marker>().empty()) << "there is a picture";
}

TEST(ProductionOutage, IsAGapWhereTheChannelSaysSo) {
  job::Options options = copying();
  options.outage = job::Options::Outage::kGap;
  Producing channel(options);
  play_four_seconds(channel);
  channel.say(feed::Stop{});
  channel.pass(4000, 10'000);
  EXPECT_FALSE(channel.all<record::Gap>().empty());
  EXPECT_EQ(count_held(channel.all<record::Part>()), 0U);
}

TEST(ProductionOutage, WithoutAFeedEverNoTimePasses) {
  Producing channel;
  channel.pass(0, 3000);
  EXPECT_TRUE(channel.records.empty());
}

TEST(ProductionResume, HoldsThePositionsPictureUntilAFeedComes) {
  Producing before;
  play_four_seconds(before);
  const record::Position::Rendition at = before.position.renditions.at(before.place_of("source"));
  ASSERT_FALSE(at.key_part.empty());

  Producing after;
  after.resume(before);
  after.pass(5000, 7000);
  EXPECT_TRUE(after.all<record::Presentation>().empty()) << "it is as it was";
  const std::vector<record::Part> held = after.parts("source");
  ASSERT_FALSE(held.empty());
  EXPECT_EQ(count_held(held), held.size());
  EXPECT_EQ(held.front().start, at.end) << "no hole";
  EXPECT_FALSE(held.front().data.empty());
  EXPECT_FALSE(after.parts("a1").empty());
}

TEST(ProductionResume, TheFeedTakesItsRenditionsUpWhereTheyWere) {
  Producing before;
  play_four_seconds(before);
  Producing after;
  after.resume(before);
  after.start();
  after.headers(true, 5000);
  after.play(5000, 9000);
  EXPECT_EQ(after.names(), before.names()) << "none is added";
  EXPECT_TRUE(after.all<record::Discontinuity>().empty()) << "the same format";
  for (const char* rendition : {"source", "a1"}) {
    const std::vector<record::Part> parts = after.parts(rendition);
    ASSERT_FALSE(parts.empty()) << rendition;
    EXPECT_FALSE(parts.back().held) << rendition;
    EXPECT_GE(parts.front().start, before.position.renditions.at(before.place_of(rendition)).end) << rendition;
  }
}

/// A worker that replaces one which died before its first part gets the rest of a feed that goes: nothing to begin
/// decoding with. The log's renditions are still those of the first worker.
TEST(ProductionResume, AFeedThatGoesBeforeItsFirstKeyFrameIsNotPresentedAsSoundAlone) {
  Producing channel;
  TsFeed feed;
  channel.start(feed::Format::kMpegTs);
  channel.say(feed.tables(kEpoch, true));
  for (int i = 5; i < 15; ++i) {
    channel.say(feed.picture(i, kEpoch + i * kFrame));
    channel.say(feed.sound(2 * i, kEpoch + i * kFrame));
  }
  channel.say(feed::Stop{});
  channel.pass(600, 4000);
  EXPECT_TRUE(channel.records.empty());

  TsFeed again;
  channel.start(feed::Format::kMpegTs);
  const base::Micros utc = kEpoch + 4 * base::kSecond;
  channel.say(again.tables(utc, true));
  for (int i = 0; i < 75; ++i) {
    channel.say(again.picture(i, utc + i * kFrame));
    channel.say(again.sound(2 * i, utc + i * kFrame));
  }
  ASSERT_FALSE(channel.records.empty());
  EXPECT_EQ(std::get<record::Presentation>(channel.records.front()).renditions.size(), 2U);
  EXPECT_EQ(channel.names(), (Names{"a1", "source"}));
}

TEST(ProductionResume, AtItsEndAFeedThatNeverHadAPictureLeavesTheLogAsItIs) {
  Producing channel;
  channel.start();
  channel.headers();
  channel.play(40, 400, {.keys = false});
  channel.say(feed::Stop{});
  channel.pass(400, 20'000);
  EXPECT_FALSE(channel.say(feed::Finish{}));
  EXPECT_TRUE(channel.records.empty());
}

TEST(ProductionResume, APositionThatCannotBeReadBeginsTheLogAnew) {
  Producing channel;
  testing::internal::CaptureStderr();
  channel.say(feed::Resume{base::Bytes::copy_of("what is this")});
  EXPECT_NE(testing::internal::GetCapturedStderr().find("not readable"), std::string::npos);
  play_four_seconds(channel);
  EXPECT_EQ(channel.names(), (Names{"a1", "source"}));
}

}  // namespace
}  // namespace worker
