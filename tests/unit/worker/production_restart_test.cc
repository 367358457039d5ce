// What a worker that takes over from one that was lost makes of the feed: pictures, captions and texts at the times at
// which the one before would have had them, none twice.
#include <cstdlib>
#include <map>

#include "captioned.h"
#include "captions/webvtt.h"
#include "producing.h"
#include "unit/captions/sample.h"

namespace worker {
namespace {

using captions::Triplet;
using captions::testing::field1;

constexpr std::int64_t kEvery = 400;  // ms from one caption to the next

/// A pop-on caption "AT 1200", in one picture.
std::vector<Triplet> caption_at(std::int64_t stamp) {
  std::vector<Triplet> triplets{field1(0x14, 0x20), field1(0x14, 0x70)};
  for (const Triplet& pair : captions::testing::typed(Triplet::Kind::kField1, "AT " + std::to_string(stamp)))
    triplets.push_back(pair);
  triplets.push_back(field1(0x14, 0x2f));
  return triplets;
}

/// Pictures of [from, until), which come `late` after their time.
void feed_pictures(Producing& channel, std::int64_t from, std::int64_t until, std::int64_t late = 0) {
  for (std::int64_t at = from; at < until; at += 40) {
    feed::RtmpMessage picture =
        captioned(at, at % 1000 == 0, at % kEvery == 0 ? caption_at(at) : std::vector<Triplet>{});
    picture.arrived += late * base::kMillisecond;
    channel.say(picture);
    channel.say(feed::Tick{Producing::utc(at + late)});
  }
}

job::Options with_captions() {
  job::Options options = copying();
  options.audio = job::Options::Audio::kNone;
  options.subtitles = {{1, "en", "English"}};
  return options;
}

/// What a worker says of its feed's clock.
base::Micros clock_of(const Producing& channel) {
  job::Stats stats{};
  channel.production.report(stats);
  return static_cast<base::Micros>(stats.feeds[0].clock_us.load());
}

/// When each caption is first shown, in ms of the log's time, by the stamp that it says.
std::map<std::int64_t, std::int64_t> shown_at(const Producing& channel) {
  std::map<std::int64_t, std::int64_t> times;
  for (const record::Part& part : channel.parts("s1")) {
    const base::Micros epoch = captions::webvtt_epoch(media::rescale(part.start, 90'000, base::kSecond));
    const std::string text(part.data.text());
    for (std::size_t at = text.find(" --> "); at != std::string::npos; at = text.find(" --> ", at + 1)) {
      const std::size_t line = text.find('\n', at) + 1;
      const std::string time = text.substr(at - 12, 12);
      const std::int64_t ms =
          ((std::stoll(time.substr(0, 2)) * 60 + std::stoll(time.substr(3, 2))) * 60 + std::stoll(time.substr(6, 2))) *
              1000 +
          std::stoll(time.substr(9, 3));
      times.try_emplace(std::stoll(text.substr(line + 3)), (epoch - kEpoch) / base::kMillisecond + ms);
    }
  }
  return times;
}

/// A worker that is lost at 3 s, and one that takes over. The feed's next pictures come 200 ms later than they did.
struct Lost {
  explicit Lost(bool keeps_clock = true) {
    before.start();
    before.headers(false);
    feed_pictures(before, 0, 3000);
    after.resume(before);
    after.say(feed::Start{feed::Format::kRtmp, keeps_clock ? std::optional(clock_of(before)) : std::nullopt});
    after.headers(false, 3000);
    feed_pictures(after, 3000, 8000, 200);
  }
  Producing before{with_captions()};
  Producing after{with_captions()};
};

TEST(ProductionRestart, CaptionsAreAtTheTimesOfTheirPicturesToTheMillisecond) {
  const Lost lost;
  const auto times = shown_at(lost.after);
  ASSERT_GE(times.size(), 8U);
  for (const auto& [stamp, at] : times) EXPECT_EQ(at, stamp);
}

TEST(ProductionRestart, WithoutTheClockOfTheWorkerBeforeTheyAreAtTheTimesOfTheirArrival) {
  const Lost lost(false);
  const auto times = shown_at(lost.after);
  ASSERT_GE(times.size(), 8U);
  for (const auto& [stamp, at] : times) EXPECT_EQ(at, stamp + 200);
}

TEST(ProductionRestart, PicturesGoOnInTheLogWithTheirCaptionsEachOnce) {
  const Lost lost;
  std::string all;
  for (const Producing* worker : {&lost.before, &lost.after}) {
    for (const record::Part& part : worker->parts("source")) all += part.data.text();
  }
  std::size_t count = 0;
  for (std::size_t at = all.find("GA94"); at != std::string::npos; at = all.find("GA94", at + 1)) ++count;
  EXPECT_GE(count, 18U);
  EXPECT_LE(count, 20U) << "one every 400 ms of 8 s, none of them twice";
  const std::vector<record::Part> parts = lost.after.parts("source");
  for (std::size_t i = 1; i < parts.size(); ++i) EXPECT_GE(parts[i].start, parts[i - 1].start + parts[i - 1].duration);
}

}  // namespace
}  // namespace worker
