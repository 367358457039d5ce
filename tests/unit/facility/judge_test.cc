#include "facility/judge.h"

#include <gtest/gtest.h>

#include <set>

#include "feeds.h"

namespace facility {
namespace {

TEST(Judge, AGoodFeedPassesInEverythingThatIsMeasured) {
  Playing feed;
  feed.play(10);
  for (const Line& line : feed.lines()) {
    EXPECT_TRUE(line.verdict == Verdict::kPass || line.verdict == Verdict::kNotMeasured)
        << line.property << ": " << line.measured;
    EXPECT_NE(line.measured, "") << line.property;
    EXPECT_NE(line.wanted, "") << line.property;
    EXPECT_EQ(line.advice, "") << line.property;
  }
  EXPECT_EQ(overall(feed.lines()), Verdict::kPass);
  EXPECT_EQ(named(feed.lines(), Verdict::kFail), "");
}

TEST(Judge, HasTheSameLinesWhateverIsKnown) {
  Playing feed;
  feed.play(10);
  std::vector<std::string> names;
  for (const Line& line : feed.lines()) names.push_back(line.property);
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), names.size());
  Observation nothing;
  nothing.take(Sample{});
  std::vector<std::string> others;
  for (const Line& line : judge(nothing, {})) others.push_back(line.property);
  EXPECT_EQ(names, others);
}

TEST(Judge, TheWorstLineIsTheVerdictAndWhatIsNotMeasuredIsNone) {
  std::vector<Line> lines{{"a", Verdict::kNotMeasured}, {"b", Verdict::kPass}};
  EXPECT_EQ(overall({}), Verdict::kPass);
  EXPECT_EQ(overall(lines), Verdict::kPass);
  lines.push_back({"c", Verdict::kWarn});
  lines.push_back({"d", Verdict::kWarn});
  EXPECT_EQ(overall(lines), Verdict::kWarn);
  EXPECT_EQ(named(lines, Verdict::kWarn), "c d");
  lines.insert(lines.begin(), {"e", Verdict::kFail});
  EXPECT_EQ(overall(lines), Verdict::kFail);
  EXPECT_EQ(named(lines, Verdict::kFail), "e");
}

TEST(Judge, NamesItsVerdicts) {
  EXPECT_EQ(to_string(Verdict::kNotMeasured), "not_measured");
  EXPECT_EQ(to_string(Verdict::kPass), "pass");
  EXPECT_EQ(to_string(Verdict::kWarn), "warn");
  EXPECT_EQ(to_string(Verdict::kFail), "fail");
}

TEST(Judge, APublisherThatWentFailsAndOneThatCameAnewIsToldOf) {
  Playing feed;
  feed.play(4);
  EXPECT_EQ(feed.line("publisher").measured, "there in all of 5 samples");
  ++feed.now.feed.counters.publishes;
  feed.step();
  EXPECT_EQ(feed.verdict("publisher"), Verdict::kWarn);
  EXPECT_EQ(feed.line("publisher").measured, "there in all of 6 samples, came anew 1 time");
  EXPECT_NE(feed.line("publisher").advice, "");
  feed.now.feed.protocol.clear();
  feed.step();
  EXPECT_EQ(feed.verdict("publisher"), Verdict::kFail);
  EXPECT_EQ(feed.line("publisher").measured, "missing or silent in 1 of 7 samples, came anew 1 time");
}

TEST(Judge, WhatAChannelNeedsFollowsFromItsOptions) {
  channel::Options options;
  options.media.segment = 4 * kSecond;
  options.media.part = kSecond;
  options.media.copy_video = true;
  Wanted wanted = wanted_of(options);
  EXPECT_EQ(wanted.segment, 4 * kSecond);
  EXPECT_EQ(wanted.part, kSecond);
  EXPECT_TRUE(wanted.copies_video);
  EXPECT_TRUE(wanted.audio);
  EXPECT_EQ(wanted.loudness, -23);
  EXPECT_EQ(wanted.true_peak, -1);
  EXPECT_TRUE(wanted.measures_loudness);
  EXPECT_FALSE(wanted.captions || wanted.teletext || wanted.texts || wanted.splices);
  options.media.audio = job::Options::Audio::kNone;
  options.media.loudness = {.measured = false, .target = -16, .ceiling = -2};
  options.media.emsg = job::Options::Emsg::kScte35;
  options.media.subtitles = {{.line21 = 1}};
  wanted = wanted_of(options);
  EXPECT_FALSE(wanted.audio);
  EXPECT_EQ(wanted.loudness, -16);
  EXPECT_EQ(wanted.true_peak, -2);
  EXPECT_FALSE(wanted.measures_loudness);
  EXPECT_TRUE(wanted.splices);
  EXPECT_TRUE(wanted.captions);
  options.media.emsg = job::Options::Emsg::kId3;
  options.media.subtitles = {{.teletext = true}, {.data = true}, {}};
  wanted = wanted_of(options);
  EXPECT_FALSE(wanted.splices);
  EXPECT_FALSE(wanted.captions);
  EXPECT_TRUE(wanted.teletext && wanted.texts);
  options.media.subtitles = {{.digital = 2}};
  EXPECT_TRUE(wanted_of(options).captions);
  for (bool job::Options::* cuts : {&job::Options::splice_cuts, &job::Options::splice_keys}) {
    channel::Options cutting;
    cutting.media.*cuts = true;
    EXPECT_TRUE(wanted_of(cutting).splices);
  }
}

}  // namespace
}  // namespace facility
