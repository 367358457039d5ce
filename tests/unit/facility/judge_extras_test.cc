#include <gtest/gtest.h>

#include "feeds.h"

namespace facility {
namespace {

TEST(JudgeExtras, TextIsWantedOnlyWhereTheChannelMakesSomethingOfIt) {
  Playing feed;
  feed.play(3);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kPass);
  EXPECT_EQ(feed.line("captions").measured, "none");
  feed.wanted.captions = true;
  EXPECT_EQ(feed.verdict("captions"), Verdict::kFail);
  EXPECT_EQ(feed.line("captions").wanted, "CEA-608 or CEA-708, of which text renditions are made");
}

TEST(JudgeExtras, CaptionsThatArePaddingAloneAreWorthAWarning) {
  Playing feed;
  feed.wanted.captions = true;
  feed.play(1);
  ++feed.now.feed.caption_pictures;
  feed.play(1);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kWarn);
  EXPECT_EQ(feed.line("captions").measured, "padding in the pictures, no text yet");
  feed.now.feed.captions = "CC1 SERVICE1";
  feed.play(1);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kPass);
  EXPECT_EQ(feed.line("captions").measured, "CC1 SERVICE1");
}

TEST(JudgeExtras, TeletextIsToComeAndTextMay) {
  Playing feed;
  feed.wanted.teletext = true;
  feed.now.feed.teletext_pages = {{.number = 0x888}};
  feed.play(1);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kFail) << "it is only described";
  ++feed.now.feed.teletext;
  feed.play(1);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kPass);
  feed.wanted.texts = true;
  EXPECT_EQ(feed.verdict("captions"), Verdict::kWarn);
  ++feed.now.feed.texts;
  feed.now.feed.bitmap_subtitles = 1;
  feed.play(1);
  EXPECT_EQ(feed.verdict("captions"), Verdict::kPass);
  EXPECT_EQ(feed.line("captions").measured,
            "teletext, text of the feed's own, DVB subtitles as pictures, which are not converted");
}

TEST(JudgeExtras, MarkersAreWantedWhereTheChannelCutsAtThem) {
  Playing feed;
  feed.now.feed.cues = 4;
  feed.play(3);
  EXPECT_EQ(feed.verdict("markers"), Verdict::kPass);
  EXPECT_EQ(feed.line("markers").measured, "none meanwhile, 4 before");
  feed.wanted.splices = true;
  EXPECT_EQ(feed.verdict("markers"), Verdict::kWarn);
  ++feed.now.feed.cues;
  feed.play(1);
  EXPECT_EQ(feed.verdict("markers"), Verdict::kPass);
  EXPECT_EQ(feed.line("markers").measured, "1, the last at " + base::format_utc(feed.now.utc));
  ++feed.now.feed.bad_cues;
  feed.play(1);
  EXPECT_EQ(feed.verdict("markers"), Verdict::kFail);
  Playing none;
  EXPECT_EQ(none.play(1).line("markers").measured, "none");
}

}  // namespace
}  // namespace facility
