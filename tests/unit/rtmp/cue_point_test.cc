#include "rtmp/cue_point.h"

#include <gtest/gtest.h>

#include "base/base64.h"
#include "tag_feed.h"

namespace rtmp {
namespace {

using amf::Value;

constexpr const char* kInsert = "/DAvAAAAAAAA///wFAVIAACPf+/+c2nALv4AUsz1AAAAAAAKAAhDVUVJAAABNWLbowo=";

base::Result<CuePoint> parsed(const std::vector<Value>& values) {
  const auto bytes = amf::write_values(values);
  return parse_cue_point(bytes);
}

/// A cue point as AWS Elemental encoders send it.
Value elemental(double time) {
  return Value::Object{{"name", "scte35"}, {"type", "scte-35"}, {"time", time}, {"cue", kInsert}};
}

TEST(CuePoint, IsFoundWhateverItIsCalled) {
  for (const Value& object : {elemental(3.5), Value(Value::Object{{"scte35", kInsert}}),
                              Value(Value::Object{{"name", "x"}, {"parameters", Value::Object{{"data", kInsert}}}})}) {
    const auto cue = parsed({"onCuePoint", object});
    ASSERT_TRUE(cue.ok());
    EXPECT_EQ(cue.value().section, base::Bytes::adopt(base::base64_decoded(kInsert).value()));
  }
  EXPECT_EQ(parsed({"onCuePoint", elemental(3.5)})->seconds, 3.5);
  EXPECT_FALSE(parsed({"onCuePoint", Value::Object{{"scte35", kInsert}}})->seconds.has_value());
}

TEST(CuePoint, IsNoneWithoutAWholeSection) {
  std::string broken = kInsert;
  broken[20] = broken[20] == 'A' ? 'B' : 'A';
  for (const Value& value :
       {Value("text"), Value(Value::Object{}), Value(Value::Object{{"cue", "aGVsbG8="}}),
        Value(Value::Object{{"cue", broken}}), Value(Value::Object{{"cue", 5.0}}), Value(kInsert)}) {
    EXPECT_FALSE(parsed({"onCuePoint", value}).ok());
  }
  EXPECT_FALSE(parse_cue_point(base::view_of("garbage")).ok());
  EXPECT_FALSE(parse_cue_point({}).ok());
}

TEST(CuePoint, ComesAtItsMessageOrAtItsOwnTimeIfThatIsNear) {
  TagFeed feed;
  feed.data(900, {"onCuePoint", elemental(1)});
  EXPECT_TRUE(feed.sink.cues.empty()) << "before the first picture there is no clock";
  feed.video(1000, avc_tag(1, 0, 0, avcc()));
  feed.take();
  feed.data(1040, {"onCuePoint", Value::Object{{"cue", kInsert}}});
  feed.data(1040, {"onCuePoint", elemental(8.5)});
  feed.data(1040, {"onCuePoint", elemental(70)});
  feed.data(1040, {"onCuePoint", elemental(-70)});
  feed.data(1040, {"onCuePoint", elemental(std::numeric_limits<double>::quiet_NaN())});
  EXPECT_EQ(feed.take(), (std::vector<std::string>{"cue at 1040/1000 of its own", "cue at 8500/1000 of its own",
                                                   "cue at 1040/1000 of its own", "cue at 1040/1000 of its own",
                                                   "cue at 1040/1000 of its own"}));
}

}  // namespace
}  // namespace rtmp
