#include "worker/teletext_lane.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "outlet.h"
#include "unit/teletext/maker.h"
#include "worker/caption_lanes.h"

namespace worker {
namespace {

using teletext::testing::header;
using teletext::testing::payload;
using teletext::testing::row;

constexpr base::Micros kBegin = 1'795'985'000 * base::kSecond;
const media::TeletextPages kDescribed{
    {0x100, "eng", false, false}, {0x888, "eng", true, false}, {0x889, "deu", true, false}, {0x890, "eng", true, true}};

media::Teletext stream_of(std::uint32_t stream, const media::TeletextPages& pages) {
  return {stream, std::make_shared<const media::TeletextPages>(pages), {}, {0, base::kSecond}, 0};
}

struct TeletextChannel {
  explicit TeletextChannel(std::vector<job::Subtitle> subtitles) {
    options.subtitles = std::move(subtitles);
    lanes.emplace(options, outlet);
  }
  /// Ms from kBegin.
  void say(media::Teletext teletext, std::int64_t at, const std::vector<teletext::Line>& lines) {
    teletext.data = base::Bytes::adopt(payload(lines));
    teletext.at = {kBegin + at * base::kMillisecond, base::kSecond};
    lanes->take(teletext);
  }
  /// "1000 HELLO", in ms from kBegin.
  std::vector<std::string> shown(std::uint32_t rendition = 0) {
    std::vector<std::string> told;
    for (const media::TextCue& cue : outlet.cues[rendition])
      told.push_back(std::to_string((cue.start - kBegin) / base::kMillisecond) + " " + cue.text);
    return told;
  }
  job::Options options;
  FakeOutlet outlet;
  std::optional<CaptionLanes> lanes;
};

job::Subtitle teletext_of(int page, std::string language = "", bool sdh = false) {
  return {0, std::move(language), "", false, false, sdh, true, page};
}

using Told = std::vector<std::string>;

TEST(TeletextLane, APageIsShownFromItsTimeOnAndEndsWhereItIsErased) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  const media::Teletext stream = stream_of(5, kDescribed);
  channel.say(stream, 1000, {header(), row(20, "Hello"), row(22, "World")});
  channel.say(stream, 3000, {header()});
  EXPECT_EQ(channel.shown(), (Told{"1000 Hello\nWorld", "3000 "}));
  EXPECT_EQ(channel.outlet.cues[0][0].end, kBegin + base::kSecond + TeletextLane::kLongestOnScreen);
  EXPECT_EQ(channel.outlet.cues[0][0].id, channel.outlet.cues[0][1].id) << "the one takes the other's place";
}

TEST(TeletextLane, APageThatIsSentAgainIsShownOnceUntilItWouldLeaveTheScreen) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  const media::Teletext stream = stream_of(5, kDescribed);
  for (std::int64_t at = 0; at < 20'000; at += 500) channel.say(stream, at, {header(), row(20, "Long")});
  EXPECT_EQ(channel.shown(), (Told{"0 Long", "8000 Long", "16000 Long"}));
}

TEST(TeletextLane, APageInPiecesHasTheTimeOfItsFirst) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  const media::Teletext stream = stream_of(5, kDescribed);
  channel.say(stream, 1000, {header(), row(20, "One")});
  channel.say(stream, 1040, {row(22, "Two")});
  EXPECT_EQ(channel.shown(), (Told{"1000 One", "1000 One\nTwo"}));
}

TEST(TeletextLane, EachHasItsPage) {
  TeletextChannel channel({teletext_of(888), teletext_of(889)});
  channel.lanes->open();
  channel.say(stream_of(5, kDescribed), 0,
              {header(), row(20, "English"), header({.number = 0x889, .national = 1}), row(20, "Gr}n")});
  EXPECT_EQ(channel.shown(0), Told{"0 English"});
  EXPECT_EQ(channel.shown(1), Told{"0 Grün"});
}

TEST(TeletextLane, LanguageAndPurposeAreThoseThatTheFeedDescribes) {
  TeletextChannel channel({teletext_of(889), teletext_of(888, "cy", true), teletext_of(0, "", true)});
  channel.lanes->open();
  EXPECT_EQ(channel.outlet.spec(0).track.language, "");
  channel.lanes->take(stream_of(5, kDescribed));
  EXPECT_GE(channel.outlet.changes, 1);
  EXPECT_EQ(channel.outlet.spec(0).track.language, "deu");
  EXPECT_TRUE(channel.outlet.spec(0).characteristics.empty());
  EXPECT_EQ(channel.outlet.spec(1).track.language, "cy") << "as configured";
  EXPECT_FALSE(channel.outlet.spec(1).characteristics.empty());
  EXPECT_EQ(channel.outlet.spec(2).track.language, "eng");
  const int changes = channel.outlet.changes;
  channel.lanes->take(stream_of(5, kDescribed));
  EXPECT_EQ(channel.outlet.changes, changes) << "nothing new";
}

TEST(TeletextLane, ADescriptionMayComeBeforeTheRenditions) {
  TeletextChannel channel({teletext_of(0)});
  channel.lanes->take(stream_of(5, {{0x890, "eng", true, true}}));
  channel.lanes->open();
  EXPECT_EQ(channel.outlet.spec(0).track.language, "eng");
  EXPECT_FALSE(channel.outlet.spec(0).characteristics.empty()) << "hard of hearing";
}

TEST(TeletextLane, WithoutAPageItIsTheFirstSubtitlesOfTheLanguage) {
  TeletextChannel channel({teletext_of(0), teletext_of(0, "de"), teletext_of(0, "en", true), teletext_of(0, "fr")});
  channel.lanes->open();
  channel.say(stream_of(5, kDescribed), 0,
              {header({.number = 0x888}), row(20, "First"), header({.number = 0x889}), row(20, "German"),
               header({.number = 0x890}), row(20, "Described")});
  EXPECT_EQ(channel.shown(0), Told{"0 First"});
  EXPECT_EQ(channel.shown(1), Told{"0 German"});
  EXPECT_EQ(channel.shown(2), Told{"0 Described"});
  EXPECT_TRUE(channel.shown(3).empty());
}

TEST(TeletextLane, APageThatNothingDescribesIsTakenWhereItComes) {
  TeletextChannel channel({teletext_of(777)});
  channel.lanes->open();
  channel.say(stream_of(5, {}), 0, {header({.number = 0x777}), row(20, "Here", 7)});
  EXPECT_EQ(channel.shown(), Told{"0 Here"});
}

TEST(TeletextLane, TheStreamThatDescribesThePageIsItsStream) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  const media::Teletext other = stream_of(4, {{0x100, "fra", false, false}});
  const media::Teletext ours = stream_of(5, kDescribed);
  channel.lanes->take(other);
  channel.lanes->take(ours);
  channel.say(other, 0, {header(), row(20, "Other")});
  channel.say(ours, 40, {header(), row(20, "Ours")});
  channel.say(stream_of(6, kDescribed), 80, {header(), row(20, "Third")});
  EXPECT_EQ(channel.shown(), Told{"40 Ours"});
}

TEST(TeletextLane, OfAnotherFeedItBeginsAnew) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  channel.say(stream_of(5, kDescribed), 0, {header(), row(20, "Primary")});
  channel.say(stream_of(65536 + 7, kDescribed), 40, {header({.erase = false}), row(22, "Backup")});
  EXPECT_EQ(channel.shown(), (Told{"0 Primary", "40 Backup"}));
}

TEST(TeletextLane, WhatAnEarlierWorkerKnewHoldsUntilTheFeedDescribesIt) {
  TeletextChannel channel({teletext_of(888)});
  record::Presentation known;
  known.renditions.resize(1);
  known.renditions[0].name = "s1";
  known.renditions[0].track.language = "eng";
  channel.lanes->resume(known);
  channel.lanes->open();
  EXPECT_EQ(channel.outlet.spec(0).track.language, "eng");
  channel.lanes->take(stream_of(5, {{0x888, "fra", true, false}}));
  EXPECT_EQ(channel.outlet.spec(0).track.language, "fra");
}

TEST(TeletextLane, DamagedLinesAreCounted) {
  TeletextChannel channel({teletext_of(888)});
  channel.lanes->open();
  media::Teletext stream = stream_of(5, kDescribed);
  auto bytes = payload({header()});
  bytes[5] ^= 0x11;
  stream.data = base::Bytes::adopt(std::move(bytes));
  channel.lanes->take(stream);
  EXPECT_EQ(channel.lanes->teletext_damaged(), 1U);
}

TEST(TeletextLane, TakesNoCuesOfTheApi) {
  TeletextChannel channel({teletext_of(888, "en")});
  channel.lanes->open();
  EXPECT_FALSE(channel.lanes->put(0, {"", 0, 1, "Tor"}));
}

}  // namespace
}  // namespace worker
