#include "transcode/picture_probe.h"

#include <gtest/gtest.h>

#include <thread>

#include "unit/transcode/source.h"

namespace transcode {
namespace {

using testing::Feed;

Feed feed_of(int luma, std::int64_t first_pts = 0, int gop = 5) {
  testing::VideoSpec spec{.frames = 20, .gop = gop, .first_pts = first_pts};
  if (luma >= 0) spec.luma = [luma](int, int, int) { return luma; };
  return testing::make_video(spec);
}

/// A probe that is given one key frame after the other, each once the one before is decoded.
struct Probe {
  explicit Probe(const Feed& feed) : probe(PictureProbe::make(feed.track, options()).take()) {}
  static PictureHealth::Options options() {
    PictureHealth::Options options;
    options.every = 0;
    return options;
  }
  void feed(const Feed& feed) {
    for (const media::Packet& packet : feed.packets) {
      const std::uint64_t before = probe->counters().decoded;
      probe->feed(packet);
      while (packet.key && probe->counters().decoded == before) std::this_thread::yield();
    }
  }
  std::unique_ptr<PictureProbe> probe;
};

TEST(PictureProbe, DecodesKeyFramesOnly) {
  const Feed feed = feed_of(16);
  Probe probe(feed);
  probe.feed(feed);
  EXPECT_EQ(probe.probe->counters().decoded, 4U);
  EXPECT_EQ(probe.probe->counters().errors, 0U);
  const PictureHealth::Report report = probe.probe->health();
  EXPECT_EQ(report.looked, 4U);
  EXPECT_EQ(report.black_since, 0);
  EXPECT_EQ(report.newest, 600 * base::kMillisecond);
}

TEST(PictureProbe, SeesTheKeyFrameOfAStreamWithReorderedPicturesAtOnce) {
  const Feed feed = testing::make_video({.frames = 20, .gop = 10, .b_frames = 2});
  Probe probe(feed);
  probe.probe->feed(feed.packets[0]);
  while (probe.probe->counters().decoded == 0) std::this_thread::yield();
  EXPECT_EQ(probe.probe->health().looked, 1U);
  EXPECT_EQ(probe.probe->health().black_since, std::nullopt);
}

TEST(PictureProbe, LetsTheNewestKeyFrameWin) {
  const Feed feed = testing::make_video({.width = 1280, .height = 720, .frames = 40, .gop = 1});
  Probe probe(feed);
  for (const media::Packet& packet : feed.packets) probe.probe->feed(packet);
  PictureProbe::Counters counters;
  do {
    std::this_thread::yield();
    counters = probe.probe->counters();
  } while (counters.decoded + counters.skipped < 40);
  EXPECT_EQ(probe.probe->health().newest, 39 * 40 * base::kMillisecond);
}

TEST(PictureProbe, FollowsANewSource) {
  const Feed black = feed_of(16);
  Feed white = testing::make_video({.width = 160, .height = 90, .timescale = 30'000, .first_pts = 30'000});
  Probe probe(black);
  probe.feed(black);
  EXPECT_TRUE(probe.probe->health().black_since.has_value());
  ASSERT_TRUE(probe.probe->change_source(white.track).ok());
  probe.feed(white);
  EXPECT_EQ(probe.probe->health().black_since, std::nullopt);
  EXPECT_EQ(probe.probe->health().newest, base::kSecond);
}

TEST(PictureProbe, CountsWhatItCannotDecode) {
  Feed feed = feed_of(16);
  Probe probe(feed);
  feed.packets[0].data = base::Bytes::copy_of("\x00\x00\x00\x05\x65garb");
  feed.packets[5].data = {};
  probe.feed(feed);
  EXPECT_EQ(probe.probe->counters().decoded, 4U);
  EXPECT_EQ(probe.probe->counters().errors, 2U);
  EXPECT_EQ(probe.probe->health().looked, 2U);
}

TEST(PictureProbe, DropsWhatItCannotDecodeUntilASourceComesThatItCan) {
  const Feed feed = feed_of(16);
  Probe probe(feed);
  media::Track broken = feed.track;
  broken.timescale = 0;
  EXPECT_EQ(probe.probe->change_source(broken).error().code, base::Code::kMalformed);
  probe.probe->feed(feed.packets[0]);
  ASSERT_TRUE(probe.probe->change_source(feed.track).ok());
  probe.feed(feed);
  EXPECT_EQ(probe.probe->counters().decoded + probe.probe->counters().skipped, 4U);
  media::Track audio;
  audio.codec = media::Codec::kAac;
  EXPECT_EQ(PictureProbe::make(audio, {}).error().code, base::Code::kMalformed);
}

TEST(PictureProbe, GoesWithoutDecodingWhatWaits) {
  const Feed feed = testing::make_video({.width = 1280, .height = 720, .frames = 4, .gop = 1});
  for (int i = 0; i < 10; ++i) {
    Probe probe(feed);
    for (const media::Packet& packet : feed.packets) probe.probe->feed(packet);
  }
}

}  // namespace
}  // namespace transcode
