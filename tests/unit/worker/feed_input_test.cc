#include "worker/feed_input.h"

#include <gtest/gtest.h>

#include "feeds.h"
#include "unit/media/trace_sink.h"
#include "unit/transcode/he_aac.h"

namespace worker {
namespace {

class Sink final : public media::TraceSink<> {
 public:
  void take_track(const media::Track& track) override {
    tracks.push_back(track.id);
    codecs.push_back(track.codec_string);
  }
  void take_packet(media::Packet&& packet) override { packets.push_back(std::move(packet)); }

  std::vector<std::uint32_t> tracks;
  std::vector<std::string> codecs;
  std::vector<media::Packet> packets;
};

struct Input {
  Sink sink;
  FeedInput input{{"test", 0, 0}, sink};

  /// A second of video, over either protocol.
  void rtmp_video(base::Micros utc) {
    input.take(rtmp_video_header(utc));
    for (int i = 0; i < 25; ++i) input.take(rtmp_picture(i * 40, utc + i * kFrame, i == 0));
  }
  void ts_video(base::Micros utc) {
    TsFeed feed;
    input.take(feed.tables(utc));
    for (int i = 0; i < 25; ++i) input.take(feed.picture(i, utc + i * kFrame));
  }
};

void expect_forward(const std::vector<media::Packet>& packets) {
  for (std::size_t i = 1; i < packets.size(); ++i) EXPECT_GT(packets[i].dts, packets[i - 1].dts) << i;
}

TEST(FeedInput, NothingComesOutBeforeAPublisherCame) {
  Input given;
  given.rtmp_video(kEpoch);
  given.ts_video(kEpoch);
  given.input.stop();
  EXPECT_TRUE(given.sink.tracks.empty());
  EXPECT_TRUE(given.sink.packets.empty());
}

TEST(FeedInput, ATransportStreamFollowsRtmpOnOneTimeline) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  given.rtmp_video(kEpoch);
  EXPECT_FALSE(given.input.finds_tracks());
  EXPECT_EQ(given.input.transport(), nullptr);
  given.input.start(feed::Format::kMpegTs);
  given.ts_video(kEpoch + base::kSecond);
  EXPECT_TRUE(given.input.finds_tracks());
  EXPECT_NE(given.input.transport(), nullptr);
  given.input.stop();
  EXPECT_EQ(given.sink.tracks, (std::vector<std::uint32_t>{1000, TsFeed::kVideoPid}));
  EXPECT_EQ(given.sink.packets.size(), 50U);
  expect_forward(given.sink.packets);
}

TEST(FeedInput, RtmpFollowsATransportStreamOnOneTimeline) {
  Input given;
  given.input.start(feed::Format::kMpegTs);
  given.ts_video(kEpoch);
  given.input.start(feed::Format::kRtmp);
  given.rtmp_video(kEpoch + base::kSecond);
  given.ts_video(kEpoch + 2 * base::kSecond);
  given.input.stop();
  EXPECT_EQ(given.sink.tracks, (std::vector<std::uint32_t>{TsFeed::kVideoPid, 1000})) << "bytes of a feed that is over";
  EXPECT_EQ(given.sink.packets.size(), 50U);
  expect_forward(given.sink.packets);
}

TEST(FeedInput, ReadsTheTimeCodeBesideThePictures) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  given.input.take(rtmp_video_header(kEpoch));
  for (int i = 0; i < 75; ++i) {
    const std::string time = "10:00:0" + std::to_string(i / 25) + ".000";
    if (i % 25 == 0) {
      given.input.take(rtmp_message(feed::kRtmpData, i * 40, kEpoch + i * kFrame,
                                    rtmp::amf::write_values({"onFI", rtmp::amf::Value::Object{{"st", time}}})));
    }
    given.input.take(rtmp_picture(i * 40, kEpoch + i * kFrame, i == 0));
  }
  ASSERT_TRUE(given.input.time_code().newest());
  EXPECT_EQ(media::to_string(*given.input.time_code().newest()), "10:00:02.000");
  EXPECT_EQ(given.input.time_code().origin(), 36'000 * base::kSecond);
  given.input.start(feed::Format::kRtmp);
  EXPECT_FALSE(given.input.time_code().newest()) << "that was another publisher's";
}

TEST(FeedInput, StopBringsOutWhatIsHeldBack) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  given.input.take(rtmp_video_header(kEpoch));
  given.input.take(rtmp_picture(0, kEpoch, true));
  EXPECT_TRUE(given.sink.packets.empty()) << "how long it lasts, the next one tells";
  given.input.stop();
  EXPECT_EQ(given.sink.packets.size(), 1U);
  given.input.stop();
  given.rtmp_video(kEpoch + base::kSecond);
  EXPECT_EQ(given.sink.packets.size(), 1U) << "stopped";
}

TEST(FeedInput, ClaimedRatesAreThoseOfTheFeedOfNow) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  EXPECT_EQ(given.input.claimed_rate(media::Kind::kVideo), 0);
  given.input.take(rtmp_metadata(kEpoch, {{"videodatarate", 2500.0}, {"audiodatarate", 128.0}}));
  EXPECT_EQ(given.input.claimed_rate(media::Kind::kVideo), 2'500'000);
  EXPECT_EQ(given.input.claimed_rate(media::Kind::kAudio), 128'000);
  given.input.start(feed::Format::kRtmp);
  EXPECT_EQ(given.input.claimed_rate(media::Kind::kVideo), 0) << "another publisher, another rate";
}

TEST(FeedInput, AnnouncedTracksAreAwaitedUntilTheyCome) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  given.input.take(rtmp_metadata(kEpoch, {{"videocodecid", 7.0}, {"audiocodecid", 10.0}}));
  given.rtmp_video(kEpoch);
  EXPECT_TRUE(given.input.awaits(media::Kind::kAudio, kEpoch + base::kSecond));
  EXPECT_FALSE(given.input.awaits(media::Kind::kVideo, kEpoch + base::kSecond));
  EXPECT_FALSE(given.input.awaits(media::Kind::kAudio, kEpoch + 11 * base::kSecond)) << "not for ever";
}

/// What a second of AAC whose configuration says nothing of SBR is announced as.
std::vector<std::string> codecs_of_implicit(bool sbr) {
  const auto bytes = [](const base::Bytes& of) { return rtmp::Buffer(of.view().begin(), of.view().end()); };
  Input given;
  given.input.start(feed::Format::kRtmp);
  const media::Track track = transcode::testing::aac_track();
  given.input.take(rtmp_message(feed::kRtmpAudio, 0, kEpoch, rtmp::aac_tag(0, bytes(track.config))));
  EXPECT_TRUE(given.sink.tracks.empty());
  std::int64_t stamp = 0;
  for (const media::Packet& packet : transcode::testing::aac_packets(sbr, 50)) {
    given.input.take(rtmp_message(feed::kRtmpAudio, stamp, kEpoch + stamp * base::kMillisecond,
                                  rtmp::aac_tag(1, bytes(packet.data))));
    stamp += 43;
  }
  given.input.stop();
  EXPECT_EQ(given.sink.packets.size(), 50U);
  return given.sink.codecs;
}

TEST(FeedInput, SbrThatTheConfigurationOfRtmpDoesNotSayIsFound) {
  EXPECT_EQ(codecs_of_implicit(true), std::vector<std::string>{"mp4a.40.5"});
  EXPECT_EQ(codecs_of_implicit(false), std::vector<std::string>{"mp4a.40.2"});
}

TEST(FeedInput, AScrambledFeedIsToldOnceAFeed) {
  Input given;
  testing::internal::CaptureStderr();
  for (int publisher = 0; publisher < 2; ++publisher) {
    given.input.start(feed::Format::kMpegTs);
    TsFeed feed;
    given.input.take(feed.tables(kEpoch));
    for (int i = 0; i < 5; ++i) given.input.take(scrambled(feed.picture(i, kEpoch)));
    EXPECT_GE(given.input.transport()->scrambled, 5U);
  }
  const std::string log = testing::internal::GetCapturedStderr();
  int warnings = 0;
  for (std::size_t at = log.find("is scrambled"); at != std::string::npos; at = log.find("is scrambled", at + 1)) {
    ++warnings;
  }
  EXPECT_EQ(warnings, 2) << log;
  EXPECT_TRUE(given.sink.packets.empty());
}

TEST(FeedInput, APartThatCannotBePlayedIsCountedAndTold) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  testing::internal::CaptureStderr();
  given.input.take(rtmp_message(feed::kRtmpVideo, 0, kEpoch, rtmp::Buffer{0x12, 0x00}));  // Sorenson H.263
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_EQ(given.input.unplayable(), 1U);
  EXPECT_NE(log.find("part of the feed left out"), std::string::npos) << log;
}

TEST(FeedInput, NothingComesOutBeforeWhatIsPublished) {
  Input given;
  const base::Micros published = kEpoch + 10 * base::kSecond;
  given.input.not_before(published);
  given.input.start(feed::Format::kRtmp);
  given.rtmp_video(kEpoch);
  given.input.stop();
  ASSERT_FALSE(given.sink.packets.empty());
  for (const media::Packet& packet : given.sink.packets) {
    EXPECT_GE(packet.dts, media::rescale(published, base::kSecond, 90000));
  }
}

TEST(FeedInput, AfterALossVideoWaitsForAKeyFrame) {
  Input given;
  given.input.start(feed::Format::kRtmp);
  given.rtmp_video(kEpoch);
  given.input.on_loss();
  for (int i = 25; i < 40; ++i) given.input.take(rtmp_picture(i * 40, kEpoch + i * kFrame, i == 35));
  given.input.stop();
  ASSERT_EQ(given.sink.packets.size(), 30U);
  EXPECT_TRUE(given.sink.packets[25].key);
}

/// Two seconds that the encoder's clock puts a second before their arrival; `says`: what it says of the first picture.
void take_coded(FeedInput& input, const std::string& says) {
  input.start(feed::Format::kRtmp);
  input.take(rtmp_video_header(kEpoch));
  input.take(rtmp_message(feed::kRtmpData, 0, kEpoch,
                          rtmp::amf::write_values({"onFI", rtmp::amf::Value::Object{{"st", says.c_str()}}})));
  for (int i = 0; i < 50; ++i) input.take(rtmp_picture(i * 40, kEpoch + i * kFrame, i % 25 == 0));
}

TEST(FeedInput, IsAtTheTimeOfItsTimeCodeWhereThatIsAskedFor) {
  // kEpoch is at eight o'clock.
  Sink sink;
  FeedInput coded({.channel = "test", .source_time = true}, sink);
  take_coded(coded, "07:59:59.000");
  EXPECT_EQ(coded.anchored(), job::Anchored::kTimeCode);
  EXPECT_EQ(coded.clock(), kEpoch - base::kSecond);
  FeedInput summer({.channel = "test", .source_time = true, .source_offset = -3600 * base::kSecond}, sink);
  take_coded(summer, "08:59:59.000");
  EXPECT_EQ(summer.anchored(), job::Anchored::kTimeCode);
  EXPECT_EQ(summer.clock(), kEpoch - base::kSecond);
  FeedInput arrived({.channel = "test"}, sink);
  take_coded(arrived, "07:59:59.000");
  EXPECT_EQ(arrived.anchored(), job::Anchored::kArrival);
  EXPECT_EQ(arrived.clock(), kEpoch);
}

TEST(FeedInput, FollowsAnAgreedClockOfItsKindOfStamps) {
  Sink sink;
  FeedInput input({.channel = "test", .agreed_clock = true}, sink);
  input.start(feed::Format::kRtmp);
  input.take(rtmp_video_header(kEpoch));
  EXPECT_EQ(input.clock_ask().id, 0U);
  const auto send = [&input](int from, int until) {
    for (int i = from; i < until; ++i) input.take(rtmp_picture(i * 40, kEpoch + i * kFrame, i % 25 == 0));
  };
  send(0, 10);
  ASSERT_EQ(input.clock_ask().id, 1U);
  EXPECT_EQ(input.clock_ask().zero, kEpoch);
  EXPECT_EQ(input.anchored(), job::Anchored::kArrival) << "it has no time yet";
  constexpr base::Micros kRtmpWrap = 4'294'967'296'000;
  input.take(feed::Clock{1, kEpoch - base::kSecond + kRtmpWrap});
  send(10, 20);
  EXPECT_EQ(input.anchored(), job::Anchored::kPts);
  EXPECT_EQ(input.clock(), kEpoch - base::kSecond);
  input.stop();
  EXPECT_EQ(input.anchored(), job::Anchored::kArrival) << "it is gone";
}

}  // namespace
}  // namespace worker
