#include "serve/channel_view.h"

#include <gtest/gtest.h>

#include "origin/channel.h"
#include "response_text.h"

namespace {

using origin::testing::kFirst;
using serve::Cause;
using serve::ObjectRequest;
using serve::Route;
using serve_test::body;
using serve_test::field;

struct ChannelViewTest : testing::Test {
  explicit ChannelViewTest(const origin::Log::Options& options = {}) : channel(options) {}
  void publish() { view.update(channel.log.snapshot(), 1'000 * base::kSecond); }
  ObjectRequest request_for(Route::Kind kind, std::int64_t msn = 0, std::uint32_t part = 0,
                            const std::string& rendition = "v720") {
    ObjectRequest made;
    made.kind = kind;
    made.msn = msn;
    made.part = part;
    made.rendition = rendition;
    return made;
  }
  ObjectRequest playlist(std::string_view query = "") {
    ObjectRequest made = request_for(Route::Kind::kPlaylist);
    made.directives = hls::parse_directives(query);
    return made;
  }
  ObjectRequest iframes(std::string_view query = "", const std::string& rendition = "v720") {
    ObjectRequest made = request_for(Route::Kind::kIframes, 0, 0, rendition);
    made.directives = hls::parse_directives(query);
    return made;
  }
  std::string blocking(std::int64_t msn, const std::string& more = "") {
    return "_HLS_msn=" + std::to_string(msn) + more;
  }
  std::string cache_control(const ObjectRequest& asked) {
    const auto verdict = view.look_up(asked);
    return verdict.response == nullptr ? "held" : field(verdict.response, "cache-control");
  }
  /// Eight whole segments, then two parts of the next.
  void live() {
    channel.begin();
    channel.segments(kFirst, kFirst + 7);
    for (std::uint32_t i = 0; i < 2; ++i) {
      channel.log.apply(origin::testing::part(0, kFirst + 8, i));
      channel.log.apply(origin::testing::part(1, kFirst + 8, i));
    }
    publish();
  }

  origin::testing::Channel channel;
  serve::Errors errors;
  serve::ChannelView view{{}, errors};
};

struct ChannelViewIframesTest : ChannelViewTest {
  ChannelViewIframesTest() : ChannelViewTest({.iframes = true}) {}
};

struct ChannelViewImagesTest : ChannelViewTest {
  ChannelViewImagesTest() : ChannelViewTest({.images = true}) {}
  void image(base::Micros at, const std::string& jpeg) {
    channel.log.apply(record::Thumbnail{"", at, base::Bytes::copy_of(jpeg)});
  }
};

TEST_F(ChannelViewTest, HoldsWhileTheChannelStarts) {  // LL-111
  publish();
  EXPECT_TRUE(view.look_up(request_for(Route::Kind::kMultivariant)).starting);
  EXPECT_TRUE(view.look_up(playlist()).starting);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst)).response->status(), 404);
  channel.begin();
  publish();
  EXPECT_TRUE(view.look_up(playlist()).wait_for.has_value());
  EXPECT_TRUE(view.look_up(playlist()).starting);
}

TEST_F(ChannelViewTest, SaysHowLongCachesMayKeepPlaylists) {  // CC-1, CC-2, CC-4, CC-5, CF-11, LL-124
  live();
  EXPECT_EQ(cache_control(request_for(Route::Kind::kMultivariant)), "max-age=1");
  // Live ones also say that a CDN must not show them in place of the origin's error (CF-11).
  EXPECT_EQ(cache_control(playlist()), "max-age=1, stale-if-error=0");
  // A browser asks again after a second whatever the CDN keeps: players repeat a directive.
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 8, "&_HLS_part=1"))), "max-age=1, s-maxage=12, stale-if-error=0");
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 8))), "max-age=1, stale-if-error=0");
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 7))), "max-age=1, s-maxage=12, stale-if-error=0");
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 8, "&_HLS_part=2"))), "held");
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 100))), "max-age=1");  // CC-9
  EXPECT_EQ(view.look_up(playlist(blocking(kFirst + 100))).cause, Cause::kTooFarAhead);
  EXPECT_EQ(view.look_up(playlist("_HLS_part=1")).cause, Cause::kDirectives);
  EXPECT_EQ(view.look_up(playlist("_HLS_part=1")).response->status(), 400);
}

TEST_F(ChannelViewTest, TheEndIsKeptForSecondsOnlyAsTheChannelMayComeBack) {  // LL-127
  live();
  channel.log.apply(record::End{});
  publish();
  EXPECT_EQ(cache_control(playlist()), "max-age=1, s-maxage=2");
  EXPECT_EQ(cache_control(request_for(Route::Kind::kMultivariant)), "max-age=1, s-maxage=2");
  EXPECT_EQ(cache_control(playlist(blocking(kFirst + 100))), "max-age=1, s-maxage=2");
}

TEST_F(ChannelViewTest, HasNoIFramePlaylistUnlessTheChannelIsToHaveThem) {
  live();
  EXPECT_EQ(view.look_up(iframes()).response->status(), 404);
  EXPECT_EQ(view.look_up(iframes()).cause, Cause::kAbsent);
  EXPECT_EQ(body(view.look_up(request_for(Route::Kind::kMultivariant)).response).find("I-FRAME"), std::string::npos);
}

TEST_F(ChannelViewIframesTest, GivesThePlaylistOfVideo) {  // MV-16, CC-2, CC-4, CF-11
  live();
  const auto verdict = view.look_up(iframes());
  ASSERT_EQ(verdict.response->status(), 200);
  EXPECT_NE(body(verdict.response).find("#EXT-X-I-FRAMES-ONLY\n"), std::string::npos);
  EXPECT_EQ(field(verdict.response, "content-type"), "application/vnd.apple.mpegurl");
  EXPECT_EQ(cache_control(iframes()), "max-age=1, stale-if-error=0");
  EXPECT_EQ(cache_control(iframes(blocking(kFirst + 7))), "max-age=1, s-maxage=12, stale-if-error=0");
  EXPECT_EQ(view.look_up(iframes()).response, verdict.response) << "made once";
  EXPECT_NE(body(view.look_up(playlist()).response).find("#EXT-X-PART"), std::string::npos);
  EXPECT_NE(body(view.look_up(request_for(Route::Kind::kMultivariant)).response).find("URI=\"v720/iframes.m3u8\""),
            std::string::npos);
  ObjectRequest gzip = iframes();
  gzip.gzip = true;
  EXPECT_EQ(field(view.look_up(gzip).response, "content-encoding"), "gzip");
  EXPECT_EQ(view.look_up(iframes("", "a1")).response->status(), 404) << "sound has no pictures";
}

TEST_F(ChannelViewIframesTest, HoldsItUntilTheSegmentIsWhole) {  // LL-110
  live();
  EXPECT_EQ(cache_control(iframes(blocking(kFirst + 20))), "max-age=1");  // CC-9
  EXPECT_EQ(view.look_up(iframes("_HLS_part=1")).cause, Cause::kDirectives);
  const auto held = view.look_up(iframes(blocking(kFirst + 8)));
  ASSERT_TRUE(held.wait_for.has_value());
  EXPECT_FALSE(origin::satisfied(*held.wait_for, view.snapshot()));
  for (std::uint32_t i = 2; i < 4; ++i) channel.log.apply(origin::testing::part(0, kFirst + 8, i, i == 3));
  publish();
  EXPECT_FALSE(origin::satisfied(*held.wait_for, view.snapshot()));
  EXPECT_EQ(cache_control(iframes(blocking(kFirst + 8))), "held");
  channel.log.apply(origin::testing::end(0, kFirst + 8));
  publish();
  EXPECT_TRUE(origin::satisfied(*held.wait_for, view.snapshot()));
  EXPECT_EQ(cache_control(iframes(blocking(kFirst + 8))), "max-age=1, s-maxage=12, stale-if-error=0");
  EXPECT_NE(body(view.look_up(iframes()).response).find(std::to_string(kFirst + 8) + ".m4s\n"), std::string::npos);
}

TEST_F(ChannelViewImagesTest, GivesTheImageOfASegmentForGood) {  // CC-7, CF-24
  image(kFirst * 2 * base::kSecond, "jpeg");
  live();
  const auto image = view.look_up(request_for(Route::Kind::kImage, kFirst)).response;
  ASSERT_EQ(image->status(), 200);
  EXPECT_EQ(body(image), "jpeg");
  EXPECT_EQ(field(image, "content-type"), "image/jpeg");
  EXPECT_EQ(field(image, "cache-control"), "max-age=1209600, immutable");
  EXPECT_NE(field(image, "etag"), "");
  EXPECT_EQ(cache_control(request_for(Route::Kind::kImage, kFirst + 1)), "max-age=2") << "CC-10";
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kImage, kFirst + 1)).cause, Cause::kAbsent);
}

TEST_F(ChannelViewImagesTest, GivesTheImagePlaylist) {  // CC-2, CF-11
  live();
  const auto list = view.look_up(request_for(Route::Kind::kImages)).response;
  ASSERT_EQ(list->status(), 200);
  EXPECT_NE(body(list).find("#EXT-X-IMAGES-ONLY\n"), std::string::npos);
  EXPECT_EQ(field(list, "cache-control"), "max-age=1, stale-if-error=0");
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kImages)).response, list) << "made once";
  channel.log.apply(origin::testing::part(0, kFirst + 8, 2));
  publish();
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kImages)).response, list) << "a part changes nothing";
  channel.log.apply(record::End{});
  publish();
  EXPECT_EQ(cache_control(request_for(Route::Kind::kImages)), "max-age=1, s-maxage=2");  // LL-127
}

TEST_F(ChannelViewImagesTest, HoldsTheImagePlaylistUntilASegmentIsListed) {  // LL-111
  channel.begin();
  publish();
  const auto held = view.look_up(request_for(Route::Kind::kImages));
  ASSERT_TRUE(held.wait_for.has_value());
  EXPECT_TRUE(held.starting);
  EXPECT_FALSE(origin::satisfied(*held.wait_for, view.snapshot()));
  live();
  EXPECT_TRUE(origin::satisfied(*held.wait_for, view.snapshot()));
}

TEST_F(ChannelViewImagesTest, GivesTheNewestForATargetDuration) {  // CF-9
  live();
  EXPECT_EQ(cache_control(request_for(Route::Kind::kThumbnail)), "max-age=1") << "404, for a moment";
  image(1'776'000'000 * base::kSecond, "first");
  publish();
  const auto first = view.look_up(request_for(Route::Kind::kThumbnail)).response;
  EXPECT_EQ(body(first), "first");
  EXPECT_EQ(field(first, "cache-control"), "max-age=2");
  EXPECT_EQ(field(first, "last-modified"), "Sun, 12 Apr 2026 13:20:00 GMT");
  image(1'776'000'002 * base::kSecond, "second");
  publish();
  EXPECT_EQ(body(view.look_up(request_for(Route::Kind::kThumbnail)).response), "second");
  channel.log.apply(record::End{});
  publish();
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kThumbnail)).response->status(), 404);
}

TEST_F(ChannelViewTest, HasNoImagesUnlessTheChannelIsToHaveThem) {
  live();
  for (const auto kind : {Route::Kind::kImages, Route::Kind::kImage, Route::Kind::kThumbnail})
    EXPECT_EQ(view.look_up(request_for(kind, kFirst)).response->status(), 404);
}

TEST_F(ChannelViewIframesTest, WaitsForTheFirstSegment) {  // LL-111
  channel.begin();
  publish();
  EXPECT_TRUE(view.look_up(iframes()).starting);
}

TEST_F(ChannelViewTest, GivesMediaThatNeverChanges) {  // CC-7, CC-8, LL-59, LL-120
  live();
  const auto segment = view.look_up(request_for(Route::Kind::kSegment, kFirst + 7)).response;
  ASSERT_EQ(segment->status(), 200);
  std::string parts;
  for (std::uint32_t i = 0; i < 4; ++i)
    parts += body(view.look_up(request_for(Route::Kind::kPart, kFirst + 7, i)).response);
  EXPECT_EQ(body(segment), parts);
  EXPECT_EQ(field(segment, "cache-control"), "max-age=1209600, immutable");
  EXPECT_EQ(field(segment, "content-type"), "video/mp4");
  EXPECT_EQ(field(segment, "content-length"), std::to_string(parts.size()));
  EXPECT_EQ(field(segment, "priority"), "u=3");  // LL-113
  EXPECT_NE(field(segment, "last-modified"), "");
  const auto audio = view.look_up(request_for(Route::Kind::kPart, kFirst + 7, 0, "a1")).response;
  EXPECT_EQ(field(audio, "content-type"), "audio/mp4");
  EXPECT_EQ(field(audio, "priority"), "u=2");
}

TEST_F(ChannelViewTest, GivesTheInitSectionByItsName) {
  live();
  const std::string text = channel.text();
  const std::size_t at = text.find("init-");
  ASSERT_NE(at, std::string::npos);
  const std::string file = text.substr(at, text.find('"', at) - at);
  ObjectRequest asked = request_for(Route::Kind::kInit);
  asked.file = file;
  EXPECT_EQ(body(view.look_up(asked).response), "init of v720");
  EXPECT_EQ(view.look_up(asked).response, view.look_up(asked).response);
  asked.file = "init-00000000.mp4";
  EXPECT_EQ(view.look_up(asked).response->status(), 404);
}

TEST_F(ChannelViewTest, SharesOneReplyAnObject) {
  live();
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 1)).response,
            view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 1)).response);
  EXPECT_EQ(view.look_up(playlist()).response, view.look_up(playlist()).response);
  ObjectRequest gzip = playlist();
  gzip.gzip = true;
  EXPECT_NE(view.look_up(gzip).response, view.look_up(playlist()).response);
  const auto before = view.look_up(playlist()).response;
  const auto part = view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 1)).response;
  channel.log.apply(origin::testing::part(0, kFirst + 8, 2));
  publish();
  EXPECT_NE(view.look_up(playlist()).response, before);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 1)).response, part);
}

TEST_F(ChannelViewTest, HoldsWhatIsHintedRefusesTheRest) {  // LL-79, LL-82, CC-10
  live();
  EXPECT_TRUE(view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 2)).wait_for.has_value());
  const auto far = view.look_up(request_for(Route::Kind::kPart, kFirst + 50, 0));
  EXPECT_EQ(far.response->status(), 404);
  EXPECT_EQ(field(far.response, "cache-control"), "max-age=2");
  const auto near = view.look_up(request_for(Route::Kind::kPart, kFirst + 9, 3));
  EXPECT_EQ(near.response->status(), 404);
  EXPECT_EQ(field(near.response, "cache-control"), "max-age=1");
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 0, "v4320")).response->status(), 404);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 7, 9)).response->status(), 404);
}

TEST_F(ChannelViewTest, AnswersGapsWith404) {  // LL-34
  live();
  channel.log.apply(origin::testing::gap(0, kFirst + 8, 2));
  publish();
  const auto gap = view.look_up(request_for(Route::Kind::kPart, kFirst + 8, 2));
  EXPECT_EQ(gap.response->status(), 404);
  EXPECT_EQ(gap.cause, Cause::kGap);
  EXPECT_EQ(field(gap.response, "cache-control"), "max-age=1");
}

TEST_F(ChannelViewTest, KeepsNoMediaAliveThatLeftTheWindow) {
  live();
  const std::weak_ptr<const http::Reply> old = view.look_up(request_for(Route::Kind::kSegment, kFirst)).response;
  EXPECT_FALSE(old.expired());
  for (std::uint32_t i = 2; i < 4; ++i) {
    channel.log.apply(origin::testing::part(0, kFirst + 8, i, i == 3));
    channel.log.apply(origin::testing::part(1, kFirst + 8, i, i == 3));
  }
  channel.log.apply(origin::testing::end(0, kFirst + 8));
  channel.log.apply(origin::testing::end(1, kFirst + 8));
  channel.segments(kFirst + 9, kFirst + 150);
  publish();
  EXPECT_TRUE(old.expired());
}

TEST_F(ChannelViewTest, NeverGivesOneObjectForAnotherOfTheSameSlot) {
  live();
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kSegment, kFirst + 7)).response->status(), 200);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kSegment, kFirst + 7 + 32)).response->status(), 404);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 7, 1)).response->status(), 200);
  EXPECT_EQ(view.look_up(request_for(Route::Kind::kPart, kFirst + 7, 33)).response->status(), 404);
}

TEST_F(ChannelViewTest, TextHasItsTypeAndNamesOfItsOwn) {  // LL-68, LL-120
  record::Presentation presentation = origin::testing::presentation();
  record::Rendition text = origin::testing::video("s1");
  text.track.codec = media::Codec::kWebVtt;
  text.init = {};
  presentation.renditions.push_back(text);
  channel.log.apply(presentation);
  record::Part part = origin::testing::part(0, kFirst, 0);
  part.rendition = 2;
  channel.log.apply(part);
  publish();
  ObjectRequest asked = request_for(Route::Kind::kPart, kFirst, 0, "s1");
  EXPECT_EQ(view.look_up(asked).response->status(), 404) << "under the name of a part of video";
  asked.container = hls::Container::kWebVtt;
  const auto found = view.look_up(asked);
  EXPECT_EQ(found.response->status(), 200);
  EXPECT_EQ(field(found.response, "content-type"), "text/vtt");
  asked.rendition = "v720";
  EXPECT_EQ(view.look_up(asked).response->status(), 404);
}

}  // namespace
