#include <gtest/gtest.h>

#include <algorithm>

#include "producing.h"
#include "scte35/section.h"

/// Splice information on its way from the feeds to the log.
namespace worker {
namespace {

using feed::Id;
using ts::operator+;
using How = feed::Select::How;

base::Bytes splice(std::uint32_t event, std::optional<std::uint64_t> time) {
  scte35::SpliceInsert insert;
  insert.event_id = event;
  insert.out_of_network = true;
  insert.time = time;
  insert.immediate = !time;
  scte35::Section section;
  section.command = insert;
  return base::Bytes::adopt(scte35::write_section(section));
}

std::string base64(base::View bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (at + i < bytes.size() ? bytes[at + i] : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      text += at * 8 + i * 6 < bytes.size() * 8 ? kDigits[group >> (18 - 6 * i) & 63] : '=';
  }
  return text;
}

feed::RtmpMessage cue_point(std::int64_t at, std::uint32_t event, double seconds) {
  rtmp::amf::Value::Object cue{{"time", seconds}, {"cue", base64(splice(event, std::nullopt).view())}};
  return rtmp_message(feed::kRtmpData, at, Producing::utc(at), rtmp::amf::write_values({"onCuePoint", std::move(cue)}));
}

/// The events of the markers in the log, and when they take place, ms since kEpoch: "7 at 8000".
std::vector<std::string> cues(const Producing& channel) {
  std::vector<std::string> found;
  for (const record::Marker& marker : channel.all<record::Marker>()) {
    if (marker.kind != record::kScte35Class) continue;
    const auto section = scte35::parse_section(marker.payload.view());
    EXPECT_TRUE(section.ok());
    found.push_back(std::to_string(std::get<scte35::SpliceInsert>(section.value().command).event_id) + " at " +
                    std::to_string((marker.start - kEpoch) / base::kMillisecond));
  }
  return found;
}
using Cues = std::vector<std::string>;

/// Two feeds that send all the time.
struct Both : Producing {
  Both() {
    for (const Id id : feed::kIds) {
      feed = id;
      start();
      announce(true);
      headers();
    }
    on(0, 2000);
  }
  void on(std::int64_t from, std::int64_t until) {
    for (std::int64_t at = from; at < until; at += 20) {
      for (const Id id : feed::kIds) {
        feed = id;
        if (at % 40 == 0) say(rtmp_picture(at, utc(at), at % 1000 == 0));
        say(rtmp_sound(at, utc(at)));
      }
      if (at % 100 == 0) say(feed::Tick{utc(at)});
    }
  }
  void cue(Id id, std::int64_t at, std::uint32_t event, double seconds) {
    feed = id;
    say(cue_point(at, event, seconds));
  }
};

TEST(ProductionCues, ComeIntoTheLogAtTheirPictures) {
  Producing channel;
  channel.start();
  channel.announce(true);
  channel.headers();
  channel.play(0, 3000);
  channel.say(cue_point(2980, 7, 11.0));
  EXPECT_EQ(cues(channel), Cues{"7 at 11000"});
  const record::Marker marker = channel.all<record::Marker>().front();
  EXPECT_TRUE(marker.id.empty()) << "the server makes it a marker";
  EXPECT_EQ(marker.payload, splice(7, std::nullopt));
}

TEST(ProductionCues, OfATransportStreamAreOnItsClock) {
  Producing channel;
  channel.start(feed::Format::kMpegTs);
  TsFeed feed;
  ts::Mux mux;
  mux.pat({{1, 100}}).pmt(1, 100, {{0x1b, TsFeed::kVideoPid, {}}, {0x86, 500, ts::registration("CUEI")}});
  channel.say(feed::TsBytes{Producing::utc(0), base::Bytes::adopt(mux.bytes())});
  for (int i = 0; i < 75; ++i) {
    channel.say(feed.picture(i, Producing::utc(i * 40)));
    channel.say(feed::Tick{Producing::utc(i * 40)});
  }
  mux.packets().clear();
  const base::Bytes section = splice(9, 900'000 + 10 * 90'000);
  mux.section(500, ts::Blob(section.begin(), section.end()));
  ts::Blob damaged(section.begin(), section.end());
  damaged.back() ^= 0xff;
  mux.section(500, damaged);
  channel.say(feed::TsBytes{Producing::utc(3000), base::Bytes::adopt(mux.bytes())});
  ASSERT_EQ(cues(channel).size(), 1U);
  const auto parts = channel.parts("source");
  const std::int64_t scale = channel.presentation.renditions.at(0).track.timescale;
  const base::Micros first = media::rescale(parts.front().start, scale, base::kSecond);
  EXPECT_EQ(channel.all<record::Marker>().front().start, first + 10 * base::kSecond);
  job::Stats stats{};
  channel.production.report(stats);
  EXPECT_EQ(stats.feeds[0].cues.load(), 1U);
  EXPECT_EQ(stats.feeds[0].bad_cues.load(), 1U);
  EXPECT_EQ(static_cast<base::Micros>(stats.feeds[0].clock_us.load()), first - 10 * base::kSecond);
}

TEST(ProductionCues, AreThoseOfTheFeedThatIsShown) {
  Both both;
  both.cue(Id::kPrimary, 2000, 1, 6.0);
  both.cue(Id::kBackup, 2000, 2, 6.0);
  EXPECT_EQ(cues(both), Cues{"1 at 6000"});
}

TEST(ProductionCues, ThatTheOtherFeedAnnouncedComeWithTheSwitchIfTheyLieAhead) {
  Both both;
  both.cue(Id::kBackup, 2000, 1, 2.4);
  both.cue(Id::kBackup, 2000, 2, 12.0);
  both.feed = Id::kBackup;
  both.say(feed::Select{How::kForced, feed::SwitchReason::kLost});
  both.on(2000, 5000);
  EXPECT_EQ(cues(both).size(), 2U) << "2.4 s was ahead when the switch took place";
  both.cue(Id::kPrimary, 5000, 3, 12.0);
  both.cue(Id::kBackup, 5000, 4, 12.0);
  EXPECT_EQ(cues(both).back(), "4 at 12000");
  EXPECT_EQ(cues(both).size(), 3U);
}

TEST(ProductionCues, OfLongAgoAreForgottenAtASwitch) {
  Both both;
  both.cue(Id::kBackup, 2000, 1, 2.2);
  both.on(2000, 4000);
  both.feed = Id::kBackup;
  both.say(feed::Select{How::kForced, feed::SwitchReason::kLost});
  both.on(4000, 6000);
  EXPECT_EQ(cues(both), Cues{});
}

TEST(ProductionCues, OfTheOtherFeedAreKeptToABound) {
  Both both;
  for (std::uint32_t i = 0; i < 100; ++i) both.cue(Id::kBackup, 2000, i, 12.0);
  both.feed = Id::kBackup;
  both.say(feed::Select{How::kForced, feed::SwitchReason::kLost});
  both.on(2000, 4000);
  EXPECT_EQ(cues(both).size(), Feed::kMostCues);
  EXPECT_EQ(cues(both).back(), "99 at 12000") << "the newest";
}

/// Parts of an encoded rendition that begin with a key frame, ms since kEpoch: "1440" …
std::vector<std::int64_t> keys_of(const Producing& channel, std::string_view name) {
  std::vector<std::int64_t> found;
  const std::int64_t scale = channel.presentation.renditions.at(channel.place_of(name)).track.timescale;
  for (const record::Part& part : channel.parts(name)) {
    if (part.independent)
      found.push_back((media::rescale(part.start, scale, base::kSecond) - kEpoch) / base::kMillisecond);
  }
  return found;
}

job::Options encoding_splices() {
  job::Options options = copying();
  options.copy_video = false;
  options.audio = job::Options::Audio::kNone;
  options.ladder = {transcode::testing::ladder_rung(90)};
  return options;
}

std::vector<std::int64_t> keys_with(bool splice_keys) {
  job::Options options = encoding_splices();
  options.splice_keys = splice_keys;
  Producing channel(options);
  transcode::testing::VideoSpec spec;
  spec.frames = 125;
  spec.timescale = 1000;
  const transcode::testing::Feed source = transcode::testing::make_video(spec);
  channel.start();
  bool said = false;
  channel.play(source, [&](base::Micros at) {
    ASSERT_TRUE(channel.take_encoded());
    if (at < kEpoch + base::kSecond || std::exchange(said, true)) return;
    for (int i = 0; i < 3; ++i) channel.say(cue_point(1000, 7, 3.0));
  });
  channel.say(feed::Finish{});
  return keys_of(channel, "v90");
}

TEST(ProductionCues, PutKeyFramesIntoEncodedRenditionsWhereThatIsWanted) {
  const std::vector<std::int64_t> without = keys_with(false);
  const std::vector<std::int64_t> with = keys_with(true);
  const auto has = [](const std::vector<std::int64_t>& keys, std::int64_t at) {
    return std::find(keys.begin(), keys.end(), at) != keys.end();
  };
  EXPECT_FALSE(has(without, 3000));
  EXPECT_TRUE(has(with, 3000)) << "480 ms after the part before began: more than 85 % of a part target";
  EXPECT_TRUE(has(with, 2000)) << "segments stay on the grid";
  EXPECT_TRUE(has(with, 4000));
}

/// Where the segments of the rung begin that begin with a key frame, ms since kEpoch.
std::vector<std::int64_t> segments_of(const Producing& channel) {
  std::vector<std::int64_t> found;
  const std::int64_t scale = channel.presentation.renditions.at(channel.place_of("v90")).track.timescale;
  for (const record::Part& part : channel.parts("v90")) {
    if (part.independent && part.index == 0)
      found.push_back((media::rescale(part.start, scale, base::kSecond) - kEpoch) / base::kMillisecond);
  }
  return found;
}

/// Five seconds of a channel that hears of splices at 1 s and at 2 s.
struct Spliced {
  explicit Spliced(bool cuts, std::vector<double> at_one, std::vector<double> at_two = {}) {
    job::Options options = encoding_splices();
    options.splice_cuts = cuts;
    Producing channel(options);
    transcode::testing::VideoSpec spec;
    spec.frames = 125;
    spec.timescale = 1000;
    const transcode::testing::Feed source = transcode::testing::make_video(spec);
    channel.start();
    int said = 0;
    channel.play(source, [&](base::Micros at) {
      ASSERT_TRUE(channel.take_encoded());
      channel.say(feed::Tick{at});
      if (at < kEpoch + (said + 1) * base::kSecond || said == 2) return;
      for (const double splice : said++ == 0 ? at_one : at_two) {
        for (int i = 0; i < 3; ++i) channel.say(cue_point(said * 1000, 7, splice));
      }
    });
    channel.say(feed::Finish{});
    segments = segments_of(channel);
    channel.production.report(stats);
  }
  std::vector<std::int64_t> segments;
  job::Stats stats{};
};
using Segments = std::vector<std::int64_t>;

TEST(ProductionCues, LetASegmentBeginAtThePictureWhereThatIsWanted) {
  const Spliced without(false, {3.4});
  EXPECT_EQ(without.segments, (Segments{0, 2000, 4000}));
  EXPECT_EQ(without.stats.cuts_moved + without.stats.cuts_late + without.stats.cuts_crowded, 0U);
  const Spliced with(true, {3.4});
  EXPECT_EQ(with.segments, (Segments{0, 2000, 3400}));
  EXPECT_EQ(with.stats.cuts_moved.load(), 1U) << "however often it is announced";
}

TEST(ProductionCues, ThatComeTooLateForASegmentAreCounted) {
  const Spliced late(true, {1.04}, {2.08});
  EXPECT_EQ(late.segments, (Segments{0, 2000, 4000}));
  EXPECT_EQ(late.stats.cuts_late.load(), 2U);
  EXPECT_EQ(late.stats.cuts_moved.load(), 0U);
}

TEST(ProductionCues, ThatAreTooNearToEachOtherForSegmentsAreCounted) {
  const Spliced crowded(true, {3.4, 4.2});
  EXPECT_EQ(crowded.segments, (Segments{0, 2000, 3400}));
  EXPECT_EQ(crowded.stats.cuts_crowded.load(), 1U);
}

}  // namespace
}  // namespace worker
