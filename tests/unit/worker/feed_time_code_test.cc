#include "worker/feed_time_code.h"

#include <gtest/gtest.h>

#include "unit/media/time_code_pictures.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;
using media::TimeCode;

constexpr base::Micros kTenAtCode = 36'000 * kSecond;

media::Track coded_track(std::uint32_t id = 1) {
  media::Track track = media::testing::timed_h264();
  track.id = id;
  track.timescale = 1000;
  return track;
}

struct CodedFeed {
  /// Picture `number`, stamped from `start` ms on, whose code is that of ten o'clock at picture 0.
  void picture(int number, bool coded = true, std::int64_t start = 5000) {
    media::Packet packet;
    packet.track_id = 1;
    packet.pts = packet.dts = start + number * 40;
    const TimeCode ten{.hours = 10};
    if (coded) packet.data = media::testing::h264_picture(media::advanced(ten, number));
    code.take(media::Event(std::move(packet)));
  }
  void pictures(int from, int until, bool coded = true) {
    for (int i = from; i < until; ++i) picture(i, coded);
  }
  /// A message at picture `number` that says "st".
  void says(int number, const std::string& time) { code.take(rtmp::FrameInfo{"", time, 5000 + number * 40}); }
  std::string newest() const { return code.newest() ? media::to_string(*code.newest()) : ""; }

  FeedTimeCode code;
};

CodedFeed of_coded_video() {
  CodedFeed feed;
  feed.code.take(media::Event(coded_track()));
  return feed;
}

TEST(FeedTimeCode, IsThatOfThePictures) {
  CodedFeed feed = of_coded_video();
  feed.picture(12);
  EXPECT_EQ(feed.newest(), "10:00:00:12");
  EXPECT_FALSE(feed.code.origin()) << "it may stand still";
  feed.pictures(13, 40);
  EXPECT_EQ(feed.code.origin(), kTenAtCode - 5 * kSecond);
}

TEST(FeedTimeCode, WhatAnEncoderBeganToCountAtItsStartIsNotSharedWithAnother) {
  CodedFeed given = of_coded_video();
  given.pictures(0, 50);
  EXPECT_EQ(given.code.shared_origin(), kTenAtCode - 5 * kSecond);
  CodedFeed counter = of_coded_video();
  for (int i = 0; i < 500; ++i) {
    media::Packet packet;
    packet.track_id = 1;
    packet.pts = packet.dts = i * 40;
    packet.data = media::testing::h264_picture(media::advanced(TimeCode{}, 5 + i));
    counter.code.take(media::Event(std::move(packet)));
  }
  EXPECT_TRUE(counter.code.origin()) << "it runs";
  EXPECT_FALSE(counter.code.shared_origin());
}

TEST(FeedTimeCode, OtherTracksHaveNone) {
  CodedFeed feed = of_coded_video();
  feed.code.take(media::Event(coded_track(2)));
  media::Packet packet;
  packet.track_id = 2;
  packet.data = media::testing::h264_picture(TimeCode{.hours = 10});
  feed.code.take(media::Event(std::move(packet)));
  EXPECT_EQ(feed.newest(), "");
}

TEST(FeedTimeCode, IsGoneSomeSecondsAfterItsLastPicture) {
  CodedFeed feed = of_coded_video();
  feed.pictures(0, 50);
  feed.pictures(50, 174, false);
  EXPECT_EQ(feed.newest(), "10:00:01:24");
  feed.pictures(174, 176, false);
  EXPECT_EQ(feed.newest(), "");
  EXPECT_FALSE(feed.code.origin());
}

TEST(FeedTimeCode, IsGoneWithItsTrack) {
  CodedFeed feed = of_coded_video();
  feed.pictures(0, 50);
  feed.code.take(media::Event(media::TrackGone{2}));
  EXPECT_EQ(feed.newest(), "10:00:01:24");
  feed.code.take(media::Event(media::TrackGone{1}));
  EXPECT_EQ(feed.newest(), "");
}

TEST(FeedTimeCode, MessagesBesideThePicturesHaveItWhereThoseDoNot) {
  CodedFeed feed = of_coded_video();
  for (int i = 0; i < 100; ++i) {
    if (i % 25 == 0) feed.says(i, "10:00:0" + std::to_string(i / 25) + ".000");
    feed.picture(i, false);
  }
  EXPECT_EQ(feed.newest(), "10:00:03.000");
  EXPECT_EQ(feed.code.newest()->source, TimeCode::Source::kOnFi);
  EXPECT_EQ(feed.code.origin(), kTenAtCode - 5 * kSecond);
}

TEST(FeedTimeCode, TheSignalsTimeCodeGoesBeforeTheEncodersClock) {
  CodedFeed feed = of_coded_video();
  feed.code.take(rtmp::FrameInfo{"10:00:00:12", "09:59:58.250", 5480});
  EXPECT_EQ(feed.newest(), "10:00:00:12");
  feed.code.take(rtmp::FrameInfo{"10:00:00:99", "09:59:58.250", 5480});
  EXPECT_EQ(feed.newest(), "09:59:58.250") << "where it is none";
  feed.code.take(rtmp::FrameInfo{"noon", "now", 5480});
  EXPECT_EQ(feed.newest(), "09:59:58.250");
}

TEST(FeedTimeCode, AMessageStampedElsewhereBelongsToTheNewestPicture) {
  CodedFeed feed = of_coded_video();
  feed.picture(0, false);
  feed.code.take(rtmp::FrameInfo{"", "10:00:00.000", 0});
  EXPECT_EQ(feed.code.clock_near(kTenAtCode), kTenAtCode - 5 * kSecond);
}

TEST(FeedTimeCode, IsOfTheDayThatIsNearestToTheArrival) {
  constexpr base::Micros kDays = 20'000 * 24 * 3600 * kSecond;
  CodedFeed feed = of_coded_video();
  EXPECT_FALSE(feed.code.clock_near(kDays));
  feed.picture(12);
  for (const base::Micros late : {-4 * 3600 * kSecond, 2 * kSecond, 11 * 3600 * kSecond})
    EXPECT_EQ(feed.code.clock_near(kDays + kTenAtCode + late), kDays + kTenAtCode - 5 * kSecond) << late;
  EXPECT_EQ(feed.code.clock_near(kDays + kTenAtCode + 13 * 3600 * kSecond),
            kDays + kTenAtCode - 5 * kSecond + 24 * 3600 * kSecond);
}

TEST(FeedTimeCode, MessagesDoNotSpeakAgainstThePictures) {
  CodedFeed feed = of_coded_video();
  feed.picture(0);
  feed.says(1, "03:00:00.000");
  EXPECT_EQ(feed.newest(), "10:00:00:00");
}

TEST(FeedTimeCode, APublisherThatComesAnewHasNone) {
  CodedFeed feed = of_coded_video();
  feed.pictures(0, 50);
  feed.code.restart();
  EXPECT_EQ(feed.newest(), "");
  feed.picture(50);
  EXPECT_EQ(feed.newest(), "") << "its track is not known";
}

}  // namespace
}  // namespace worker
