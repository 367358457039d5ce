#include "serve/shifted_playlists.h"

#include <gtest/gtest.h>

#include "origin/channel.h"
#include "response_text.h"
#include "serve/channel_view.h"

namespace {

using origin::testing::has;
using origin::testing::kAudio;
using origin::testing::kFirst;
using origin::testing::kVideo;
using serve::Cause;
using serve::ObjectRequest;
using serve::Route;
using serve::Verdict;
using serve_test::body;
using serve_test::field;

/// kFirst begins at 13:20:00.
const std::string kClip = "start=2026-04-12T13:20:04Z&end=2026-04-12T13:20:08Z";

struct ShiftedPlaylistsTest : testing::Test {
  explicit ShiftedPlaylistsTest(const origin::Log::Options& options = {.iframes = true, .images = true})
      : channel(options) {}

  void publish() {
    auto now = channel.log.snapshot();
    shifted.update(snapshot.get(), *now);
    snapshot = std::move(now);
  }
  /// Eight whole segments, then a part of the next.
  void live() {
    channel.begin();
    channel.segments(kFirst, kFirst + 7);
    part(kFirst + 8, 0);
  }
  void part(std::int64_t msn, std::uint32_t index) {
    for (const std::uint32_t rendition : {kVideo, kAudio})
      channel.log.apply(origin::testing::part(rendition, msn, index));
    publish();
  }
  ObjectRequest request(Route::Kind kind, const std::string& query, const std::string& rendition = "v720") {
    ObjectRequest made;
    made.kind = kind;
    made.rendition = rendition;
    made.shift = std::make_unique<hls::TimeShift>(hls::parse_time_shift(query));
    return made;
  }
  Verdict ask(Route::Kind kind, const std::string& query, const std::string& rendition = "v720") {
    return shifted.look_up(*snapshot, request(kind, query, rendition), 1000 * base::kSecond);
  }
  Verdict playlist(const std::string& query, const std::string& rendition = "v720") {
    return ask(Route::Kind::kPlaylist, query, rendition);
  }
  Verdict multivariant(const std::string& query) { return ask(Route::Kind::kMultivariant, query, ""); }
  std::string text(const std::string& query, const std::string& rendition = "v720") {
    const Verdict verdict = playlist(query, rendition);
    return verdict.response == nullptr ? "held" : body(verdict.response);
  }

  origin::testing::Channel channel;
  serve::Errors errors;
  serve::ShiftedPlaylists shifted{errors};
  std::shared_ptr<const origin::ChannelSnapshot> snapshot;
};

struct ShiftedWindowTest : ShiftedPlaylistsTest {
  ShiftedWindowTest() : ShiftedPlaylistsTest({.window = 20 * base::kSecond}) {}
};

TEST_F(ShiftedPlaylistsTest, AClipListsTheSameSegmentsInEveryRendition) {
  live();
  const std::string video = text(kClip);
  EXPECT_TRUE(has(video, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:888000002\n")) << video;
  EXPECT_TRUE(has(video, "888000002.m4s\n"));
  EXPECT_TRUE(has(video, "888000003.m4s\n#EXT-X-ENDLIST\n"));
  const std::string audio = text(kClip, "a1");
  EXPECT_TRUE(has(audio, "#EXT-X-MEDIA-SEQUENCE:888000002\n"));
  EXPECT_TRUE(has(audio, "888000003.m4s\n#EXT-X-ENDLIST\n"));
  EXPECT_EQ(playlist(kClip, "v9").response->status(), 404);
}

TEST_F(ShiftedPlaylistsTest, PicturesFollow) {
  live();
  const std::string frames = body(ask(Route::Kind::kIframes, kClip).response);
  EXPECT_TRUE(has(frames, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-MEDIA-SEQUENCE:888000002\n"));
  EXPECT_EQ(ask(Route::Kind::kIframes, kClip, "a1").response->status(), 404);
  const std::string images = body(ask(Route::Kind::kImages, kClip, "images").response);
  EXPECT_TRUE(has(images, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n#EXT-X-MEDIA-SEQUENCE:888000002\n"));
  EXPECT_TRUE(has(images, "888000003.jpg\n#EXT-X-ENDLIST\n"));
}

TEST_F(ShiftedPlaylistsTest, TheMultivariantPlaylistPassesTheTimeOn) {
  live();
  const std::string clip = body(multivariant(kClip).response);
  EXPECT_TRUE(has(clip, "\nv720/index.m3u8?" + kClip + "\n")) << clip;
  EXPECT_TRUE(has(clip, "URI=\"a1/index.m3u8?" + kClip + "\""));
  EXPECT_TRUE(has(clip, "URI=\"v720/iframes.m3u8?" + kClip + "\""));
  EXPECT_TRUE(has(clip, "URI=\"images/index.m3u8?" + kClip + "\""));
  EXPECT_TRUE(has(body(multivariant("delay=4").response), "\nv720/index.m3u8?delay=4\n"));
}

TEST_F(ShiftedPlaylistsTest, SecondsBeforeNowAreForTheMultivariantPlaylistAlone) {
  live();  // the edge is at 13:20:16.5
  EXPECT_TRUE(has(body(multivariant("start=-5").response), "v720/index.m3u8?start=2026-04-12T13:20:10Z\n"));
  const Verdict media = playlist("start=-5");
  EXPECT_EQ(media.response->status(), 400);
  EXPECT_EQ(media.cause, Cause::kTimeShift);
  EXPECT_TRUE(has(body(media.response), "start=2026-11-30T19:00:00Z"));
  EXPECT_EQ(multivariant("start=-5&end=-4").response->status(), 400) << "the same instant after rounding";
}

TEST_F(ShiftedPlaylistsTest, OtherSpellingsAreRefusedForASecond) {  // CC-9, CF-30
  live();
  for (const auto kind : {Route::Kind::kMultivariant, Route::Kind::kPlaylist, Route::Kind::kIframes}) {
    const Verdict verdict = ask(kind, "start=2026-04-12T13:20:04.0Z");
    EXPECT_EQ(verdict.response->status(), 400);
    EXPECT_EQ(verdict.cause, Cause::kTimeShift);
    EXPECT_EQ(field(verdict.response, "cache-control"), "max-age=1");
    EXPECT_TRUE(has(body(verdict.response), "start=2026-11-30T19:00:00Z"));
    EXPECT_EQ(field(verdict.response, "content-length"), std::to_string(body(verdict.response).size()));
  }
}

TEST_F(ShiftedPlaylistsTest, SaysHowLongCachesMayKeepIt) {  // CC-1, CC-2, CF-9, CF-11, LL-127
  live();
  const auto life = [&](const std::string& query) { return field(playlist(query).response, "cache-control"); };
  EXPECT_EQ(life(kClip), "max-age=12");
  EXPECT_EQ(life("start=2026-04-12T13:20:04Z"), "max-age=1, stale-if-error=0");
  EXPECT_EQ(life("delay=4"), "max-age=1, stale-if-error=0");
  EXPECT_EQ(life("start=2026-04-12T14:00:00Z"), "max-age=2") << "404";
  EXPECT_EQ(field(multivariant(kClip).response, "cache-control"), "max-age=1");
  channel.log.apply(record::End{});
  publish();
  EXPECT_EQ(life("start=2026-04-12T13:20:04Z"), "max-age=1, s-maxage=2");
  EXPECT_TRUE(has(text("start=2026-04-12T13:20:04Z"), "#EXT-X-PLAYLIST-TYPE:EVENT\n"));
  EXPECT_TRUE(has(text("start=2026-04-12T13:20:04Z"), "#EXT-X-ENDLIST\n"));
}

TEST_F(ShiftedPlaylistsTest, WhatIsOutsideTheWindowIsNotFound) {  // CF-30
  live();
  for (const std::string query : {"start=2026-04-12T14:00:00Z", "start=2026-04-10T13:00:00Z", "delay=60",
                                  "start=2026-04-12T13:00:00Z&end=2026-04-12T13:10:00Z"}) {
    EXPECT_EQ(playlist(query).response->status(), 404) << query;
    EXPECT_EQ(playlist(query).cause, Cause::kAbsent) << query;
    EXPECT_EQ(multivariant(query).response->status(), 404) << query;
  }
}

TEST_F(ShiftedPlaylistsTest, WaitsForTheChannelToStart) {  // LL-111
  publish();
  EXPECT_TRUE(playlist("delay=4").starting);
  EXPECT_TRUE(multivariant("start=-60").starting);
  EXPECT_EQ(multivariant("start=").response->status(), 400) << "at once";
  channel.begin();
  for (std::uint32_t i = 0; i < 3; ++i) part(kFirst, i);
  ASSERT_EQ(snapshot->state, origin::State::kLive);
  const Verdict held = playlist("start=2026-04-12T13:20:00Z");
  ASSERT_TRUE(held.wait_for.has_value()) << "parts alone are no playlist of segments";
  EXPECT_FALSE(origin::satisfied(*held.wait_for, *snapshot));
  channel.segments(kFirst + 1, kFirst + 1);
  publish();
  EXPECT_TRUE(origin::satisfied(*held.wait_for, *snapshot));
}

TEST_F(ShiftedPlaylistsTest, AStartInTheSegmentThatIsBeingFilledWaitsForIt) {
  live();
  const std::string query = "start=2026-04-12T13:20:17Z";
  EXPECT_EQ(multivariant(query).response->status(), 200);
  const Verdict held = playlist(query);
  ASSERT_TRUE(held.wait_for.has_value());
  EXPECT_FALSE(held.starting);
  EXPECT_FALSE(origin::satisfied(*held.wait_for, *snapshot));
  for (std::uint32_t i = 1; i < 4; ++i) channel.log.apply(origin::testing::part(kVideo, kFirst + 8, i, i == 3));
  channel.log.apply(origin::testing::end(kVideo, kFirst + 8));
  publish();
  EXPECT_TRUE(origin::satisfied(*held.wait_for, *snapshot));
  EXPECT_TRUE(has(text(query), "#EXT-X-MEDIA-SEQUENCE:888000008\n"));
  const Verdict sound = playlist(query, "a1");
  ASSERT_TRUE(sound.wait_for.has_value()) << "it is some frames behind";
  EXPECT_FALSE(origin::satisfied(*sound.wait_for, *snapshot));
  channel.log.apply(origin::testing::end(kAudio, kFirst + 8));
  publish();
  EXPECT_TRUE(origin::satisfied(*sound.wait_for, *snapshot));
  EXPECT_TRUE(has(text(query, "a1"), "888000008.m4s\n"));
}

TEST_F(ShiftedPlaylistsTest, AnswersAreSharedUntilASegmentCloses) {
  live();
  const std::string start = "start=2026-04-12T13:20:04Z";
  const auto first = playlist(start).response;
  EXPECT_EQ(playlist("start=2026-04-12T13:20:05Z").response, first) << "the same segments";
  EXPECT_NE(playlist("start=2026-04-12T13:20:06Z").response, first);
  EXPECT_EQ(multivariant(start).response, multivariant(start).response);
  ObjectRequest compressed = request(Route::Kind::kPlaylist, start);
  compressed.gzip = true;
  const auto gzip = shifted.look_up(*snapshot, compressed, 0).response;
  EXPECT_EQ(field(gzip, "content-encoding"), "gzip");
  EXPECT_NE(field(gzip, "etag"), field(first, "etag"));
  part(kFirst + 8, 1);
  EXPECT_EQ(playlist(start).response, first) << "a part changes nothing";
  channel.segments(kFirst + 9, kFirst + 9);
  publish();
  EXPECT_EQ(shifted.kept(), 1U) << "the multivariant one";
  EXPECT_TRUE(has(text(start), "888000009.m4s\n"));
}

TEST_F(ShiftedPlaylistsTest, TheOnesAskedForLongestAgoAreDropped) {
  live();
  channel.segments(kFirst + 9, kFirst + 20);
  publish();
  const std::string first = "start=2026-04-12T13:20:00Z&end=2026-04-12T13:20:20Z";
  const auto kept = playlist(first).response;
  for (int second = 0; second < 38; ++second) {
    const std::string number = std::to_string(second);
    const std::string at = (number.size() == 1 ? "0" : "") + number;
    ASSERT_EQ(playlist("start=2026-04-12T13:20:" + at + "Z").response->status(), 200);
    ASSERT_EQ(playlist("start=2026-04-12T13:20:" + at + "Z", "a1").response->status(), 200);
    ASSERT_EQ(playlist(first).response, kept);
    ASSERT_LE(shifted.kept(), serve::ShiftedPlaylists::kMost);
  }
  EXPECT_EQ(shifted.kept(), serve::ShiftedPlaylists::kMost);
}

TEST_F(ShiftedPlaylistsTest, DateRangesAreThoseOfTheClip) {  // DR-5
  channel.begin();
  const auto mark = [&](const std::string& id, std::int64_t msn) {
    record::Marker marker;
    marker.id = id;
    marker.kind = "com.example";
    marker.start = msn * 2 * base::kSecond;
    marker.planned_duration = base::kSecond;
    channel.log.apply(marker);
  };
  mark("early", kFirst);
  mark("within", kFirst + 2);
  mark("late", kFirst + 4);
  live();
  const std::string clip = text(kClip);
  EXPECT_FALSE(has(clip, "ID=\"early\"")) << clip;
  EXPECT_TRUE(has(clip, "ID=\"within\"")) << clip;
  EXPECT_FALSE(has(clip, "ID=\"late\"")) << clip;
  EXPECT_TRUE(has(text("start=2026-04-12T13:20:04Z"), "ID=\"late\""));
}

TEST_F(ShiftedWindowTest, AClipGoesWithItsFirstSegmentAndAGrowingOneSlides) {
  live();
  EXPECT_EQ(playlist(kClip).response->status(), 200);
  const std::string start = "start=2026-04-12T13:20:04Z";
  EXPECT_TRUE(has(text(start), "#EXT-X-PLAYLIST-TYPE:EVENT\n"));
  channel.segments(kFirst + 9, kFirst + 15);
  publish();
  EXPECT_EQ(playlist(kClip).response->status(), 404);
  EXPECT_FALSE(has(text(start), "PLAYLIST-TYPE"));
  EXPECT_TRUE(has(text(start), "#EXT-X-MEDIA-SEQUENCE:888000006\n"));
  EXPECT_TRUE(has(body(multivariant("start=-3600").response), "?start=2026-04-12T13:20:12Z\n"));
}

struct ViewsTest : ShiftedPlaylistsTest {
  static std::vector<hls::View> views() {
    hls::View plain{.name = "plain", .most_height = 720, .low_latency = false, .hold_back = 8 * base::kSecond};
    return {{.name = "radio", .renditions = {"a1"}}, plain, {.name = "none", .most_height = 360}};
  }
  ViewsTest() : ShiftedPlaylistsTest({.views = views()}) {}
  Verdict see(Route::Kind kind, const std::string& view, const std::string& directives = "",
              const std::string& rendition = "v720") {
    ObjectRequest wanted;
    wanted.kind = kind;
    wanted.view = view;
    wanted.rendition = rendition;
    wanted.directives = hls::parse_directives(directives);
    return shifted.look_up(*snapshot, wanted, 0);
  }
  std::string list(const std::string& view) { return body(see(Route::Kind::kMultivariant, view).response); }
};

TEST_F(ViewsTest, HaveAMultivariantPlaylistOfTheirOwn) {
  live();
  EXPECT_TRUE(has(list("radio"), "\na1/index.m3u8\n"));
  EXPECT_FALSE(has(list("radio"), "v720"));
  EXPECT_TRUE(has(list("plain"), "\nv720/index.m3u8?view=plain\n"));
  EXPECT_TRUE(has(list("plain"), "URI=\"a1/index.m3u8?view=plain\""));
  EXPECT_EQ(field(see(Route::Kind::kMultivariant, "plain").response, "cache-control"), "max-age=1");
  EXPECT_EQ(see(Route::Kind::kMultivariant, "plain").response, see(Route::Kind::kMultivariant, "plain").response);
}

TEST_F(ViewsTest, WithoutARenditionAndUnknownOnesAreNotFound) {  // CF-32
  live();
  for (const std::string name : {"none", "unknown", "?"}) {
    const Verdict verdict = see(Route::Kind::kMultivariant, name);
    EXPECT_EQ(verdict.response->status(), 404) << name;
    EXPECT_EQ(verdict.cause, Cause::kAbsent);
    EXPECT_EQ(field(verdict.response, "cache-control"), "max-age=2");
    EXPECT_EQ(see(Route::Kind::kPlaylist, name).response->status(), 404) << name;
  }
}

TEST_F(ViewsTest, OfWholeSegmentsBlockUntilTheSegmentIsWhole) {  // LL-110
  live();
  const std::string text = body(see(Route::Kind::kPlaylist, "plain").response);
  EXPECT_TRUE(has(text, "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,HOLD-BACK=8.00000\n")) << text;
  EXPECT_TRUE(has(text, "888000007.m4s\n"));
  for (const char* absent : {"EXT-X-PART", "PRELOAD", "PLAYLIST-TYPE"}) EXPECT_FALSE(has(text, absent)) << absent;
  const Verdict held = see(Route::Kind::kPlaylist, "plain", "_HLS_msn=888000008");
  ASSERT_TRUE(held.wait_for.has_value());
  EXPECT_FALSE(origin::satisfied(*held.wait_for, *snapshot));
  EXPECT_EQ(see(Route::Kind::kPlaylist, "plain", "_HLS_msn=888000100").response->status(), 400);
  channel.segments(kFirst + 9, kFirst + 9);
  publish();
  EXPECT_TRUE(origin::satisfied(*held.wait_for, *snapshot));
  EXPECT_TRUE(has(body(see(Route::Kind::kPlaylist, "plain", "_HLS_msn=888000008").response), "888000008.m4s\n"));
  channel.log.apply(record::End{});
  publish();
  EXPECT_TRUE(has(body(see(Route::Kind::kPlaylist, "plain").response), "#EXT-X-ENDLIST\n"));
  EXPECT_EQ(see(Route::Kind::kPlaylist, "radio", "", "a1").response->status(), 404) << "the channel's own, at its URL";
}

TEST_F(ViewsTest, GoWithATime) {
  live();
  ObjectRequest wanted = request(Route::Kind::kMultivariant, kClip);
  wanted.view = "radio";
  const std::string text = body(shifted.look_up(*snapshot, wanted, 0).response);
  EXPECT_TRUE(has(text, "\na1/index.m3u8?" + kClip + "\n")) << text;
  EXPECT_FALSE(has(text, "v720"));
  wanted.view = "none";
  EXPECT_EQ(shifted.look_up(*snapshot, wanted, 0).response->status(), 404);
}

TEST_F(ViewsTest, WaitForTheChannel) {  // LL-111
  publish();
  EXPECT_TRUE(see(Route::Kind::kMultivariant, "plain").starting);
  channel.begin();
  publish();
  EXPECT_EQ(see(Route::Kind::kMultivariant, "plain").response->status(), 200);
  EXPECT_TRUE(see(Route::Kind::kPlaylist, "plain").starting);
}

TEST_F(ShiftedPlaylistsTest, AnOverflowPathwayKeepsTheTime) {
  live();
  serve::ChannelView view{{}, errors};
  view.update(snapshot, 0);
  const auto elsewhere = view.overflow("https://cdn.example", request(Route::Kind::kMultivariant, kClip));
  EXPECT_TRUE(has(body(elsewhere), "\nhttps://cdn.example/live/match/v720/index.m3u8?" + kClip + "\n"));
  EXPECT_EQ(view.overflow("https://cdn.example", request(Route::Kind::kMultivariant, "delay=999")), nullptr);
}

TEST_F(ShiftedPlaylistsTest, AChannelsViewAsksItForARequestWithATime) {
  live();
  serve::ChannelView view{{}, errors};
  view.update(snapshot, 0);
  EXPECT_TRUE(has(body(view.look_up(request(Route::Kind::kPlaylist, kClip)).response), "TYPE:VOD"));
  const auto grown = view.look_up(request(Route::Kind::kPlaylist, "start=2026-04-12T13:20:04Z")).response;
  channel.segments(kFirst + 9, kFirst + 9);
  view.update(channel.log.snapshot(), 0);
  EXPECT_NE(view.look_up(request(Route::Kind::kPlaylist, "start=2026-04-12T13:20:04Z")).response, grown);
}

}  // namespace
