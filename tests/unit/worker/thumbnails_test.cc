#include "worker/thumbnails.h"

#include <thread>

#include "producing.h"

namespace worker {
namespace {

using base::kMillisecond;
using base::kSecond;

job::Options with_thumbnails(base::Micros every, bool encoded) {
  job::Options options = copying();
  options.audio = job::Options::Audio::kNone;
  options.thumbnails = every;
  if (encoded) {
    options.copy_video = false;
    options.ladder = {job::Rung{.name = "low", .height = 72, .bitrate = 100'000}};
  }
  return options;
}

/// Of six seconds of a picture with a key frame each second; `awaited`: that many are waited for.
std::vector<record::Thumbnail> thumbnails_of(job::Options options, std::size_t awaited, int economy = 0) {
  Producing channel(std::move(options));
  channel.start();
  channel.say(feed::Economy{static_cast<std::uint8_t>(economy)});
  const transcode::testing::Feed source =
      transcode::testing::make_video({.width = 128, .height = 72, .frames = 150, .gop = 25, .timescale = 1000});
  channel.play(source, [&](base::Micros at) {
    if ((at - Producing::utc(0)) % (200 * kMillisecond) != 0) return;
    channel.say(feed::Tick{at});
    if (channel.production.encoded_descriptor() >= 0) channel.production.on_encoded();
  });
  // They are made on another thread, of a low priority.
  while (channel.all<record::Thumbnail>().size() < awaited) {
    channel.say(feed::Tick{Producing::utc(6000)});
    std::this_thread::yield();
  }
  return channel.all<record::Thumbnail>();
}

TEST(Thumbnails, AreOfTheFeedsPicturesWhetherTheyAreEncodedOrCopied) {
  for (const bool encoded : {false, true}) {
    const auto made = thumbnails_of(with_thumbnails(kSecond, encoded), 1);
    EXPECT_EQ(made.front().feed, "primary");
    EXPECT_EQ(made.front().jpeg.text().substr(0, 2), "\xFF\xD8");
    EXPECT_GE(made.front().at, Producing::utc(0));
    EXPECT_LE(made.back().at, Producing::utc(6000));
    EXPECT_LE(made.size(), 6U) << "one a second";
  }
}

TEST(Thumbnails, ComeNoMoreOftenThanTheyAreWanted) {
  EXPECT_LE(thumbnails_of(with_thumbnails(3 * kSecond, false), 1).size(), 2U);
  EXPECT_TRUE(thumbnails_of(with_thumbnails(0, false), 0).empty());
}

TEST(Thumbnails, AreNotMadeWhileTheCpuIsShort) {
  EXPECT_TRUE(thumbnails_of(with_thumbnails(kSecond, true), 0, 1).empty());
}

}  // namespace
}  // namespace worker
