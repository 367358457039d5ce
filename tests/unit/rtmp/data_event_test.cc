#include "rtmp/data_event.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "media/id3.h"
#include "tag_feed.h"

namespace rtmp {
namespace {

using amf::Value;

base::Result<base::Bytes> tag_of(const std::vector<Value>& values) {
  const auto bytes = amf::write_values(values);
  return parse_data_event(bytes);
}

/// What the tag says, behind its description.
std::string json_of(const std::vector<Value>& values) {
  const auto tag = tag_of(values);
  if (!tag.ok()) return tag.error().message();
  const std::string all(tag->text());
  return all.substr(all.find('\0', 21) + 1);
}

TEST(DataEvent, ATextOfAnEncoderIsATagWithItsName) {
  const auto tag = tag_of({"onTextData", "Goal!"});
  ASSERT_TRUE(tag.ok());
  EXPECT_EQ(*tag, media::write_id3_text("onTextData", "Goal!"));
}

TEST(DataEvent, WhatIsNoTextIsJson) {
  EXPECT_EQ(json_of({"onTextData", Value::Object{{"text", "say \"hi\"\n"}, {"language", "eng"}}}),
            R"({"text":"say \"hi\"\u000a","language":"eng"})");
  EXPECT_EQ(json_of({"onCuePoint", Value::Object{{"time", 3.5}, {"live", true}, {"none", Value::null()}}}),
            R"({"time":3.5,"live":true,"none":null})");
  EXPECT_EQ(json_of({"onUserEvent", Value::Array{1.0, "a", Value::Object{}, Value::Array{}}}), R"([1,"a",{},[]])");
  EXPECT_EQ(json_of({"onUserEvent", 1e21}), "1e+21");
  EXPECT_EQ(json_of({"onUserEvent", std::numeric_limits<double>::infinity()}), "null");
  EXPECT_EQ(json_of({"onUserEvent", "a", 2.0}), R"(["a",2])");
}

TEST(DataEvent, MessagesAboutTheStreamItselfAreNone) {
  for (const char* name : {"onMetaData", "onFI", "onStatus", "onPlayStatus", "onCaptionInfo", "@clearDataFrame",
                           "|RtmpSampleAccess", "on", "text", "on\x01", "on \xff"})
    EXPECT_FALSE(tag_of({name, Value::Object{{"sd", "29-11-2026"}}}).ok()) << name;
  EXPECT_FALSE(tag_of({"onTextData"}).ok());
  EXPECT_FALSE(tag_of({5.0, "onTextData"}).ok());
  EXPECT_FALSE(parse_data_event({}).ok());
  EXPECT_FALSE(parse_data_event(base::view_of("garbage")).ok());
}

TEST(DataEvent, OnesThatAreTooLongOrNoTextAreRefused) {
  EXPECT_TRUE(tag_of({"onTextData", std::string(8000, 'x')}).ok());
  EXPECT_EQ(tag_of({"onTextData", std::string(9000, 'x')}).error().code, base::Code::kTooLarge);
  Value::Array many(500, Value(std::string(100, 'x')));
  EXPECT_EQ(tag_of({"onTextData", many}).error().code, base::Code::kTooLarge);
  EXPECT_FALSE(tag_of({"onTextData", "\xff\xfe"}).ok());
  EXPECT_EQ(json_of({"onTextData", std::string("a\0b", 3)}), "ab") << "a zero byte would end the text";
}

TEST(DataEvent, ComesAsATagAtItsMessage) {
  TagFeed feed;
  feed.data(900, {"onTextData", "early"});
  EXPECT_TRUE(feed.sink.cues.empty()) << "before the first picture there is no clock";
  feed.video(1000, avc_tag(1, 0, 0, avcc()));
  feed.take();
  feed.data(1040, {"onTextData", Value::Object{{"text", "Goal!"}}});
  ASSERT_EQ(feed.sink.cues.size(), 1U);
  const media::Cue& cue = feed.sink.cues[0];
  EXPECT_EQ(cue.kind, media::Cue::Kind::kId3);
  EXPECT_EQ(cue.at.ticks, 1040);
  EXPECT_FALSE(cue.on_feed_clock);
  EXPECT_TRUE(media::is_id3(cue.data.view()));
}

}  // namespace
}  // namespace rtmp
