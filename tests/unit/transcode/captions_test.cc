#include "transcode/captions.h"

#include <gtest/gtest.h>

#include <numeric>

#include "transcode/decode_side.h"
#include "transcode/encode_side.h"
#include "transcode/rung_worker.h"
#include "transcode/video_ladder.h"
#include "unit/transcode/picture.h"
#include "unit/transcode/source.h"
#include "unit/transcode/studio.h"

namespace transcode {
namespace {

using testing::Collector;
using testing::Feed;
using testing::kFrame;
using testing::ladder_rung;
using testing::numbered;
using testing::Studio;
using testing::typed_in;

std::vector<int> run_of(int from, int to) {
  std::vector<int> numbers(static_cast<std::size_t>(to - from));
  std::iota(numbers.begin(), numbers.end(), from);
  return numbers;
}

std::unique_ptr<VideoLadder> make_ladder(const Feed& feed, std::vector<Rung> rungs) {
  VideoLadder::Options options;
  options.segment = {1, 1};
  options.when_full = VideoLadder::WhenFull::kWait;
  options.cores = 2;
  auto made = VideoLadder::make(feed.track, std::move(rungs), options);
  EXPECT_TRUE(made.ok()) << made.error().message();
  return made.take();
}

struct Result {
  std::vector<std::vector<int>> typed;  ///< by rung
  std::vector<std::size_t> pictures;
  VideoLadder::Counters counters;
};

Result finish(VideoLadder& ladder) {
  ladder.flush();
  Collector out(ladder.rungs().size());
  ladder.drain(out);
  Result result;
  for (std::size_t i = 0; i < out.packets.size(); ++i) {
    result.typed.push_back(typed_in(out.tracks[i].at(0), out.packets[i]));
    result.pictures.push_back(out.packets[i].size());
  }
  result.counters = ladder.counters();
  return result;
}

Result encode(const Feed& feed, std::vector<Rung> rungs) {
  const auto ladder = make_ladder(feed, std::move(rungs));
  for (const media::Packet& packet : feed.packets) ladder->feed(media::Packet(packet));
  return finish(*ladder);
}

Rung of_codec(int height, media::Codec codec) {
  Rung rung = ladder_rung(height);
  rung.codec = codec;
  if (codec == media::Codec::kAv1) rung.preset = "10";
  return rung;
}

TEST(Captions, StayWithTheirPicturesInEverySize) {  // TS-9
  const Result result = encode(testing::make_video({.frames = 30, .captions = 4}), {ladder_rung(180), ladder_rung(90)});
  EXPECT_EQ(result.typed, (std::vector{run_of(0, 120), run_of(0, 120)}));
}

TEST(Captions, ComeInTheOrderInWhichPicturesAreShown) {  // TS-9
  const Result result = encode(testing::make_video({.frames = 30, .b_frames = 3, .captions = 2}), {ladder_rung(90)});
  EXPECT_EQ(result.typed[0], run_of(0, 60));
}

TEST(Captions, OfPicturesThatARungLeavesOutComeWithItsNext) {
  const Feed feed = testing::make_video({.rate = {50, 1}, .frames = 41, .captions = 3});
  const Result result =
      encode(feed, {ladder_rung(180), ladder_rung(120, {25, 1}), ladder_rung(90, {10, 1}), ladder_rung(60, {20, 1})});
  ASSERT_EQ(result.pictures, (std::vector<std::size_t>{41, 21, 9, 17}));
  for (const std::vector<int>& typed : result.typed) EXPECT_EQ(typed, run_of(0, 123));
}

TEST(Captions, OfTwoFieldsComeOnceWhereEachBecomesAPicture) {
  const Feed feed =
      testing::make_video({.frames = 50, .gop = 25, .interlaced = true, .captions = 2, .parameters = "tff=1"});
  const Result result = encode(feed, {ladder_rung(180), ladder_rung(90, {25, 1})});
  EXPECT_GE(result.pictures[0], 99U);
  EXPECT_EQ(result.typed, (std::vector{run_of(0, 100), run_of(0, 100)}));
}

TEST(Captions, OfAWholePictureComeOnceWhereItIsShownForTwoFields) {
  Feed feed = testing::make_video({.frames = 25, .captions = 2});
  feed.track.video.interlaced = true;
  const Result result = encode(feed, {ladder_rung(90)});
  EXPECT_EQ(result.counters.duplicated, 24U);
  EXPECT_EQ(result.typed[0], run_of(0, 50));
}

TEST(Captions, AreNotRepeatedWithAPictureThatIsHeld) {
  const Feed feed = testing::make_video({.frames = 5, .captions = 2});
  const auto ladder = make_ladder(feed, {ladder_rung(180), ladder_rung(90)});
  for (const media::Packet& packet : feed.packets) ladder->feed(media::Packet(packet));
  ladder->hold({base::kSecond});
  const Result result = finish(*ladder);
  EXPECT_EQ(result.pictures[0], 26U);
  EXPECT_EQ(result.typed, (std::vector{run_of(0, 10), run_of(0, 10)}));
}

TEST(Captions, OfPicturesThatComeTooLateComeWithTheNextOnTime) {
  const Feed feed = testing::make_video({.frames = 50, .captions = 2});
  const auto ladder = make_ladder(feed, {ladder_rung(90)});
  for (int i = 0; i < 10; ++i) ladder->feed(media::Packet(feed.packets[static_cast<std::size_t>(i)]));
  ladder->hold({base::kSecond});
  for (int i = 10; i < 50; ++i) ladder->feed(media::Packet(feed.packets[static_cast<std::size_t>(i)]));
  const Result result = finish(*ladder);
  EXPECT_GT(result.counters.late_frames, 10U);
  EXPECT_EQ(result.typed[0], run_of(0, 100));
}

TEST(Captions, StandInEveryCodecOfARung) {  // TS-9
  const Feed feed = testing::make_video({.frames = 10, .captions = 5});
  const Result result = encode(feed, {of_codec(180, media::Codec::kHevc), of_codec(120, media::Codec::kAv1)});
  EXPECT_EQ(result.typed, (std::vector{run_of(0, 50), run_of(0, 50)}));
}

TEST(Captions, AreReadByLibavcodecFromHevcRungs) {
  const Feed feed = testing::make_video({.frames = 6, .captions = 5});
  const auto ladder = make_ladder(feed, {of_codec(180, media::Codec::kHevc)});
  for (const media::Packet& packet : feed.packets) ladder->feed(media::Packet(packet));
  ladder->flush();
  Collector out(1);
  ladder->drain(out);
  std::vector<captions::Triplet> triplets;
  for (const FramePtr& frame : testing::decode(out.tracks[0].at(0), out.packets[0])) take_captions(*frame, triplets);
  std::vector<captions::Triplet> wanted;
  for (int i = 0; i < 30; ++i) wanted.push_back(numbered(i));
  EXPECT_EQ(triplets, wanted);
}

TEST(Captions, ThatAreMoreThanARungsPicturesHoldLoseTheOldest) {
  const Feed feed = testing::make_video({.frames = 201, .captions = 20});
  const Result result = encode(feed, {ladder_rung(180), ladder_rung(90, {5, 1})});
  EXPECT_EQ(result.typed[0], run_of(0, 4020));
  EXPECT_EQ(result.counters.rungs[0].lost_captions, 0U);
  const std::uint64_t lost = result.counters.rungs[1].lost_captions;
  EXPECT_GT(lost, 0U);
  EXPECT_GE(result.typed[1].size() + lost + kMostCaptions, 4020U) << "all else is typed, or waits";
  EXPECT_TRUE(std::is_sorted(result.typed[1].begin(), result.typed[1].end()));
}

TEST(Captions, GoOnWhereAnotherFeedOfTheProgrammeTakesOver) {
  const Feed first = testing::make_video({.frames = 60, .gop = 25, .captions = 2});
  const Feed second = testing::make_video({.frames = 60, .gop = 25, .captions = 2});
  Studio studio(first, second);
  studio.feed_primary(0, 30);
  ASSERT_TRUE(studio.comes(29 * kFrame));
  studio.encode->switch_to(*studio.backup);
  studio.feed_backup(0, 60);
  studio.finish();
  EXPECT_EQ(typed_in(studio.out.tracks[0].at(0), studio.out.packets[0]), run_of(0, 120))
      << "those of the time that the first feed has shown are not typed again";
}

TEST(Captions, OfPicturesThatWereShedAreNotTypedAgainByTheFeedThatTakesOver) {
  const Feed first = testing::make_video({.frames = 60, .gop = 25, .captions = 2});
  const Feed second = testing::make_video({.frames = 60, .gop = 25, .captions = 2});
  Studio studio(first, second, {25, 1}, {ladder_rung(180)}, 1);
  // Nobody takes the results: of the first feed a few pictures are encoded, and all others are shed; of the second one
  // those of the same time are left out, and all others are shed.
  studio.feed_primary(0, 30);
  studio.primary->flush();
  studio.encode->select(studio.backup.get());
  studio.feed_backup(0, 30);
  studio.backup->flush();
  ASSERT_TRUE(studio.comes_to([](const EncodeSide::Counters& counters) {
    return counters.dropped_frames > 0 && counters.dropped_frames + 2 * counters.rungs[0].encoded == 60;
  }));
  studio.encode->drain(studio.out);
  const auto third = DecodeSide::make(first.track, *studio.encode, Studio::waiting()).take();
  studio.encode->select(third.get());
  for (std::size_t i = 25; i < 60; ++i) third->feed(media::Packet(first.packets[i]));
  third->flush();
  studio.finish();
  const std::vector<int> typed = typed_in(studio.out.tracks[0].at(0), studio.out.packets[0]);
  EXPECT_GT(typed.size(), captions::kMostTriplets) << "the first picture that is encoded again takes what it can";
  EXPECT_EQ(typed, run_of(0, static_cast<int>(typed.size()))) << "each once";
}

TEST(Captions, OfAFeedThatTakesOverAreTypedFromWhereTheOneBeforeEnded) {
  const Feed first = testing::make_video({.frames = 60, .gop = 25, .captions = 2});
  const Feed second = testing::make_video({.frames = 75, .gop = 25, .captions = 2});
  Studio studio(first, second);
  studio.feed_primary(0, 30);
  ASSERT_TRUE(studio.comes(29 * kFrame));
  // The first feed is gone; its last picture stays until the second one's come, which has kept a group of pictures.
  studio.encode->hold({media::Instant{55 * kFrame, 90000}});
  ASSERT_TRUE(studio.comes(55 * kFrame));
  studio.encode->select(studio.backup.get());
  studio.backup->catch_up({second.packets.begin() + 25, second.packets.begin() + 60});
  studio.feed_backup(60, 75);
  studio.finish();
  EXPECT_EQ(typed_in(studio.out.tracks[0].at(0), studio.out.packets[0]), run_of(0, 150))
      << "none of the time that the first has shown, all of the time that it was held for";
}

TEST(Captions, OfPicturesThatAreNotDecodedComeWithTheNextThatIs) {
  const Feed feed = testing::make_video({.frames = 50, .gop = 25, .captions = 2});
  Studio studio(feed, feed);
  studio.feed_primary(0, 10);
  studio.primary->discontinuity();
  studio.feed_primary(10, 50);
  studio.finish();
  EXPECT_EQ(studio.primary->counters().dropped_packets, 15U) << "up to the next key frame";
  EXPECT_EQ(typed_in(studio.out.tracks[0].at(0), studio.out.packets[0]), run_of(0, 100));
}

TEST(Captions, AreHiddenWithThePictureBehindASlateThatAnOperatorAskedFor) {
  const Feed feed = testing::make_video({.frames = 60, .captions = 1});
  Studio studio(feed, feed);
  studio.encode->show_slate(true, "");
  studio.feed_primary(0, 30);
  ASSERT_TRUE(studio.comes(29 * kFrame));
  studio.encode->show_slate(false, "");
  studio.feed_primary(30, 60);
  studio.finish();
  const auto typed = typed_in(studio.out.tracks[0].at(0), studio.out.packets[0]);
  ASSERT_FALSE(typed.empty());
  EXPECT_LE(std::count_if(typed.begin(), typed.end(), [](int number) { return number < 30; }), 1);
  EXPECT_EQ(std::vector<int>(typed.end() - 30, typed.end()), run_of(30, 60));
}

TEST(Captions, OfPicturesThatABusyRungLosesComeWithItsNext) {
  media::Track source;
  source.timescale = 25;
  source.video.width = 64;
  source.video.height = 36;
  source.video.frame_rate = {25, 1};
  Rung rung = ladder_rung(36);
  rung.width = 64;
  rung.bitrate = 100'000;
  Outbox outbox;
  ASSERT_TRUE(outbox.open().ok());
  auto encoder = VideoEncoder::make(resolve(rung, source), source, {1});
  ASSERT_TRUE(encoder.ok());
  const media::Track track = (*encoder)->track();
  RungWorker worker(0, encoder.take(), outbox);
  const auto put = [&](int pts, bool key) {
    worker.put_captions(pts, std::vector{numbered(pts)});
    FramePtr picture = testing::make_picture(64, 36, 40, 200);
    picture->pts = pts;
    worker.put(std::move(picture), key, {}, {RungWorker::WhenFull::kLeaveOut, false});
  };
  // Nothing is encoded yet: beyond the burst pictures are lost, and the key frame takes the place of one that waits.
  const int burst = static_cast<int>(RungWorker::kBurst);
  for (int pts = 0; pts < burst + 3; ++pts) put(pts, pts == 0);
  put(burst + 3, true);
  worker.start("v36");
  worker.finish();
  worker.join();
  Collector out(1);
  out.tracks[0].push_back(track);
  outbox.drain(out);
  EXPECT_LT(out.packets[0].size(), RungWorker::kBurst + 4);
  EXPECT_EQ(typed_in(track, out.packets[0]), run_of(0, burst + 4));
}

TEST(Captions, ComeOffAPictureAsTheyWereGiven) {
  FramePtr picture = testing::make_picture(64, 36, 40, 200);
  std::vector<captions::Triplet> taken;
  give_captions(*picture, {});
  EXPECT_EQ(picture->nb_side_data, 0);
  give_captions(*picture, std::vector{numbered(7), numbered(8)});
  take_captions(*picture, taken);
  EXPECT_EQ(taken, (std::vector{numbered(7), numbered(8)}));
  take_captions(*picture, taken);
  EXPECT_EQ(taken.size(), 2U) << "they are gone";
}

}  // namespace
}  // namespace transcode
