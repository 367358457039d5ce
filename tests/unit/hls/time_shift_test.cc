#include "hls/time_shift.h"

#include <gtest/gtest.h>

#include "base/date.h"
#include "feeder.h"

namespace hls {
namespace {

using testing::Feeder;
using testing::kPart;
using Kind = ShiftVerdict::Kind;

constexpr base::Micros kSlotTime = 2 * base::kSecond;  // of a Feeder's segments

ShiftFault fault_of(std::string_view query) { return parse_time_shift(query).fault; }

TimeShift between(base::Micros start, std::optional<base::Micros> end = std::nullopt) {
  TimeShift shift;
  shift.start = TimeShift::Bound{start, false};
  if (end) shift.end = TimeShift::Bound{*end, false};
  return shift;
}
TimeShift delayed(base::Micros delay) {
  TimeShift shift;
  shift.delay = delay;
  return shift;
}
/// Segments by number: from the start of one to that of another.
TimeShift slots(std::int64_t first, std::int64_t end) { return between(first * kSlotTime, end * kSlotTime); }
TimeShift from(std::int64_t first) { return between(first * kSlotTime); }

struct Asked {
  explicit Asked(const Feeder& feed) : revision(feed.window.revision()) {}
  ShiftVerdict verdict(const TimeShift& shift) const { return select(revision, shift, 2); }
  Kind kind(const TimeShift& shift) const { return verdict(shift).kind; }
  std::string text(const TimeShift& shift) const {
    const auto shifted = slice(revision, verdict(shift).range, 2);
    return shifted ? render_whole(shifted->segments, shifted->terms, "").text() : "none";
  }
  const Revision& revision;
};

bool told(const std::string& text, const std::string& what) { return text.find(what) != std::string::npos; }
/// "100 102 103": what a playlist lists.
std::string numbers(const std::string& text) {
  std::string out;
  for (std::size_t at = text.find(".m4s\n"); at != std::string::npos; at = text.find(".m4s\n", at + 1)) {
    const std::size_t line = text.rfind('\n', at) + 1;
    out += (out.empty() ? "" : " ") + text.substr(line, at - line);
  }
  return out;
}

TEST(TimeShift, IsReadInItsOneSpelling) {
  EXPECT_FALSE(parse_time_shift("").any());
  EXPECT_FALSE(parse_time_shift("CMCD=a&_HLS_msn=4&started=1").any()) << "LL-108";
  const TimeShift clip = parse_time_shift("x=1&start=2026-11-30T19:00:00Z&end=2026-11-30T19:01:00Z");
  EXPECT_EQ(clip.fault, ShiftFault::kNone);
  EXPECT_EQ(clip.start->at, *base::parse_utc("2026-11-30T19:00:00Z"));
  EXPECT_EQ(clip.end->at - clip.start->at, 60 * base::kSecond);
  EXPECT_FALSE(clip.relative());
  const TimeShift ago = parse_time_shift("start=-3600&end=-60");
  EXPECT_EQ(ago.fault, ShiftFault::kNone);
  EXPECT_TRUE(ago.relative());
  EXPECT_EQ(ago.start->at, 3600 * base::kSecond);
  EXPECT_EQ(parse_time_shift("delay=30").delay, 30 * base::kSecond);
}

TEST(TimeShift, RefusesEveryOtherSpellingSoThatACacheHasOneEntry) {  // CF-30
  for (const char* value : {"2026-11-30T19:00:00.000Z",
                            "2026-11-30T19:00:00+00:00",
                            "2026-11-30t19:00:00Z",
                            "2026-11-30T19:00:00z",
                            "2026-11-30T19%3A00%3A00Z",
                            "2026-11-30T19:00Z",
                            "2026-11-30 19:00:00Z",
                            "2026-02-30T19:00:00Z",
                            "2026-11-30T24:00:00Z",
                            "1796065200",
                            "",
                            "-0",
                            "-030",
                            "-1.5",
                            "-",
                            "--5",
                            "+5",
                            "-1209601",
                            "-99999999999999999999",
                            "now"})
    EXPECT_EQ(fault_of(std::string("start=") + value), ShiftFault::kForm) << value;
  EXPECT_EQ(fault_of("start=-1209600"), ShiftFault::kNone);
  for (const char* value : {"0", "030", "-30", "30s", "1.5", "", "1209601"})
    EXPECT_EQ(fault_of(std::string("delay=") + value), ShiftFault::kForm) << value;
  EXPECT_EQ(fault_of("start"), ShiftFault::kForm);
}

TEST(TimeShift, RefusesOtherOrdersAndCombinations) {
  EXPECT_EQ(fault_of("start=-9&start=-9"), ShiftFault::kTwice);
  EXPECT_EQ(fault_of("start=-9&end=-5&end=-5"), ShiftFault::kTwice);
  EXPECT_EQ(fault_of("delay=9&delay=9"), ShiftFault::kTwice);
  EXPECT_EQ(fault_of("end=-5&start=-9"), ShiftFault::kOrder);
  EXPECT_EQ(fault_of("end=2026-11-30T19:00:00Z"), ShiftFault::kTogether);
  EXPECT_EQ(fault_of("start=-9&delay=5"), ShiftFault::kTogether);
  EXPECT_EQ(fault_of("delay=5&start=-9"), ShiftFault::kTogether);
  EXPECT_EQ(fault_of("start=-5&end=-9"), ShiftFault::kBackwards);
  EXPECT_EQ(fault_of("start=-5&end=-5"), ShiftFault::kBackwards);
  EXPECT_EQ(fault_of("start=2026-11-30T19:00:00Z&end=2026-11-30T19:00:00Z"), ShiftFault::kBackwards);
  EXPECT_EQ(fault_of("start=-9&end=x&end=-5"), ShiftFault::kForm) << "the first one is told";
}

TEST(TimeShift, EveryRefusalSaysTheForm) {
  for (const ShiftFault fault : {ShiftFault::kForm, ShiftFault::kTwice, ShiftFault::kOrder, ShiftFault::kTogether,
                                 ShiftFault::kBackwards, ShiftFault::kRelative}) {
    const std::string_view text = explain(fault);
    const std::size_t form = text.find("start=");
    ASSERT_NE(form, text.npos);
    const std::string_view example = text.substr(form, text.find_first_of(",&; .\n", form) - form);
    EXPECT_EQ(fault_of(example), ShiftFault::kNone) << example;
    EXPECT_EQ(text.find('\n'), text.size() - 1);
  }
}

TEST(TimeShift, WhatIsWrittenIsReadAgain) {
  for (const char* query :
       {"start=2026-11-30T19:00:00Z", "start=2026-11-30T19:00:00Z&end=2026-12-01T00:00:59Z", "delay=30"})
    EXPECT_EQ(write_query(parse_time_shift(query)), query);
}

TEST(TimeShift, SecondsBeforeNowBecomeInstantsOnAGrid) {
  Feeder feed;
  feed.segments(1000, 1020);  // the edge is at 2042 s
  feed.part(1021, 0);         // and half a second
  const Revision& revision = feed.window.revision();
  EXPECT_EQ(resolve(parse_time_shift("start=-20"), revision).start->at, 2020 * base::kSecond);
  EXPECT_EQ(resolve(parse_time_shift("start=-12"), revision).start->at, 2030 * base::kSecond);
  EXPECT_FALSE(resolve(parse_time_shift("start=-12"), revision).relative());
  const TimeShift both = resolve(parse_time_shift("start=-20&end=-12"), revision);
  EXPECT_EQ(write_query(both), "start=1970-01-01T00:33:40Z&end=1970-01-01T00:33:50Z");
  EXPECT_EQ(resolve(parse_time_shift("start=-3600"), revision).start->at, 2000 * base::kSecond) << "where it begins";
  EXPECT_EQ(resolve(parse_time_shift("start=-14&end=-13"), revision).fault, ShiftFault::kBackwards);
  EXPECT_EQ(write_query(resolve(parse_time_shift("delay=4"), revision)), "delay=4");
}

TEST(TimeShift, BothInThePastIsVideoOnDemand) {
  Feeder feed;
  feed.segments(100, 120);
  feed.part(121, 0);
  EXPECT_EQ(Asked(feed).text(slots(103, 105)),
            "#EXTM3U\n"
            "#EXT-X-VERSION:6\n"
            "#EXT-X-TARGETDURATION:2\n"
            "#EXT-X-PLAYLIST-TYPE:VOD\n"
            "#EXT-X-MEDIA-SEQUENCE:103\n"
            "#EXT-X-DISCONTINUITY-SEQUENCE:0\n"
            "#EXT-X-MAP:URI=\"init-A.mp4\"\n"
            "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:03:26.000Z\n"
            "#EXTINF:2.00000,\n"
            "103.m4s\n"
            "#EXT-X-PROGRAM-DATE-TIME:1970-01-01T00:03:28.000Z\n"
            "#EXTINF:2.00000,\n"
            "104.m4s\n"
            "#EXT-X-ENDLIST\n");
}

TEST(TimeShift, SegmentsAreWholeAndContainTheirBounds) {
  Feeder feed;
  feed.segments(100, 120);
  const Asked asked(feed);
  EXPECT_EQ(numbers(asked.text(between(207 * base::kSecond, 209 * base::kSecond))), "103 104");
  EXPECT_EQ(numbers(asked.text(between(206 * base::kSecond, 207 * base::kSecond))), "103");
  // The first frame of a segment is up to a frame behind its slot's begin.
  EXPECT_EQ(numbers(asked.text(between(206 * base::kSecond - 40 * base::kMillisecond, 207 * base::kSecond))), "103");
  EXPECT_EQ(numbers(asked.text(between(206 * base::kSecond - 140 * base::kMillisecond, 207 * base::kSecond))),
            "102 103");
}

TEST(TimeShift, WithoutAnEndItGrowsAndTheChannelsEndIsItsOwn) {  // LL-42, LL-44
  Feeder feed;
  feed.segments(100, 120);
  feed.part(121, 0);
  std::string text = Asked(feed).text(from(118));
  EXPECT_EQ(numbers(text), "118 119 120");
  EXPECT_TRUE(told(text, "#EXT-X-PLAYLIST-TYPE:EVENT\n#EXT-X-START:TIME-OFFSET=0.00000\n#EXT-X-MEDIA-SEQUENCE:118\n"));
  for (const char* absent : {"#EXT-X-PART", "PRELOAD-HINT", "SERVER-CONTROL", "RENDITION-REPORT", "ENDLIST"})
    EXPECT_FALSE(told(text, absent)) << absent;
  feed.segment(121);
  const std::string grown = Asked(feed).text(from(118));
  EXPECT_EQ(grown.substr(0, text.size()), text) << "lines are only added";
  feed.window.end();
  text = Asked(feed).text(from(118));
  EXPECT_EQ(text, grown + "#EXT-X-ENDLIST\n");
  EXPECT_EQ(Asked(feed).kind(from(122)), Kind::kAbsent);
}

TEST(TimeShift, AnEndInTheFutureEndsItWhenItIsReached) {
  Feeder feed;
  feed.segments(100, 110);
  EXPECT_TRUE(told(Asked(feed).text(slots(109, 113)), "TYPE:EVENT"));
  EXPECT_FALSE(told(Asked(feed).text(slots(109, 113)), "ENDLIST"));
  feed.segment(111);
  EXPECT_FALSE(told(Asked(feed).text(slots(109, 113)), "ENDLIST"));
  feed.segments(112, 114);
  const std::string text = Asked(feed).text(slots(109, 113));
  EXPECT_EQ(numbers(text), "109 110 111 112");
  EXPECT_TRUE(told(text, "TYPE:VOD"));
  EXPECT_TRUE(told(text, "112.m4s\n#EXT-X-ENDLIST\n"));
}

TEST(TimeShift, TheEndIsReachedWithTheSegmentThatReachesIt) {
  Feeder feed;
  feed.segments(100, 112);
  EXPECT_TRUE(told(Asked(feed).text(slots(109, 113)), "112.m4s\n#EXT-X-ENDLIST\n"));
  const base::Micros frame = 40 * base::kMillisecond;
  EXPECT_TRUE(told(Asked(feed).text(between(218 * base::kSecond, 226 * base::kSecond + frame)), "112.m4s\n#EXT-X-END"))
      << "the next one begins up to a frame later";
  EXPECT_FALSE(told(Asked(feed).text(between(218 * base::kSecond, 227 * base::kSecond)), "ENDLIST"));
  feed.window.end();
  EXPECT_TRUE(told(Asked(feed).text(slots(109, 130)), "TYPE:EVENT"));
  EXPECT_TRUE(told(Asked(feed).text(slots(109, 130)), "112.m4s\n#EXT-X-ENDLIST\n"));
}

TEST(TimeShift, WhatIsBeingFilledComesSoonAndWhatIsLaterDoesNot) {
  Feeder feed;
  EXPECT_EQ(Asked(feed).kind(from(100)), Kind::kAbsent);
  EXPECT_EQ(Asked(feed).kind(delayed(base::kSecond)), Kind::kAbsent);
  feed.part(100, 0);
  EXPECT_EQ(Asked(feed).kind(from(100)), Kind::kSoon);
  feed.segments(101, 103);
  EXPECT_EQ(Asked(feed).kind(from(104)), Kind::kSoon);
  EXPECT_EQ(Asked(feed).kind(slots(104, 105)), Kind::kSoon);
  EXPECT_EQ(Asked(feed).kind(from(106)), Kind::kAbsent);
}

TEST(TimeShift, AClipWhoseHeadHasLeftTheWindowIsNone) {  // CF-30
  Feeder feed(6);
  feed.segments(100, 112);
  EXPECT_EQ(feed.listed(), "107 108 109 110 111 112");
  EXPECT_EQ(Asked(feed).kind(slots(107, 110)), Kind::kFound);
  EXPECT_EQ(Asked(feed).kind(slots(106, 110)), Kind::kAbsent);
  EXPECT_EQ(Asked(feed).kind(slots(106, 130)), Kind::kAbsent);
}

TEST(TimeShift, AViewerWhoStartedOverInTimeIsNotStopped) {  // LL-42
  Feeder feed(6);
  feed.segments(100, 105);
  EXPECT_TRUE(told(Asked(feed).text(from(100)), "TYPE:EVENT"));
  feed.segments(106, 112);
  const std::string text = Asked(feed).text(from(100));
  EXPECT_EQ(numbers(text), "107 108 109 110 111 112");
  EXPECT_FALSE(told(text, "PLAYLIST-TYPE")) << "it slides now";
  EXPECT_TRUE(told(text, "#EXT-X-START:TIME-OFFSET=0.00000\n#EXT-X-MEDIA-SEQUENCE:107\n"));
  const base::Micros begin = 107 * kSlotTime;
  feed.segments(43200 + 106, 43200 + 112);  // a day later
  EXPECT_EQ(Asked(feed).kind(between(begin)), Kind::kFound);
  EXPECT_EQ(Asked(feed).kind(between(begin - base::kSecond)), Kind::kAbsent)
      << "or a cache would have any number of entries";
}

TEST(TimeShift, BeforeTheBeginningIsTheBeginning) {
  Feeder feed;
  feed.segments(100, 110);
  EXPECT_EQ(numbers(Asked(feed).text(slots(90, 102))), "100 101");
  EXPECT_TRUE(told(Asked(feed).text(slots(90, 102)), "TYPE:VOD"));
  EXPECT_TRUE(told(Asked(feed).text(from(90)), "TYPE:EVENT")) << "nothing has left it";
  EXPECT_EQ(Asked(feed).kind(slots(90, 100)), Kind::kAbsent);
  feed.window.restart(200, Feeder::options(30));
  feed.window.set_format({Feeder::init("A"), 90000, kPart});
  feed.segments(200, 203);
  EXPECT_EQ(Asked(feed).kind(slots(101, 103)), Kind::kAbsent) << "of the session before";
  EXPECT_EQ(numbers(Asked(feed).text(from(101))), "200 201 202 203");
}

TEST(TimeShift, DelayIsTheLivePlaylistWithoutItsNewest) {  // CF-31
  Feeder feed(20);
  feed.segments(100, 130);
  feed.part(131, 0);
  const std::string text = Asked(feed).text(delayed(30 * base::kSecond));
  EXPECT_EQ(numbers(text), "111 112 113 114 115");
  EXPECT_FALSE(told(text, "PLAYLIST-TYPE"));
  EXPECT_FALSE(told(text, "EXT-X-START"));
  EXPECT_FALSE(told(text, "EXT-X-PART"));
  EXPECT_EQ(numbers(Asked(feed).text(delayed(29 * base::kSecond))), "111 112 113 114 115") << "no less than that";
  feed.segment(131);
  EXPECT_EQ(numbers(Asked(feed).text(delayed(30 * base::kSecond))), "112 113 114 115 116");
  feed.window.end();
  EXPECT_TRUE(told(Asked(feed).text(delayed(30 * base::kSecond)), "131.m4s\n#EXT-X-ENDLIST\n"));
}

TEST(TimeShift, ADelayThatLeavesTooLittleOfTheWindowIsRefused) {  // LL-25
  Feeder feed(20);
  feed.segments(100, 130);
  EXPECT_EQ(Asked(feed).kind(delayed(34 * base::kSecond)), Kind::kFound);
  EXPECT_EQ(Asked(feed).kind(delayed(36 * base::kSecond)), Kind::kAbsent);
  Feeder young(20);
  young.segments(100, 104);
  EXPECT_EQ(numbers(Asked(young).text(delayed(8 * base::kSecond))), "100");
  EXPECT_EQ(Asked(young).kind(delayed(10 * base::kSecond)), Kind::kAbsent) << "not yet";
}

TEST(TimeShift, ARenditionThatIsBehindDoesNotEndWithoutItsLastSegment) {
  Feeder video;
  Feeder sound;
  video.segments(100, 110);
  sound.segments(100, 109);
  const ShiftVerdict verdict = select(video.window.revision(), slots(108, 111), 2);
  EXPECT_TRUE(verdict.range.complete);
  const auto behind = slice(sound.window.revision(), verdict.range, 2);
  EXPECT_FALSE(behind->terms.ended);
  EXPECT_EQ(behind->terms.type, PlaylistType::kEvent);
  sound.segment(110);
  EXPECT_TRUE(slice(sound.window.revision(), verdict.range, 2)->terms.ended);
  EXPECT_FALSE(slice(sound.window.revision(), {.first = 111}, 2).has_value());
  Feeder shorter;
  shorter.segments(100, 109);
  shorter.window.end();
  EXPECT_TRUE(slice(shorter.window.revision(), verdict.range, 2)->terms.ended) << "nothing follows in it";
}

TEST(TimeShift, NumbersOfDiscontinuitiesAreThoseOfTheLivePlaylist) {  // LL-38
  Feeder feed;
  feed.segments(100, 101);
  feed.discontinuities.add(102);
  feed.window.set_format({Feeder::init("B"), 90000, kPart});
  feed.segments(102, 103);
  feed.discontinuities.add(104);
  for (std::uint32_t i = 0; i < 4; ++i) feed.gap(104, i);
  feed.end(104);
  feed.segments(105, 106);
  const Asked asked(feed);
  const std::string inside = asked.text(slots(103, 106));
  EXPECT_TRUE(told(inside, "#EXT-X-VERSION:8\n"));
  EXPECT_TRUE(told(inside, "#EXT-X-DISCONTINUITY-SEQUENCE:1\n#EXT-X-MAP:URI=\"init-B.mp4\"\n"));
  EXPECT_TRUE(told(inside, "103.m4s\n#EXT-X-DISCONTINUITY\n"));
  EXPECT_TRUE(told(inside, "#EXT-X-GAP\n#EXTINF:2.00000,\n104.m4s\n"));
  const std::string at = asked.text(slots(102, 104));
  EXPECT_TRUE(told(at, "#EXT-X-DISCONTINUITY-SEQUENCE:0\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-B.mp4\"\n"));
  EXPECT_TRUE(told(at, "#EXT-X-VERSION:6\n")) << "the gap is not listed";
  EXPECT_TRUE(told(asked.text(slots(101, 104)), "101.m4s\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"init-B.mp4\"\n"));
}

TEST(TimeShift, DateRangesAreThoseOfItsTime) {
  DateRanges ranges;
  ranges.all = "a\nb\nc\n";
  ranges.places = {{0, 2, 10, 20}, {2, 2, 30, 40}, {4, 2, 50, 50}};
  EXPECT_EQ(ranges.between(20, 30), "a\n");
  EXPECT_EQ(ranges.between(21, 51), "b\nc\n");
  EXPECT_EQ(ranges.between(51, INT64_MAX), "");
  EXPECT_EQ(ranges.between(0, INT64_MAX), ranges.all);
}

/// The same window twice, with and without blocks.
struct WithAndWithoutBlocks {
  static Window::Options options(std::size_t least_for_blocks) {
    Window::Options made = Feeder::options(400);
    made.least_for_blocks = least_for_blocks;
    made.key_frames = true;
    return made;
  }
  WithAndWithoutBlocks() : blocks(options(1)), flat(options(SIZE_MAX)) {
    // Short clips have all or none of them.
    for (Feeder* feed : {&blocks, &flat}) feed->keyed = [](std::int64_t msn) { return msn % 97 > 20; };
    for (std::int64_t msn = 1000; msn < 1500; ++msn) {
      for (Feeder* feed : {&blocks, &flat}) {
        if (msn % 100 == 7) feed->discontinuities.add(msn);
        if (msn % 130 == 0) {
          feed->window.set_format({Feeder::init(std::to_string(msn)), 90000, kPart});
          feed->window.begin_format(msn);
        }
        if (msn % 170 == 3) {
          for (std::uint32_t i = 0; i < 4; ++i) feed->gap(msn, i);
          feed->end(msn);
        } else {
          feed->segment(msn);
        }
      }
    }
  }
  Feeder blocks;
  Feeder flat;
};

TEST(TimeShift, APlaylistIsTheSameWithBlocksAsWithout) {
  const WithAndWithoutBlocks both;
  ASSERT_GE(both.blocks.closed().blocks->size(), 5U);
  for (std::int64_t first = 1100; first < 1500; first += 31) {
    for (std::int64_t end = first + 1; end <= 1500; end += 23) {
      const TimeShift clip = slots(first, end);
      const std::string text = Asked(both.blocks).text(clip);
      ASSERT_EQ(text, Asked(both.flat).text(clip)) << first << " to " << end;
      const auto range = Asked(both.flat).verdict(clip).range;
      const auto in_blocks = slice(both.blocks.window.revision(), range, 2);
      const auto in_none = slice(both.flat.window.revision(), range, 2);
      ASSERT_EQ(in_blocks->segments.gaps_listed, in_none->segments.gaps_listed) << first << " to " << end;
      ASSERT_EQ(render_key_frames(in_blocks->segments, in_blocks->terms).text(),
                render_key_frames(in_none->segments, in_none->terms).text());
    }
    ASSERT_EQ(Asked(both.blocks).text(from(first)), Asked(both.flat).text(from(first))) << first;
  }
}

TEST(TimeShift, WholeBlocksAreSharedAndNotWrittenAgain) {
  const WithAndWithoutBlocks both;
  const auto shifted = slice(both.blocks.window.revision(), Asked(both.blocks).verdict(slots(1110, 1400)).range, 2);
  const PlaylistText text = render_whole(shifted->segments, shifted->terms, "");
  ASSERT_FALSE(text.whole());
  EXPECT_GE(text.last_block() - text.first_block, 3U);
  EXPECT_LT(text.last_block(), text.blocks->size());
  EXPECT_EQ(text.blocks, both.blocks.closed().blocks);
  EXPECT_LT(numbers(text.head).size() + numbers(text.tail).size(), 5U * 128);
}

TEST(TimeShift, ImagesAndKeyFramesFollow) {  // MV-16
  Feeder feed;
  feed.segments(100, 110);
  const auto clip = slice(feed.window.revision(), Asked(feed).verdict(slots(103, 105)).range, 2);
  const std::string images = render_images(clip->segments, clip->terms, [](std::int64_t msn) { return msn == 103; });
  EXPECT_TRUE(told(images, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-IMAGES-ONLY\n#EXT-X-MEDIA-SEQUENCE:103\n"));
  EXPECT_TRUE(told(images, "103.jpg\n"));
  EXPECT_TRUE(told(images, "#EXT-X-GAP\n#EXTINF:2.00000,\n104.jpg\n#EXT-X-ENDLIST\n"));
  const std::string frames = render_key_frames(clip->segments, clip->terms).text();
  EXPECT_TRUE(told(frames, "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-I-FRAMES-ONLY\n#EXT-X-MEDIA-SEQUENCE:103\n"));
  EXPECT_FALSE(told(frames, "SERVER-CONTROL"));
  EXPECT_EQ(numbers(frames), "103 104");
}

}  // namespace
}  // namespace hls
