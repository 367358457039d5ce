#include "rtmp/text_event.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tag_feed.h"

namespace rtmp {
namespace {

using amf::Value;

base::Result<TextEvent> event_of(const std::vector<Value>& values) {
  return parse_text_event(amf::write_values(values));
}
/// "en|text", or why there is none.
std::string told(const std::vector<Value>& values) {
  const auto event = event_of(values);
  return event.ok() ? event->language + "|" + event->text : event.error().message();
}

TEST(TextEvent, IsWhatEncodersSend) {
  EXPECT_EQ(told({"onTextData", Value::Object{{"type", "Text"}, {"text", "Goal!"}}}), "|Goal!");
  EXPECT_EQ(told({"onTextData", Value::Object{{"text", "Tor!"}, {"language", "deu"}, {"trackid", 99.0}}}), "deu|Tor!");
  EXPECT_EQ(told({"onCaption", Value::Object{{"text", "a\nb"}, {"trackid", "1"}, {"language", "pt-BR"}}}),
            "pt-BR|a\nb");
  EXPECT_EQ(told({"onTextData", "Goal!"}), "|Goal!");
  EXPECT_EQ(told({"@setDataFrame", "onTextData", Value::Object{{"text", ""}}}), "|");
}

TEST(TextEvent, IsNoneOfAnotherName) {
  for (const char* name : {"onMetaData", "onCaptionInfo", "ontextdata", "", "@setDataFrame"})
    EXPECT_EQ(event_of({name, "Goal!"}).error().code, base::Code::kNotFound) << name;
  EXPECT_EQ(event_of({5.0, "onTextData"}).error().code, base::Code::kNotFound);
  EXPECT_EQ(parse_text_event({}).error().code, base::Code::kNotFound);
  EXPECT_EQ(parse_text_event(base::view_of("garbage")).error().code, base::Code::kNotFound);
}

TEST(TextEvent, WithoutATextIsMalformed) {
  EXPECT_EQ(event_of({"onTextData", Value::Object{{"type", "Text"}}}).error().code, base::Code::kMalformed);
  EXPECT_EQ(event_of({"onTextData", Value::Object{{"text", 5.0}}}).error().code, base::Code::kMalformed);
  EXPECT_EQ(event_of({"onTextData", true}).error().code, base::Code::kMalformed);
  EXPECT_FALSE(event_of({"onTextData"}).ok());
}

TEST(TextEvent, HasNoMoreTextThanACueMayHave) {
  EXPECT_TRUE(event_of({"onTextData", std::string(2048, 'x')}).ok());
  EXPECT_EQ(event_of({"onTextData", std::string(2049, 'x')}).error().code, base::Code::kTooLarge);
  EXPECT_EQ(event_of({"onTextData", std::string(683, '\xff')}).error().code, base::Code::kTooLarge)
      << "three bytes stand for each";
}

TEST(TextEvent, BytesThatAreNoUtf8AreReplaced) {
  const auto event = event_of({"onTextData", "caf\xe9 \xc3\xa9!"});
  ASSERT_TRUE(event.ok());
  EXPECT_EQ(event->text, "caf\xef\xbf\xbd \xc3\xa9!");
  EXPECT_TRUE(event->repaired);
  EXPECT_FALSE(event_of({"onTextData", "caf\xc3\xa9"})->repaired);
}

TEST(TextEvent, WhatIsNoLanguageIsNotSaid) {
  for (const char* language : {"", "und", "en\"", "en us", "e\xff"})
    EXPECT_EQ(told({"onCaption", Value::Object{{"text", "a"}, {"language", language}}}), "|a") << language;
  EXPECT_EQ(told({"onCaption", Value::Object{{"text", "a"}, {"language", std::string(35, 'z')}}}),
            std::string(35, 'z') + "|a");
  EXPECT_EQ(told({"onCaption", Value::Object{{"text", "a"}, {"language", std::string(36, 'z')}}}), "|a");
  EXPECT_EQ(told({"onCaption", Value::Object{{"text", "a"}, {"language", 5.0}}}), "|a");
}

struct TextFeed : TagFeed {
  TextFeed() {
    data(900, {"onTextData", "early"});
    video(10'000, avc_tag(1, 0, 0, avcc()));
    take();
  }
};

TEST(TextEvent, ComesAtItsMessage) {
  TextFeed feed;
  EXPECT_TRUE(feed.sink.texts.empty()) << "before the first picture there is no clock";
  feed.data(10'040, {"onCaption", Value::Object{{"text", "Tor!"}, {"language", "de"}}});
  ASSERT_EQ(feed.sink.texts.size(), 1U);
  const media::Text& text = feed.sink.texts[0];
  EXPECT_EQ(text.text, "Tor!");
  EXPECT_EQ(text.language, "de");
  EXPECT_EQ(text.at.ticks, 10'040);
  EXPECT_EQ(text.at.scale, 1000);
  EXPECT_EQ(feed.sink.cues.size(), 1U) << "and as a tag";
  EXPECT_EQ(feed.demuxer.counters().texts, 1U);
}

TEST(TextEvent, OfAnotherClockComesWithTheMedia) {
  TextFeed feed;
  for (const std::uint32_t time : {0U, 4999U, 5000U, 70'000U, 70'001U}) feed.data(time, {"onTextData", "a"});
  std::vector<std::int64_t> at;
  for (const media::Text& text : feed.sink.texts) at.push_back(text.at.ticks);
  EXPECT_EQ(at, (std::vector<std::int64_t>{10'000, 10'000, 5000, 70'000, 10'000}));
}

TEST(TextEvent, ThatIsBadIsCounted) {
  TextFeed feed;
  feed.data(10'000, {"onTextData", std::string(2049, 'x')});
  feed.data(10'000, {"onTextData", 5.0});
  EXPECT_TRUE(feed.sink.texts.empty());
  EXPECT_EQ(feed.demuxer.counters().texts, 0U);
  EXPECT_EQ(feed.demuxer.counters().texts_bad, 2U);
  feed.data(10'000, {"onTextData", "\xff"});
  feed.data(10'000, {"onUserData", "a"});
  EXPECT_EQ(feed.sink.texts.size(), 1U);
  EXPECT_EQ(feed.demuxer.counters().texts, 1U);
  EXPECT_EQ(feed.demuxer.counters().texts_bad, 3U);
}

}  // namespace
}  // namespace rtmp
