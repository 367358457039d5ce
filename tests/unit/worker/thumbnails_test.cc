#include "worker/thumbnails.h"

#include <set>
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

enum class Of : std::uint8_t { kFeedsAndViewers, kRungs };

std::vector<record::Thumbnail> made_by(const Producing& channel, Of what) {
  std::vector<record::Thumbnail> made = channel.all<record::Thumbnail>();
  std::erase_if(made, [&](const record::Thumbnail& one) {
    return one.feed.starts_with(record::kOfRung) != (what == Of::kRungs);
  });
  return made;
}

std::set<std::string> names_of(const std::vector<record::Thumbnail>& thumbnails) {
  std::set<std::string> names;
  for (const record::Thumbnail& one : thumbnails) names.insert(one.feed);
  return names;
}

/// Of six seconds of a picture with a key frame each second; `awaited`: that many are waited for, of rungs of so many.
std::vector<record::Thumbnail> thumbnails_of(job::Options options, std::size_t awaited, int economy = 0,
                                             Of what = Of::kFeedsAndViewers) {
  Producing channel(std::move(options));
  channel.start();
  channel.say(feed::Economy{static_cast<std::uint8_t>(economy)});
  const transcode::testing::Feed source =
      transcode::testing::make_video({.width = 128, .height = 72, .frames = 150, .gop = 25, .timescale = 1000});
  channel.play(source, [&](base::Micros at) {
    EXPECT_TRUE(channel.take_encoded());  // pictures that come faster than they are encoded are dropped
    if ((at - Producing::utc(0)) % (200 * kMillisecond) == 0) channel.say(feed::Tick{at});
  });
  // They are made on another thread, of a low priority.
  const auto is_enough = [&](const std::vector<record::Thumbnail>& made) {
    return (what == Of::kRungs ? names_of(made).size() : made.size()) >= awaited;
  };
  while (!is_enough(made_by(channel, what))) {
    channel.say(feed::Tick{Producing::utc(6000)});
    std::this_thread::yield();
  }
  return made_by(channel, what);
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

job::Options with_images(bool encoded) {
  job::Options options = with_thumbnails(0, encoded);
  options.images = true;
  return options;
}

TEST(Thumbnails, OfWhatViewersSeeBelongToNoFeedAndComeOnceASegment) {
  for (const bool encoded : {false, true}) {
    const auto made = thumbnails_of(with_images(encoded), 1);
    EXPECT_EQ(made.front().feed, "");
    EXPECT_EQ(made.front().jpeg.text().substr(0, 2), "\xFF\xD8");
    EXPECT_LE(made.size(), 4U) << "of six seconds in segments of two";
  }
}

TEST(Thumbnails, OfARungBeginItsSegments) {
  const auto made = thumbnails_of(with_images(true), 1);
  for (std::size_t i = 1; i < made.size(); ++i) EXPECT_EQ(made[i].at % (2 * kSecond), 0) << made[i].at;
}

TEST(Thumbnails, OfFeedsAndOfWhatViewersSeeGoTogether) {
  job::Options options = with_images(false);
  options.thumbnails = 5 * kSecond;
  const auto made = thumbnails_of(options, 2);
  EXPECT_EQ(made[0].feed, "");
  EXPECT_EQ(made[1].feed, "primary");
  EXPECT_EQ(made[0].jpeg, made[1].jpeg) << "one key frame for both";
}

TEST(Thumbnails, AreOfEachRungAndOfACopy) {
  job::Options options = with_thumbnails(kSecond, true);
  options.copy_video = true;
  options.ladder.push_back(job::Rung{.name = "lower", .height = 36, .bitrate = 50'000});
  const auto made = thumbnails_of(options, 3, 0, Of::kRungs);
  for (const record::Thumbnail& one : made) {
    EXPECT_EQ(one.jpeg.text().substr(0, 2), "\xFF\xD8");
    EXPECT_GE(one.at, Producing::utc(0));
  }
  EXPECT_EQ(names_of(made), (std::set<std::string>{"rung low", "rung lower", "rung source"}));
  EXPECT_LE(made.size(), 18U) << "one a second of each";
}

TEST(Thumbnails, OfRungsAreNotMadeUnaskedNorWhileTheCpuIsShort) {
  EXPECT_TRUE(thumbnails_of(with_thumbnails(0, true), 0, 0, Of::kRungs).empty());
  EXPECT_TRUE(thumbnails_of(with_images(true), 1, 0).front().feed.empty());
  EXPECT_TRUE(thumbnails_of(with_thumbnails(kSecond, true), 0, 1, Of::kRungs).empty());
}

TEST(Thumbnails, ThatViewersGetShowNothingOfACopyThatAnOperatorHides) {
  Producing channel(with_images(false));
  channel.start();
  channel.say(feed::Slate{true, ""});
  channel.play(
      transcode::testing::make_video({.width = 128, .height = 72, .frames = 150, .gop = 25, .timescale = 1000}),
      [&](base::Micros at) { channel.say(feed::Tick{at}); });
  EXPECT_TRUE(channel.all<record::Thumbnail>().empty());
}

}  // namespace
}  // namespace worker
