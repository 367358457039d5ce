#include "ingest/stream_id.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ingest {
namespace {

base::Code error_of(std::string_view text) {
  const auto id = parse_stream_id(text);
  EXPECT_FALSE(id.ok()) << text;
  return id.ok() ? base::Code::kSystem : id.error().code;
}

TEST(StreamId, ReadsTheKeyedForm) {  // SR-2
  const auto id = parse_stream_id("#!::r=live/match-1,m=publish,s=secret=1,u=truck,h=example.org,t=stream");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->app, "live");
  EXPECT_EQ(id->channel, "match-1");
  EXPECT_EQ(id->key, "secret=1");
  EXPECT_EQ(id->user, "truck");
  EXPECT_EQ(id->host, "example.org");
  EXPECT_EQ(id->mode, StreamId::Mode::kPublish);
}

TEST(StreamId, TakesKeysInAnyOrderAndIgnoresUnknownOnes) {  // SR-4
  const auto id = parse_stream_id("#!::x=1,vendor=2,s=k,m=publish,r=/live/a/");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->channel, "a");
  EXPECT_EQ(id->key, "k");
}

TEST(StreamId, ReadsThePlainFormAsPublish) {  // SR-2
  const auto id = parse_stream_id("live/match-1?key=secret&x=1");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->app, "live");
  EXPECT_EQ(id->channel, "match-1");
  EXPECT_EQ(id->key, "secret");
  EXPECT_EQ(id->mode, StreamId::Mode::kPublish);
  EXPECT_EQ(parse_stream_id("just-a-name")->channel, "just-a-name");
  EXPECT_EQ(parse_stream_id("just-a-name")->app, "");
}

TEST(StreamId, NamesTheFeed) {
  EXPECT_EQ(parse_stream_id("#!::r=live/a,m=publish,s=k,x-feed=backup")->feed, "backup");
  EXPECT_EQ(parse_stream_id("live/a?key=k&feed=backup")->feed, "backup");
  EXPECT_EQ(parse_stream_id("live/a?feed=backup&key=k")->key, "k");
  EXPECT_EQ(parse_stream_id("#!::r=live/a?feed=primary,m=publish,s=k,x-feed=backup")->feed, "backup");
  EXPECT_EQ(parse_stream_id("#!::r=live/a?feed=backup,m=publish,s=k")->feed, "backup");
  EXPECT_EQ(parse_stream_id("live/a?key=k")->feed, "");
  EXPECT_EQ(error_of("#!::r=live/a,m=publish,x-feed=backup,x-feed=primary"), base::Code::kMalformed);
}

TEST(StreamId, TakesTheKeyFromTheResourceWhereThereIsNoS) {
  EXPECT_EQ(parse_stream_id("#!::r=live/a?key=k,m=publish")->key, "k");
  EXPECT_EQ(parse_stream_id("#!::r=live/a?key=k,m=publish,s=t")->key, "t");
}

/// Whether a publisher who gives this stream id may have meant the key.
bool may_mean(std::string_view text, const std::string& key) {
  const auto id = parse_stream_id(text);
  if (!id.ok()) return false;
  return id->key == key || std::find(id->other_keys.begin(), id->other_keys.end(), key) != id->other_keys.end();
}

TEST(StreamId, MayHaveItsKeyPercentEncodedForTheSakeOfACommaOrAnAmpersand) {
  EXPECT_TRUE(may_mean("#!::r=live/a,m=publish,s=k%2Cl%26m", "k,l&m"));
  EXPECT_TRUE(may_mean("#!::r=live/a,m=publish,s=50%", "50%"));
  EXPECT_TRUE(may_mean("#!::r=live/a,m=publish,s=a%2Fb", "a%2Fb")) << "the bytes that were sent stay a reading";
  EXPECT_TRUE(may_mean("live/a?key=k%2Cl%26m", "k,l&m"));
  EXPECT_TRUE(may_mean("live/a?key=k,l&m", "k,l&m")) << "as over RTMP";
  EXPECT_TRUE(parse_stream_id("#!::r=live/a,m=publish,s=plain")->other_keys.empty());
  EXPECT_TRUE(parse_stream_id("live/a?key=plain")->other_keys.empty());
}

TEST(StreamId, MeansRequestWithoutAMode) {  // SR-3
  const auto id = parse_stream_id("#!::r=live/a");
  ASSERT_TRUE(id.ok());
  EXPECT_EQ(id->mode, StreamId::Mode::kRequest);
  EXPECT_FALSE(id->mode_given);
}

TEST(StreamId, RefusesWhatBreaksItsSyntax) {  // SR-2, SR-4
  for (const std::string_view text :
       {"", "/", "#!::", "#!::m=publish", "#!::r=live/a,r=live/b", "#!::r=live/a,,m=publish", "#!::r=live/a,",
        "#!::=x,r=live/a", "#!::r=live/a,m", "#!::r=live/a,m=steal", "#!::r=live/a,t=opera", "#!:{r=live/a}",
        "#!live/a", "?key=k"}) {
    EXPECT_EQ(error_of(text), base::Code::kMalformed) << text;
  }
}

TEST(StreamId, RefusesOtherTypesThanStream) {  // SR-5
  EXPECT_EQ(error_of("#!::r=live/a,m=publish,t=file"), base::Code::kUnsupported);
  EXPECT_EQ(error_of("#!::r=live/a,m=publish,t=auth"), base::Code::kUnsupported);
}

TEST(StreamId, IsUtf8OfAtMost512Bytes) {  // SR-2
  EXPECT_TRUE(parse_stream_id("live/" + std::string(507, 'a')).ok());
  EXPECT_EQ(error_of("live/" + std::string(508, 'a')), base::Code::kTooLarge);
  EXPECT_TRUE(parse_stream_id("live/\xc3\xa9\xe2\x82\xac\xf0\x9f\x8f\x88").ok());
  for (const std::string_view text : {"live/\xc3", "live/\xc0\xaf", "live/\xed\xa0\x80", "live/\xf4\x90\x80\x80",
                                      "live/\xff", "live/\x80", "live/\xe0\x80\x80", "live/\x01", "live/\x7f"}) {
    EXPECT_EQ(error_of(text), base::Code::kMalformed) << text;
  }
  EXPECT_EQ(error_of(std::string_view("live/a\0b", 8)), base::Code::kMalformed);
}

}  // namespace
}  // namespace ingest
