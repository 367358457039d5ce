#include "worker/video_lane.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <functional>

#include "unit/transcode/font_file.h"
#include "unit/transcode/slate_file.h"
#include "video_lanes.h"

namespace worker {
namespace {

media::Track mpeg2(std::uint32_t id) {
  media::Track track = video_track(id, 576);
  track.codec = media::Codec::kMpeg2Video;
  track.codec_string.clear();
  return track;
}

TEST(VideoLane, TheFirstTrackDecides) {
  Copy copy;
  EXPECT_FALSE(copy.lane.known());
  EXPECT_EQ(feed(copy.lane, make_packets(256, 0, 3600, 1)), 0) << "of no track yet";
  EXPECT_TRUE(copy.lane.take(video_track(256), 0));
  EXPECT_TRUE(copy.lane.known());
  EXPECT_EQ(copy.outlet.names, std::vector<std::string>{"source"});
  EXPECT_EQ(copy.outlet.spec(0).label, "720p");
  EXPECT_FALSE(copy.outlet.spec(0).encoded);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 0, 3600, 5)), 5);
  EXPECT_EQ(copy.outlet.packets[0].size(), 5U);
  EXPECT_EQ(copy.lane.encoded_descriptor(), -1);
  EXPECT_FALSE(copy.lane.ladder_counters().has_value());
}

TEST(VideoLane, ASecondAngleIsLeftOutWhileTheFirstIsThere) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  EXPECT_FALSE(copy.lane.take(video_track(257, 1080), 0));
  EXPECT_EQ(copy.outlet.spec(0).track.id, 256U);
  EXPECT_EQ(feed(copy.lane, make_packets(257, 0, 3600, 3)), 0);
  EXPECT_TRUE(copy.outlet.packets.empty());
  EXPECT_EQ(copy.outlet.changes, 0);
  copy.lane.release(257);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 0, 3600, 1)), 1) << "the one that went was not ours";
}

TEST(VideoLane, ATrackWithAnotherIdTakesOverWhenTheFirstIsGone) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  copy.lane.release(256);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 0, 3600, 1)), 0) << "gone";
  EXPECT_TRUE(copy.lane.take(video_track(4113), 0));
  EXPECT_EQ(feed(copy.lane, make_packets(4113, 0, 3600, 4)), 4);
  EXPECT_EQ(copy.outlet.packets[0].size(), 4U);
  EXPECT_EQ(copy.outlet.names.size(), 1U) << "the same rendition";
  EXPECT_EQ(copy.outlet.changes, 0) << "the same format";
}

TEST(VideoLane, AfterTheFeedEndedAnyTrackTakesOverInItsOwnFormat) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  copy.lane.release();
  EXPECT_TRUE(copy.lane.take(video_track(1000, 1080), 0));
  EXPECT_EQ(copy.outlet.changes, 1);
  EXPECT_EQ(copy.outlet.spec(0).label, "1080p");
  EXPECT_EQ(copy.outlet.names.size(), 1U);
}

TEST(VideoLane, ACopyFollowsItsFormatToALowerTimescaleAndBackUp) {
  Copy copy;
  const auto rate_of = [&] { return copy.outlet.spec(0).track.timescale; };
  copy.lane.take(video_track(256), 2'000'000);
  feed(copy.lane, make_packets(256, 900'000'000, 3600, 60, 10'000));
  EXPECT_TRUE(copy.lane.take(video_track(256, 720, {30000, 1001}, 30000), 2'000'000));
  EXPECT_EQ(rate_of(), 30000);
  EXPECT_EQ(copy.outlet.changes, 1);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 300'000'000, 1001, 90, 8'333)), 90);
  EXPECT_TRUE(copy.lane.take(video_track(256), 2'000'000));
  EXPECT_EQ(rate_of(), 90000);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 900'600'000, 3600, 60, 10'000)), 60);
  EXPECT_EQ(copy.outlet.packets[0].size(), 210U);
  EXPECT_EQ(copy.outlet.changes, 2) << "2 Mbit/s in any ticks";
}

TEST(VideoLane, TheSameTrackAgainChangesNothing) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  EXPECT_TRUE(copy.lane.take(video_track(256), 0));
  EXPECT_EQ(copy.outlet.changes, 0);
}

TEST(VideoLane, ACodecThatCannotBeCopiedIsCountedAndAGoodOneAfterItPlaysAgain) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  EXPECT_TRUE(copy.lane.take(mpeg2(256), 0));
  EXPECT_EQ(feed(copy.lane, make_packets(256, 0, 3600, 7)), 7) << "ours, though nothing becomes of them";
  EXPECT_EQ(copy.lane.unplayable(), 7U);
  EXPECT_TRUE(copy.outlet.packets.empty());
  EXPECT_EQ(copy.outlet.changes, 0);

  EXPECT_TRUE(copy.lane.take(video_track(256), 0));
  feed(copy.lane, make_packets(256, 25'200, 3600, 3));
  EXPECT_EQ(copy.outlet.packets[0].size(), 3U);
  EXPECT_EQ(copy.lane.unplayable(), 7U);
}

TEST(VideoLane, WhileNothingCanBeCopiedTheRenditionSaysWhatItWas) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  const packager::RenditionSpec before = copy.outlet.spec(0);
  copy.lane.take(mpeg2(256), 0);
  const packager::RenditionSpec now = copy.outlet.spec(0);
  EXPECT_EQ(now.track.codec, media::Codec::kH264) << "another rendition's change tells this one too";
  EXPECT_EQ(now.label, before.label);
  EXPECT_EQ(now.bandwidth, before.bandwidth);
}

TEST(VideoLane, BandwidthFollowsAMeasuredRateThatIsHigher) {
  Copy copy;
  copy.lane.take(video_track(256), 1'000'000);
  const std::uint32_t declared = copy.outlet.spec(0).bandwidth;
  EXPECT_LT(declared, 2'000'000U);
  feed(copy.lane, make_packets(256, 0, 3600, 50, 25'000));
  EXPECT_EQ(copy.outlet.changes, 0) << "less than a segment was seen";
  feed(copy.lane, make_packets(256, 180'000, 3600, 1, 25'000));
  EXPECT_EQ(copy.outlet.changes, 1);
  EXPECT_GT(copy.outlet.spec(0).bandwidth, 5'000'000U);
}

TEST(VideoLane, BandwidthStaysWhereTheFeedKeepsItsWord) {
  Copy copy;
  copy.lane.take(video_track(256), 5'000'000);
  const std::uint32_t declared = copy.outlet.spec(0).bandwidth;
  feed(copy.lane, make_packets(256, 0, 3600, 200, 25'000));
  EXPECT_EQ(copy.outlet.changes, 0);
  EXPECT_EQ(copy.outlet.spec(0).bandwidth, declared);
}

TEST(VideoLane, ARungGoesOnInItsFormatWhenABackupEncoderTakesOver) {
  Encode encode;
  const auto first = Encode::source(256, 90'000'000, 90000);
  ASSERT_TRUE(encode.lane.take(first.track, 0));
  ASSERT_EQ(encode.outlet.names, std::vector<std::string>{"v90"});
  EXPECT_GE(encode.lane.encoded_descriptor(), 0);
  encode.play(first.packets);
  encode.lane.release();
  const auto second = Encode::source(4113, 1'000'480, 1000);
  EXPECT_TRUE(encode.lane.take(second.track, 0));
  encode.play(second.packets);
  encode.lane.flush();
  EXPECT_EQ(encode.outlet.changes, 0);
  EXPECT_TRUE(encode.outlet.spec(0).encoded);
  EXPECT_EQ(encode.outlet.spec(0).track.video.height, 90);
  const auto pts = transcode::testing::pts_of(encode.outlet.packets[0]);
  ASSERT_EQ(pts.size(), 24U);
  for (std::size_t i = 0; i < pts.size(); ++i) EXPECT_EQ(pts[i], 90'000'000 + static_cast<std::int64_t>(i) * 3600);
}

TEST(VideoLane, ACutPutsAKeyFrameIntoTheRungsBelowACopy) {
  Encode encode;
  encode.options.copy_video = true;
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  ASSERT_EQ(encode.outlet.names, (std::vector<std::string>{"source", "v90"}));
  encode.lane.on_cut(90'000'000 + 10 * 3600);
  encode.play(source.packets);
  encode.lane.flush();
  EXPECT_EQ(encode.outlet.packets[0].size(), 12U);
  EXPECT_EQ(transcode::testing::key_pts_of(encode.outlet.packets[1]),
            (std::vector<std::int64_t>{90'000'000, 90'000'000 + 10 * 3600}));
}

TEST(VideoLane, ARungThatWantsAKeyFrameGetsOneMore) {
  Encode encode;
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.on_key_wanted(0);
  encode.lane.take(source.track, 0);
  encode.play(source.packets, 0, 6);
  encode.lane.on_key_wanted(0);
  encode.play(source.packets, 6);
  encode.lane.flush();
  EXPECT_EQ(transcode::testing::key_pts_of(encode.outlet.packets[0]),
            (std::vector<std::int64_t>{90'000'000, 90'000'000 + 6 * 3600}));
}

TEST(VideoLane, AKeyFrameThatOneRungWantsCostsTheOthersNothing) {
  Encode encode;
  encode.options.ladder = {transcode::testing::ladder_rung(180), transcode::testing::ladder_rung(90)};
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.play(source.packets, 0, 6);
  encode.lane.on_key_wanted(0);
  encode.play(source.packets, 6);
  encode.lane.flush();
  EXPECT_EQ(transcode::testing::key_pts_of(encode.outlet.packets[0]).size(), 2U);
  EXPECT_EQ(transcode::testing::key_pts_of(encode.outlet.packets[1]), std::vector<std::int64_t>{90'000'000});
}

TEST(VideoLane, AKeyFrameThatAnotherRenditionWantsIsNotMade) {
  Encode encode;
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.play(source.packets, 0, 6);
  encode.lane.on_key_wanted(1);
  encode.play(source.packets, 6);
  encode.lane.flush();
  EXPECT_EQ(transcode::testing::key_pts_of(encode.outlet.packets[0]).size(), 1U);
}

TEST(VideoLane, ALadderSavesInItsLargerRungs) {
  Encode encode;
  encode.options.ladder = {transcode::testing::ladder_rung(180), transcode::testing::ladder_rung(90)};
  const auto source = Encode::source(256, 90'000'000, 90000);
  EXPECT_EQ(encode.lane.most_economy(), 0) << "not encoding yet";
  encode.lane.set_economy(2);
  encode.lane.take(source.track, 0);
  EXPECT_EQ(encode.lane.most_economy(), 3);
  ASSERT_TRUE(encode.lane.load().has_value());
  encode.lane.set_economy(2);
  encode.play(source.packets);
  encode.lane.flush();
  EXPECT_EQ(encode.lane.ladder_counters()->economy, 2);
  EXPECT_EQ(encode.outlet.packets[0].size() + encode.lane.ladder_counters()->rungs[0].left_out, 6U);
  EXPECT_EQ(encode.outlet.packets[1].size(), 12U);
}

TEST(VideoLane, ASingleRungAndACopyHaveNothingToSave) {
  Encode encode;
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  EXPECT_FALSE(encode.lane.load().has_value());
  Copy copy;
  copy.lane.take(video_track(256), 0);
  EXPECT_FALSE(copy.lane.load().has_value());
}

TEST(VideoLane, WithoutPacketsTheRungHoldsItsLastPicture) {
  Encode encode;
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.play(source.packets);
  const base::Micros end = 1000 * base::kSecond + 480 * base::kMillisecond;
  for (base::Micros utc = end; utc <= end + 3 * base::kSecond; utc += 100 * base::kMillisecond) encode.lane.hold(utc);
  encode.lane.flush();
  EXPECT_GT(encode.outlet.packets[0].size(), 12U);
  ASSERT_TRUE(encode.lane.ladder_counters().has_value());
  EXPECT_GT(encode.lane.ladder_counters()->held_frames, 0U);
}

// ---- From one feed to another.

TEST(VideoLane, TellsSinceWhichPictureATrackIsShown) {
  Copy copy;
  EXPECT_EQ(copy.lane.shown_from(256), std::nullopt);
  copy.lane.take(video_track(256), 0);
  EXPECT_EQ(copy.lane.shown_from(256), std::nullopt);
  feed(copy.lane, make_packets(256, 9000, 3600, 5));
  EXPECT_EQ(copy.lane.shown_from(256), 100 * base::kMillisecond);
  copy.lane.switch_to(video_track(70'000), 0, {}, feed::Select::How::kForced);
  EXPECT_EQ(copy.lane.shown_from(70'000), std::nullopt) << "its key frame is awaited";
  feed(copy.lane, make_packets(70'000, 36'000, 3600, 2));
  EXPECT_EQ(copy.lane.shown_from(70'000), 400 * base::kMillisecond);
  EXPECT_EQ(copy.lane.shown_from(256), std::nullopt);
}

TEST(VideoLane, ARungGoesOnWithAnotherFeedFromTheMiddleOfItsGroupOfPictures) {
  Encode encode;
  const auto first = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(first.track, 0);
  encode.play(first.packets, 0, 6);
  // The other feed began at the same time; five of its packets came meanwhile.
  const auto second = Encode::source(70'000, 1'000'000, 1000);
  encode.lane.switch_to(second.track, 0, first_packets(second, 5), feed::Select::How::kForced);
  EXPECT_FALSE(encode.lane.switching()) << "rungs need no key frame";
  EXPECT_EQ(encode.lane.source()->id, 70'000U);
  media::Packet late = first.packets[6];
  EXPECT_FALSE(encode.lane.take(late)) << "of the feed that is shown no longer";
  for (std::size_t i = 5; i < 12; ++i) {
    media::Packet packet = second.packets[i];
    EXPECT_TRUE(encode.lane.take(packet));
  }
  encode.lane.flush();
  const auto pts = transcode::testing::pts_of(encode.outlet.packets[0]);
  ASSERT_EQ(pts.size(), 12U);
  for (std::size_t i = 0; i < pts.size(); ++i) EXPECT_EQ(pts[i], 90'000'000 + static_cast<std::int64_t>(i) * 3600);
  EXPECT_GE(encode.lane.ladder_counters()->decoding.decoded, 18U) << "of both feeds";
  EXPECT_EQ(encode.lane.shown_from(70'000), 1000 * base::kSecond + 240 * base::kMillisecond)
      << "those before had been shown";
}

TEST(VideoLane, ASwitchThatIsAskedForTakesPicturesOfBothFeedsUntilItIsDone) {
  Encode encode;
  const auto first = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(first.track, 0);
  encode.play(first.packets, 0, 6);
  const auto second = Encode::source(70'000, 1'000'000, 1000);
  encode.lane.switch_to(second.track, 0, first_packets(second, 6), feed::Select::How::kAsked);
  const auto wait_until = [&](const std::function<bool()>& done) {
    for (int tries = 0; tries < 6000 && !done(); ++tries) {
      pollfd descriptor{encode.lane.encoded_descriptor(), POLLIN, 0};
      poll(&descriptor, 1, 10);
      encode.lane.on_encoded();
    }
  };
  wait_until([&] { return encode.lane.ladder_counters()->decoding.decoded == 12; });
  EXPECT_TRUE(encode.lane.switching()) << "nothing of it follows what was shown yet";
  EXPECT_TRUE(encode.lane.take(second.track, 0)) << "described once more, as it was: its pictures go on";
  for (const auto* feed : {&first, &second}) {
    media::Packet packet = feed->packets[6];
    EXPECT_TRUE(encode.lane.take(packet));
  }
  wait_until([&] { return !encode.lane.switching(); });
  EXPECT_FALSE(encode.lane.switching());
  EXPECT_EQ(encode.lane.source()->id, 70'000U);
}

TEST(VideoLane, ACopyIsThatOfTheOtherFeedFromItsNextKeyFrameOn) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  feed(copy.lane, make_packets(256, 0, 3600, 5));
  copy.lane.switch_to(video_track(70'000), 0, {}, feed::Select::How::kAsked);
  EXPECT_TRUE(copy.lane.switching());
  std::vector<media::Packet> other = make_packets(70'000, 18'000, 3600, 3);
  other[0].key = false;
  EXPECT_EQ(feed(copy.lane, other), 3) << "taken, and not shown yet";
  EXPECT_EQ(feed(copy.lane, make_packets(256, 18'000, 3600, 3)), 3);
  EXPECT_EQ(copy.outlet.packets[0].size(), 8U);
  EXPECT_EQ(feed(copy.lane, make_packets(70'000, 28'800, 3600, 4)), 4);
  EXPECT_FALSE(copy.lane.switching());
  EXPECT_EQ(feed(copy.lane, make_packets(256, 28'800, 3600, 1)), 0);
  ASSERT_EQ(copy.outlet.packets[0].size(), 12U);
  EXPECT_EQ(copy.outlet.packets[0].back().track_id, 70'000U);
  EXPECT_EQ(copy.outlet.changes, 0) << "the same format";
}

TEST(VideoLane, ACopyTakesUpTheOtherFeedsFormatWithItsKeyFrame) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  copy.lane.switch_to(video_track(70'000, 1080), 0, {}, feed::Select::How::kForced);
  EXPECT_EQ(copy.outlet.spec(0).label, "720p");
  EXPECT_EQ(copy.outlet.changes, 0);
  feed(copy.lane, make_packets(70'000, 0, 3600, 1));
  EXPECT_EQ(copy.outlet.spec(0).label, "1080p");
  EXPECT_EQ(copy.outlet.changes, 1);
}

TEST(VideoLane, ASwitchThatIsGivenUpLeavesThingsAsTheyWere) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  feed(copy.lane, make_packets(256, 0, 3600, 2));
  copy.lane.switch_to(video_track(70'000), 0, {}, feed::Select::How::kAsked);
  copy.lane.release(70'000);
  EXPECT_FALSE(copy.lane.switching());
  EXPECT_EQ(feed(copy.lane, make_packets(256, 7200, 3600, 2)), 2);
  EXPECT_EQ(copy.outlet.packets[0].size(), 4U);
  EXPECT_EQ(feed(copy.lane, make_packets(70'000, 7200, 3600, 1)), 0);
}

TEST(VideoLane, AFeedThatCannotBeCopiedIsCountedUntilAnotherTakesOver) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  copy.lane.switch_to(mpeg2(70'000), 0, {}, feed::Select::How::kForced);
  EXPECT_EQ(feed(copy.lane, make_packets(70'000, 0, 3600, 3)), 3);
  EXPECT_EQ(copy.lane.unplayable(), 3U);
  EXPECT_TRUE(copy.outlet.packets.empty());
  copy.lane.switch_to(video_track(256), 0, {}, feed::Select::How::kForced);
  EXPECT_EQ(feed(copy.lane, make_packets(256, 10'800, 3600, 3)), 3);
  EXPECT_EQ(copy.outlet.packets[0].size(), 3U);
}

std::shared_ptr<const base::SharedFile> white_slate() {
  return base::SharedFile::make(transcode::testing::png(160, 90, 255, 255, 255)).take();
}

TEST(VideoLane, ASlateTakesThePlaceOfThePictureInRungsAndIsTakenBack) {
  Encode encode;
  encode.options.slate = white_slate();
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.play(source.packets, 0, 2);
  encode.lane.show_slate({true});
  encode.play(source.packets, 2, 9);
  EXPECT_TRUE(encode.lane.ladder_counters()->slate);
  encode.lane.show_slate({false});
  encode.play(source.packets, 9);
  encode.lane.flush();
  const auto frames = transcode::testing::decode(encode.outlet.spec(0).track, encode.outlet.packets[0]);
  ASSERT_EQ(frames.size(), 12U);
  EXPECT_LT(transcode::testing::luma_of(*frames[1]), 200);
  EXPECT_NEAR(transcode::testing::luma_of(*frames[8]), 235, 4);
  EXPECT_LT(transcode::testing::luma_of(*frames[11]), 200) << "on its way back";
  EXPECT_EQ(encode.lane.ladder_counters()->slates, 1U);
}

TEST(VideoLane, ASlateThatWasOrderedBeforeTheFeedCameIsShownFromItsFirstPicture) {
  Encode encode;
  encode.options.slate = white_slate();
  encode.lane.show_slate({true});
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.play(source.packets);
  EXPECT_TRUE(encode.lane.ladder_counters()->slate);
}

TEST(VideoLane, ASlateComesByItselfOnlyInAnOutageOfAChannelThatSaysSo) {
  for (const auto outage : {job::Options::Outage::kSlate, job::Options::Outage::kHold}) {
    Encode encode;
    encode.options.slate = white_slate();
    encode.options.outage = outage;
    encode.options.slate_after = 400 * base::kMillisecond;
    const auto source = Encode::source(256, 90'000'000, 90000);
    encode.lane.take(source.track, 0);
    encode.play(source.packets);
    const base::Micros begin = 1'000 * base::kSecond;
    for (int i = 0; i < 20; ++i) encode.lane.hold(begin + i * 100 * base::kMillisecond);
    encode.lane.flush();
    EXPECT_GT(encode.lane.ladder_counters()->held_frames, 10U);
    EXPECT_EQ(encode.lane.ladder_counters()->slate, outage == job::Options::Outage::kSlate);
  }
}

TEST(VideoLane, ATextIsASlateOverTheLastPictureInAnOutageAndByOrder) {
  for (const bool ordered : {false, true}) {
    Encode encode;
    encode.options.slate_font = transcode::testing::shared_font();
    if (!ordered) encode.options.slate_text = "HELLO";
    if (!ordered) encode.options.outage = job::Options::Outage::kSlate;
    const auto source = Encode::source(256, 90'000'000, 90000);
    encode.lane.take(source.track, 0);
    if (ordered) encode.lane.show_slate({true, "HELLO"});
    encode.play(source.packets);
    for (int i = 0; i < 20; ++i) encode.lane.hold((1'000 + i) * base::kSecond / 10 * 10);
    encode.lane.flush();
    const auto frames = transcode::testing::decode(encode.outlet.spec(0).track, encode.outlet.packets[0]);
    EXPECT_GT(transcode::testing::white_of(*frames.back()), 0.001);
    EXPECT_TRUE(encode.lane.ladder_counters()->slate);
  }
}

TEST(VideoLane, WithASlateThatIsNoneTheLadderIsThereAllTheSame) {
  Encode encode;
  encode.options.slate = base::SharedFile::make(base::view_of("no picture")).take();
  const auto source = Encode::source(256, 90'000'000, 90000);
  encode.lane.take(source.track, 0);
  encode.lane.show_slate({true});
  encode.play(source.packets);
  encode.lane.flush();
  EXPECT_EQ(encode.outlet.packets[0].size(), 12U);
  const auto frames = transcode::testing::decode(encode.outlet.spec(0).track, encode.outlet.packets[0]);
  ASSERT_EQ(frames.size(), 12U);
  EXPECT_NEAR(transcode::testing::difference_of(*frames[0], *frames[11]), 0, 3) << "its first picture stands";
}

std::string letters(const std::vector<media::Packet>& packets) {
  std::string text;
  for (const media::Packet& packet : packets) text += packet.data.text();
  return text;
}

TEST(VideoLane, ACopyHoldsItsLastKeyFrameUnderASlateAndGoesOnAtAKeyFrame) {
  Copy copy;
  copy.lane.take(video_track(256), 0);
  const auto say = [&](const std::string& groups) {
    static std::int64_t dts = 0;
    for (const char letter : groups) {
      media::Packet packet = make_packets(256, dts += 3600, 3600, 1)[0];
      packet.key = letter >= 'A' && letter <= 'Z';
      packet.data = base::Bytes::copy_of(std::string_view(&letter, 1));
      ASSERT_TRUE(copy.lane.take(packet));
    }
  };
  say("Aaa");
  copy.lane.show_slate({true});
  say("aBbbCc");
  copy.lane.show_slate({false});
  say("ccDdd");
  EXPECT_EQ(letters(copy.outlet.packets[0]), "AaaAADdd");
  EXPECT_TRUE(copy.outlet.packets[0][3].key);
}

/// Otherwise the packager, which gets nothing of a long group of pictures, takes it for an outage.
TEST(VideoLane, ACopyUnderASlateShowsItsLastKeyFrameAgainBeforeAPartIsOver) {
  Copy copy;
  copy.options.part = base::kSecond / 2;
  copy.lane.take(video_track(256), 0);
  auto packets = make_packets(256, 0, 3600, 100);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    packets[i].pts += 7200;
    packets[i].data = base::Bytes::copy_of(packets[i].key ? "K" : "p");
  }
  packets[90].key = true;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i == 10) copy.lane.show_slate({true});
    if (i == 60) copy.lane.show_slate({false});
    ASSERT_TRUE(copy.lane.take(packets[i]));
  }
  const std::vector<media::Packet>& shown = copy.outlet.packets[0];
  EXPECT_EQ(letters(shown), "KpppppppppKKKKKKKKpppppppppp");
  for (std::size_t i = 1; i < shown.size(); ++i) {
    EXPECT_LE(shown[i].dts - shown[i - 1].dts, 36'000) << i;
    EXPECT_EQ(shown[i].pts, shown[i].dts + 7200) << i;
    EXPECT_EQ(shown[i].key, shown[i].dts == 90 * 3600) << i << ": cuts are the feed's";
  }
}

TEST(VideoLane, ACopyOfAWorkerThatTakesOverShowsNothingOfTheFeedUnderASlate) {
  Copy copy;
  copy.lane.continue_log();
  copy.lane.show_slate({true});
  copy.lane.take(video_track(256), 0);
  auto packets = make_packets(256, 0, 3600, 3);
  EXPECT_EQ(feed(copy.lane, packets), 3);
  EXPECT_TRUE(copy.outlet.packets[0].empty()) << "the packager holds the picture of the log";
  copy.lane.show_slate({false});
  EXPECT_EQ(feed(copy.lane, make_packets(256, 3 * 3600, 3600, 3)), 3);
  EXPECT_EQ(copy.outlet.packets[0].size(), 3U);
}

TEST(VideoLane, ACopyWhoseSlateWasOrderedBeforeTheFeedCameShowsItsFirstPicture) {
  Copy copy;
  copy.lane.show_slate({true});
  copy.lane.take(video_track(256), 0);
  auto packets = make_packets(256, 0, 3600, 5);
  for (media::Packet& packet : packets) packet.data = base::Bytes::copy_of(packet.key ? "K" : "p");
  EXPECT_EQ(feed(copy.lane, packets), 5);
  EXPECT_EQ(letters(copy.outlet.packets[0]).substr(0, 1), "K") << "otherwise the channel would not begin";
}

}  // namespace
}  // namespace worker
