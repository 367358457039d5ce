#include <gtest/gtest.h>

#include "channel.h"

/// Markers in the playlists that a log gives.
namespace origin {
namespace {

using namespace origin::testing;
using base::kSecond;

record::Marker break_at(base::Micros start, const std::string& id = "a") {
  record::Marker made;
  made.id = id;
  made.kind = "scte35";
  made.start = start;
  made.planned_duration = 30 * kSecond;
  made.attributes = {{"SCTE35-OUT", "0xFC01", true}};
  return made;
}

constexpr base::Micros utc(std::int64_t msn) { return msn * 2 * kSecond; }

struct MarkedChannel : Channel {
  explicit MarkedChannel(Log::Options options = {}) : Channel(options) {
    begin();
    segments(kFirst, kFirst + 9);
  }
};

TEST(LogMarkers, AreShownFromTheNextPartOn) {  // LL-121: what is cached for a part stays right
  MarkedChannel channel;
  const std::string before = channel.text();
  channel.log.apply(break_at(utc(kFirst + 12)));
  EXPECT_EQ(channel.text(), before);
  channel.log.apply(part(kVideo, kFirst + 10, 0));
  EXPECT_TRUE(has(channel.text(), "#EXT-X-DATERANGE:ID=\"a\""));
  EXPECT_EQ(channel.log.counters().markers, 1U);
}

TEST(LogMarkers, AreTheSameInEveryRendition) {  // DR-6
  MarkedChannel channel;
  channel.log.apply(break_at(utc(kFirst + 5)));
  channel.segments(kFirst + 10, kFirst + 10);
  const auto line = [](const std::string& text) {
    const std::size_t at = text.find("#EXT-X-DATERANGE");
    return at == std::string::npos ? "none" : text.substr(at, text.find('\n', at) - at);
  };
  EXPECT_EQ(line(channel.text(kVideo)), line(channel.text(kAudio)));
  EXPECT_NE(line(channel.text(kVideo)), "none");
}

TEST(LogMarkers, StandBeforeTheSegmentsAlsoInADeltaUpdate) {  // LL-90
  MarkedChannel channel;
  channel.log.apply(break_at(utc(kFirst + 1)));
  channel.segments(kFirst + 10, kFirst + 20);
  const std::string full = channel.text();
  const std::string delta = channel.text(kVideo, hls::Skip::kYes);
  ASSERT_TRUE(has(delta, "#EXT-X-SKIP"));
  EXPECT_TRUE(has(delta, "#EXT-X-DATERANGE")) << "although its segments are skipped";
  EXPECT_LT(delta.find("#EXT-X-SKIP"), delta.find("#EXT-X-DATERANGE"));
  EXPECT_LT(full.find("#EXT-X-DATERANGE"), full.find("#EXT-X-PROGRAM-DATE-TIME"));
  EXPECT_TRUE(has(full, "CAN-SKIP-DATERANGES=YES"));  // LL-74
}

TEST(LogMarkers, LeaveADeltaUpdateThatMaySkipThem) {  // LL-90
  MarkedChannel channel;
  channel.log.apply(break_at(utc(kFirst + 1)));
  channel.segments(kFirst + 10, kFirst + 11);
  channel.log.apply(break_at(utc(kFirst + 25), "b"));
  channel.segments(kFirst + 12, kFirst + 16);
  const auto count = [](const std::string& text) {
    std::size_t found = 0;
    for (std::size_t at = text.find("#EXT-X-DATERANGE"); at != std::string::npos;
         at = text.find("#EXT-X-DATERANGE", at + 1))
      ++found;
    return found;
  };
  const std::string delta = channel.text(kVideo, hls::Skip::kDateRanges);
  ASSERT_TRUE(has(delta, ",RECENTLY-REMOVED-DATERANGES=\"\"\n")) << delta;
  EXPECT_TRUE(has(delta, "#EXT-X-VERSION:10\n"));  // LL-7
  EXPECT_EQ(count(delta), 1U);
  EXPECT_EQ(count(channel.text(kVideo, hls::Skip::kYes)), 2U);
  EXPECT_EQ(count(channel.text()), 2U);
  channel.segments(kFirst + 17, kFirst + 25);
  EXPECT_EQ(count(channel.text(kVideo, hls::Skip::kDateRanges)), 0U);
  EXPECT_EQ(count(channel.text()), 2U);
}

TEST(LogMarkers, LeaveWithTheLastSegmentThatTheyAreIn) {  // DR-5
  MarkedChannel channel({.window = 20 * kSecond});
  record::Marker made = break_at(utc(kFirst + 2));
  made.end = utc(kFirst + 4) + kSecond;
  channel.log.apply(made);
  channel.segments(kFirst + 10, kFirst + 13);  // lists from segment 4 on
  EXPECT_TRUE(has(channel.text(), "EXT-X-MEDIA-SEQUENCE:" + std::to_string(kFirst + 4)));
  EXPECT_TRUE(has(channel.text(), "#EXT-X-DATERANGE"));
  channel.segments(kFirst + 14, kFirst + 14);
  channel.log.apply(part(kVideo, kFirst + 15, 0));  // the audio's playlist was behind the video's last one
  EXPECT_FALSE(has(channel.text(kVideo), "#EXT-X-DATERANGE"));
  EXPECT_FALSE(has(channel.text(kAudio), "#EXT-X-DATERANGE"));
}

TEST(LogMarkers, MayComeBeforeAnythingElse) {
  Channel channel;
  channel.log.apply(break_at(utc(kFirst + 1)));
  channel.begin();
  channel.segments(kFirst, kFirst + 3);
  EXPECT_TRUE(has(channel.text(), "#EXT-X-DATERANGE"));
}

/// The lines of a playlist that begin so, each with the next date: "CUE-IN 2026-04-12T13:20:24.000Z".
std::vector<std::string> cues(const std::string& text) {
  std::vector<std::string> found;
  std::string cue;
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    const std::string line = text.substr(at, text.find('\n', at) - at);
    if (line.starts_with("#EXT-X-CUE-")) cue += line.substr(7) + " ";
    if (line.starts_with("#EXT-X-PROGRAM-DATE-TIME:") && !cue.empty())
      found.push_back(std::exchange(cue, {}) + line.substr(25));
  }
  return found;
}
using Cues = std::vector<std::string>;

Log::Options with_cue_tags() {
  Log::Options options;
  options.markers.cue_tags = true;
  return options;
}

TEST(LogMarkers, HaveCueTagsInFrontOfTheSegmentsThatAreTheSameInEveryRendition) {
  MarkedChannel channel(with_cue_tags());
  record::Marker made = break_at(utc(kFirst + 11));
  made.planned_duration = 4 * kSecond;
  channel.log.apply(made);
  channel.segments(kFirst + 10, kFirst + 14);
  const Cues wanted{"CUE-OUT:DURATION=4.00000 2026-04-12T13:20:22.000Z",
                    "CUE-OUT-CONT:ElapsedTime=2.00000,Duration=4.00000 2026-04-12T13:20:24.000Z",
                    "CUE-IN 2026-04-12T13:20:26.000Z"};
  EXPECT_EQ(cues(channel.text(kVideo)), wanted);
  EXPECT_EQ(cues(channel.text(kAudio)), wanted);
}

TEST(LogMarkers, CueTagsAreThereWithTheFirstPartAndStayAsTheyAre) {  // LL-121
  MarkedChannel channel(with_cue_tags());
  channel.log.apply(part(kVideo, kFirst + 10, 0));
  channel.log.apply(break_at(utc(kFirst + 10)));
  channel.segments(kFirst + 10, kFirst + 10);
  EXPECT_EQ(cues(channel.text(kVideo)), Cues{}) << "the segment was there already";
  EXPECT_EQ(cues(channel.text(kAudio)), Cues{}) << "and so it has none in the other rendition";
  channel.log.apply(part(kAudio, kFirst + 11, 0));
  EXPECT_EQ(cues(channel.text(kAudio)), Cues{"CUE-OUT:DURATION=28.00000 2026-04-12T13:20:22.000Z"});
  record::Marker ended = break_at(utc(kFirst + 10));
  ended.end = utc(kFirst + 11);
  channel.log.apply(ended);
  channel.segments(kFirst + 11, kFirst + 12);
  EXPECT_EQ(cues(channel.text(kVideo)),
            (Cues{"CUE-OUT:DURATION=28.00000 2026-04-12T13:20:22.000Z", "CUE-IN 2026-04-12T13:20:24.000Z"}));
}

TEST(LogMarkers, CueTagsOfSkippedSegmentsAreNotInADeltaUpdate) {
  MarkedChannel channel(with_cue_tags());
  channel.log.apply(break_at(utc(kFirst + 11)));
  channel.segments(kFirst + 10, kFirst + 20);
  const Cues full = cues(channel.text());
  const Cues delta = cues(channel.text(kVideo, hls::Skip::kYes));
  ASSERT_LT(delta.size(), full.size());
  EXPECT_EQ(Cues(full.end() - static_cast<std::ptrdiff_t>(delta.size()), full.end()), delta);
}

TEST(LogMarkers, RecordsThatAreImpossibleDecideNothing) {
  MarkedChannel channel(with_cue_tags());
  channel.log.apply(break_at(utc(kFirst + 11)));
  record::Part impossible = part(kVideo, kFirst + 11, 0);
  impossible.msn = INT64_MAX;
  impossible.start = INT64_MAX;
  channel.log.apply(impossible);
  channel.segments(kFirst + 10, kFirst + 11);
  EXPECT_EQ(cues(channel.text()).size(), 1U);
}

TEST(LogMarkers, HaveNoCueTagsUnlessAsked) {
  MarkedChannel channel;
  channel.log.apply(break_at(utc(kFirst + 11)));
  channel.segments(kFirst + 10, kFirst + 12);
  EXPECT_EQ(cues(channel.text()), Cues{});
}

TEST(LogMarkers, ThatAreImpossibleAreCounted) {
  MarkedChannel channel;
  channel.log.apply(break_at(-5));
  EXPECT_EQ(channel.log.counters().conflicts, 1U);
  EXPECT_EQ(channel.log.counters().markers, 0U);
}

TEST(LogMarkers, BeyondTheBoundAreCounted) {
  MarkedChannel channel;
  for (int i = 0; i < 300; ++i) channel.log.apply(break_at(utc(kFirst + 12), std::to_string(i)));
  EXPECT_EQ(channel.log.counters().markers_dropped, 300 - MarkerList::kMost);
}

}  // namespace
}  // namespace origin
