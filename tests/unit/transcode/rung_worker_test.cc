#include "transcode/rung_worker.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <thread>

#include "unit/transcode/picture.h"
#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::make_picture;

/// A worker of a tiny rung, third of its ladder.
struct Encoding {
  explicit Encoding(bool look_ahead = false) : out(3) {
    EXPECT_TRUE(outbox.open().ok());
    media::Track source;
    source.timescale = 25;
    source.video.width = 64;
    source.video.height = 36;
    source.video.frame_rate = {25, 1};
    Rung rung = testing::ladder_rung(36);
    rung.width = 64;
    rung.bitrate = 100'000;
    if (look_ahead) {
      rung.quality = true;
      rung.preset = "veryfast";
    }
    auto encoder = VideoEncoder::make(resolve(rung, source), source, {1});
    const auto open = [this, rung = resolve(rung, source), source](bool fast) {
      opened.push_back(fast);
      Rung other = rung;
      if (other_format) other.profile = "baseline";
      return VideoEncoder::make(other, source, {1, fast});
    };
    EXPECT_TRUE(encoder.ok()) << encoder.error().message();
    out.tracks[2].push_back((*encoder)->track());
    worker = std::make_unique<RungWorker>(2, encoder.take(), outbox, open);
  }
  void put(std::int64_t pts, bool key = false, base::Micros fed = 0) { put(pts, key, fed, RungWorker::How{}); }
  void put(std::int64_t pts, bool key, base::Micros fed, RungWorker::How how) {
    FramePtr picture = make_picture(64, 36, 40, 200);
    picture->pts = pts;
    worker->put(std::move(picture), key, {0, fed}, how);
  }
  void put_if_room(std::int64_t pts, bool key = false) { put(pts, key, 0, {RungWorker::WhenFull::kLeaveOut, false}); }
  /// All that was put comes out.
  std::vector<std::int64_t> finish() {
    worker->finish();
    worker->join();
    outbox.drain(out);
    return testing::pts_of(out.packets[2]);
  }

  /// Ten pictures with key frames at 0, 3 and 6; from `fast_from` up to `fast_until` a fast encoder is asked for.
  std::vector<std::int64_t> run(std::int64_t fast_from, std::int64_t fast_until) {
    worker->start("v36");
    for (std::int64_t pts = 0; pts < 10; ++pts) {
      put(pts, pts % 3 == 0 && pts < 9, 0, {RungWorker::WhenFull::kWait, pts >= fast_from && pts < fast_until});
    }
    return finish();
  }

  bool other_format = false;  ///< of the encoders that are opened from now on
  std::vector<bool> opened;   ///< fast or not
  Outbox outbox;
  std::unique_ptr<RungWorker> worker;
  testing::Collector out;
};

/// Id of this process's thread of that name.
id_t thread_of(const std::string& name) {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    std::string found;
    std::getline(std::ifstream(task.path() / "comm"), found);
    if (found == name) return static_cast<id_t>(std::stoul(task.path().filename()));
  }
  return 0;
}

TEST(RungWorker, EncodesWhatItIsGivenInOrderAndNamesItsRung) {
  Encoding encoding;
  encoding.worker->start("v36");
  for (std::int64_t pts = 0; pts < 10; ++pts) encoding.put(pts, pts == 0 || pts == 4);
  EXPECT_EQ(encoding.finish(), (std::vector<std::int64_t>{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}));
  EXPECT_EQ(testing::key_pts_of(encoding.out.packets[2]), (std::vector<std::int64_t>{0, 4}));
  for (const media::Packet& packet : encoding.out.packets[2]) EXPECT_EQ(packet.track_id, 2U);
}

TEST(RungWorker, CountsPacketsBytesAndKeyFrames) {
  Encoding encoding;
  encoding.worker->start("v36");
  for (std::int64_t pts = 0; pts < 6; ++pts) encoding.put(pts, pts % 3 == 0);
  encoding.worker->count_thinned();
  encoding.finish();
  std::size_t bytes = 0;
  for (const media::Packet& packet : encoding.out.packets[2]) bytes += packet.data.size();
  const EncodeSide::RungCounters counters = encoding.worker->counters();
  EXPECT_EQ(counters.encoded, 6U);
  EXPECT_EQ(counters.bytes, bytes);
  EXPECT_EQ(counters.key_frames, 2U);
  EXPECT_EQ(counters.thinned, 1U);
  EXPECT_EQ(counters.encode_errors, 0U);
}

TEST(RungWorker, TellsTheLongestDelaySinceItWasAskedLast) {
  Encoding encoding;
  encoding.worker->start("v36");
  const base::Micros now = steady_now();
  encoding.put(0, true, now - 3600 * base::kSecond);
  encoding.put(1, false, now - 1800 * base::kSecond);
  encoding.finish();
  const EncodeSide::RungCounters counters = encoding.worker->counters();
  EXPECT_GE(counters.max_delay, 3600 * base::kSecond);
  EXPECT_GE(counters.last_delay, 1800 * base::kSecond);
  EXPECT_LT(counters.last_delay, 3600 * base::kSecond) << "an hour is more than any machine takes for a picture";
  EXPECT_EQ(encoding.worker->counters().max_delay, 0);
  EXPECT_EQ(encoding.worker->counters().last_delay, counters.last_delay);
}

TEST(RungWorker, LetsLookAheadOutWhenItIsFinished) {
  Encoding encoding(true);
  encoding.worker->start("v36");
  for (std::int64_t pts = 0; pts < 20; ++pts) encoding.put(pts, pts == 0);
  EXPECT_EQ(encoding.finish().size(), 20U);
}

TEST(RungWorker, CountsAPictureThatTheEncoderRefusesAndGoesOn) {
  Encoding encoding;
  encoding.worker->start("v36");
  encoding.put(0, true);
  FramePtr broken(av_frame_alloc());
  broken->pts = 1;
  encoding.worker->put(std::move(broken), false, {});
  encoding.put(2);
  encoding.finish();
  EXPECT_EQ(encoding.worker->counters().encode_errors, 1U);
  EXPECT_EQ(encoding.worker->counters().encoded, 2U);
}

// Without a thread nothing is taken: what put() does is then exact.
TEST(RungWorker, TakesTwoPicturesAndLetsTheThirdWaitForRoom) {
  Encoding encoding;
  encoding.put(0, true);
  encoding.put(1);
  std::atomic<bool> third{false};
  std::thread scaling([&] {
    encoding.put(2);
    third = true;
  });
  encoding.worker->start("v36");
  scaling.join();
  EXPECT_TRUE(third);
  EXPECT_EQ(encoding.finish(), (std::vector<std::int64_t>{0, 1, 2}));
}

constexpr std::int64_t kBurst = RungWorker::kBurst;

/// The numbers [from, until).
std::vector<std::int64_t> numbers(std::int64_t from, std::int64_t until) {
  std::vector<std::int64_t> all;
  for (std::int64_t n = from; n < until; ++n) all.push_back(n);
  return all;
}

// Five pictures at once are what a feed of 50 frames a second brings in clumps of 0.1 s, and what a tick holds.
TEST(RungWorker, LosesNoneOfABurst) {
  Encoding encoding;
  for (std::int64_t pts = 0; pts < kBurst; ++pts) encoding.put_if_room(pts, pts == 0);
  encoding.worker->start("v36");
  EXPECT_EQ(encoding.finish(), numbers(0, kBurst));
  EXPECT_EQ(encoding.worker->left_out(), 0U);
}

TEST(RungWorker, LeavesAPictureOutRatherThanWaitForRoom) {
  Encoding encoding;
  for (std::int64_t pts = 0; pts < kBurst + 3; ++pts) encoding.put_if_room(pts, pts == 0);
  EXPECT_EQ(encoding.worker->left_out(), 3U);
  encoding.worker->start("v36");
  EXPECT_EQ(encoding.finish(), numbers(0, kBurst));
  EXPECT_EQ(encoding.worker->counters().left_out, 3U);
}

// No encoder takes a picture until the end: the second one is put when the first has waited for too long.
TEST(RungWorker, LeavesPicturesOutOnceTheOldestHasWaitedForLong) {
  Encoding encoding;
  encoding.put_if_room(0, true);
  const base::Micros begin = steady_now();
  while (steady_now() - begin <= RungWorker::kPatience) std::this_thread::yield();
  encoding.put_if_room(1);
  EXPECT_EQ(encoding.worker->left_out(), 1U);
  encoding.put_if_room(2, true);
  EXPECT_EQ(encoding.worker->left_out(), 2U) << "a key frame takes a place, here the other's";
  encoding.worker->start("v36");
  EXPECT_EQ(encoding.finish(), (std::vector<std::int64_t>{2}));
}

TEST(RungWorker, GivesAKeyFrameThePlaceOfTheNewestPictureThatWaits) {
  Encoding encoding;
  for (std::int64_t pts = 0; pts < kBurst + 2; ++pts) encoding.put_if_room(pts, pts == 0 || pts == kBurst + 1);
  encoding.worker->start("v36");
  std::vector<std::int64_t> expected = numbers(0, kBurst - 1);
  expected.push_back(kBurst + 1);
  EXPECT_EQ(encoding.finish(), expected);
  EXPECT_EQ(testing::key_pts_of(encoding.out.packets[2]), (std::vector<std::int64_t>{0, kBurst + 1}));
  EXPECT_EQ(encoding.worker->left_out(), 2U);
}

TEST(RungWorker, LosesTheOldestOfKeyFramesAlone) {
  Encoding encoding;
  for (std::int64_t pts = 0; pts < kBurst + 1; ++pts) encoding.put_if_room(pts, true);
  encoding.worker->start("v36");
  EXPECT_EQ(encoding.finish(), numbers(1, kBurst + 1));
  EXPECT_EQ(encoding.worker->left_out(), 1U);
}

constexpr std::int64_t kEach[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};

TEST(RungWorker, ChangesItsEncoderAtAKeyFrameAndBackAndLosesNothing) {
  for (const bool look_ahead : {false, true}) {
    Encoding encoding(look_ahead);
    const auto pts = encoding.run(2, 5);
    EXPECT_TRUE(std::ranges::equal(pts, kEach));
    EXPECT_EQ(encoding.opened, (std::vector<bool>{true, false})) << "at pictures 3 and 6";
    EXPECT_EQ(testing::key_pts_of(encoding.out.packets[2]), (std::vector<std::int64_t>{0, 3, 6}));
    EXPECT_EQ(testing::decode(encoding.out.tracks[2][0], encoding.out.packets[2]).size(), 10U);
  }
}

TEST(RungWorker, KeepsAnEncoderWhoseTrackTheOtherWouldChange) {
  Encoding encoding;
  encoding.other_format = true;
  EXPECT_TRUE(std::ranges::equal(encoding.run(3, 10), kEach));
  EXPECT_EQ(encoding.opened, std::vector<bool>{true}) << "it is tried once";
  EXPECT_EQ(testing::decode(encoding.out.tracks[2][0], encoding.out.packets[2]).size(), 10U);
}

TEST(RungWorker, AsksForLessCpuThanItsStarter) {
  Encoding encoding;
  const int before = getpriority(PRIO_PROCESS, 0);
  encoding.worker->start("v36", 4);
  encoding.put(0, true);
  pollfd encoded{encoding.outbox.descriptor(), POLLIN, 0};
  ASSERT_EQ(poll(&encoded, 1, 10'000), 1);
  EXPECT_EQ(getpriority(PRIO_PROCESS, thread_of("k-enc-v36")), std::min(before + 4, 19));
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before) << "of its own thread alone";
}

TEST(RungWorker, WhatIsRunNicedAsksForLessCpuAndSoDoTheThreadsThatItStarts) {
  const int before = getpriority(PRIO_PROCESS, 0);
  int own = 0;
  int started = 0;
  run_niced(3, [&] {
    own = getpriority(PRIO_PROCESS, 0);
    std::thread([&] { started = getpriority(PRIO_PROCESS, 0); }).join();
  });
  EXPECT_EQ(own, std::min(before + 3, 19));
  EXPECT_EQ(started, own);
  EXPECT_EQ(getpriority(PRIO_PROCESS, 0), before);
}

TEST(RungWorker, LetsGoOfWhoWaitsForRoomWhenItIsClosed) {
  Encoding encoding;
  encoding.put(0, true);
  encoding.put(1);
  std::thread scaling([&] { encoding.put(2); });
  encoding.worker->close();
  scaling.join();
  encoding.worker->start("v36");
  encoding.put(3);
  EXPECT_EQ(encoding.finish(), std::vector<std::int64_t>{}) << "what waited is gone, and nothing is taken any more";
}

TEST(RungWorker, EndsWithoutHavingBeenStartedAndInTheMiddle) {
  Encoding never;
  never.put(0, true);
  never.worker.reset();
  Encoding middle;
  middle.worker->start("a name far longer than the kernel keeps");
  middle.put(0, true);
  middle.worker.reset();
}

}  // namespace
}  // namespace transcode
