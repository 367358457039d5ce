#include "worker/text_lanes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "outlet.h"
#include "worker/caption_lanes.h"

namespace worker {
namespace {

job::Subtitle data(const std::string& language) {
  job::Subtitle subtitle;
  subtitle.language = language;
  subtitle.data = true;
  return subtitle;
}
job::Subtitle api() {
  job::Subtitle subtitle;
  subtitle.language = "fr";
  return subtitle;
}
/// `ms` after a second of UTC.
media::Text text(const std::string& words, const std::string& language = "", std::int64_t ms = 0) {
  return {words, language, {1'795'985'000'000 + ms, 1000}, 0};
}
/// The index of the rendition that the text goes to; -1: none.
int place(TextLanes& lanes, const std::string& language) {
  const auto taken = lanes.take(text("a", language));
  return taken ? static_cast<int>(taken->subtitle) : -1;
}

TEST(TextLanes, ATextGoesToTheRenditionOfItsLanguage) {
  TextLanes lanes({api(), data("en"), data("de"), data("pt-BR"), data("pt")});
  EXPECT_EQ(place(lanes, "de"), 2);
  EXPECT_EQ(place(lanes, "ger"), 2);
  EXPECT_EQ(place(lanes, "eng"), 1);
  EXPECT_EQ(place(lanes, "en-GB"), 1);
  EXPECT_EQ(place(lanes, "pt"), 4) << "the one that has just that tag";
  EXPECT_EQ(place(lanes, "por"), 3);
  EXPECT_EQ(place(lanes, ""), 1) << "the first";
  EXPECT_EQ(lanes.unplaced(), 0U);
}

TEST(TextLanes, ALanguageThatNoneHasIsCounted) {
  TextLanes lanes({data("en"), api()});
  EXPECT_EQ(place(lanes, "fr"), -1) << "that one is the API's";
  EXPECT_EQ(place(lanes, "xx-unknown"), -1);
  EXPECT_EQ(lanes.unplaced(), 2U);
  TextLanes none({api()});
  EXPECT_EQ(place(none, "fr"), -1);
  EXPECT_EQ(none.unplaced(), 0U) << "nobody wants texts";
}

TEST(TextLanes, OneWithoutALanguageTakesTheFirstThatComes) {
  TextLanes lanes({data("en"), data("")});
  EXPECT_EQ(place(lanes, "en"), 0);
  EXPECT_EQ(lanes.language(1), "");
  const auto taken = lanes.take(text("a", "de"));
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->subtitle, 1U);
  EXPECT_TRUE(taken->named);
  EXPECT_EQ(lanes.language(1), "de");
  EXPECT_FALSE(lanes.take(text("b", "deu"))->named);
  EXPECT_EQ(place(lanes, "fr"), -1);
  EXPECT_EQ(lanes.language(7), "");
}

TEST(TextLanes, WhatAnEarlierWorkerKnewHoldsUnlessTheConfigurationSays) {
  TextLanes lanes({data("en"), data("")});
  lanes.resume(0, "fr");
  lanes.resume(1, "de");
  lanes.resume(2, "es");
  EXPECT_EQ(lanes.language(0), "en");
  EXPECT_EQ(place(lanes, "ger"), 1);
  EXPECT_EQ(place(lanes, "fr"), -1);
}

TEST(TextLanes, ATextIsShownUntilTheNextOrForTenSeconds) {
  TextLanes lanes({data("en")});
  const auto first = lanes.take(text("a"));
  ASSERT_TRUE(first && first->cue);
  EXPECT_EQ(first->cue->start, 1'795'985'000 * base::kSecond);
  EXPECT_EQ(first->cue->end - first->cue->start, 10 * base::kSecond);
  const auto second = lanes.take(text("b", "", 1500));
  ASSERT_TRUE(second && second->cue);
  EXPECT_EQ(second->cue->id, first->cue->id) << "it takes the place of the first";
  EXPECT_EQ(second->cue->start - first->cue->start, 1500 * base::kMillisecond);
  const auto over = lanes.take(text("", "", 2000));
  ASSERT_TRUE(over && over->cue);
  EXPECT_EQ(over->cue->text, "");
}

TEST(TextLanes, ATextThatIsRepeatedStaysAndIsNotPublishedEachTime) {
  TextLanes lanes({data("en")});
  EXPECT_TRUE(lanes.take(text("a"))->cue);
  EXPECT_FALSE(lanes.take(text("a", "", 40))->cue);
  EXPECT_FALSE(lanes.take(text("a", "", 4999))->cue);
  EXPECT_TRUE(lanes.take(text("a", "", 5000))->cue);
  EXPECT_FALSE(lanes.take(text("a", "", 5040))->cue);
  EXPECT_TRUE(lanes.take(text("a", "", 100))->cue) << "the feed's time has gone back";
  EXPECT_TRUE(lanes.take(text("", "", 5080))->cue);
  EXPECT_FALSE(lanes.take(text("", "", 60'000))->cue);
  EXPECT_TRUE(lanes.take(text("a", "", 60'001))->cue);
}

TEST(TextLanes, AreRenditionsOfTheChannel) {
  job::Options options;
  options.subtitles = {api(), data("")};
  FakeOutlet outlet;
  CaptionLanes lanes(options, outlet);
  lanes.take(text("before the first presentation"));
  lanes.open();
  lanes.take(text("Tor", "deu"));
  lanes.take(text("Tor", "deu", 40));
  EXPECT_TRUE(outlet.cues[0].empty());
  ASSERT_EQ(outlet.cues[1].size(), 1U);
  EXPECT_EQ(outlet.cues[1][0].text, "Tor");
  EXPECT_EQ(outlet.changes, 1) << "its language is known now";
  EXPECT_EQ(outlet.spec(1).track.language, "deu");
  EXPECT_EQ(outlet.spec(0).track.language, "fr");
  EXPECT_FALSE(lanes.put(1, {"", 0, 1, "Tor"})) << "not the API's";
  options.subtitles[1].language = "en";
  CaptionLanes strict(options, outlet);
  strict.take(text("Tor", "deu"));
  EXPECT_EQ(strict.texts_unplaced(), 1U);
}

TEST(TextLanes, TheLanguageIsThatOfTheLogUntilATextComes) {
  job::Options options;
  options.subtitles = {data("")};
  FakeOutlet outlet;
  CaptionLanes lanes(options, outlet);
  record::Presentation known;
  known.renditions.emplace_back();
  known.renditions[0].name = "s1";
  known.renditions[0].track.language = "deu";
  lanes.resume(known);
  lanes.open();
  EXPECT_EQ(outlet.spec(0).track.language, "deu");
}

}  // namespace
}  // namespace worker
