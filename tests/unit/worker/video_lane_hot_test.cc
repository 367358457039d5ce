#include "video_lanes.h"

// standby: hot.
namespace worker {
namespace {

/// A rung that shows six pictures of one feed, while the other one stands by.
struct Standing {
  explicit Standing(job::Options::Standby standby = job::Options::Standby::kHot) {
    encode.options.standby = standby;
    encode.lane.take(first.track, 0);
    encode.play(first.packets, 0, 6);
  }
  void stand_by(std::size_t packets) { encode.lane.stand_by(second.track, first_packets(second, packets)); }
  void decode_standby(const transcode::testing::Feed& feed, std::size_t from, std::size_t until) {
    for (std::size_t i = from; i < until; ++i) encode.lane.decode_standby(feed.packets[i]);
  }
  std::uint64_t decoded() { return encode.lane.ladder_counters()->decoding.decoded; }
  /// False after a minute.
  bool wait_for_decoded(std::uint64_t pictures) {
    for (int tries = 0; tries < 6000 && decoded() < pictures; ++tries) {
      pollfd descriptor{encode.lane.encoded_descriptor(), POLLIN, 0};
      poll(&descriptor, 1, 10);
      encode.lane.on_encoded();
    }
    return decoded() == pictures;
  }
  std::vector<std::int64_t> pts() {
    encode.lane.flush();
    return transcode::testing::pts_of(encode.outlet.packets[0]);
  }

  Encode encode;
  const transcode::testing::Feed first = Encode::source(256, 90'000'000, 90000);
  const transcode::testing::Feed second = Encode::source(70'000, 1'000'000, 1000);
};

TEST(VideoLaneHot, TheFeedThatStandsByIsDecodedAndNotShown) {
  Standing at;
  at.stand_by(3);
  EXPECT_TRUE(at.wait_for_decoded(6 + 3));
  at.decode_standby(at.second, 3, 6);
  EXPECT_TRUE(at.wait_for_decoded(6 + 6));
  at.decode_standby(at.first, 6, 7);
  EXPECT_EQ(at.encode.lane.source()->id, 256U);
  EXPECT_FALSE(at.encode.lane.switching());
  ASSERT_TRUE(at.encode.lane.health(70'000).has_value());
  EXPECT_TRUE(at.encode.lane.health(70'000)->newest.has_value()) << "and needs no probe";
  EXPECT_EQ(at.pts().size(), 6U);
}

TEST(VideoLaneHot, AForcedSwitchShowsItsVeryNextPictureAndDecodesNothingTwice) {
  Standing at;
  at.stand_by(3);
  at.decode_standby(at.second, 3, 6);
  ASSERT_TRUE(at.wait_for_decoded(12));
  at.encode.lane.switch_to(at.second.track, 0, {}, feed::Select::How::kForced);
  EXPECT_FALSE(at.encode.lane.switching());
  at.encode.play(at.second.packets, 6, 12);
  EXPECT_TRUE(at.wait_for_decoded(18));
  EXPECT_EQ(at.encode.lane.shown_from(70'000), 1000 * base::kSecond + 240 * base::kMillisecond);
  const auto pts = at.pts();
  ASSERT_EQ(pts.size(), 12U);
  for (std::size_t i = 0; i < pts.size(); ++i) EXPECT_EQ(pts[i], 90'000'000 + static_cast<std::int64_t>(i) * 3600);
  EXPECT_EQ(at.encode.lane.ladder_counters()->held_frames, 0U);
}

TEST(VideoLaneHot, TheFeedThatWasShownStandsByInItsTurn) {
  Standing at;
  at.stand_by(6);
  ASSERT_TRUE(at.wait_for_decoded(12));
  at.encode.lane.switch_to(at.second.track, 0, {}, feed::Select::How::kForced);
  at.encode.play(at.second.packets, 6, 9);
  at.decode_standby(at.first, 6, 9);
  ASSERT_TRUE(at.wait_for_decoded(18)) << "without a key frame";
  at.encode.lane.switch_to(at.first.track, 0, {}, feed::Select::How::kForced);
  at.encode.play(at.first.packets, 9, 12);
  EXPECT_EQ(at.pts().size(), 12U);
}

TEST(VideoLaneHot, WarmLetsTheFeedThatWasShownGo) {
  Standing at(job::Options::Standby::kWarm);
  at.encode.lane.switch_to(at.second.track, 0, first_packets(at.second, 6), feed::Select::How::kForced);
  at.encode.play(at.second.packets, 6, 9);
  at.decode_standby(at.first, 6, 9);
  EXPECT_FALSE(at.encode.lane.health(256).has_value()) << "nothing decodes it";
}

TEST(VideoLaneHot, AnotherFormatOrADepartureBeginsAnew) {
  Standing at;
  at.stand_by(6);
  ASSERT_TRUE(at.wait_for_decoded(12));
  at.stand_by(6);
  media::Track other = at.second.track;
  other.video.height += 2;
  at.encode.lane.stand_by(other, first_packets(at.second, 1));
  EXPECT_TRUE(at.wait_for_decoded(13)) << "the same one was not begun again";
  at.encode.lane.release(70'000);
  EXPECT_FALSE(at.encode.lane.health(70'000).has_value());
  at.encode.lane.stand_by(at.first.track, {});
  EXPECT_TRUE(at.encode.lane.health(256).has_value()) << "what is shown does not stand by";
  EXPECT_EQ(at.encode.lane.source()->id, 256U);
}

TEST(VideoLaneHot, ACopyDecodesNothingForIt) {
  Copy copy;
  copy.options.standby = job::Options::Standby::kHot;
  copy.lane.take(video_track(256), 0);
  copy.lane.stand_by(video_track(70'000), {});
  EXPECT_FALSE(copy.lane.health(70'000).has_value());
  EXPECT_FALSE(copy.lane.ladder_counters().has_value());
}

}  // namespace
}  // namespace worker
